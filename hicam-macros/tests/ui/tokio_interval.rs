//! An interval of tokio's that another function has made.

use std::time::Duration;

fn timer() -> tokio::time::Interval {
    tokio::time::interval(Duration::from_secs(1))
}

#[hicam::migratable]
async fn two_ticks() {
    let mut timer = timer();
    timer.tick().await;
    timer.tick().await;
}

fn main() {}
