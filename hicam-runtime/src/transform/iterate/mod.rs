//! What transformed `for` loops stand on.
//!
//! A loop that owns what it iterates over is captured with its iterator ([`source`]). One that borrows is not: on resume
//! the borrow is taken again, and what had been given is passed over ([`again`]). Loops with short bodies look at the
//! flag once per block of passes ([`blocks`]). That a method in a loop's head is the adaptor that its name says, [`adaptor`]
//! asks of the types.

pub mod adaptor;
mod again;
mod blocks;
mod source;
mod values;

pub use again::{
    Lent, Ordered, OrderedBack, OrderedBorrow, Passed, Reborrow, Remaining, again, leave,
};
pub use blocks::{
    BlockOfPasses, Cut, Enumerated, Integer, OnePass, Passes, Zipped, enumerate, zip,
};
pub use source::{Collected, Opaque, Source, Uncollected, last_with_index, step};
pub use values::{HashValues, HashValuesMut, OtherValues, TableOf, Values, ValuesMut, ValuesOf};
