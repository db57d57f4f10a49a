//! `async` blocks that never wait: there is no point in them, and they are left as they are.

use std::sync::Arc;

use super::drop_order::{log, mk, out, say, step};
use super::{hicam, programs};

fn shared(list: &Arc<Vec<u32>>) -> usize {
    Arc::strong_count(list) + list.len()
}

/// Only borrowed, and there is no point in its scope.
#[hicam::migratable]
async fn beside_an_observed_drop(n: u32) -> (u32, usize) {
    let list = Arc::new(vec![n]);
    let m = async { n + 1 }.await;
    let count = shared(&list);
    (m, count)
}

/// What is declared before it lives on.
#[hicam::migratable]
async fn beside_drops() -> Vec<u32> {
    let log = log();
    {
        let _one = mk(1, &log);
        let _two = mk(step(&log, 2).await, &log);
        let n = async { 20u32 }.await;
        say(&log, n);
        let all = vec![async { 30u32 }.await];
        say(&log, all[0]);
    }
    out(log)
}

#[hicam::migratable]
async fn failing(n: u32) -> Result<u32, String> {
    let sum = async {
        if n > 2 {
            return Err("more".to_owned());
        }
        Ok(n.checked_sub(1).ok_or("none")?)
    }
    .await?;
    Ok(sum)
}

#[hicam::migratable]
async fn with_returns() -> Vec<Result<u32, String>> {
    let mut all = Vec::new();
    for n in 0..4 {
        all.push(failing(n).await);
    }
    all
}

fn starts(text: &str, n: u32) -> Option<char> {
    text.chars().nth(n as usize)
}

fn line(n: u32) -> (u32, String) {
    (n, format!("{n} of 4"))
}

/// A part of a temporary is borrowed in front of it.
#[hicam::migratable]
async fn behind_a_temporary(n: u32) -> u32 {
    match starts(&line(n).1, async { n }.await) {
        Some(letter) => {
            hicam::point().await;
            u32::from(letter)
        }
        None => 0,
    }
}

programs! {
    idle_async_blocks;
    idle_block_beside_an_observed_drop: beside_an_observed_drop(1) => (2, 2);
    idle_blocks_beside_drops: beside_drops();
    idle_blocks_with_returns: with_returns();
    idle_block_behind_a_temporary: behind_a_temporary(2) => 111;
}
