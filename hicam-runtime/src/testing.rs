//! Proves that a program survives being captured at any of its migration points.
//!
//! [`every_point`] is the short form: every point, one capture in each run. [`EveryPoint`] has the options: a sample of
//! the points, several captures in one run, effects outside of the result, and a report of the points by file and line;
//! and [`EveryPoint::save`] and [`EveryPoint::resume`], between which there may be another build or another machine.

mod failure;
mod host;
mod report;
mod saved;
mod upgraded;

use std::fmt::Debug;

use crate::transform::{Call, CaptureFlag, Flow, Migratable, SavedFrames, Stack};
pub use failure::{CapturedAt, PointFailure};
use host::Host;
use report::Tally;
pub use report::{PointReport, Report};
pub use saved::{Saved, SavedPoint};
pub use upgraded::{Upgraded, upgraded_at_every_point};

/// Runs `program` once without interruption, then once for each migration point it passed: it is suspended there, its
/// frames are encoded to the portable format, everything is dropped, decoded, and the run is resumed to its end.
/// Returns the number of points.
///
/// `program` makes a call of a `#[hicam::migratable]` function. Tasks that it begins with [`hicam::spawn`](crate::spawn)
/// are captured with it, and a run has ended when they have. Only the call's result is compared; effects elsewhere are
/// compared with [`EveryPoint::effects`].
///
/// # Errors
/// The first point at which the resumed run's result differs, or at which the frames could not be captured or restored.
///
/// ```
/// # mod hicam { pub use ::hicam::*; }
/// #[hicam::migratable]
/// async fn sum(n: u64) -> u64 {
///     let mut total = 0;
///     for i in 0..n {
///         total += i;
///     }
///     total
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let points = hicam::testing::every_point(|| sum(3)).await.unwrap();
/// assert_eq!(points, 5); // entry, and the head of the loop four times
/// # });
/// ```
pub async fn every_point<D, P>(program: P) -> Result<u64, PointFailure>
where
    P: Fn() -> Call<D, D::Args>,
    D: Migratable,
    D::Output: PartialEq + Debug,
{
    let report = EveryPoint::new(program).run().await?;
    Ok(report.passed())
}

/// Captures a program at the points it passes, with options.
///
/// `program` is called at the beginning of each run, and again whenever a run is resumed. Then the values among its
/// arguments are ignored, because they are in the frames, and references are taken from it. So what it refers to should
/// be the same each time: it may hold shared state of the test (`|| transfer(&bank)`), and must not count its calls.
///
/// ```
/// # mod hicam { pub use ::hicam::*; }
/// use std::sync::Mutex;
/// use hicam::testing::EveryPoint;
///
/// static SENT: Mutex<Vec<String>> = Mutex::new(Vec::new());
///
/// #[hicam::migratable]
/// async fn greet(names: Vec<String>) -> usize {
///     for name in &names {
///         SENT.lock().unwrap().push(format!("hello {name}"));
///         hicam::point().await;
///     }
///     names.len()
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let report = EveryPoint::new(|| greet(vec!["Ada".into(), "Bob".into()]))
///     .effects(|| std::mem::take(&mut *SENT.lock().unwrap()))
///     .sample(4)
///     .captures(2)
///     .run()
///     .await
///     .unwrap();
/// assert_eq!(report.passed(), 6); // entry, three times the head of the loop, two explicit points
/// assert_eq!(report.runs(), 4);
/// assert_eq!(report.captures(), 7); // no second one after the last point
/// assert!(report.unreached().next().is_none());
/// println!("{report}");
/// # });
/// ```
#[must_use = "nothing is run until `.run().await`"]
#[derive(Debug, Clone)]
pub struct EveryPoint<P, L = fn()> {
    program: P,
    effects: L,
    sample: u64,
    captures: u64,
}

impl<P> EveryPoint<P> {
    /// Every point of `program`, one capture in each run, no effects but the result.
    pub fn new<D>(program: P) -> Self
    where
        P: Fn() -> Call<D, D::Args>,
        D: Migratable,
    {
        EveryPoint {
            program,
            effects: || (),
            sample: u64::MAX,
            captures: 1,
        }
    }
}

impl<P, L> EveryPoint<P, L> {
    /// Begins at `points` of the points passed instead of at all: the first, the last and others evenly between, the
    /// same in each test run. For programs that pass very many. At least 2.
    pub fn sample(mut self, points: u64) -> Self {
        self.sample = points.max(2);
        self
    }

