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

#[derive(Debug, PartialEq)]
pub(crate) enum LoadError {
    Parse(std::num::ParseIntError),
    Encoding(std::string::FromUtf8Error),
    Range { value: i64, limit: i64 },
}

impl From<std::num::ParseIntError> for LoadError {
    fn from(error: std::num::ParseIntError) -> Self {
        LoadError::Parse(error)
    }
}

impl From<std::string::FromUtf8Error> for LoadError {
    fn from(error: std::string::FromUtf8Error) -> Self {
        LoadError::Encoding(error)
    }
}

#[hicam::migratable]
pub(super) async fn decode(bytes: Vec<u8>) -> Result<String, std::string::FromUtf8Error> {
    hicam::point().await;
    String::from_utf8(bytes)
}

#[hicam::migratable]
pub(super) async fn parse(text: String) -> Result<i64, std::num::ParseIntError> {
    let number = text.trim().parse()?;
    hicam::point().await;
    Ok(number)
}

#[hicam::migratable]
async fn load(bytes: Vec<u8>, limit: i64) -> Result<i64, LoadError> {
    let text = decode(bytes).await?;
    let value = parse(text).await?;
    if value > limit {
        return Err(LoadError::Range { value, limit });
    }
    Ok(value)
}

#[hicam::migratable]
async fn load_all(inputs: Vec<Vec<u8>>) -> (Vec<String>, i64) {
    let mut log = Vec::new();
    let mut total = 0;
    for bytes in inputs {
        match load(bytes, 100).await {
            Ok(value) => total += value,
            Err(LoadError::Range { value, limit }) => {
                hicam::point().await;
                total += value.min(limit);
            }
            Err(error) => log.push(format!("{error:?}")),
        }
    }
    (log, total)
}

#[hicam::migratable]
async fn boxed_errors(text: &str) -> Result<i64, Box<dyn std::error::Error + Send + Sync>> {
    if text.is_empty() {
        return Err("empty".into());
    }
    let value: i64 = text.parse()?;
    hicam::point().await;
    let ok = parse(format!(" {value} ")).await?;
    Ok(ok * 2)
}

#[hicam::migratable]
async fn shown_errors() -> Vec<String> {
    let mut shown = Vec::new();
    for n in 0..3 {
        let result = match n {
            0 => boxed_errors("").await.map_err(|error| error.to_string()),
            1 => boxed_errors("x").await.map_err(|error| error.to_string()),
            _ => boxed_errors("21").await.map_err(|error| error.to_string()),
        };
        shown.push(result.map_or_else(|error| error, |value| value.to_string()));
    }
    shown
}

#[hicam::migratable]
async fn options_in_a_struct(a: Option<u32>) -> Option<(u32, u32)> {
    let pair = (checked(a?).await?, checked(20).await?);
    hicam::point().await;
    let sum = pair.0.checked_sub(pair.1).or(Some(99))?;
    (sum != 7).then_some((sum, pair.1))
}

#[hicam::migratable]
async fn nested_results(n: u32) -> Result<Result<u32, String>, Vec<u32>> {
    let mut acc = 0;
    let inner = step(u64::from(n), vec![1], &mut acc).await;
    if n > 5 {
        Err(vec![n])?;
    }
    Ok(inner.map(|value| value as u32))
}

#[hicam::migratable]
async fn until_one_fails(limit: u64) -> (Vec<u64>, Option<String>) {
    let mut done = Vec::new();
    let mut acc = 0;
    let failed = loop {
        let n = 997 + done.len() as u64;
        if n > limit {
            break None;
        }
        match step(n, done.clone(), &mut acc).await {
            Ok(value) => done.push(value),
            Err(error) => break Some(error),
        }
    };
    done.push(acc);
    (done, failed)
}

#[hicam::migratable]
async fn first_of_many(rows: Vec<Vec<i32>>) -> Result<(usize, usize), String> {
    for (i, row) in (0..).zip(rows.clone()).collect::<Vec<(usize, Vec<i32>)>>() {
        for j in 0..row.len() {
            if row[j] < 0 {
                return Ok((i, j));
            }
            hicam::point().await;
        }
        u32::try_from(row.len())
            .ok()
            .filter(|&length| length > 1)
            .ok_or_else(|| format!("row {i} is short"))?;
    }
    Err(format!("none in {} rows", rows.len()))
}

programs! {
    errors;
    an_early_error: early_error(1003) => Err("too far".to_owned());
    options: option_question(Some(9)) => Some(5);
    options_none: option_question(Some(1)) => None;
    questions: question_in_a_loop(vec!["3", "0", "4", "5"]) => Ok(vec![3, 5, 7]);
    questions_refused: question_in_a_loop(vec!["3", "x", "4"]) => Err("x: invalid digit found in string".to_owned());
    questions_returned: question_in_a_loop(vec!["3", "91"]) => Err("91 is too large".to_owned());
    errors_converted: load_all(vec![b"12".to_vec(), vec![0xff], b"x".to_vec(), b" 777".to_vec(), b"-5".to_vec()]);
    errors_in_boxes: shown_errors() => vec!["empty".to_owned(), "invalid digit found in string".into(), "42".into()];
    questions_in_a_tuple: options_in_a_struct(Some(30)) => Some((10, 15));
    questions_without_an_answer: options_in_a_struct(Some(4)) => None;
    results_of_results: nested_results(3) => Ok(Ok(7));
    results_of_results_in_error: nested_results(6) => Err(vec![6]);
    a_loop_until_an_error: until_one_fails(2000);
    a_loop_without_an_error: until_one_fails(998);
    a_return_out_of_two_loops: first_of_many(vec![vec![1, 2], vec![3, -1]]) => Ok((1, 1));
    an_error_out_of_two_loops: first_of_many(vec![vec![1, 2], vec![3]]) => Err("row 1 is short".to_owned());
    an_error_after_two_loops: first_of_many(vec![vec![1, 2]]) => Err("none in 1 rows".to_owned());
}
