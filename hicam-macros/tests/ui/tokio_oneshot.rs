//! A sender for one value.

use tokio::sync::oneshot;

#[hicam::migratable]
async fn answer(n: u64) {
    let (sender, _) = oneshot::channel();
    hicam::point().await;
    sender.send(n).unwrap();
}

fn main() {}
