//! The flag that every migration point looks at.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::frame::FnInfo;

/// Says whether a capture is wanted: one per server, shared by all of its threads' stacks.
///
/// Passing a migration point costs one relaxed load of this flag and an untaken branch.
#[derive(Debug)]
pub struct CaptureFlag {
    wanted: AtomicBool,
    /// Points to let pass before suspending, so that a test can stop a run at its n-th point.
    skip: AtomicU64,
    /// Points passed while the flag was set.
    passed: AtomicU64,
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
            passed: AtomicU64::new(0),
            trace: Mutex::new(None),
        }
    }

    /// A flag that lives as long as the process: the points of every thread's code refer to it. A server has one.
    pub fn leaked() -> &'static Self {
        Box::leak(Box::new(Self::new()))
    }

    /// Asks every thread to suspend at its next migration point.
    pub fn set(&self) {
        self.set_after(0);
    }

    /// Asks for a suspension after `points` further migration points have been passed, counted over all threads
    /// that share this flag. `u64::MAX` only counts.
    pub fn set_after(&self, points: u64) {
        self.skip.store(points, Ordering::SeqCst);
        self.passed.store(0, Ordering::SeqCst);
        self.wanted.store(true, Ordering::SeqCst);
    }

    /// Lets threads run on.
    pub fn clear(&self) {
        self.wanted.store(false, Ordering::SeqCst);
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
        // A capture may be over by the time a thread arrives.
        self.is_set() && passed >= self.skip.load(Ordering::SeqCst)
    }
}
