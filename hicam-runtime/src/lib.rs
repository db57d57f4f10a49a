//! HiCaM: tonic servers that can be checkpointed and moved while their calls are in progress.
//!
//! A user depends on this crate alone. The macros mark what is to be migratable; [`Server`] runs it; the client side
//! finds a server wherever it is.

mod cli;
pub mod client;
pub mod server;
pub mod testing;
pub mod time;
pub mod transform;

pub use client::{Channel, ConnectError, Connector, connect};
pub use hicam_macros::{State, conformist, main, migratable};
pub use hicam_state::{Serde, State};
pub use server::{Conformist, Durability, Running, Server, ServerError, ServerOptions};
pub use transform::{JoinError, JoinHandle, TaskId, point, reissue, spawn, upgrade};

/// What generated code names. Not for users: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use crate::__hicam_task as task;
    pub use crate::cli::{MainOptions, run_main};
    pub use crate::server::{Conformist, Server, thread::handle};
    pub use crate::time::{AsMade, AsWritten, Made, MakeAt};
    pub use crate::transform::*;
    pub use hicam_state as state;
    pub use inventory;
}