    /// Captures each run up to `captures` times: at the point where it begins, and, when it has been resumed there, again
    /// at later points of the same run, spread evenly up to its last. `u64::MAX` captures at each. At least 1.
    pub fn captures(mut self, captures: u64) -> Self {
        self.captures = captures.max(1);
        self
    }

    /// Compares the program's effects too. `take` takes away what the program has recorded in some log of the test: it
    /// is called before the first run, and after each run for what that run did.
    ///
    /// The log must be outside of what is captured, such as a `static` or an `Arc` that `program`'s environment holds: a
    /// captured run continues in the same test process, so what it did before the capture and what it does after it is
    /// one log, and an effect that a resumed run repeats or leaves out is seen.
    pub fn effects<M, E>(self, take: M) -> EveryPoint<P, M>
    where
        M: FnMut() -> E,
        E: PartialEq + Debug,
    {
        EveryPoint {
            program: self.program,
            effects: take,
            sample: self.sample,
            captures: self.captures,
        }
    }

    /// Runs the program, then once for each point where it is to be captured.
    ///
    /// # Errors
    /// The first run that could not be captured or restored, or whose result or effects differ.
    pub async fn run<D, E>(mut self) -> Result<Report, PointFailure>
    where
        P: Fn() -> Call<D, D::Args>,
        D: Migratable,
        D::Output: PartialEq + Debug,
        L: FnMut() -> E,
        E: PartialEq + Debug,
    {
        let flag = CaptureFlag::leaked();
        flag.trace();
        (self.effects)();
        let expected = uninterrupted(&self.program, flag).await?;
        let passed = flag.passed();
        let mut tally = Tally::new(flag.traced());
        let expected_effects = (self.effects)();
        for first in spread(0, passed, self.sample) {
            let at: Vec<u64> = spread(first, passed, self.captures).collect();
            let (found, captured) = interrupted(&self.program, flag, &at, &mut tally).await?;
            let effects = (self.effects)();
            if found != expected {
                return Err(PointFailure::Differs {
                    captured,
                    expected: format!("{expected:?}"),
                    found: format!("{found:?}"),
                });
            }
            if effects != expected_effects {
                return Err(PointFailure::EffectsDiffer {
                    captured,
                    expected: format!("{expected_effects:?}"),
                    found: format!("{effects:?}"),
                });
            }
        }
        Ok(tally.finish(passed))
    }
}

/// `count` of the numbers from `first` up to `end`, always the first and the last, or all if there are fewer.
fn spread(first: u64, end: u64, count: u64) -> impl Iterator<Item = u64> {
    let there = end.saturating_sub(first);
    let count = count.min(there);
    (0..count).map(move |at| {
        let last = u128::from(count.saturating_sub(1)).max(1);
        let offset = u128::from(at) * u128::from(there - 1) / last;
        first + u64::try_from(offset).unwrap_or(there - 1)
    })
}

/// A program in the course of a run.
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
enum Program<T> {
    /// It goes on from here.
    At(Stack),
    /// It has ended; tasks that it has begun may go on.
    Ended(T),
}

/// A run that is not captured.
async fn uninterrupted<D, P>(
    program: &P,
    flag: &'static CaptureFlag,
) -> Result<D::Output, PointFailure>
where
    P: Fn() -> Call<D, D::Args>,
    D: Migratable,
{
    flag.set_after(u64::MAX);
    let mut host = Host::new(flag);
    match go_on(program, &mut host, Program::At(Stack::new(flag))).await {
        Ok(Program::Ended(value)) => Ok(value),
        Ok(Program::At(mut stack)) => Err(PointFailure::Run {
            message: unexpected(&mut stack),
        }),
        Err(message) => Err(PointFailure::Run { message }),
    }
}

