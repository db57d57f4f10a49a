//! Tasks: calls of annotated functions that go on beside the thread that has begun them.
//!
//! `spawn(call)` gives the call to the [`Spawner`] of the thread that it is called in: the server, or the testing
//! harness; elsewhere to tokio. The spawner keeps a table of its tasks (`table`), runs each (`run`), and has it captured
//! as it has its threads. A [`JoinHandle`] and its task know each other by a `cell`, which has the task's number; that
//! is how a handle is captured. After a restore the function that a task runs is found by name (`registry`).

mod cell;
mod handle;
mod registry;
mod run;
mod spawn;
mod table;
mod wait;

pub use cell::TaskId;
pub use handle::{JoinError, JoinHandle};
pub use registry::{Captured, Choice, NotCaptured, Spawnable, TaskEntry, is_captured};
pub use spawn::{Spawn, spawn};
pub(super) use wait::join;

pub(crate) use cell::Cell;
pub(crate) use run::{Job, Parked, Spawner, run, sync_within, within};
pub(crate) use table::{Entered, Live, Seat, Tasks};
