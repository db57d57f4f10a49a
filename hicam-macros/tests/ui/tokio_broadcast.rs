//! A broadcast sender.

use tokio::sync::broadcast;

#[hicam::migratable]
async fn announce(words: Vec<String>) {
    let (sender, _) = broadcast::channel(4);
    for word in words {
        sender.send(word).unwrap();
    }
}

fn main() {}
