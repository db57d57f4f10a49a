//! Awaits in the arguments of macros.

use std::sync::Arc;

use super::expressions::{add, fallible, note, noted};
use super::{hicam, programs};

#[hicam::migratable]
async fn formatted(n: u32) -> String {
    let text = format!("{} and {:>4}", add(n, 1).await, add(n, 2).await);
    let named = format!("{sum:?} {n} {0}", add(n, 3).await, sum = add(n, n).await);
    println!("{text}: {}", add(n, 4).await);
    eprintln!("{}", add(n, 5).await);
    text + &named
}

#[hicam::migratable]
async fn lists(n: u32) -> (Vec<u32>, Vec<Vec<u32>>) {
    let mut log = Vec::new();
    let list = vec![
        note(1, &mut log),
        noted(2, &mut log).await,
        note(3, &mut log),
        add(n, 1).await,
    ];
    let repeated = vec![add(n, 0).await; 3];
    let nested = vec![vec![add(n, 1).await], vec![], repeated, list];
    (log, nested)
}

#[hicam::migratable]
async fn asserted(n: u32) -> u32 {
    assert!(add(n, 1).await > n, "{n} grows");
    assert_eq!(add(n, 1).await, n + 1);
    assert_eq!(n * 2, add(n, n).await, "twice {n}");
    assert_ne!(add(n, 1).await, add(n, 2).await);
    n
}

#[hicam::migratable]
async fn matched(n: u32) -> (bool, bool, bool) {
    let small = matches!(add(n, 1).await, 0..=9);
    let guarded = matches!(fallible(n).await, Ok(m) if m == n);
    (small, guarded, matches!(Some(add(n, 1).await), None))
}

#[hicam::migratable]
async fn written(n: u32) -> Result<String, std::fmt::Error> {
    use std::fmt::Write as _;
    let mut text = String::new();
    write!(text, "{}-", add(n, 1).await)?;
    writeln!(&mut text, "{}", add(n, 2).await)?;
    for i in 0..n {
        write!(text, "{i}{}", noted(i, &mut Vec::from([i])).await)?;
    }
    Ok(text)
}

#[hicam::migratable]
async fn questions(n: u32) -> Result<Vec<String>, std::num::ParseIntError> {
    let list = vec![format!("{}", fallible(n).await?), format!("{n}")];
    if list.len() == 7 {
        unreachable!("{}", fallible(n).await?);
    }
    Ok(list)
}

#[hicam::migratable]
async fn sum(n: u32, m: u32) -> u32 {
    hicam::point().await;
    n + m
}

#[hicam::migratable]
async fn less(n: u32) -> Result<u32, String> {
    hicam::point().await;
    n.checked_sub(1).ok_or("none".to_owned())
}

/// Several calls at once, as arguments of other macros.
#[hicam::migratable]
async fn at_once(n: u32) -> Result<String, String> {
    let first = format!(
        "{:?}",
        if n > 1 {
            tokio::select! {
                biased;
                all = sum(n, less(n).await?) => all,
                one = less(n) => one?,
            }
        } else {
            2
        }
    );
    let all = vec![
        first,
        format!("{}-{}", sum(1, n).await, tokio::join!(sum(n, 1), less(n)).0),
    ];
    Ok(all.join(","))
}

/// What is repeated is moved.
#[hicam::migratable]
async fn repeated(n: usize) -> Vec<usize> {
    let shared = Arc::new(1);
    let mut counts = Vec::new();
    for i in 0..n {
        let holder = Arc::clone(&shared);
        hicam::point().await;
        let list = vec![holder; i];
        hicam::point().await;
        counts.push(Arc::strong_count(&shared) + list.len());
    }
    counts
}

programs! {
    macro_arguments;
    awaits_in_format: formatted(3) => "4 and    56 3 6".to_owned();
    awaits_in_vec: lists(3);
    awaits_in_assertions: asserted(3) => 3;
    awaits_in_matches: matched(3) => (true, true, false);
    awaits_in_write: written(2) => Ok("3-4\n0011".to_owned());
    awaits_in_nested_macros: questions(3) => Ok(vec!["3".to_owned(), "3".into()]);
    a_value_repeated: repeated(3) => vec![1, 3, 5];
    several_calls_in_a_macro: at_once(4) => Ok("7,5-5".to_owned());
    several_calls_in_a_macro_and_an_error: at_once(1);
}
