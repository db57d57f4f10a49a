//! One program, saved at its points and resumed.

use std::fmt::Debug;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use futures::future::{FutureExt as _, LocalBoxFuture};
use hicam::testing::{EveryPoint, PointFailure};
use hicam::transform::{Call, Migratable};

use crate::effects;
use crate::files::{Files, Point, Run};

/// At most this many of its points, evenly spread.
const POINTS: u64 = 150;

/// A program with its types erased.
pub(crate) struct Case {
    name: &'static str,
    /// Whether nothing in its state depends on chance or time, so that every machine captures the same bytes.
    same_bytes: bool,
    save: Box<dyn Fn() -> Outcome<Captures>>,
    resume: Box<dyn Fn(Vec<u8>) -> Outcome<Finished>>,
}

/// What a run gives, once it is over.
type Outcome<T> = LocalBoxFuture<'static, Result<T, PointFailure>>;

struct Captures {
    run: Run,
    checkpoints: Vec<Vec<u8>>,
}

/// What a resumed run returned, and what it did.
type Finished = (String, Vec<String>);

/// What came of the captures of one machine.
#[derive(Debug, Default)]
pub(crate) struct Resumed {
    pub(crate) resumed: u64,
    /// Captures that are, byte for byte, this machine's own at the same point.
    pub(crate) equal: u64,
}

impl Case {
    pub(crate) fn new<D, P>(name: &'static str, program: P) -> Self
    where
        P: Fn() -> Call<D, D::Args> + Copy + 'static,
        D: Migratable + 'static,
        D::Output: Debug + PartialEq,
    {
        let every_point = move || EveryPoint::new(program).effects(effects::take);
        Self {
            name,
            same_bytes: true,
            save: Box::new(move || {
                let saving = async move {
                    let saved = every_point().sample(POINTS).save().await?;
                    let (points, checkpoints) = saved
                        .points
                        .into_iter()
                        .map(|point| {
                            let frames = point.at.frames;
                            let effects = point.effects;
                            (Point { frames, effects }, point.checkpoint)
                        })
                        .unzip();
                    let run = Run {
                        value: format!("{:?}", saved.value),
                        effects: saved.effects,
                        points,
                    };
                    Ok(Captures { run, checkpoints })
                };
                saving.boxed_local()
            }),
            resume: Box::new(move |checkpoint| {
                let resuming = async move {
                    let (value, effects) = every_point().resume(&checkpoint).await?;
                    Ok((format!("{value:?}"), effects))
                };
                resuming.boxed_local()
            }),
        }
    }

    /// Its state depends on chance or time, such as the order of a hash table.
    pub(crate) fn with_other_bytes(self) -> Self {
        Self {
            same_bytes: false,
            ..self
        }
    }

    /// Captures it at its points. Returns how many.
    pub(crate) async fn save(&self, dir: &Path) -> anyhow::Result<u64> {
        let captures = (self.save)().await.context(self.name)?;
        Files::of(dir, self.name).write(&captures.run, &captures.checkpoints)?;
        Ok(captures.checkpoints.len() as u64)
    }

    /// Finishes what another machine has captured, as this one would.
    pub(crate) async fn resume(&self, own: &Path, other: &Path) -> anyhow::Result<Resumed> {
        let (own, other) = (Files::of(own, self.name), Files::of(other, self.name));
        let (own_run, run) = (own.run()?, other.run()?);
        ensure!(
            own_run == run,
            "{}: runs are not alike: {run:?} there, {own_run:?} here",
            self.name
        );
        let mut found = Resumed::default();
        for (n, point) in run.points.iter().enumerate() {
            let checkpoint = other.checkpoint(n)?;
            let same = own.checkpoint(n)? == checkpoint;
            let place = || format!("{}, captured in {}", self.name, point.frames.join(" → "));
            ensure!(
                same || !self.same_bytes,
                "{}: the capture has other bytes than this machine's",
                place()
            );
            let (value, effects) = (self.resume)(checkpoint).await.with_context(place)?;
            ensure!(
                value == run.value,
                "{}: the result is {value} instead of {}",
                place(),
                run.value
            );
            let all = [point.effects.clone(), effects].concat();
            ensure!(
                all == run.effects,
                "{}: the effects are {all:?} instead of {:?}",
                place(),
                run.effects
            );
            found.resumed += 1;
            found.equal += u64::from(same);
        }
        Ok(found)
    }

    /// Goes on from captures that hold what only a machine with 64 bits can hold. Returns how many there were.
    pub(crate) async fn wide(&self, dir: &Path, fits: bool) -> anyhow::Result<u64> {
        let files = Files::of(dir, self.name);
        let run = files.run()?;
        for (n, point) in run.points.iter().enumerate() {
            let place = || format!("{}, captured in {}", self.name, point.frames.join(" → "));
            match (self.resume)(files.checkpoint(n)?).await {
                Ok((value, _)) if fits => ensure!(
                    value == run.value,
                    "{}: the result is {value} instead of {}",
                    place(),
                    run.value
                ),
                Ok((value, _)) => bail!("{}: not refused, but finished with {value}", place()),
                Err(error) if fits => return Err(error).with_context(place),
                Err(error) => {
                    let words = error.to_string();
                    ensure!(
                        words.contains("does not fit the usize of this host"),
                        "{}: refused for another reason: {words}",
                        place()
                    );
                }
            }
        }
        Ok(run.points.len() as u64)
    }
}
