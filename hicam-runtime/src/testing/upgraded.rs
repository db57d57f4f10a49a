//! Proves that calls in progress in an older build's function go on in a newer one's.

use std::fmt::Debug;

use super::failure::{CapturedAt, PointFailure};
use super::host::Host;
use super::{Program, enter, go_on, unexpected, uninterrupted};
use crate::transform::{Call, CaptureFlag, Migratable, Stack};

/// What came of a call that was captured in the old function and went on in the new one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Upgraded<T> {
    /// Where the old function was captured.
    pub captured: CapturedAt,
    /// What the new one returned.
    pub value: T,
}

/// Runs `old` once for each migration point that it passes: it is captured there, encoded, dropped and decoded, and goes on in
/// `new`, which is a call of the function that has taken its place. Returns what each of these runs returned, in the order of
/// the points.
///
/// Both functions are in the test: `old` may be a copy of the function as it was. The new one has its path as an alias.
/// As in [`every_point`](super::every_point), values among the arguments of `new` are not used, because they are in the frames;
/// references are.
///
/// # Errors
/// The first point at which the old function could not be captured, or from which the new one could not go on: no mapping, or
/// one that does not fit.
///
/// ```
/// mod before {
///     # mod hicam { pub use ::hicam::*; }
///     #[hicam::migratable]
///     pub async fn sum(values: Vec<u32>) -> u32 {
///         let mut total = 0;
///         for value in values {
///             total += value;
///         }
///         total
///     }
/// }
///
/// # mod hicam { pub use ::hicam::*; }
/// use hicam::upgrade::{self, NewFrame, OldFrame};
///
/// /// The total is wider, and how many there were is counted.
/// #[hicam::migratable(upgrade = map_sum, alias = concat!(module_path!(), "::before::sum"))]
/// async fn sum(values: Vec<u32>) -> (u64, usize) {
///     let (mut total, mut count) = (0u64, 0usize);
///     for value in values {
///         total += u64::from(value);
///         count += 1;
///     }
///     (total, count)
/// }
///
/// fn map_sum(old: &OldFrame<'_>) -> upgrade::Result {
///     // Before the loop there is no total yet.
///     let on = NewFrame::at(old.point());
///     Ok(if old.point() == "entry" { on } else { on.local("count", 0usize) })
/// }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let runs = hicam::testing::upgraded_at_every_point(|| before::sum(vec![1, 2, 3]), || sum(vec![]));
/// let runs = runs.await.unwrap();
/// assert_eq!(runs.len(), 5); // entry, and the head of the loop four times
/// assert!(runs.iter().all(|run| run.value.0 == 6));
/// # });
/// ```
pub async fn upgraded_at_every_point<D, P, N, Q>(
    old: P,
    new: Q,
) -> Result<Vec<Upgraded<N::Output>>, PointFailure>
where
    P: Fn() -> Call<D, D::Args>,
    D: Migratable,
    Q: Fn() -> Call<N, N::Args>,
    N: Migratable,
    N::Output: Debug,
{
    let flag = CaptureFlag::leaked();
    uninterrupted(&old, flag).await?;
    let mut runs = Vec::new();
    for point in 0..flag.passed() {
        flag.set_after(point);
        let mut host = Host::new(flag);
        let ran = go_on(&old, &mut host, Program::At(Stack::new(flag))).await;
        flag.clear();
        let mut captured = CapturedAt::default();
        let saved = match ran {
            // Which points a run passes may depend on chance, and the rest of a task goes on without its beginner.
            Ok(Program::Ended(_)) => continue,
            Ok(Program::At(mut stack)) => stack.take_saved(),
            Err(message) => return Err(captured.failure(&message)),
        };
        let saved = saved.map_err(|error| captured.clone().failure(&error))?;
        let mut places = saved.describe();
        places.extend(host.describe());
        captured.push(point, places);
        let (mut host, frames) = match host.travel(Some(saved), true) {
            Ok((host, Some(frames))) => (host, frames),
            Ok((_, None)) => return Err(captured.failure("the call was lost")),
            Err(error) => return Err(captured.failure(&*error)),
        };
        let at = Program::At(Stack::resume(flag, frames));
        let at = match enter(&new, &mut host, at).await {
            Ok(at) => at,
            Err(message) => return Err(captured.failure(&message)),
        };
        match go_on(&new, &mut host, at).await {
            Ok(Program::Ended(value)) => runs.push(Upgraded { captured, value }),
            Ok(Program::At(mut stack)) => return Err(captured.failure(&unexpected(&mut stack))),
            Err(message) => return Err(captured.failure(&message)),
        }
    }
    Ok(runs)
}
