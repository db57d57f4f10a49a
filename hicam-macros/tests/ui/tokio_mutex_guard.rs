//! A guard that may be held across an await, but not across a point.

use tokio::sync::Mutex;

#[hicam::migratable]
async fn add(count: &Mutex<u64>) {
    let mut guard = count.lock().await;
    hicam::point().await;
    *guard += 1;
}

fn main() {}
