//! Timers: their remaining time goes with the program.

use std::time::Duration;

use super::expressions::add;
use super::{hicam, programs};

#[hicam::migratable]
async fn slow(ms: u64) -> u32 {
    tokio::time::sleep(Duration::from_millis(ms)).await;
    hicam::point().await;
    7
}

#[hicam::migratable]
async fn timed(limit: u64) -> (Result<u32, String>, u32) {
    let result = tokio::time::timeout(Duration::from_millis(limit), slow(3)).await;
    hicam::point().await;
    let after = tokio::time::timeout(Duration::from_secs(60), add(1, 2)).await;
    (result.map_err(|_| "late".to_owned()), after.unwrap_or(0))
}

#[hicam::migratable]
async fn naps(n: u32) -> (u32, bool) {
    let started = tokio::time::Instant::now();
    let until = started + Duration::from_millis(2);
    let mut count = 0;
    for _ in 0..n {
        tokio::time::sleep(Duration::from_millis(1)).await;
        count += 1;
    }
    tokio::time::sleep_until(until).await;
    (count, started.elapsed() >= Duration::from_millis(2))
}

#[hicam::migratable]
async fn ticks(n: u32) -> Vec<u32> {
    let mut out = Vec::new();
    let mut interval = tokio::time::interval(Duration::from_millis(1));
    for i in 0..n {
        interval.tick().await;
        out.push(add(i, 1).await);
    }
    out
}

programs! {
    timers;
    a_timeout_that_is_kept: timed(60_000) => (Ok(7), 3);
    a_timeout_that_passes: timed(0) => (Err("late".to_owned()), 3);
    sleeps: naps(2) => (2, true);
    an_interval: ticks(3) => vec![1, 2, 3];
}
