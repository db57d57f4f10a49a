//! A permit that is only held.

use tokio::sync::Semaphore;

#[hicam::migratable]
async fn limited(semaphore: &Semaphore) {
    let _permit = semaphore.acquire().await;
    hicam::point().await;
}

async fn used() {
    limited(&Semaphore::new(1)).await;
}

fn main() {}
