//! A future that cannot be suspended, beside a branch that can.

use std::time::Duration;

#[hicam::migratable]
async fn first(queue: &tokio::sync::Notify) -> bool {
    tokio::select! {
        () = tokio::time::sleep(Duration::from_secs(1)) => false,
        () = queue.notified() => true,
    }
}

fn main() {}
