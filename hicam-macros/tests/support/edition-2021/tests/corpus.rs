//! The programs of the corpus for which the edition matters, as they are there.

#![allow(
    clippy::all,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "programs as people write them, awkward ones too, each compiled twice; and tests may fail"
)]

#[allow(
    unused_macros,
    unused_imports,
    reason = "there is more for the whole corpus"
)]
#[path = "../../../corpus/harness.rs"]
mod harness;

/// The programs as ordinary code.
#[path = "../../../corpus"]
mod plain {
    /// What the programs know as `hicam`: all of it but the transformation.
    pub(crate) mod hicam {
        pub(crate) use ::hicam::*;
        pub(crate) use plain_attributes::migratable;
    }
    pub(crate) use crate::harness::plain_programs as programs;

    pub(crate) mod drop_order;
    pub(crate) mod drop_order_of_slots;
    pub(crate) mod expressions;
    pub(crate) mod tails;
    pub(crate) mod taken;
}

/// The programs transformed.
#[path = "../../../corpus"]
mod marked {
    pub(crate) use crate::harness::marked_programs as programs;
    pub(crate) use ::hicam;

    mod drop_order;
    mod drop_order_of_slots;
    mod expressions;
    mod tails;
    mod taken;
}
