//! The end of a channel of tokio's.

use tokio::sync::mpsc;

#[hicam::migratable]
async fn drain(mut receiver: mpsc::Receiver<u64>) -> u64 {
    let mut total = 0;
    while let Some(value) = receiver.recv().await {
        total += value;
    }
    total
}

fn main() {}
