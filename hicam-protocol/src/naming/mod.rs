//! The records in the name service (etcd v3) and the client that reads and writes them.
//!
//! [`NameService`] is the one way in which any part of HiCaM speaks to the name service, be it a real
//! etcd or the embedded one of a remex.

mod client;
mod error;
pub mod keys;
mod lease;
mod records;
mod release;
mod servers;
mod watch;

pub use client::NameService;
pub use error::NamingError;
pub use lease::{Lease, Lost};
pub use records::{
    Binding, CheckpointServerAdvert, ClassAdvert, Holder, HostAdvert, ServerRecord, Token,
};
pub use servers::TakeOutcome;
pub use watch::HostChange;

/// Result of an operation on the name service.
pub type Result<T> = std::result::Result<T, NamingError>;
