//! `let … else` with points in its initialiser and in its `else`.

use super::expressions::{add, fallible};
use super::{hicam, programs};

#[hicam::migratable]
async fn halves(input: Vec<u32>) -> Result<Vec<u32>, (u32, Vec<u32>)> {
    let mut out = Vec::new();
    let mut skipped = 0;
    for n in input {
        let Some(half) = n.checked_sub(10) else {
            skipped += add(n, 1).await;
            continue;
        };
        let (Ok(text), true) = (fallible(half).await, half < 100) else {
            hicam::point().await;
            out.push(add(half, 0).await);
            return Err((skipped, out));
        };
        out.push(text);
    }
    out.push(skipped);
    Ok(out)
}

#[hicam::migratable]
async fn first_word(text: String, log: &mut Vec<String>) -> Option<String> {
    let Some((word, rest)) = text
        .split_once(' ')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
    else {
        log.push(text);
        hicam::point().await;
        log.push("nothing left".into());
        return None;
    };
    log.push(word);
    hicam::point().await;
    Some(rest)
}

#[hicam::migratable]
async fn words(mut text: String) -> (Vec<String>, u32) {
    let mut log = Vec::new();
    let mut rounds = 0;
    loop {
        rounds += 1;
        let Some(rest) = first_word(text, &mut log).await else {
            for _ in 0..2 {
                rounds += 10;
            }
            break;
        };
        text = rest;
    }
    (log, rounds)
}

programs! {
    let_else;
    let_else_in_a_loop: halves(vec![12, 3, 15]) => Ok(vec![2, 5, 4]);
    let_else_that_returns: halves(vec![12, 3, 150, 15]) => Err((4, vec![2, 140]));
    let_else_that_breaks: words("a b c".into()) => (["a", "b", "c", "nothing left"].map(String::from).to_vec(), 23);
}
