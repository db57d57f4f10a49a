//! `hicam::spawn`.

use std::future::Future;
use std::panic::{AssertUnwindSafe, Location};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt as _;
use futures::future::BoxFuture;

use super::cell::{Host, Runs, TaskCell};
use super::handle::{JoinError, JoinHandle};
use super::registry::{Callee, First, Spawnable};
use super::run::{self, Body, Job};
use crate::transform::call::{Call, Flow};
use crate::transform::stack::Stack;

/// Begins a task: a call of an annotated function that goes on beside the caller.
///
/// In a server, a task is captured with the server and goes on where that goes on: in this process, after a migration, or
/// after a restore. It runs exactly once, and its value, if nobody has taken it yet, is captured too. This holds for tasks
/// that are begun in a handler or in such a task. Elsewhere, and that is also in what a handler has given to
/// `tokio::spawn`, it is a task of tokio, and ends with the process.
///
/// The function must have no type parameters and own its parameters: give it an `Arc` or a clone of what it is to use. Any
/// other future is run too, but can only be waited for: as long as it runs, no capture is possible.
///
/// ```
/// # mod hicam { pub use ::hicam::*; }
/// #[hicam::migratable]
/// async fn square(n: u64) -> u64 {
///     n * n
/// }
///
/// #[hicam::migratable]
/// async fn squares(n: u64) -> u64 {
///     let mut tasks = Vec::new();
///     for i in 0..n {
///         tasks.push(hicam::spawn(square(i)));
///     }
///     let mut sum = 0;
///     for task in tasks {
///         sum += task.await.unwrap_or(0);
///     }
///     sum
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// assert_eq!(squares(4).await, 14);
/// # });
/// ```
///
/// What the task returns must be captured until somebody takes it. That it cannot be is seen when the program is built:
///
/// ```compile_fail,E0080
/// # mod hicam { pub use ::hicam::*; }
/// #[hicam::migratable]
/// async fn open(port: u16) -> std::io::Result<std::net::TcpListener> {
///     std::net::TcpListener::bind(("127.0.0.1", port))
/// }
///
/// # fn main() {
/// hicam::spawn(open(0));
/// # }
/// ```
#[track_caller]
pub fn spawn<S, T>(work: S) -> JoinHandle<T>
where
    S: Spawn<T> + Send + 'static,
    T: Send + 'static,
{
    work.spawn(Location::caller())
}

/// What can be given to [`spawn`], for a task that returns `T`.
#[diagnostic::on_unimplemented(
    message = "this cannot be given to `hicam::spawn`",
    label = "not a call of a function that is found again after a restore",
    note = "a task is found by the name of its function: that must be a `#[hicam::migratable]` function or method of a type, \
            without type parameters or lifetimes, whose parameters are all owned; give it a clone or an `Arc` of what it \
            borrows, and for each type that a generic function is to run with, write a function that calls it"
)]
pub trait Spawn<T> {
    /// Begins the task.
    #[doc(hidden)]
    fn spawn(self, place: &'static Location<'static>) -> JoinHandle<T>;
}

#[diagnostic::do_not_recommend]
impl<D: Spawnable> Spawn<D::Output> for Call<D, D::Args> {
    fn spawn(self, _: &'static Location<'static>) -> JoinHandle<D::Output> {
        const {
            assert!(
                D::RETURNS_STATE,
                "what this task returns cannot be captured: let its function return a type with `#[derive(hicam::State)]`, or \
                 with serde's `Serialize` and `Deserialize`"
            );
        }
        let args = self.into_args();
        let callee = Callee::of::<D>();
        let Some(spawner) = run::current() else {
            let cell = callee.cell(alone(), Host::Tokio(Mutex::new(None)));
            return on_tokio(cell, D::plain(args));
        };
        let host = Host::Spawner(Arc::downgrade(&spawner));
        let cell = callee.cell(spawner.number(), host);
        let first: First<D::Output> = Box::new(move |stack| Box::pin(D::run(args, stack)));
        spawner.start(callee.begin(&cell, first));
        JoinHandle { cell }
    }
}

impl<F> Spawn<F::Output> for F
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    fn spawn(self, place: &'static Location<'static>) -> JoinHandle<F::Output> {
        let runs = Runs::Future(place);
        let Some(spawner) = run::current() else {
            let host = Host::Tokio(Mutex::new(None));
            return on_tokio(Arc::new(TaskCell::new(alone(), runs, None, host)), self);
        };
        let host = Host::Spawner(Arc::downgrade(&spawner));
        let cell = Arc::new(TaskCell::new(spawner.number(), runs, None, host));
        let handle = JoinHandle {
            cell: Arc::clone(&cell),
        };
        let body = Box::new(FutureBody {
            future: Box::pin(self),
            cell: Arc::clone(&cell),
            value: None,
        });
        spawner.start(Job { cell, body });
        handle
    }
}

/// Any future as the body of a task: it is never suspended.
struct FutureBody<F: Future> {
    future: Pin<Box<F>>,
    cell: Arc<TaskCell<F::Output>>,
    value: Option<F::Output>,
}

impl<F> Body for FutureBody<F>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    fn run<'a>(&'a mut self, _: &'a mut Stack) -> BoxFuture<'a, Flow<()>> {
        Box::pin(async move {
            self.value = Some(self.future.as_mut().await);
            Flow::Done(())
        })
    }

    fn end(self: Box<Self>) {
        if let Some(value) = self.value {
            self.cell.end(Ok(value));
        }
    }
}

/// The number of a task that no spawner has.
fn alone() -> u64 {
    static BEGUN: AtomicU64 = AtomicU64::new(1);
    BEGUN.fetch_add(1, Ordering::Relaxed)
}

/// A task that nobody captures.
fn on_tokio<T: Send + 'static>(
    cell: Arc<TaskCell<T>>,
    work: impl Future<Output = T> + Send + 'static,
) -> JoinHandle<T> {
    let ended = Ended(Arc::clone(&cell));
    let task = tokio::spawn(async move {
        let number = ended.0.number;
        let outcome = AssertUnwindSafe(work).catch_unwind().await;
        ended
            .0
            .end(outcome.map_err(|payload| JoinError::panicked(number, payload)));
    });
    if let Host::Tokio(place) = &cell.host {
        *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
    }
    JoinHandle { cell }
}

/// Says that a task is over, if it is dropped before its end.
struct Ended<T>(Arc<TaskCell<T>>);

impl<T> Drop for Ended<T> {
    fn drop(&mut self) {
        self.0.end(Err(JoinError::cancelled(self.0.number)));
    }
}
