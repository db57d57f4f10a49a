//! What a channel has been through, counted.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// What a channel and its clones have been through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChannelStats {
    /// Calls begun.
    pub calls: u64,
    /// Calls answered by the server, with whatever status.
    pub answered: u64,
    /// Calls given up because their deadline was exceeded.
    pub deadlines_exceeded: u64,
    /// Times a call was issued again because the server answered *pending*.
    pub retries_pending: u64,
    /// Times a call was issued again because the server answered *moved*.
    pub retries_moved: u64,
    /// Times a call was issued again because the connection broke or could not be made.
    pub retries_broken: u64,
    /// Times a call was issued again because a later epoch of the server was advertised elsewhere.
    pub retries_superseded: u64,
    /// Times a call had to wait because the server was not advertised.
    pub waits_unbound: u64,
    /// Answered calls that were interrupted by any of these.
    pub interrupted: u64,
    /// The longest time for which an answered call had no server that took it: from the first refusal,
    /// broken connection or wait to the attempt that was answered.
    pub longest_interruption: Duration,
    /// The longest time from the beginning of a call to its answer.
    pub longest_call: Duration,
}

impl ChannelStats {
    /// Times any call was issued again, for whatever reason.
    #[must_use]
    pub fn retries(&self) -> u64 {
        self.retries_pending + self.retries_moved + self.retries_broken + self.retries_superseded
    }
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) calls: AtomicU64,
    pub(super) answered: AtomicU64,
    pub(super) deadlines_exceeded: AtomicU64,
    pub(super) retries_pending: AtomicU64,
    pub(super) retries_moved: AtomicU64,
    pub(super) retries_broken: AtomicU64,
    pub(super) retries_superseded: AtomicU64,
    pub(super) waits_unbound: AtomicU64,
    interrupted: AtomicU64,
    longest_interruption_us: AtomicU64,
    longest_call_us: AtomicU64,
}

impl Counters {
    pub(super) fn answered(&self, took: Duration, interruption: Option<Duration>) {
        self.answered.fetch_add(1, Relaxed);
        self.longest_call_us.fetch_max(micros(took), Relaxed);
        if let Some(interruption) = interruption {
            self.interrupted.fetch_add(1, Relaxed);
            self.longest_interruption_us
                .fetch_max(micros(interruption), Relaxed);
        }
    }

    pub(super) fn read(&self) -> ChannelStats {
        self.collect(|longest| longest.load(Relaxed))
    }

    pub(super) fn take_longest(&self) -> ChannelStats {
        self.collect(|longest| longest.swap(0, Relaxed))
    }

    fn collect(&self, longest: impl Fn(&AtomicU64) -> u64) -> ChannelStats {
        ChannelStats {
            calls: self.calls.load(Relaxed),
            answered: self.answered.load(Relaxed),
            deadlines_exceeded: self.deadlines_exceeded.load(Relaxed),
            retries_pending: self.retries_pending.load(Relaxed),
            retries_moved: self.retries_moved.load(Relaxed),
            retries_broken: self.retries_broken.load(Relaxed),
            retries_superseded: self.retries_superseded.load(Relaxed),
            waits_unbound: self.waits_unbound.load(Relaxed),
            interrupted: self.interrupted.load(Relaxed),
            longest_interruption: Duration::from_micros(longest(&self.longest_interruption_us)),
            longest_call: Duration::from_micros(longest(&self.longest_call_us)),
        }
    }
}

pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Relaxed);
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
