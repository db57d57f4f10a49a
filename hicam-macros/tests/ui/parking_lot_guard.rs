//! A guard of parking_lot's.

use parking_lot::Mutex;

#[hicam::migratable]
async fn add(count: &Mutex<u64>) {
    let mut guard = count.lock();
    hicam::point().await;
    *guard += 1;
}

fn main() {}
