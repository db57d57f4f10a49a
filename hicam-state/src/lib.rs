//! The portable state of a captured process: types, values, checkpoints.
//!
//! Values are captured by a [`Capture`] and restored by a [`Restore`], which know what the values of one checkpoint
//! share. A value is captured by [`State::encode`] and restored by [`State::decode`]; its shape is put into
//! a [`TypeTable`] by [`State::describe`], once for each type. Values are positional: names are in
//! the table alone. Types that do not implement [`State`] travel through serde ([`dynamic`]) or as
//! protobuf messages ([`message`]).
//!
//! The encoding of values, the schema, and the container around them are specified byte by byte in
//! `docs/state-format.md`. In short: little-endian, fixed widths, no alignment; `usize` and `isize` take
//! 64 bits on every host, lengths and counts 32 as long as they fit; an element of a collection that is encoded as nothing is followed by a zero byte, so that a
//! count never exceeds the bytes left. What a build with other types has captured is converted first, where names and types allow it.

pub mod checkpoint;
pub mod dynamic;
pub mod heap;
pub mod json;
pub mod message;

mod ahead;
mod class;
mod contains;
mod decode;
mod encode;
mod error;
mod evolve;
mod impls;
mod on_drop;
mod part;
mod private;
mod schema;
mod serde_value;
pub mod shares;
mod value;

pub use checkpoint::tasks::{Task, TaskState, Tasks};
pub use checkpoint::{Branch, Checkpoint, ClientRow, Frame, Local, Reply, Thread};
pub use class::ClassSchema;
pub use contains::{CarriesMessages, ContainsMessages, ContainsSerde, NestsMessages};
pub use decode::Decoder;
pub use encode::Encoder;
pub use error::{CheckpointError, DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};
pub use heap::{Capture, Freeze, Frozen, FrozenGraph, Objects, Restore, ThreadRestore};
pub use on_drop::OnDrop;
pub use schema::{Field, Primitive, SchemaMismatch, Type, TypeId, TypeTable, Variant};
pub use serde_value::Serde;
pub use shares::Shares;
pub use value::Value;

#[doc(hidden)]
pub mod __private {
    pub use crate::private::*;

    /// How a field is captured, for glob imports: without names, so that they hide none of the user's.
    pub mod ways {
        pub use crate::part::{
            NoPart as _, OtherOnDrop as _, PartByInnerContainers as _, PartByInnerMessages as _,
            PartByInnerSerdes as _, PartByMessage as _, PartByMessages as _, PartBySerde as _,
            PartBySerdes as _, PartBySharedContainers as _, PartBySharedMessageContainers as _,
            PartBySharedMessages as _, PartBySharedSerdes as _, PartByState as _,
        };
    }
}

/// Stands for a length that is too long for 32 bits and follows in 64.
const LONG: u32 = u32::MAX;

/// How many levels deep values may be nested.
pub const MAX_DEPTH: usize = 10_000;

/// Recursion goes on in a new piece of stack when less than this is left, in bytes: enough for [`STACK_LEVELS`] of any type.
const STACK_RED_ZONE: usize = 256 * 1024;
/// After how many levels of values the stack is looked at again: a look at each level is felt with many small collections.
const STACK_LEVELS: usize = 4;
/// The size of such a piece, in bytes.
const STACK_CHUNK: usize = 2 * 1024 * 1024;

/// A type whose values can be captured in one process and restored in another: on another
/// architecture, another operating system, in another build.
///
/// Derive it: `#[derive(hicam::State)]`. A hand-written implementation must write in `encode`
/// exactly what `describe` says and `decode` reads.
///
/// A value comes back equal, and shared as it was; not everything that can be asked of it is part of that. A collection's
/// capacity, the halves in which a `VecDeque` lies, and the order of a hash table are those of a new one; a `Cow` is owned; a
/// lock is not poisoned.
///
/// A type that holds an `Rc` cannot leave its thread. It can be captured where a function needs it at the head of a loop, but
/// not across an `.await`, nor in the server's own data.
#[diagnostic::on_unimplemented(
    message = "the state of `{Self}` cannot be captured",
    label = "`{Self}` does not implement `hicam::State`",
    note = "add `#[derive(hicam::State)]` to the type if it is yours",
    note = "a field that can be made anew after a restore (a connection, a pool, a cache) takes `#[hicam(skip)]` for its `Default`, or `#[hicam(rebuild = path::to::function)]`",
    note = "a borrow, closure, lock guard, file or socket cannot be captured: let it end before the next migration point"
)]
pub trait State: Sized + 'static {
    /// What happens when a value is dropped. A local whose drop can be observed is captured although it is never mentioned
    /// again, because the end of its scope is a use.
    ///
    /// A hand-written implementation may say [`OnDrop::Silent`] if a drop only frees memory.
    const ON_DROP: OnDrop = OnDrop::of::<Self>();

    /// What happens when what the `Rc`s in a value point to is dropped. Other types behind these `Rc`s are not asked, because
    /// types may contain each other in a circle through an `Rc`.
    #[doc(hidden)]
    const BEHIND_RC: OnDrop = OnDrop::Silent;

    /// Adds this type's shape to `types` unless it is there, and answers its number.
    fn describe(types: &mut TypeTable) -> TypeId;

    /// Writes the value. It is only looked at, never changed and never waited for.
    ///
    /// The parts of a restored value must be visited in the order in which they were when it was captured: cells
    /// in shared objects are filled through here. Leave collections without an order to their own `encode`.
    ///
    /// # Errors
    /// The value cannot be captured just now (a lock is held) or at all.
    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError>;

    /// Reads a value.
    ///
    /// # Errors
    /// The bytes are not those of a value of this type.
    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError>;

    /// Something that can stand in a cell until the cell's content is restored; see [`heap`].
    #[doc(hidden)]
    fn placeholder() -> Option<Self> {
        None
    }

    /// Reads one word of the value itself, so that the memory it stands in is on its way to the processor; see [`ahead`].
    #[doc(hidden)]
    #[inline]
    fn glance(&self) {}

    /// Reads a word of each piece of memory that the value points to, or, `levels` deeper, that those point to.
    #[doc(hidden)]
    #[inline]
    fn touch(&self, _levels: u8) {}

    /// Writes the elements of a collection; bytes are written at once.
    #[doc(hidden)]
    fn encode_elements(elements: &[Self], out: &mut Encoder) -> Result<(), EncodeError> {
        let touch = |element: &&Self, levels| element.touch(levels);
        ahead::each(elements.iter(), touch, |element| {
            out.element(|out| element.encode(out))
        })
    }

    /// Reads `count` elements of a collection; bytes are read at once.
    #[doc(hidden)]
    fn decode_elements(count: usize, input: &mut Decoder<'_>) -> Result<Vec<Self>, DecodeError> {
        let mut elements = Vec::with_capacity(input.capacity::<Self>(count));
        for _ in 0..count {
            elements.push(input.element(Self::decode)?);
        }
        Ok(elements)
    }
}
