//! The flag that every migration point looks at.

use std::collections::HashMap;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::frame::{FnInfo, place};

use hicam_state::EncodeError;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

/// Says whether a capture is wanted: one per server, shared by all of its threads' stacks.
///
/// Passing a migration point costs one relaxed load of this flag and an untaken branch.
#[derive(Debug)]
pub struct CaptureFlag {
    wanted: AtomicBool,
    /// Points to let pass before suspending, so that a test can stop a run at its n-th point.
    skip: AtomicU64,
    /// Points to let pass before what waits is suspended.
    skip_waiting: AtomicU64,
    /// Points passed while the flag was set.
    passed: AtomicU64,
    /// Wakes what waits while it could be suspended. Points do not look at it.
    changed: Notify,
    /// What could not be suspended since the flag was last set, although it stood at a point.
    refused: Mutex<Vec<String>>,
    is_refused: AtomicBool,
    /// Wakes whoever waits for the capture, when something is refused.
    refusing: Notify,
    /// Which points those were, if a test asked for it.
    trace: Mutex<Option<Trace>>,
}

/// How often each point was passed, by the function's name and fingerprint, and the point.
type Trace = HashMap<(&'static str, u64, u32), (&'static FnInfo, u64)>;

impl Default for CaptureFlag {
    fn default() -> Self {
        Self::new()
    }
}

impl CaptureFlag {
    /// A flag that asks for nothing.
    pub const fn new() -> Self {
        CaptureFlag {
            wanted: AtomicBool::new(false),
            skip: AtomicU64::new(0),
            skip_waiting: AtomicU64::new(0),
            passed: AtomicU64::new(0),
            changed: Notify::const_new(),
            refused: Mutex::new(Vec::new()),
            is_refused: AtomicBool::new(false),
            refusing: Notify::const_new(),
            trace: Mutex::new(None),
        }
    }

    /// A flag that lives as long as the process: the points of every thread's code refer to it. A server has one.
    pub fn leaked() -> &'static Self {
        Box::leak(Box::new(Self::new()))
    }

    /// Asks every thread to suspend at its next migration point, or where it waits.
    pub fn set(&self) {
        self.ask(0, 0);
    }

    /// Asks for a suspension after `points` further migration points have been passed, counted over all threads
    /// that share this flag. What waits is suspended with the first that suspends at a point. `u64::MAX` only counts.
    pub fn set_after(&self, points: u64) {
        self.ask(points, points.saturating_add(1));
    }

    fn ask(&self, skip: u64, skip_waiting: u64) {
        self.skip.store(skip, Ordering::SeqCst);
        self.skip_waiting.store(skip_waiting, Ordering::SeqCst);
        self.passed.store(0, Ordering::SeqCst);
        drop(self.take_refused());
        self.wanted.store(true, Ordering::SeqCst);
        self.changed.notify_waiters();
    }

    /// Lets threads run on.
    pub fn clear(&self) {
        self.wanted.store(false, Ordering::SeqCst);
        self.changed.notify_waiters();
    }

    /// Whether threads look closer at their points: a capture is wanted or points are being counted.
    #[inline(always)]
    pub fn is_set(&self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }

    /// How many passes a loop with a short body makes before it looks at the flag again: `most`, or one while the flag
    /// is set.
    #[inline(always)]
    pub fn passes(&self, most: usize) -> usize {
        if self.is_set() { 1 } else { most }
    }

    /// Points passed since the flag was last set.
    pub fn passed(&self) -> u64 {
        self.passed.load(Ordering::SeqCst)
    }

    /// Notes which points are passed while the flag is set, until [`CaptureFlag::traced`].
    pub(crate) fn trace(&self) {
        *self.trace.lock().unwrap_or_else(PoisonError::into_inner) = Some(Trace::new());
    }

    /// Each function and point that was passed since [`CaptureFlag::trace`], and how often.
    pub(crate) fn traced(&self) -> Vec<(&'static FnInfo, u32, u64)> {
        let trace = self
            .trace
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let points = trace.into_iter().flatten();
        points
            .map(|((_, _, point), (info, passed))| (info, point, passed))
            .collect()
    }

    /// The slow side of a migration point: whether to suspend here.
    #[cold]
    pub(super) fn suspend_here(&self, info: &'static FnInfo, point: u32) -> bool {
        if let Some(trace) = &mut *self.trace.lock().unwrap_or_else(PoisonError::into_inner) {
            let key = (info.name, info.fingerprint, point);
            trace.entry(key).or_insert((info, 0)).1 += 1;
        }
        let passed = self.passed.fetch_add(1, Ordering::SeqCst);
        let skip = self.skip.load(Ordering::SeqCst);
        if passed == skip {
            // The first to suspend: those that wait come with it.
            self.changed.notify_waiters();
        }
        // A capture may be over by the time a thread arrives.
        self.is_set() && passed >= skip
    }

    /// Whether a thread that waits is to suspend. A wait is counted when it begins, not here.
    fn wants_waiting(&self) -> bool {
        self.wanted.load(Ordering::SeqCst)
            && self.passed.load(Ordering::SeqCst) >= self.skip_waiting.load(Ordering::SeqCst)
    }

    /// A function stands at a point, but what it holds there cannot be captured: it goes on.
    #[cold]
    pub(super) fn refuse(&self, info: &'static FnInfo, point: u32, why: &EncodeError) {
        let place = place(info.name, info.file, info.line(point));
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.push(format!("{place}: {why}"));
        self.is_refused.store(true, Ordering::SeqCst);
        drop(refused);
        self.refusing.notify_waiters();
    }

    /// Whether something was refused since the flag was last set.
    pub(crate) fn is_refused(&self) -> bool {
        self.is_refused.load(Ordering::SeqCst)
    }

    /// Wakes when something is refused.
    pub(crate) fn refusing(&self) -> Notified<'_> {
        self.refusing.notified()
    }

    /// What was refused, each with function, file and line.
    pub(crate) fn take_refused(&self) -> Vec<String> {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_refused.store(false, Ordering::SeqCst);
        std::mem::take(&mut *refused)
    }

    /// Waits for a future that may be dropped before its end: `None` as soon as a capture is wanted.
    pub(super) async fn unless_wanted<F: Future>(&self, future: F) -> Option<F::Output> {
        let mut future = pin!(future);
        loop {
            let mut changed = pin!(self.changed.notified());
            // Registered before the look at the flag, so that no change is lost in between.
            changed.as_mut().enable();
            if self.wants_waiting() {
                return None;
            }
            tokio::select! {
                biased;
                value = &mut future => return Some(value),
                () = changed => {}
            }
        }
    }

    /// Waits until no capture is wanted.
    pub(super) async fn unwanted(&self) {
        loop {
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            if !self.wants_waiting() {
                return;
            }
            changed.await;
        }
    }
}
