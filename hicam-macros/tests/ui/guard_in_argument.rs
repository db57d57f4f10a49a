//! A guard that is a temporary of an argument lives until the call has ended.

use tokio::sync::RwLock;

#[hicam::migratable]
async fn wait(millis: u64) {
    for _ in 0..millis {}
}

#[hicam::migratable]
async fn pause(settings: &RwLock<Vec<u64>>) {
    wait(settings.try_read().unwrap().iter().sum()).await;
}

fn main() {}
