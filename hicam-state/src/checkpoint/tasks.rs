//! The section of tasks: what was started beside the calls, and what has come of it.

use serde_json::json;

use super::{Checkpoint, Frame, record::Record};
use crate::{CheckpointError, DecodeError, Decoder, EncodeError, Encoder, Value, json};

const IN_PROGRESS: u8 = 0;
const RETURNED: u8 = 1;
const PANICKED: u8 = 2;
const CANCELLED: u8 = 3;

/// What was started beside the calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tasks {
    /// How many were ever begun: the number of the last.
    pub begun: u64,
    /// Those in progress, and those that are over but whose outcome nobody has taken yet.
    pub rows: Vec<Task>,
}

/// A task, whose number is its name in the values that wait for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Unique in the whole life of the server, from 1.
    pub number: u64,
    /// The path of the function that it runs.
    pub function: String,
    /// The fingerprint of that function.
    pub fingerprint: u64,
    /// What has become of it.
    pub state: TaskState,
}

/// What has become of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskState {
    /// It goes on: the functions it is in, outermost first.
    InProgress(Vec<Frame>),
    /// It is over, with this value.
    Returned(Value),
    /// It is over: it panicked, with this message.
    Panicked(String),
    /// It is over: it was cancelled.
    Cancelled,
}

impl Task {
    /// The functions it is in, outermost first; none if it is over.
    pub fn frames(&self) -> &[Frame] {
        match &self.state {
            TaskState::InProgress(frames) => frames,
            _ => &[],
        }
    }
}

impl Tasks {
    /// How many are in progress.
    pub fn in_progress(&self) -> usize {
        let rows = self.rows.iter();
        rows.filter(|task| matches!(task.state, TaskState::InProgress(_)))
            .count()
    }
}

impl Record for Tasks {
    fn write(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        self.begun.write(out)?;
        self.rows.write(out)
    }

    fn read(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let begun = u64::read(input)?;
        let rows: Vec<Task> = Record::read(input)?;
        let mut last = 0;
        for task in &rows {
            if task.number <= last || task.number > begun {
                return Err(DecodeError::invalid("number of a task", task.number));
            }
            last = task.number;
        }
        Ok(Tasks { begun, rows })
    }
}

impl Record for Task {
    fn write(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.record(|out| self.write_fields(out))
    }

    fn read(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        input.record(Task::read_fields)
    }
}

impl Task {
    fn write_fields(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        self.number.write(out)?;
        self.function.write(out)?;
        self.fingerprint.write(out)?;
        match &self.state {
            TaskState::InProgress(frames) => {
                out.u8(IN_PROGRESS);
                frames.write(out)
            }
            TaskState::Returned(value) => {
                out.u8(RETURNED);
                value.write(out)
            }
            TaskState::Panicked(message) => {
                out.u8(PANICKED);
                message.write(out)
            }
            TaskState::Cancelled => {
                out.u8(CANCELLED);
                Ok(())
            }
        }
    }

    fn read_fields(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Ok(Task {
            number: Record::read(input)?,
            function: Record::read(input)?,
            fingerprint: Record::read(input)?,
            state: match input.u8()? {
                IN_PROGRESS => TaskState::InProgress(Record::read(input)?),
                RETURNED => TaskState::Returned(Record::read(input)?),
                PANICKED => TaskState::Panicked(Record::read(input)?),
                CANCELLED => TaskState::Cancelled,
                state => return Err(DecodeError::invalid("state of a task", state)),
            },
        })
    }
}

impl Checkpoint {
    pub(super) fn tasks_json(&self) -> serde_json::Value {
        let rows = self.tasks.rows.iter().map(|task| {
            let (state, shown) = match &task.state {
                TaskState::InProgress(frames) => ("frames", self.frames_json(frames).into()),
                TaskState::Returned(value) => ("returned", json::shown(&self.types, value)),
                TaskState::Panicked(message) => ("panicked", message.as_str().into()),
                TaskState::Cancelled => ("cancelled", true.into()),
            };
            json!({ "task": task.number, "function": task.function, state: shown })
        });
        rows.collect()
    }

    pub(super) fn check_task(&self, task: &Task) -> Result<(), CheckpointError> {
        if let TaskState::Returned(value) = &task.state {
            self.check_type(value, || format!("task {}", task.number))?;
        }
        let mut frames = task.frames().iter();
        frames.try_for_each(|frame| self.check_frame(frame))
    }
}
