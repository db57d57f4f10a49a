//! The handle of a task, as who waits for it has it.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use hicam_state::{
    DecodeError, Decoder, EncodeError, Encoder, Field, OnDrop, State, Type, TypeId, TypeTable,
};

use super::cell::{Host, TaskCell, TaskId};
use super::run;

/// Waits for a task that [`spawn`](crate::spawn) has begun, as tokio's does. Dropping it lets the task go on alone.
///
/// It can be captured wherever it is: in a variable, in a collection, in the server's own data. To wait by reference, and
/// go on waiting later, an annotated function writes `hicam::reissue(|| &mut handle)`.
pub struct JoinHandle<T> {
    pub(super) cell: Arc<TaskCell<T>>,
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle")
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}

impl<T> JoinHandle<T> {
    /// The task's number.
    pub fn id(&self) -> TaskId {
        TaskId(self.cell.number)
    }

    /// Whether the task is over.
    pub fn is_finished(&self) -> bool {
        self.cell.is_over()
    }

    /// Ends the task where it stands, unless it is over. Awaiting the handle then gives an error.
    pub fn abort(&self) {
        match &self.cell.host {
            Host::Tokio(task) => {
                let task = task.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(task) = &*task {
                    task.abort();
                }
            }
            Host::Spawner(spawner) => {
                if let Some(spawner) = spawner.upgrade() {
                    spawner.abort(self.cell.number);
                }
            }
        }
    }
}

/// Cancel-safe: while it is not ready, nothing is lost if it is not polled any more.
impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // Registered before the look at the outcome, so that it is not missed in between.
        self.cell.waker.register(cx.waker());
        match self.cell.take() {
            Some(outcome) => Poll::Ready(outcome),
            None => Poll::Pending,
        }
    }
}

/// Captured as the number of the task; 0 if its outcome has been taken.
impl<T: Send + 'static> State for JoinHandle<T> {
    /// A task goes on without its handle; only its value may go with it.
    const ON_DROP: OnDrop = OnDrop::of::<T>();

    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<JoinHandle<T>>(|types| Type::Struct {
            name: "JoinHandle".to_owned(),
            fields: vec![Field {
                name: "task".to_owned(),
                ty: u64::describe(types),
            }],
        })
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        if self.cell.is_taken() {
            out.u64(0);
            return Ok(());
        }
        if let Host::Tokio(_) = self.cell.host {
            return Err(EncodeError::other(format!(
                "its task, number {}, was begun outside of the threads of a server, so it is not captured: call \
                 `hicam::spawn` in a handler, or in a task that one has begun",
                self.cell.number
            )));
        }
        out.u64(self.cell.number);
        Ok(())
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let number = input.u64()?;
        if number == 0 {
            let cell = Arc::new(TaskCell::spent());
            return Ok(JoinHandle { cell });
        }
        let Some(spawner) = run::current() else {
            return Err(DecodeError::other(
                "the handle of a task can be restored with its server only",
            ));
        };
        let Some(cell) = spawner.cell(number) else {
            return Err(DecodeError::invalid("number of a captured task", number));
        };
        let runs = cell.runs();
        match cell.into_any().downcast() {
            Ok(cell) => Ok(JoinHandle { cell }),
            Err(_) => Err(DecodeError::other(format!(
                "task {number} ({runs}) returns another type than `{}`, for which this handle waits",
                std::any::type_name::<T>()
            ))),
        }
    }
}

/// Why a task has no value: it panicked, or was aborted.
pub struct JoinError {
    task: u64,
    why: Why,
}

enum Why {
    Cancelled,
    Panicked {
        message: String,
        /// What it panicked with, unless it has been captured since.
        payload: Mutex<Option<Box<dyn Any + Send>>>,
    },
    Taken,
}

impl JoinError {
    pub(crate) fn cancelled(task: u64) -> Self {
        let why = Why::Cancelled;
        JoinError { task, why }
    }

    pub(super) fn taken(task: u64) -> Self {
        let why = Why::Taken;
        JoinError { task, why }
    }

    pub(super) fn panicked(task: u64, payload: Box<dyn Any + Send>) -> Self {
        let message = if let Some(text) = payload.downcast_ref::<&str>() {
            (*text).to_owned()
        } else if let Some(text) = payload.downcast_ref::<String>() {
            text.clone()
        } else {
            "no message".to_owned()
        };
        let payload = Mutex::new(Some(payload));
        let why = Why::Panicked { message, payload };
        JoinError { task, why }
    }

    /// A panic whose message alone is left.
    pub(crate) fn message_of(task: u64, message: String) -> Self {
        let payload = Mutex::new(None);
        let why = Why::Panicked { message, payload };
        JoinError { task, why }
    }

    /// That of a panic.
    pub(super) fn message(&self) -> Option<&str> {
        match &self.why {
            Why::Panicked { message, .. } => Some(message),
            _ => None,
        }
    }

    /// The task's number.
    pub fn id(&self) -> TaskId {
        TaskId(self.task)
    }

    /// Whether the task was aborted.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.why, Why::Cancelled)
    }

    /// Whether the task panicked.
    pub fn is_panic(&self) -> bool {
        matches!(self.why, Why::Panicked { .. })
    }

    /// What the task panicked with; after a restore its message, as a `String`.
    ///
    /// # Errors
    /// The error itself, if the task did not panic.
    pub fn try_into_panic(self) -> Result<Box<dyn Any + Send>, JoinError> {
        match self.why {
            Why::Panicked { message, payload } => {
                let payload = payload.into_inner();
                let payload = payload.unwrap_or_else(PoisonError::into_inner);
                Ok(payload.unwrap_or_else(|| Box::new(message)))
            }
            _ => Err(self),
        }
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let task = self.task;
        match &self.why {
            Why::Cancelled => write!(f, "task {task} was cancelled"),
            Why::Panicked { message, .. } => write!(f, "task {task} panicked: {message}"),
            Why::Taken => f.write_str("the task's outcome has been taken already"),
        }
    }
}

impl fmt::Debug for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JoinError({self})")
    }
}

impl std::error::Error for JoinError {}

/// The task's number, whether its outcome had been taken, and the message of its panic.
impl State for JoinError {
    const ON_DROP: OnDrop = OnDrop::Silent;

    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<JoinError>(|types| {
            let field = |name: &str, ty| Field {
                name: name.to_owned(),
                ty,
            };
            Type::Struct {
                name: "JoinError".to_owned(),
                fields: vec![
                    field("task", u64::describe(types)),
                    field("taken", bool::describe(types)),
                    field("panic", Option::<String>::describe(types)),
                ],
            }
        })
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        self.task.encode(out)?;
        matches!(self.why, Why::Taken).encode(out)?;
        self.message().map(str::to_owned).encode(out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let task = u64::decode(input)?;
        let taken = bool::decode(input)?;
        Ok(match Option::<String>::decode(input)? {
            Some(message) => JoinError::message_of(task, message),
            None if taken => JoinError::taken(task),
            None => JoinError::cancelled(task),
        })
    }
}
