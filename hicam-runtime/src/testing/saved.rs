//! Captures that outlive the test: saved in one process, resumed in another, of another build or on another machine.

use std::fmt::Debug;

use super::{
    CapturedAt, EveryPoint, Host, PointFailure, Program, enter, go_on, spread, unexpected,
    uninterrupted,
};
use crate::transform::{Call, CaptureFlag, Migratable, SavedFrames, Stack};

/// What [`EveryPoint::save`] gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved<T, E = ()> {
    /// What the uninterrupted run returned.
    pub value: T,
    /// What it did.
    pub effects: E,
    /// The captures, in the order of their points.
    pub points: Vec<SavedPoint<E>>,
}

/// A program that was captured at one of the points it passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedPoint<E = ()> {
    /// Where.
    pub at: CapturedAt,
    /// A whole encoded checkpoint, as docs/state-format.md has it.
    pub checkpoint: Vec<u8>,
    /// What the run had done until then.
    pub effects: E,
}

impl<P, L> EveryPoint<P, L> {
    /// Runs the program once without interruption, then once for each point where it is to be captured, no further than
    /// there. [`EveryPoint::resume`] goes on from such a capture, in another process too. [`EveryPoint::captures`] does
    /// not apply.
    ///
    /// A point that is passed by a task when the program itself has ended is left out: its result is no part of a
    /// checkpoint.
    ///
    /// # Errors
    /// The first run that could not be captured.
    ///
    /// ```
    /// # mod hicam { pub use ::hicam::*; }
    /// # #[hicam::migratable]
    /// # async fn sum(n: u64) -> u64 {
    /// #     let mut total = 0;
    /// #     for i in 0..n {
    /// #         total += i;
    /// #     }
    /// #     total
    /// # }
    /// use hicam::testing::EveryPoint;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let saved = EveryPoint::new(|| sum(3)).save().await.unwrap();
    /// assert_eq!(saved.points.len(), 5);
    /// for point in saved.points {
    ///     // Perhaps on another machine:
    ///     let program = EveryPoint::new(|| sum(3));
    ///     let (value, _) = program.resume(&point.checkpoint).await.unwrap();
    ///     assert_eq!(value, saved.value);
    /// }
    /// # });
    /// ```
    pub async fn save<D, E>(mut self) -> Result<Saved<D::Output, E>, PointFailure>
    where
        P: Fn() -> Call<D, D::Args>,
        D: Migratable,
        D::Output: PartialEq + Debug,
        L: FnMut() -> E,
        E: PartialEq + Debug,
    {
        let flag = CaptureFlag::leaked();
        (self.effects)();
        let value = uninterrupted(&self.program, flag).await?;
        let passed = flag.passed();
        let effects = (self.effects)();
        let mut points = Vec::new();
        for point in spread(0, passed, self.sample) {
            let captured = captured(&self.program, flag, point).await?;
            let effects = (self.effects)();
            points.extend(captured.map(|(at, checkpoint)| SavedPoint {
                at,
                checkpoint,
                effects,
            }));
        }
        Ok(Saved {
            value,
            effects,
            points,
        })
    }

    /// Goes on from a capture to the program's end. Returns the result and what this run has done, which with what the
    /// captured one had done is to be what the uninterrupted one does.
    ///
    /// # Errors
    /// [`PointFailure::Resume`] if it is no capture of this program, is damaged, or does not fit this machine.
    pub async fn resume<D, E>(mut self, checkpoint: &[u8]) -> Result<(D::Output, E), PointFailure>
    where
        P: Fn() -> Call<D, D::Args>,
        D: Migratable,
        L: FnMut() -> E,
    {
        let failed = |message: String| PointFailure::Resume { message };
        let flag = CaptureFlag::leaked();
        (self.effects)();
        let (mut host, frames) =
            Host::open(flag, checkpoint, false).map_err(|error| failed(error.to_string()))?;
        let frames = frames.ok_or_else(|| failed("it holds no call".to_owned()))?;
        let at = Program::At(Stack::resume(flag, frames));
        let at = enter(&self.program, &mut host, at).await.map_err(failed)?;
        let ran = go_on(&self.program, &mut host, at).await;
        match ran.map_err(failed)? {
            Program::Ended(value) if !host.has_tasks() => Ok((value, (self.effects)())),
            Program::Ended(_) => Err(failed(
                "a task was suspended although no capture was wanted".to_owned(),
            )),
            Program::At(mut stack) => Err(failed(unexpected(&mut stack))),
        }
    }
}

/// A run that ends where it has passed this number of points; `None` if the program itself ends before.
async fn captured<D, P>(
    program: &P,
    flag: &'static CaptureFlag,
    point: u64,
) -> Result<Option<(CapturedAt, Vec<u8>)>, PointFailure>
where
    P: Fn() -> Call<D, D::Args>,
    D: Migratable,
{
    let mut at = CapturedAt::default();
    let mut host = Host::new(flag);
    flag.set_after(point);
    let ran = go_on(program, &mut host, Program::At(Stack::new(flag))).await;
    flag.clear();
    let mut stack = match ran {
        Ok(Program::Ended(_)) => return Ok(None),
        Ok(Program::At(stack)) => stack,
        Err(message) => return Err(at.failure(&message)),
    };
    let saved: SavedFrames = match stack.take_saved() {
        Ok(saved) => saved,
        Err(error) => return Err(at.failure(&error)),
    };
    let mut places = saved.describe();
    places.extend(host.describe());
    at.push(point, places);
    match host.save(Some(saved)) {
        Ok(checkpoint) => Ok(Some((at, checkpoint))),
        Err(error) => Err(at.failure(&*error)),
    }
}
