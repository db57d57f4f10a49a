//! The passing of a running server from this process to another one, or from another one to this.

mod destination;
mod source;

pub(crate) use destination::{Incoming, commit, discard, receive};
pub(crate) use source::migrate;
