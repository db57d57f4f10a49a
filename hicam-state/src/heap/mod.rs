//! Shared objects: what several `Arc`s point to is one object, in the captured state and after a restore.
//!
//! # Design
//!
//! A pointer is written as the *number* of its object; the object's content is written once, in a section of the
//! checkpoint of its own, and read when the first pointer to it is. So it does not matter which value (the server's own
//! data, a frame of some thread) is read first, and objects that are reached from several of them stay one.
//!
//! **Capture** ([`Capture`]). The first pointer to an object gives it a number and puts it into a queue; contents are
//! written from the queue, one after the other. So neither long chains nor circles recurse. While a capture lasts it holds a
//! pointer to each object, so that an address means one object only. An object that only `Weak`s point to has a number but no
//! content: after a restore they dangle.
//!
//! **Links.** A pointer inside the content of an object is *late* if it is in a cell (`Mutex`, `RwLock`, `RefCell`,
//! `OnceLock`, `OnceCell`, tokio's locks) that can be made with something else in it first (`None`, an empty collection, a
//! struct of such), else it is *fixed*. Of a cell that holds late pointers the content is set apart as a *late part*.
//! - *Late* links may form any graph. The object is made with placeholders in its cells; once it exists, its late parts
//!   are read and stored. Late parts are done from a queue, so a chain of late links does not recurse.
//!   The cells of an object that exists are found by running [`State::encode`](crate::State::encode) over it: that visits
//!   them in the order in which they were captured. In a `HashMap` that order changes, so cells in there are never late.
//! - *Fixed* strong links form no circle, or the capture is refused ([`EncodeErrorKind::StrongCycle`](crate::EncodeErrorKind::StrongCycle)). Following them,
//!   objects are made from the end. Where that goes too deep, everything in progress is given up, the object at the depth
//!   is made first, and then what had been given up is done again.
//! - Objects that fixed strong and fixed weak links connect in circles are a *knot*, for example a parent with a list of
//!   children that have a `Weak` to it, made by `Arc::new_cyclic`. All objects of a knot are read twice. The first time
//!   its weak pointers dangle; that shows the objects' types. The second time some are made inside `Arc::new_cyclic` of others,
//!   so that a `Weak` to these exists when it is read. Which inside which is found by the capture: one with no strong link
//!   to it is begun, and inside it what is left of the knot is made, in the order of its links where these form no circle
//!   any more, else in the same way.
//!   `Arc::new_cyclic` cannot fail; should reading fail the second time, what was read the first time takes the
//!   place of the object until the whole restore is given up. What `#[hicam(rebuild = …)]` names is called each time.
//!
//! **Restore** ([`Restore`]). It holds every object that has been made until all values of the checkpoint are read; whoever
//! reads values drops it then, so that what nothing points to goes away.
//!
//! What holds an `Arc` but is captured through serde (its feature `rc`) is a copy after a restore: serde does not show
//! the pointer. Without that feature it does not compile. Use `#[derive(State)]` for types that hold an `Arc`.
//! One object that is pointed to as two types (an `Arc<[T; 2]>` and, coerced from it, an `Arc<[T]>`) is refused.
//! What a field with `#[hicam(skip)]` points to is
//! not captured through that field, so nothing is shared with it after a restore. The hash and order of a key must not depend
//! on what is in its cells, which may come late.
//!
//! **`Rc`** is written as `Arc` is, so nothing above is different for it, nor in the format. What differs is who may hold the
//! pointer, which is a type parameter of the code here (`reach`): an `Rc` is in one thread and reached from one frame alone.
//! It may hold `Arc`s; what an `Arc` points to never holds an `Rc`, because it can be in any thread. So no circle has both.
//! - A frame is saved in one thread and encoded in another: what it holds by `Rc` is *frozen* in between ([`Freeze`]), into the
//!   bytes that a capture of its own would write, with the places of numbers in them. What `Arc`s point to is not written
//!   then, for it may still change: the `Arc`s are kept. [`Capture::add`] gives the objects of `Rc`s new numbers, those of
//!   `Arc`s the ones that they have for everyone, and writes these in their places. In the same process,
//!   [`Frozen::thaw`] is a restore in which the `Arc`s' objects are there already.
//! - The objects are made anew in either case, so anything else that holds one would be left with a copy: freezing
//!   counts the pointers that it finds and compares ([`EncodeErrorKind::HeldElsewhere`](crate::EncodeErrorKind::HeldElsewhere)).
//! - The original is let go of ([`FrozenGraph::let_go`]), object by object, and its cells are emptied first, so that no circle
//!   stays behind. Its drop must not be seen, which types say when the program is built ([`OnDrop`](crate::OnDrop)).
//! - A restore has a table of such objects for each frame ([`Restore::on_thread`]), beside that for all threads. An object that an
//!   `Rc` and something else lead to, which only a program with other types can have captured, is refused.
//!
//! # The encoding
//!
//! `docs/state-format.md` has it: a pointer is a number, and the section of objects holds their contents, late parts and knots.

mod capture;
mod cells;
mod content;
mod frozen;
mod knots;
mod make;
mod objects;
mod pins;
mod reach;
mod restore;
mod table;
mod untie;

pub use capture::Capture;
pub(crate) use capture::{Heap as EncoderHeap, strong as encode_strong, weak as encode_weak};
pub(crate) use cells::Cursor;
pub(crate) use content::{AsState, ByArc, ByRc, SizedContent, Slice, Text};
pub use frozen::{Freeze, Frozen, FrozenGraph};
pub use objects::{LatePart, Object, Objects};
pub(crate) use reach::{AllThreads, OneThread};
pub use restore::{Restore, ThreadRestore};
pub(crate) use restore::{strong as decode_strong, weak as decode_weak};
pub(crate) use table::Heap;
