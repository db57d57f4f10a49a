//! Counts the clients' calls, and keeps what went wrong with any of them.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use examples::measure::Probe;
use tokio::sync::Notify;

use tonic::{Response, Status};

/// Of the failures, this many are told in words.
const TOLD: usize = 5;
/// Between two calls of a probe.
const BETWEEN: Duration = Duration::from_millis(5);

/// What all clients share.
#[derive(Debug)]
pub(crate) struct Tally {
    began: Instant,
    calls: AtomicU64,
    stop: AtomicBool,
    failed: AtomicU64,
    first_failures: Mutex<Vec<String>>,
    failure: Notify,
}

impl Tally {
    pub(crate) fn new() -> Self {
        Tally {
            began: Instant::now(),
            calls: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            failed: AtomicU64::new(0),
            first_failures: Mutex::new(Vec::new()),
            failure: Notify::new(),
        }
    }

    /// Tells what is happening.
    pub(crate) fn say(&self, what: impl std::fmt::Display) {
        println!("[{:5.1} s] {what}", self.began.elapsed().as_secs_f64());
    }

    /// Counts a call; its reply, or none if it failed.
    pub(crate) fn count<T>(&self, what: &str, result: Result<Response<T>, Status>) -> Option<T> {
        self.calls.fetch_add(1, Relaxed);
        match result {
            Ok(reply) => Some(reply.into_inner()),
            Err(status) => {
                let failure = format!(
                    "{what} at {:.1} s: {:?}: {}",
                    self.began.elapsed().as_secs_f64(),
                    status.code(),
                    status.message()
                );
                self.failed.fetch_add(1, Relaxed);
                let mut failures = self.first_failures();
                if failures.len() < TOLD {
                    failures.push(failure);
                }
                self.failure.notify_one();
                None
            }
        }
    }

    /// Asks every client to end with the call it is in.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Relaxed);
    }

    /// Whether clients are to go on.
    pub(crate) fn goes_on(&self) -> bool {
        !self.stop.load(Relaxed)
    }

    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Relaxed)
    }

    /// Makes one small call after another until the clients are to stop.
    pub(crate) async fn probe<T, F>(&self, what: &str, probe: Probe, mut call: impl FnMut() -> F)
    where
        F: Future<Output = Result<Response<T>, Status>>,
    {
        while self.goes_on() {
            self.count(what, probe.time(call()).await);
            tokio::time::sleep(BETWEEN).await;
        }
    }

    /// Waits until a call fails.
    pub(crate) async fn failure(&self) {
        self.failure.notified().await;
    }

    /// All went well, or how many calls failed, with the first of them.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        let failed = self.failed.load(Relaxed);
        anyhow::ensure!(
            failed == 0,
            "{failed} of {} calls failed: {}",
            self.calls(),
            self.first_failures().join("; ")
        );
        Ok(())
    }

    fn first_failures(&self) -> MutexGuard<'_, Vec<String>> {
        self.first_failures
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
