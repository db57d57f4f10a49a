//! Texts, iterator chains and macros, with awaits in between.

#![allow(
    dead_code,
    unused_variables,
    clippy::dbg_macro,
    reason = "as much of each type as a service would have"
)]

use std::collections::*;
use std::fmt::Write;

use super::drop_order::{Log, log, step};
use super::errors::ApiError;
use super::{hicam, programs};

fn parse(s: &str) -> Result<u32, ApiError> {
    Ok(s.parse::<u32>()?)
}
fn find(m: &HashMap<String, u32>, k: &str) -> Option<u32> {
    m.get(k).copied()
}

#[hicam::migratable]
async fn texts_of(l: &Log, words: Vec<String>) -> Result<u32, ApiError> {
    let mut total = 0u32;
    let map: HashMap<String, u32> = words
        .iter()
        .enumerate()
        .map(|(i, w)| (w.clone(), i as u32))
        .collect();
    total += step(l, parse(words.first().map(|w| w.as_str()).unwrap_or("0"))?).await;
    total += match find(&map, &words[1]).ok_or_else(|| ApiError::NotFound(words[1].clone()))? {
        0 => step(l, 1).await,
        n => step(l, n).await,
    };
    if let Some(x) = words
        .iter()
        .filter_map(|w| w.parse::<u32>().ok())
        .max()
        .filter(|x| *x > 1)
    {
        total += step(l, x).await;
    }
    if words.iter().any(|w| w == "1") && !map.is_empty() || step(l, 9).await == 8 {
        total += 1;
    }
    let x = words.iter().map(|w| w.len() as u32).fold(0, |a, b| a + b) + step(l, 4).await;
    total += x;
    let s = words
        .join(",")
        .split(',')
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .len() as u32
        * step(l, 5).await;
    total += s;
    let (min, max) = words
        .iter()
        .map(|w| w.len())
        .fold((9, 0), |(a, b), n| (a.min(n), b.max(n)));
    total += step(l, (min + max) as u32).await;
    for (i, w) in words.iter().enumerate().skip(1).take(3) {
        total += step(l, w.len() as u32 + i as u32).await;
    }
    for w in words
        .iter()
        .map(|w| w.trim().to_uppercase())
        .collect::<BTreeSet<_>>()
    {
        total += step(l, w.len() as u32).await;
    }
    for chunk in words.chunks(2) {
        total += step(l, chunk.len() as u32).await;
    }
    for pair in words.windows(2).map(|p| format!("{}{}", p[0], p[1])) {
        total += step(l, pair.len() as u32).await;
    }
    match words
        .last()
        .map(String::as_str)
        .and_then(|s| s.chars().next())
        .map(|c| c.is_alphabetic())
    {
        Some(true) => total += step(l, 1).await,
        Some(false) | None => total += step(l, 2).await,
    }
    let msg = format!("{}-{}-{:?}", words.len(), step(l, 3).await, parse("5")?);
    total += msg.len() as u32;
    let v = vec![
        step(l, 1).await,
        words.concat().len() as u32,
        step(l, 2).await,
    ];
    total += v.iter().sum::<u32>();
    assert_eq!(v.len(), step(l, 3).await as usize, "len of {:?}", v);
    assert!(
        matches!(parse("4"), Ok(4)) && step(l, 2).await == 2,
        "no {}",
        total
    );
    let d = dbg!(words.len() as u32) + step(l, 2).await;
    total += d;
    let mut buf = String::new();
    write!(buf, "{}:{}", words.len(), step(l, 3).await).unwrap();
    writeln!(&mut buf, "{}", words.concat().to_uppercase()).unwrap();
    total += step(l, buf.trim().len() as u32).await;
    Ok(total)
}
#[hicam::migratable]
async fn texts() -> Result<u32, String> {
    let l = log();
    texts_of(&l, ["1", "2", "abc", "d e"].map(str::to_owned).to_vec())
        .await
        .map_err(|e| e.to_string())
}

programs! {
    services::texts;
    texts_and_macros: texts();
}
