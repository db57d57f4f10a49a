//! What a task and its handle have in common: the task's number, and its outcome once it is over.

use std::any::Any;
use std::fmt;
use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use futures::task::AtomicWaker;
use hicam_state::{Capture, DecodeError, EncodeError, Restore, TaskState, Value};
use tokio::task::AbortHandle;

use super::handle::JoinError;
use super::run::Spawner;
use crate::transform::codec::Codec;

/// A task's number: unique in the whole life of a server, over restores and migrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskId(pub(super) u64);

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a task runs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Runs {
    /// An annotated function.
    Function {
        name: &'static str,
        fingerprint: u64,
    },
    /// Any other future, from this place in the source.
    Future(&'static Location<'static>),
}

impl fmt::Display for Runs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Runs::Function { name, .. } => f.write_str(name),
            Runs::Future(place) => {
                write!(f, "a future at {}:{}", place.file(), place.line())
            }
        }
    }
}

/// Who runs a task.
pub(super) enum Host {
    /// tokio alone: nobody captures it.
    Tokio(Mutex<Option<AbortHandle>>),
    /// The spawner, which may be gone by now.
    Spawner(Weak<dyn Spawner>),
}

/// The common part of a task and its handle.
pub(super) struct TaskCell<T> {
    pub(super) number: u64,
    runs: Runs,
    codec: Option<Codec<T>>,
    pub(super) host: Host,
    outcome: Mutex<Outcome<T>>,
    /// Of who waits for the outcome.
    pub(super) waker: AtomicWaker,
}

enum Outcome<T> {
    /// The task goes on.
    Awaited,
    There(Result<T, JoinError>),
    Taken,
}

impl<T> TaskCell<T> {
    pub(super) fn new(number: u64, runs: Runs, codec: Option<Codec<T>>, host: Host) -> Self {
        TaskCell {
            number,
            runs,
            codec,
            host,
            outcome: Mutex::new(Outcome::Awaited),
            waker: AtomicWaker::new(),
        }
    }

    // A value's own code that may panic (its drop) runs outside of the lock.
    fn outcome(&self) -> MutexGuard<'_, Outcome<T>> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The task is over. The first outcome counts.
    pub(super) fn end(&self, result: Result<T, JoinError>) {
        let mut outcome = self.outcome();
        let late = match *outcome {
            Outcome::Awaited => {
                *outcome = Outcome::There(result);
                None
            }
            _ => Some(result),
        };
        drop(outcome);
        drop(late);
        self.waker.wake();
    }

    /// The outcome, if the task is over.
    pub(super) fn take(&self) -> Option<Result<T, JoinError>> {
        let mut outcome = self.outcome();
        if matches!(*outcome, Outcome::Awaited) {
            return None;
        }
        let taken = std::mem::replace(&mut *outcome, Outcome::Taken);
        drop(outcome);
        match taken {
            Outcome::There(result) => Some(result),
            _ => Some(Err(JoinError::taken(self.number))),
        }
    }

    /// Whether the task is over.
    pub(super) fn is_over(&self) -> bool {
        !matches!(*self.outcome(), Outcome::Awaited)
    }

    /// Whether there is nothing to wait for any more.
    pub(super) fn is_taken(&self) -> bool {
        matches!(*self.outcome(), Outcome::Taken)
    }

    /// A cell whose outcome has been taken.
    pub(super) fn spent() -> Self {
        let runs = Runs::Function {
            name: "",
            fingerprint: 0,
        };
        let cell = TaskCell::new(0, runs, None, Host::Tokio(Mutex::new(None)));
        *cell.outcome() = Outcome::Taken;
        cell
    }
}

/// A cell with the type of the outcome erased.
pub(crate) trait Cell: Send + Sync + 'static {
    fn number(&self) -> u64;
    fn runs(&self) -> Runs;
    /// The task is over without a value.
    fn fail(&self, error: JoinError);
    /// What has come of the task, to be captured; none if that is of no more use, or if it goes on.
    fn captured(&self, capture: &mut Capture) -> Result<Option<TaskState>, EncodeError>;
    /// The task is over, and this is its value.
    fn restore(&self, value: &Value, restore: &Restore) -> Result<(), DecodeError>;
    fn into_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync>;
}

impl<T: Send + 'static> Cell for TaskCell<T> {
    fn number(&self) -> u64 {
        self.number
    }

    fn runs(&self) -> Runs {
        self.runs
    }

    fn fail(&self, error: JoinError) {
        self.end(Err(error));
    }

    fn captured(&self, capture: &mut Capture) -> Result<Option<TaskState>, EncodeError> {
        let outcome = self.outcome();
        let Outcome::There(result) = &*outcome else {
            return Ok(None);
        };
        let Some(codec) = &self.codec else {
            return Err(EncodeError::other(format!(
                "the outcome of task {} ({}) is waited for: give `hicam::spawn` a call of a `#[hicam::migratable]` function",
                self.number, self.runs
            )));
        };
        Ok(Some(match result {
            Ok(value) => TaskState::Returned(
                capture.value_with(codec.describe, |out| (codec.encode)(value, out))?,
            ),
            Err(error) => match error.message() {
                Some(message) => TaskState::Panicked(message.to_owned()),
                None => TaskState::Cancelled,
            },
        }))
    }

    fn restore(&self, value: &Value, restore: &Restore) -> Result<(), DecodeError> {
        let Some(codec) = &self.codec else {
            return Err(DecodeError::other("its value cannot be captured"));
        };
        let value = restore.value_with(value, codec.describe, codec.decode)?;
        self.end(Ok(value));
        Ok(())
    }

    fn into_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync> {
        self
    }
}
