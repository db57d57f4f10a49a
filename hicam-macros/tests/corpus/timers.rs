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

#[derive(hicam::State)]
struct Beat {
    timer: hicam::time::Interval,
    beats: u32,
}

/// In a field, made by a function of its own, waited for beside something else.
#[hicam::migratable]
async fn beats(n: u32) -> (u32, u32) {
    let mut beat = Beat {
        timer: hicam::time::interval(Duration::from_millis(1)),
        beats: 0,
    };
    let mut late = 0;
    while beat.beats < n {
        tokio::select! {
            _ = beat.timer.tick() => beat.beats += 1,
            () = tokio::time::sleep(Duration::from_secs(60)) => late += 1,
        }
    }
    (beat.beats, late)
}

/// The period begins again, and ticks that were missed are left out.
#[hicam::migratable]
async fn resets() -> (bool, Duration, u32) {
    let start = tokio::time::Instant::now() + Duration::from_secs(3600);
    let mut timer = tokio::time::interval_at(start, Duration::from_millis(1));
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    hicam::point().await;
    let early = tokio::time::timeout(Duration::from_millis(1), timer.tick()).await;
    hicam::point().await;
    timer.reset();
    let mut ticks = 0;
    for _ in 0..2 {
        timer.tick().await;
        ticks += 1;
    }
    (early.is_err(), timer.period(), ticks)
}

/// Another function waits for it.
#[hicam::migratable]
async fn lent() -> u32 {
    let mut timer = hicam::time::interval(Duration::from_millis(1));
    let mut ticks = 0;
    for _ in 0..3 {
        tick(&mut timer).await;
        ticks += 1;
    }
    ticks
}

#[hicam::migratable]
async fn tick(timer: &mut hicam::time::Interval) {
    timer.tick().await;
}

fn interval(words: &[&str]) -> usize {
    words.len()
}

fn interval_at(words: &[&str], at: usize) -> String {
    words[at].to_owned()
}

/// Functions that have the names of tokio's.
#[hicam::migratable]
async fn own_functions() -> (usize, String) {
    let count = interval(&["a", "b"]);
    let second = interval_at(&["a", "b"], 1);
    hicam::point().await;
    (count, second)
}

programs! {
    timers;
    a_timeout_that_is_kept: timed(60_000) => (Ok(7), 3);
    a_timeout_that_passes: timed(0) => (Err("late".to_owned()), 3);
    sleeps: naps(2) => (2, true);
    an_interval: ticks(3) => vec![1, 2, 3];
    an_interval_in_a_field: beats(3) => (3, 0);
    an_interval_that_is_reset: resets() => (true, Duration::from_millis(1), 2);
    an_interval_that_is_lent: lent() => 3;
    functions_of_other_modules: own_functions() => (2, "b".to_owned());
}