/// One run that is captured where it has passed each of these numbers of points.
async fn interrupted<D, P>(
    program: &P,
    flag: &'static CaptureFlag,
    points: &[u64],
    tally: &mut Tally,
) -> Result<(D::Output, CapturedAt), PointFailure>
where
    P: Fn() -> Call<D, D::Args>,
    D: Migratable,
{
    tally.runs += 1;
    let mut captured = CapturedAt::default();
    let mut host = Host::new(flag);
    let mut at = Program::At(Stack::new(flag));
    let mut before = 0;
    for &point in points {
        // A resumed frame looks at its own point again first, so from point to point is their distance.
        flag.set_after(point - before);
        before = point;
        let ran = go_on(program, &mut host, at).await;
        flag.clear();
        let saved;
        (at, saved) = match ran {
            Err(message) => return Err(captured.failure(&message)),
            // Which points a run passes may depend on chance; then there is nothing left to interrupt here.
            Ok(Program::Ended(value)) if !host.has_tasks() => return Ok((value, captured)),
            Ok(Program::Ended(value)) => (Program::Ended(value), None),
            Ok(Program::At(mut stack)) => match stack.take_saved() {
                Ok(saved) => (Program::At(stack), Some(saved)),
                Err(error) => return Err(captured.failure(&error)),
            },
        };
        let mut positions = host.positions();
        positions.extend(saved.iter().flat_map(SavedFrames::positions));
        tally.captured(positions.into_iter());
        let mut places: Vec<_> = saved.iter().flat_map(SavedFrames::describe).collect();
        places.extend(host.describe());
        captured.push(point, places);
        if let Some(lacking) = saved.as_ref().and_then(SavedFrames::lacking) {
            return Err(captured.failure(&lacking));
        }
        let frames;
        (host, frames) = match host.travel(saved, false) {
            Ok(travelled) => travelled,
            Err(error) => return Err(captured.failure(&*error)),
        };
        if let Some(frames) = frames {
            at = Program::At(Stack::resume(flag, frames));
        }
        at = match enter(program, &mut host, at).await {
            Ok(at) => at,
            Err(message) => return Err(captured.failure(&message)),
        };
    }
    match go_on(program, &mut host, at).await {
        Ok(Program::Ended(value)) if !host.has_tasks() => Ok((value, captured)),
        Ok(Program::Ended(_)) => {
            Err(captured.failure(&"a task was suspended although no capture was wanted"))
        }
        Ok(Program::At(mut stack)) => Err(captured.failure(&unexpected(&mut stack))),
        Err(message) => Err(captured.failure(&message)),
    }
}

/// As a server enters a checkpoint: each call and task is decoded as a whole, and rests where it was captured, before any goes
/// on.
async fn enter<D, P>(
    program: &P,
    host: &mut Host,
    at: Program<D::Output>,
) -> Result<Program<D::Output>, String>
where
    P: Fn() -> Call<D, D::Args>,
    D: Migratable,
{
    let flag = host.flag();
    flag.set();
    let entered = go_on(program, host, at).await;
    flag.clear();
    let at = match entered? {
        Program::At(mut stack) => match stack.take_saved() {
            Ok(frames) => Program::At(Stack::resume(flag, frames)),
            Err(error) => return Err(error.to_string()),
        },
        ended => ended,
    };
    host.wake();
    Ok(at)
}

/// Runs a program from where it is until it and its tasks have ended or rest.
async fn go_on<D, P>(
    program: &P,
    host: &mut Host,
    at: Program<D::Output>,
) -> Result<Program<D::Output>, String>
where
    P: Fn() -> Call<D, D::Args>,
    D: Migratable,
{
    let mut stack = match at {
        Program::At(stack) => stack,
        Program::Ended(value) => {
            host.run(std::future::ready(())).await?;
            return Ok(Program::Ended(value));
        }
    };
    // The values among the arguments of a resumed call are in its frames; only references are used.
    let flow = host
        .run(async { D::run((program)().into_args(), &mut stack).await })
        .await?;
    if let Some(refused) = host.refused() {
        return Err(refused);
    }
    match flow {
        Flow::Done(_) if stack.is_resuming() => {
            Err("the program ended before all of its frames were re-entered".to_owned())
        }
        Flow::Done(value) => Ok(Program::Ended(value)),
        Flow::Suspended => Ok(Program::At(stack)),
    }
}

/// Why a run was suspended although no capture was wanted.
fn unexpected(stack: &mut Stack) -> String {
    match stack.take_saved() {
        Err(error) => error.to_string(),
        Ok(_) => "the program was suspended although no capture was wanted".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn samples_are_even_and_have_both_ends() {
        let taken = |first, end, count| spread(first, end, count).collect::<Vec<_>>();
        assert!(taken(0, 0, u64::MAX).is_empty());
        assert_eq!(taken(0, 1, 2), [0]);
        assert_eq!(taken(0, 10, 2), [0, 9]);
        assert_eq!(taken(0, 10, 4), [0, 3, 6, 9]);
        assert_eq!(taken(0, 4, 100), [0, 1, 2, 3]);
        assert_eq!(taken(3, 6, u64::MAX), [3, 4, 5]);
        assert_eq!(taken(5, 10, 1), [5]);
    }
}
