//! Foreign futures that may be dropped and made again.

use std::future::{Future, IntoFuture};

use super::call::Flow;
use super::frame::FnInfo;
use super::stack::{Next, Stack};

static REISSUE: FnInfo = FnInfo::library("hicam::reissue");

/// Awaits a future that is dropped for a capture, and made anew by `make` afterwards. Without it, a capture waits for a
/// future that is not an annotated call, and is given up if that takes too long.
///
/// The future must be *cancel-safe*: dropping it before it is ready loses nothing. Receiving from a tokio channel,
/// `Notify::notified`, `accept` of a listener are; `read_exact` or sending a request are not: half of the work would be
/// lost, or done twice. `make` runs once for each time the future is begun. It borrows what it uses; a closure that is
/// `move` would lose it with the future.
///
/// In an annotated function, write the closure in the call: `hicam::reissue(|| …)`. In ordinary code this only awaits
/// the future.
///
/// ```
/// # mod hicam { pub use ::hicam::*; }
/// #[hicam::migratable]
/// async fn take_two(jobs: &tokio::sync::Mutex<tokio::sync::mpsc::Receiver<u64>>) -> u64 {
///     let first = hicam::reissue(|| async { jobs.lock().await.recv().await }).await;
///     let second = hicam::reissue(|| async { jobs.lock().await.recv().await }).await;
///     first.unwrap_or(0) + second.unwrap_or(0)
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// # let (sender, receiver) = tokio::sync::mpsc::channel(2);
/// # sender.send(1).await.unwrap();
/// # sender.send(2).await.unwrap();
/// # assert_eq!(take_two(&tokio::sync::Mutex::new(receiver)).await, 3);
/// # });
/// ```
pub fn reissue<M, F>(make: M) -> Reissue<M>
where
    M: FnOnce() -> F,
    F: IntoFuture,
{
    Reissue(make)
}

/// What [`reissue`] gives: awaiting it makes the future.
#[must_use = "nothing is done unless it is awaited"]
pub struct Reissue<M>(M);

impl<M> std::fmt::Debug for Reissue<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reissue")
    }
}

impl<M: FnOnce() -> F, F: IntoFuture> IntoFuture for Reissue<M> {
    type Output = F::Output;
    type IntoFuture = F::IntoFuture;

    fn into_future(self) -> F::IntoFuture {
        (self.0)().into_future()
    }
}

/// Awaits the future, or is suspended instead. The caller gives the closure whether it is called first or resumed.
pub(super) async fn drive<M, F>(made: Option<Reissue<M>>, stack: &mut Stack) -> Flow<F::Output>
where
    M: FnOnce() -> F,
    F: Future,
{
    let mut made = made;
    loop {
        if !stack.must_decode(&REISSUE)
            && let Some(point) = stack.enter(&REISSUE)
        {
            if point == 0 && stack.flagged() {
                stack.arrive(1);
            } else if let Some(reissue) = made.take() {
                if let Some(value) = stack
                    .flag()
                    .unless_wanted(async { (reissue.0)().await })
                    .await
                {
                    return Flow::Done(value);
                }
                stack.suspended_in_call(1);
            } else {
                stack.missing("future", &REISSUE);
            }
        }
        if stack.close(&REISSUE) == Next::Suspended {
            return Flow::Suspended;
        }
    }
}
