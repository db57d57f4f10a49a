//! Proves that a program survives being captured at any of its migration points.

use std::fmt::Debug;
use std::sync::Arc;

use hicam_state::{Capture, EncodeError, Restore};

use crate::transform::{Call, CaptureFlag, Flow, Migratable, SavedFrames, Stack};

/// Runs `program` once without interruption, then once for each migration point it passed: it is suspended there, its
/// frames are encoded to the portable format, everything is dropped, decoded, and the run is resumed to its end.
/// Returns the number of points.
///
/// `program` makes a call of a `#[hicam::migratable]` function. Effects outside of the result (a log, say) are
/// compared if the program returns them.
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
    let flag = CaptureFlag::leaked();
    flag.set_after(u64::MAX);
    let mut stack = Stack::new(flag);
    let expected = match D::run(program().into_args(), &mut stack).await {
        Flow::Done(value) => value,
        Flow::Suspended => {
            return Err(PointFailure::Run {
                message: restore_message(&mut stack),
            });
        }
    };
    let points = flag.passed();
    for point in 0..points {
        let found = interrupted(&program, flag, point).await?;
        if found != expected {
            return Err(PointFailure::Differs {
                point,
                expected: format!("{expected:?}"),
                found: format!("{found:?}"),
            });
        }
    }
    Ok(points)
}

async fn interrupted<D, P>(
    program: &P,
    flag: &'static CaptureFlag,
    point: u64,
) -> Result<D::Output, PointFailure>
where
    P: Fn() -> Call<D, D::Args>,
    D: Migratable,
{
    let failure = |at: Vec<String>, message: String| PointFailure::Restore { point, at, message };
    flag.set_after(point);
    let mut stack = Stack::new(flag);
    let outcome = D::run(program().into_args(), &mut stack).await;
    flag.clear();
    if let Flow::Done(value) = outcome {
        // Points that a run passes may depend on chance; then there is nothing to interrupt here.
        return Ok(value);
    }
    let saved = stack
        .take_saved()
        .map_err(|error| failure(Vec::new(), error.to_string()))?;
    let at = saved.describe();
    let (encoded, restore) =
        portable(&saved).map_err(|error| failure(at.clone(), error.to_string()))?;
    drop((saved, stack));
    let frames = SavedFrames::from_encoded(encoded, restore);
    let mut stack = Stack::resume(flag, frames);
    // The arguments of a resumed call are in its frames; only references are used.
    match D::run(program().into_args(), &mut stack).await {
        Flow::Done(value) if !stack.is_resuming() => Ok(value),
        _ => Err(failure(at, restore_message(&mut stack))),
    }
}

/// The frames in portable form, and what they are restored from: one table of shared objects for all of them.
fn portable(saved: &SavedFrames) -> Result<(Vec<hicam_state::Frame>, Restore), EncodeError> {
    let mut capture = Capture::new();
    let frames = saved.encode(&mut capture)?;
    let (types, objects) = capture.finish()?;
    Ok((frames, Restore::new(Arc::new(types), objects)))
}

fn restore_message(stack: &mut Stack) -> String {
    match stack.take_saved() {
        Err(error) => error.to_string(),
        Ok(_) => "the program was suspended although no capture was wanted".to_owned(),
    }
}

/// What went wrong at a point.
#[derive(Debug, thiserror::Error)]
pub enum PointFailure {
    /// The uninterrupted run did not end.
    #[error("the uninterrupted run did not end: {message}")]
    Run {
        /// Why.
        message: String,
    },
    /// The frames captured at a point could not be restored.
    #[error("captured at point {point} of the run, in {}: {message}", at.join(" → "))]
    Restore {
        /// How many points had been passed before.
        point: u64,
        /// The frames, outermost first.
        at: Vec<String>,
        /// Why.
        message: String,
    },
    /// The resumed run's result differs.
    #[error("captured at point {point} of the run, the result is {found} instead of {expected}")]
    Differs {
        /// How many points had been passed before.
        point: u64,
        /// The uninterrupted run's result.
        expected: String,
        /// The resumed run's.
        found: String,
    },
}
