//! A read guard of tokio's.

use tokio::sync::RwLock;

#[hicam::migratable]
async fn look(count: &RwLock<u64>) -> u64 {
    let guard = count.read().await;
    hicam::point().await;
    *guard
}

fn main() {}
