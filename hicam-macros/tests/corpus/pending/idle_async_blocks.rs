//! `async` blocks that never wait: no point is in them, but they cut the statements around them all the same.

use std::sync::Arc;

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
    idle_block_behind_a_temporary: behind_a_temporary(2) => 111;
}
