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

programs! {
    idle_async_blocks;
    idle_block_beside_an_observed_drop: beside_an_observed_drop(1) => (2, 2);
}
