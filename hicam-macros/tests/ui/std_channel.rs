//! The end of a channel of the standard library.

use std::sync::mpsc;

#[hicam::migratable]
async fn send(sender: mpsc::Sender<u64>, n: u64) {
    for i in 0..n {
        sender.send(i).unwrap();
    }
}

fn main() {}
