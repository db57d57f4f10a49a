//! What went wrong, and where the run had been captured.

use std::fmt;

/// Where a run was captured before it went wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CapturedAt {
    /// How many points had been passed before each capture.
    pub points: Vec<u64>,
    /// The frames of the latest capture, outermost first: `function (file:line)`.
    pub frames: Vec<String>,
}

impl CapturedAt {
    pub(super) fn push(&mut self, point: u64, frames: Vec<String>) {
        self.points.push(point);
        self.frames = frames;
    }

    pub(super) fn failure(self, message: &(impl fmt::Display + ?Sized)) -> PointFailure {
        PointFailure::Restore {
            captured: self,
            message: message.to_string(),
        }
    }
}

impl fmt::Display for CapturedAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let points: Vec<_> = self.points.iter().map(u64::to_string).collect();
        match points.as_slice() {
            [] => return f.write_str("before it was captured"),
            [point] => write!(f, "captured after {point} points")?,
            points => write!(f, "captured after {} points", points.join(", "))?,
        }
        write!(f, " in {}", self.frames.join(" → "))
    }
}

/// What went wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PointFailure {
    /// The uninterrupted run did not end.
    #[error("the uninterrupted run did not end: {message}")]
    Run {
        /// Why.
        message: String,
    },
    /// The frames captured at a point could not be encoded or restored.
    #[error("{captured}: {message}")]
    Restore {
        /// Where the run was captured.
        captured: CapturedAt,
        /// Why.
        message: String,
    },
    /// A checkpoint that was saved could not be gone on from.
    #[error("cannot go on from the checkpoint: {message}")]
    Resume {
        /// Why.
        message: String,
    },
    /// The resumed run's result differs.
    #[error("{captured}: the result is {found} instead of {expected}")]
    Differs {
        /// Where the run was captured.
        captured: CapturedAt,
        /// The uninterrupted run's result.
        expected: String,
        /// The resumed run's.
        found: String,
    },
    /// The resumed run's effects differ.
    #[error("{captured}: the effects are {found} instead of {expected}")]
    EffectsDiffer {
        /// Where the run was captured.
        captured: CapturedAt,
        /// The uninterrupted run's effects.
        expected: String,
        /// The resumed run's.
        found: String,
    },
}
