//! A read guard of the standard library.

use std::sync::RwLock;

#[hicam::migratable]
async fn look(count: &RwLock<u64>) -> u64 {
    let guard = count.read().unwrap();
    hicam::point().await;
    *guard
}

fn main() {}
