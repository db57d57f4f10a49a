//! A permit.

use tokio::sync::Semaphore;

#[hicam::migratable]
async fn limited(semaphore: &Semaphore) {
    let permit = semaphore.acquire().await.unwrap();
    hicam::point().await;
    drop(permit);
}

fn main() {}
