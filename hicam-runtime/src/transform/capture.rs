//! The flag that every migration point looks at.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

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
}

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

    /// The slow side of a migration point: whether to suspend here.
    #[cold]
    pub(super) fn suspend_here(&self) -> bool {
        let passed = self.passed.fetch_add(1, Ordering::SeqCst);
        // A capture may be over by the time a thread arrives.
        self.is_set() && passed >= self.skip.load(Ordering::SeqCst)
    }
}
