//! How a task runs under a spawner: until it returns, panics or is aborted; parked while a capture is on.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::sync::oneshot;

use super::cell::Cell;
use super::handle::JoinError;
use super::table::Seat;
use crate::transform::call::Flow;
use crate::transform::frame::{RestoreError, SavedFrames};
use crate::transform::stack::Stack;

/// Runs the tasks of a server or of a test, and captures them with its threads.
pub(crate) trait Spawner: Send + Sync + 'static {
    /// The number of a task that is about to begin.
    fn number(&self) -> u64;
    /// Begins a task.
    fn start(self: Arc<Self>, job: Job);
    /// Ends a task, unless it is over.
    fn abort(&self, number: u64);
    /// The cell of a task that goes on, or whose outcome is waited for.
    fn cell(&self, number: u64) -> Option<Arc<dyn Cell>>;
    /// A task has been suspended.
    fn park(&self, number: u64, saved: Result<SavedFrames, RestoreError>) -> Parked;
    /// A task is over; its cell says so already.
    fn over(&self, number: u64);
}

/// What becomes of a task that has been suspended.
#[allow(clippy::large_enum_variant, reason = "handed on at once, never stored")]
pub(crate) enum Parked {
    /// It goes on at once.
    On(Stack),
    /// It rests until it is told how to go on. Not at all, if nobody can tell it any more.
    Rests(oneshot::Receiver<Stack>),
    /// It was aborted meanwhile, and leaves its frames.
    Aborted(SavedFrames),
    /// Its frames do not fit this program.
    Broken(String),
    /// It belongs to a state that was discarded, and leaves its frames.
    Discarded(Option<SavedFrames>),
}

tokio::task_local! {
    /// The spawner of the thread that runs.
    static SPAWNER: Arc<dyn Spawner>;
}

/// Runs a thread whose tasks this spawner is to run.
pub(crate) fn within<F: Future>(
    spawner: Arc<dyn Spawner>,
    thread: F,
) -> impl Future<Output = F::Output> {
    SPAWNER.scope(spawner, thread)
}

/// As [`within`], for what does not wait.
pub(crate) fn sync_within<R>(spawner: Arc<dyn Spawner>, work: impl FnOnce() -> R) -> R {
    SPAWNER.sync_scope(spawner, work)
}

/// The spawner of the thread that this is called in.
pub(super) fn current() -> Option<Arc<dyn Spawner>> {
    SPAWNER.try_with(Arc::clone).ok()
}

/// What a task runs.
pub(crate) trait Body: Send {
    /// Runs it: first from its beginning, then from the frames in the stack.
    fn run<'a>(&'a mut self, stack: &'a mut Stack) -> BoxFuture<'a, Flow<()>>;
    /// It has returned: gives its value to who waits for it.
    fn end(self: Box<Self>);
}

/// A task to run.
pub(crate) struct Job {
    pub(crate) cell: Arc<dyn Cell>,
    pub(super) body: Box<dyn Body>,
}

/// Runs a task to its end.
pub(crate) async fn run(spawner: Arc<dyn Spawner>, job: Job, seat: Seat, stack: Stack) {
    let Job { cell, mut body } = job;
    let number = cell.number();
    let mut stack = stack;
    loop {
        let flow = tokio::select! {
            biased;
            () = seat.abort.asked() => None,
            flow = AssertUnwindSafe(body.run(&mut stack)).catch_unwind() => Some(flow),
        };
        match flow {
            Some(Ok(Flow::Done(()))) => {
                body.end();
                break;
            }
            Some(Ok(Flow::Suspended)) => {}
            Some(Err(payload)) => {
                tracing::error!(task = number, runs = %cell.runs(), "a task panicked");
                drop(body);
                cell.fail(JoinError::panicked(number, payload));
                break;
            }
            None => {
                drop(body);
                cell.fail(JoinError::cancelled(number));
                break;
            }
        }
        match spawner.park(number, stack.take_saved()) {
            Parked::On(next) => stack = next,
            Parked::Rests(told) => match told.await {
                Ok(next) => stack = next,
                // Aborted while it rested, or discarded: whoever did that has said so.
                Err(_) => return,
            },
            Parked::Aborted(frames) => {
                drop(frames);
                drop(body);
                cell.fail(JoinError::cancelled(number));
                break;
            }
            Parked::Broken(what) => {
                drop(body);
                cell.fail(JoinError::message_of(number, what));
                break;
            }
            Parked::Discarded(frames) => {
                drop(frames);
                return;
            }
        }
    }
    spawner.over(number);
}
