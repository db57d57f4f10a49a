//! A lock guard that is alive while `select!` waits.

use tokio::sync::Mutex;

#[hicam::migratable]
async fn next(n: u64) -> Option<u64> {
    n.checked_sub(1)
}

#[hicam::migratable]
async fn first(n: u64, count: &Mutex<u64>) -> u64 {
    let mut guard = count.lock().await;
    let next = tokio::select! {
        Some(x) = next(n) => x,
        else => 2,
    };
    *guard += next;
    *guard
}

fn main() {}
