//! What goes on concurrently in one function: the branches of `join!`, `try_join!` and `select!`.
//!
//! Each branch has a stack of its own. When a capture is wanted, branches that can be suspended unwind into their stacks
//! and rest; the others run to their end. Once every unfinished branch rests, the function is suspended, and the frames
//! of its branches become part of its own. If the capture is given up before, those that rest go on.

use std::future::poll_fn;
use std::hash::{BuildHasher, RandomState};
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};

use tokio::time::Sleep;

use super::call::{Call, Migratable};
use super::capture::CaptureFlag;
use super::drive::Tag;
use super::frame::{FnInfo, RestoreError, SavedFrames};
use super::stack::Stack;
use super::task::JoinHandle;
use crate::time::Tick;

/// How many branches there may be.
pub const MOST_BRANCHES: usize = 64;

/// What the branches of one place tell each other. All of them run in one task.
#[derive(Debug)]
pub struct Branches {
    capture: &'static CaptureFlag,
    /// One bit for each branch that rests.
    resting: AtomicU64,
    /// A branch has decided the result.
    ended: AtomicBool,
    /// A branch's frames do not fit this program.
    failed: AtomicBool,
    /// One bit for each branch that is disabled by its precondition: it holds its arguments to the end.
    disabled: AtomicU64,
    /// The frames of unfinished branches become part of their function's.
    suspended: AtomicBool,
}

/// What has become of the branches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// All are finished, or one has decided the result.
    Done,
    /// Every unfinished branch rests.
    Suspended,
}

impl Branches {
    /// Branches that can be suspended by this flag.
    pub fn new(capture: &'static CaptureFlag) -> Self {
        Branches {
            capture,
            resting: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            failed: AtomicBool::new(false),
            disabled: AtomicU64::new(0),
            suspended: AtomicBool::new(false),
        }
    }

    /// A branch's own hold of its stack.
    pub fn own<'b>(&'b self, stack: &'b mut Stack) -> Own<'b> {
        Own {
            stack,
            branches: self,
        }
    }

    /// Awaited by a branch after it has evaluated its operand: all operands are evaluated before any is polled.
    pub async fn evaluated(&self) {
        let mut first = true;
        poll_fn(|_| match std::mem::take(&mut first) {
            true => Poll::Pending,
            false => Poll::Ready(()),
        })
        .await;
    }

    /// Awaited by a branch that its precondition disables: never ready.
    pub async fn disable(&self, number: u32) {
        self.disabled.fetch_or(1 << number, Ordering::Relaxed);
        std::future::pending().await
    }

    /// The result is decided: the other branches are dropped.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    /// Branch `number` has been suspended: rests until it is to go on, with its frames to be re-entered.
    pub async fn rest(&self, number: u32, stack: &mut Stack) {
        if stack.error.is_some() {
            self.failed.store(true, Ordering::Relaxed);
            return std::future::pending().await;
        }
        let bit = 1 << number;
        self.resting.fetch_or(bit, Ordering::Relaxed);
        self.capture.unwanted().await;
        self.resting.fetch_and(!bit, Ordering::Relaxed);
        stack.resume.append(&mut stack.saved);
    }
}

/// The stack of a branch, as long as the branch is there: what rests in it is dropped with a branch that has lost.
#[derive(Debug)]
pub struct Own<'b> {
    stack: &'b mut Stack,
    branches: &'b Branches,
}

impl Deref for Own<'_> {
    type Target = Stack;
    fn deref(&self) -> &Stack {
        self.stack
    }
}

impl DerefMut for Own<'_> {
    fn deref_mut(&mut self) -> &mut Stack {
        self.stack
    }
}

impl Drop for Own<'_> {
    fn drop(&mut self) {
        if !self.branches.suspended.load(Ordering::Relaxed) {
            self.stack.let_go();
        }
    }
}

/// In which order branches are polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As they are written.
    Biased,
    /// Each time beginning with the next.
    Fair,
    /// Each time beginning with any.
    Random,
}

