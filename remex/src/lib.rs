//! The daemon of one host: installs classes, starts, watches and stops server processes, and is the source
//! and the destination of migrations.
//!
//! [`Daemon::start`] takes [`Options`] and returns a [`Handle`]; the binary `remex` is the same with a command
//! line. It decides nothing: what runs where is said by whoever calls its gRPC service (`hicam.remex.v1`,
//! beside health and reflection on one port).

mod binary;
mod check;
mod checkpoint_servers;
mod classes;
mod core;
mod daemon;
mod directory;
mod error;
mod host;
mod incoming;
mod log_tail;
mod migration;
pub mod name_service;
mod names;
mod operations;
mod options;
mod peers;
mod processes;
mod recovery;
mod servers;
mod service;
mod transfer;

pub use daemon::{Daemon, Handle};
pub use directory::Whereabouts;
pub use error::{RemexError, Result, chain};
pub use options::{NameServiceOption, Options, Timing};
