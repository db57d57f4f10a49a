//! Errors: `?`, its conversions, early `return`.

use super::expressions::add;
use super::{hicam, programs};

#[hicam::migratable]
pub(super) async fn step(n: u64, v: Vec<u64>, acc: &mut u64) -> Result<u64, String> {
    let w = v.len() as u64;
    drop(v);
    *acc += w;
    hicam::point().await;
    tokio::time::sleep(std::time::Duration::from_micros(1)).await;
    if n == 1000 {
        return Err("too far".into());
    }
    Ok(n * 2 + w)
}

#[hicam::migratable]
async fn early_error(limit: u64) -> Result<u64, String> {
    let mut acc = 0;
    let mut total = 0;
    for n in 998..limit {
        total += step(n, vec![n], &mut acc).await?;
    }
    Ok(total)
}

#[hicam::migratable]
async fn option_question(n: Option<u32>) -> Option<u32> {
    let n = n?;
    hicam::point().await;
    let m = n.checked_add(1)?;
    let k = checked(m).await?;
    Some(k)
}

#[hicam::migratable]
async fn checked(n: u32) -> Option<u32> {
    hicam::point().await;
    n.checked_sub(5)
}

#[hicam::migratable]
async fn question_in_a_loop(texts: Vec<&'static str>) -> Result<Vec<u32>, String> {
    let mut all = Vec::new();
    let mut rest = texts.into_iter();
    while let Some(text) = rest.next() {
        let number = text
            .parse::<u32>()
            .map_err(|error| format!("{text}: {error}"))?;
        let number = match number {
            0 => continue,
            n if n > 90 => return Err(format!("{n} is too large")),
            n => add(n, all.len() as u32).await,
        };
        all.push(number);
    }
    Ok(all)
}

programs! {
    errors;
    an_early_error: early_error(1003) => Err("too far".to_owned());
    options: option_question(Some(9)) => Some(5);
    options_none: option_question(Some(1)) => None;
    questions: question_in_a_loop(vec!["3", "0", "4", "5"]) => Ok(vec![3, 5, 7]);
    questions_refused: question_in_a_loop(vec!["3", "x", "4"]) => Err("x: invalid digit found in string".to_owned());
    questions_returned: question_in_a_loop(vec!["3", "91"]) => Err("91 is too large".to_owned());
}