/// Polls the branches.
#[derive(Debug)]
pub struct Turns {
    order: Order,
    count: usize,
    /// One bit for each finished branch.
    finished: u64,
    evaluated: bool,
    turn: usize,
}

impl Turns {
    /// Turns of `count` branches. Those that are resumed have nothing to evaluate.
    pub fn new(order: Order, count: usize, fresh: bool) -> Self {
        Turns {
            order,
            count,
            finished: 0,
            evaluated: !fresh,
            turn: 0,
        }
    }

    /// Whether a branch has nothing left to do.
    pub fn is_finished(&self, number: usize) -> bool {
        self.finished >> number & 1 == 1
    }

    /// Polls each unfinished branch once with `poll`.
    pub fn poll(
        &mut self,
        branches: &Branches,
        cx: &mut Context<'_>,
        mut poll: impl FnMut(usize, &mut Context<'_>) -> Poll<()>,
    ) -> Poll<Ended> {
        if !std::mem::replace(&mut self.evaluated, true) {
            (0..self.count).for_each(|at| self.one(at, cx, &mut poll));
        }
        let first = self.first();
        for at in (first..self.count).chain(0..first) {
            if branches.ended.load(Ordering::Relaxed) {
                return Poll::Ready(Ended::Done);
            }
            self.one(at, cx, &mut poll);
        }
        let all = u64::MAX >> (MOST_BRANCHES - self.count.clamp(1, MOST_BRANCHES));
        let resting = branches.resting.load(Ordering::Relaxed);
        self.finished |= branches.disabled.load(Ordering::Relaxed);
        if branches.ended.load(Ordering::Relaxed) || self.finished == all {
            Poll::Ready(Ended::Done)
        } else if branches.failed.load(Ordering::Relaxed) || self.finished | resting == all {
            branches.suspended.store(true, Ordering::Relaxed);
            Poll::Ready(Ended::Suspended)
        } else {
            Poll::Pending
        }
    }

    fn one(
        &mut self,
        at: usize,
        cx: &mut Context<'_>,
        poll: &mut impl FnMut(usize, &mut Context<'_>) -> Poll<()>,
    ) {
        let bit = 1 << at;
        if self.finished & bit == 0 && poll(at, cx).is_ready() {
            self.finished |= bit;
        }
    }

    fn first(&mut self) -> usize {
        let turn = match self.order {
            Order::Biased => 0,
            Order::Fair => {
                let next = self.turn.wrapping_add(1);
                std::mem::replace(&mut self.turn, next)
            }
            Order::Random => RandomState::new().hash_one(0) as usize,
        };
        turn % self.count.max(1)
    }
}

/// Called by generated code only.
impl Stack {
    /// The stacks of `N` branches: with the frames to be re-entered, or empty.
    pub fn branches<const N: usize>(&mut self) -> [Stack; N] {
        let mut entered = std::mem::take(&mut self.entered_branches);
        let restore = if entered.is_empty() {
            None
        } else {
            // From now on only the branches decode.
            self.restore.take()
        };
        let stacks = std::array::from_fn(|number| {
            let mut stack = Stack::new(self.capture).with_position(self.position());
            let frames = entered
                .iter_mut()
                .find(|(branch, _)| *branch as usize == number);
            if let Some((_, frames)) = frames {
                stack.resume = std::mem::take(frames);
                stack.restore.clone_from(&restore);
            }
            stack
        });
        if let Some(frame) = entered.iter().find_map(|(_, frames)| frames.last()) {
            self.error.get_or_insert(RestoreError::Unused {
                function: frame.function().to_owned(),
            });
        }
        stacks
    }

    /// Branches have been suspended: this frame will be re-entered at `point`, with theirs. A branch that has no frames
    /// must have finished.
    #[cold]
    pub fn suspended_in_branches<const N: usize>(
        &mut self,
        point: u32,
        stacks: [Stack; N],
        finished: [bool; N],
        info: &'static FnInfo,
    ) {
        self.suspended_in_call(point);
        for (number, (mut stack, finished)) in (0..).zip(stacks.into_iter().zip(finished)) {
            if finished {
                continue;
            }
            match stack.take_saved() {
                Ok(SavedFrames { frames, .. }) if !frames.is_empty() => {
                    self.building_branches.push((number, frames));
                }
                Ok(_) => self.missing("result of a branch", info),
                Err(error) => {
                    self.error.get_or_insert(error);
                }
            }
        }
    }
}

/// The value of a `select!`: that of its first branch, or of another one. What a branch's pattern leaves of it lives to the
/// end of the branch.
#[derive(Debug, hicam_macros::State)]
#[hicam(crate = ::hicam_state)]
pub enum Chosen<A, B> {
    /// Of this branch.
    This(A),
    /// Of a later one.
    Other(B),
}

/// The value of a `select!` of which no branch has decided: its `else`.
#[derive(Debug, Clone, Copy, hicam_macros::State)]
#[hicam(crate = ::hicam_state)]
pub struct Otherwise;

/// A branch can be suspended.
#[derive(Debug, Clone, Copy)]
pub struct Can;

/// A branch runs to its end.
#[derive(Debug, Clone, Copy)]
pub struct Cannot;

/// Whether any of several branches can be suspended.
pub trait Or<O> {
    /// The answer.
    type Or;
    /// The answer.
    fn or(self, other: O) -> Self::Or;
}
impl<O> Or<O> for Can {
    type Or = Can;
    fn or(self, _: O) -> Can {
        self
    }
}
impl<O> Or<O> for Cannot {
    type Or = O;
    fn or(self, other: O) -> O {
        other
    }
}

/// The result of a branch that has finished before the others. If none of them can be suspended it is never captured, and
/// may be of any type.
pub trait Keep<T>: Sized {
    /// What is captured.
    type Kept;
    /// The result as it is captured.
    fn keep(self, value: Option<T>) -> Option<Self::Kept>;
    /// The result from what was captured.
    fn back(self, kept: Option<Self::Kept>) -> Option<T>;
}
impl<T> Keep<T> for Can {
    type Kept = T;
    fn keep(self, value: Option<T>) -> Option<T> {
        value
    }
    fn back(self, kept: Option<T>) -> Option<T> {
        kept
    }
}
impl<T> Keep<T> for Cannot {
    type Kept = ();
    fn keep(self, _: Option<T>) -> Option<()> {
        None
    }
    fn back(self, _: Option<()>) -> Option<T> {
        None
    }
}

/// Whether a branch of a `select!` may stand beside others.
#[diagnostic::on_unimplemented(
    message = "this branch of `select!` can neither be suspended nor does it end by itself, but another branch can be suspended",
    label = "a future that is neither an annotated call nor under `hicam::reissue`",
    note = "a capture would have to wait for this future: if it is cancel-safe, write `hicam::reissue(|| …)` around it; else make it a call of a `#[hicam::migratable]` function"
)]
pub trait Beside<O> {}
impl<O> Beside<O> for Can {}
impl Beside<Cannot> for Cannot {}

/// Accepts a branch of a `select!` that stands beside others. `_any` comes first, so that it is known when the branch is
/// asked for: with one implementation to choose from, the compiler would take that for the answer.
pub fn beside<O, B: Beside<O>>(_any: O, _branch: B) {}

/// Annotated calls and waits can be suspended.
pub trait CanSuspend: Sized {
    /// Says so.
    fn suspends(self) -> Can {
        Can
    }
}
impl<D: Migratable> CanSuspend for &&Tag<Call<D, D::Args>> {}
impl CanSuspend for &&Tag<Sleep> {}
impl CanSuspend for &&Tag<Tick<'_>> {}
impl<T: Send + 'static> CanSuspend for &&Tag<JoinHandle<T>> {}

/// Any other future cannot.
pub trait CannotSuspend: Sized {
    /// Says so.
    fn suspends(self) -> Cannot {
        Cannot
    }
}
impl<F> CannotSuspend for &Tag<F> {}

/// Whether the function that a user calls `timeout` is tokio's.
pub fn is_timeout(_: tokio::time::Timeout<std::future::Ready<()>>) {}
