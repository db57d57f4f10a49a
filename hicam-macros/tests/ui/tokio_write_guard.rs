//! A write guard of tokio's.

use tokio::sync::RwLock;

#[hicam::migratable]
async fn set(count: &RwLock<u64>) {
    let mut guard = count.write().await;
    hicam::point().await;
    *guard = 1;
}

fn main() {}
