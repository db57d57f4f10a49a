//! A write guard of the standard library.

use std::sync::RwLock;

#[hicam::migratable]
async fn set(count: &RwLock<u64>) {
    let mut guard = count.write().unwrap();
    hicam::point().await;
    *guard = 1;
}

fn main() {}
