//! `async` blocks that are awaited in place.

use super::expressions::{add, fallible};
use super::{hicam, programs};

#[hicam::migratable]
async fn in_place(n: u32) -> Vec<u32> {
    let mut log = vec![n];
    let value = async {
        log.push(1);
        let sum = add(n, 1).await;
        log.push(sum);
        sum * 2
    }
    .await;
    log.push(value);
    let text = format!("{n}");
    let moved = async move {
        hicam::point().await;
        text.len() as u32
    }
    .await;
    log.push(moved);
    log
}

/// A `return` or `?` in the block leaves the block alone.
#[hicam::migratable]
async fn tried(n: u32) -> (Result<u32, String>, u32) {
    let mut attempts = 0;
    let result: Result<u32, String> = async {
        attempts += 1;
        let n = fallible(n).await.map_err(|error| error.to_string())?;
        if n > 4 {
            hicam::point().await;
            return Err(format!("{n} > 4"));
        }
        for _ in 0..n {
            attempts += 1;
        }
        Ok(add(n, 1).await)
    }
    .await;
    hicam::point().await;
    (result, attempts)
}

programs! {
    async_blocks;
    blocks_awaited: in_place(3);
    blocks_tried: tried(3) => (Ok(4), 4);
    blocks_tried_in_vain: tried(6) => (Err("6 > 4".to_owned()), 1);
}
