//! A task that captures nothing of itself.

#[hicam::migratable]
async fn wait(n: u64) -> u64 {
    let task = tokio::spawn(async move { n + 1 });
    hicam::point().await;
    task.await.unwrap()
}

fn main() {}
