//! An owned guard.

use std::sync::Arc;
use tokio::sync::Mutex;

#[hicam::migratable]
async fn add(count: Arc<Mutex<u64>>) {
    let mut guard = count.lock_owned().await;
    hicam::point().await;
    *guard += 1;
}

fn main() {}
