//! A guard that could not even be sent to another thread.

use std::sync::Mutex;

#[hicam::migratable]
async fn add(count: &Mutex<u64>) {
    let mut guard = count.lock().unwrap();
    hicam::point().await;
    *guard += 1;
}

fn main() {}
