//! A future that has begun, or may have.

use std::future::Future;
use std::pin::Pin;

#[hicam::migratable]
async fn later(n: u64) -> u64 {
    let future: Pin<Box<dyn Future<Output = u64> + Send>> = Box::pin(async move { n + 1 });
    hicam::point().await;
    future.await
}

fn main() {}
