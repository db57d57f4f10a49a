//! `async` blocks that never wait: no point is in them, but they cut the statements around them all the same.

use super::{hicam, programs};

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
    idle_block_behind_a_temporary: behind_a_temporary(2) => 111;
}
