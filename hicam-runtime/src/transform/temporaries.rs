//! Temporaries of a statement that migration points cut. In plain code a temporary lives until the end of its statement;
//! where the statement is cut before that, the temporary ends at the cut. That is accepted if its drop cannot be observed,
//! which its type says, and else it is an error when the program is built:
//!
//! ```text
//! match queue.lock().unwrap().len() { 0 => wait().await, … }      // holds the lock while it waits
//! ```
//!
//! A method may take its receiver by value, and then nothing is left of it. No type says which it does, but a closure that
//! makes such a call does: it captures the receiver by value or by reference, and only a value is dropped with it. The
//! closure stands in code that is never reached, so it costs nothing and borrows nothing:
//!
//! ```text
//! match (match receiver { made => {
//!     if false {
//!         diverge();
//!         let mut lender = like(&made);
//!         lent.by(&lender, &|| { diverge(); link.of(&lender.method(…)); });
//!     }
//!     made
//! } }).method(…) { made => { if false { diverge(); link.of(&made); } made } }
//! …
//! lent.probe().temporary(lent.borrower(), Can);                   // after the body, where all types are known
//! ```
//!
//! The link gives the call in the closure the type of the one that is made, which may be inferred from what follows.

use std::collections::{btree_map, hash_map};
use std::error::Error;
use std::marker::PhantomData;
use std::mem::needs_drop;
use std::sync::{PoisonError, TryLockError};

use hicam_state::State;
use tokio::sync::mpsc;

use super::branches::{Can, Cannot};
use super::codec::Probe;

/// The type of a temporary, and of what borrows it: a closure, or `()` for something that surely does.
pub struct Lent<T, F>(PhantomData<fn() -> (T, F)>);

impl<T, F> Clone for Lent<T, F> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T, F> Copy for Lent<T, F> {}

impl<T, F> std::fmt::Debug for Lent<T, F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lent")
    }
}

impl<T, F> Default for Lent<T, F> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, F> Lent<T, F> {
    /// Of types that are still open.
    #[inline]
    pub const fn new() -> Self {
        Lent(PhantomData)
    }

    /// Fixes both types.
    #[inline]
    pub fn by(self, _: &T, _: &F) {}

    /// What the judgement starts from.
    #[inline]
    pub fn probe(self) -> Probe<T> {
        Probe::new()
    }

    /// What borrows it.
    #[inline]
    pub fn borrower(self) -> Borrower<F> {
        Borrower(PhantomData)
    }
}

impl<T> Lent<T, ()> {
    /// Fixes the type of a temporary that is surely borrowed, or of what a pattern leaves behind.
    #[inline]
    pub fn value(self, _: &T) {}
}

/// A closure that makes the same call.
pub struct Borrower<F>(PhantomData<fn() -> F>);

impl<F> std::fmt::Debug for Borrower<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Borrower")
    }
}

impl<F> Borrower<F> {
    /// Whether it has only borrowed a temporary that has something to drop.
    pub(super) const BORROWS: bool = !needs_drop::<F>();
}

/// Whether a suspension can come while the temporary is there.
pub trait Lasts {
    /// It can.
    const LASTS: bool;
    /// No suspension can come, but it outlives the variables of the block that it is at the end of.
    const OUTLIVES: bool = false;
}

/// The temporary outlives variables that are dropped before it, so that the order can be seen.
pub struct Outlives;

impl Lasts for Outlives {
    const LASTS: bool = true;
    const OUTLIVES: bool = true;
}

impl Lasts for Can {
    const LASTS: bool = true;
}

impl Lasts for Cannot {
    const LASTS: bool = false;
}

/// In the very method that generated code calls: so the compiler's note points at the user's expression.
macro_rules! assert_temporary {
    ($borrower:ty, $lasts:ident, $observed:expr) => {
        const {
            assert!(
                !($observed && $lasts::OUTLIVES && Borrower::<$borrower>::BORROWS),
                "a temporary whose drop can be observed (a lock guard, an `Arc`, or the like) at the end of a block outlives \
                 the block's variables before the edition of 2024: bind the value with `let`, and end the block with that \
                 variable"
            );
            assert!(
                !($observed && $lasts::LASTS && Borrower::<$borrower>::BORROWS),
                "a temporary whose drop can be observed (a lock guard, an `Arc`, or the like) lives until the end of this \
                 statement, across a migration point: before the statement, put the value that is needed into a variable \
                 with `let`, or pass a reference"
            );
        }
    };
}
pub(super) use assert_temporary;

impl<L: Lasts> Lasts for Option<L> {
    const LASTS: bool = L::LASTS;
}

/// Holds a value that has just been made.
#[derive(Debug)]
pub struct MadeHere<T>(pub T);

/// Ends a path in code that is never reached.
#[cold]
pub fn diverge() -> ! {
    unreachable!("generated code never runs this")
}

/// A value of a type that is still open, in code that is never reached.
#[cold]
pub fn any<T>() -> T {
    unreachable!("generated code never runs this")
}

/// A value of the same type, in code that is never reached.
#[cold]
pub fn like<T>(_: &T) -> T {
    unreachable!("generated code never runs this")
}

/// Where no lock guard that is a temporary is in the way of a migration. Never implemented by hand.
#[diagnostic::on_unimplemented(
    message = "a temporary of type `{G}` lives until the end of its statement, across the migration point in line {LINE}",
    label = "held until the end of the statement, across the point in line {LINE}",
    note = "before the statement, put the value that is needed into a variable with `let`: a temporary of the `let` ends \
            there"
)]
pub trait NoGuard<G, const LINE: u32> {}

#[diagnostic::do_not_recommend]
impl<G, const LINE: u32> NoGuard<G, LINE> for Cannot {}

#[diagnostic::do_not_recommend]
impl<G, const LINE: u32> NoGuard<G, LINE> for Outlives {}

#[diagnostic::do_not_recommend]
impl<G, L: NoGuard<G, LINE>, const LINE: u32> NoGuard<G, LINE> for Option<L> {}

/// What locks give. It is never taken by value by a method, and an error of its own says more.
pub trait Guards<G>: Sized {
    /// Accepts a temporary, unless a suspension can come while it is there.
    fn temporary<const LINE: u32, F, L: NoGuard<G, LINE>>(self, _: Borrower<F>, _: L) {}
}

macro_rules! guards {
    ($([$($generics:tt)*] $ty:ty;)*) => {$(
        impl<$($generics)*> Guards<$ty> for &&&&&&&&&&&&&&&&Probe<$ty> {}
    )*};
}

guards! {
    ['a, T: ?Sized] std::sync::MutexGuard<'a, T>;
    ['a, T: ?Sized] std::sync::RwLockReadGuard<'a, T>;
    ['a, T: ?Sized] std::sync::RwLockWriteGuard<'a, T>;
    ['a, T: ?Sized] std::cell::Ref<'a, T>;
    ['a, T: ?Sized] std::cell::RefMut<'a, T>;
    ['a, T: ?Sized] tokio::sync::MutexGuard<'a, T>;
    ['a, T: ?Sized] tokio::sync::MappedMutexGuard<'a, T>;
    ['a, T: ?Sized] tokio::sync::RwLockReadGuard<'a, T>;
    ['a, T: ?Sized] tokio::sync::RwLockWriteGuard<'a, T>;
    [T: ?Sized] tokio::sync::OwnedMutexGuard<T>;
    [T: ?Sized] tokio::sync::OwnedRwLockReadGuard<T>;
    [T: ?Sized] tokio::sync::OwnedRwLockWriteGuard<T>;
    ['a] tokio::sync::SemaphorePermit<'a>;
    [] tokio::sync::OwnedSemaphorePermit;
}

/// Receivers of methods with closures that by their names take a receiver of such a type by value: `and_then`, `map`.
pub trait TakenFromOption: Sized {
    /// Nothing is left to judge.
    fn taken(self) -> Probe<()> {
        Probe::new()
    }
}

impl<T> TakenFromOption for &&&Probe<Option<T>> {}

/// As [`TakenFromOption`].
pub trait TakenFromResult: Sized {
    /// Nothing is left to judge.
    fn taken(self) -> Probe<()> {
        Probe::new()
    }
}

impl<T, E> TakenFromResult for &&&Probe<Result<T, E>> {}

/// As [`TakenFromOption`]: `fold`.
pub trait TakenFromIterator: Sized {
    /// Nothing is left to judge.
    fn taken(self) -> Probe<()> {
        Probe::new()
    }
}

impl<I: Iterator> TakenFromIterator for &&Probe<I> {}

/// As [`TakenFromOption`]: `insert`, `remove`.
pub trait TakenFromEntry: Sized {
    /// Nothing is left to judge.
    fn taken(self) -> Probe<()> {
        Probe::new()
    }
}

macro_rules! entries {
    ($($ty:ty;)*) => {$(
        impl<K, V> TakenFromEntry for &&&Probe<$ty> {}
    )*};
}

entries! {
    hash_map::VacantEntry<'_, K, V>;
    hash_map::OccupiedEntry<'_, K, V>;
    btree_map::VacantEntry<'_, K, V>;
    btree_map::OccupiedEntry<'_, K, V>;
}

/// Any other receiver: it may be a pointer to such a type.
pub trait TakenFromOther<T>: Sized {
    /// What is judged.
    fn taken(self) -> Probe<T> {
        Probe::new()
    }
}

impl<T> TakenFromOther<T> for &Probe<T> {}

/// Errors that give back what was given: a guard, a message.
pub trait GivesBack: Sized {
    /// Whether that has something to drop.
    const DROPS: bool;
    /// Judged by that.
    fn temporary<const LINE: u32, F, L: Lasts>(self, _: Borrower<F>, _: L) {
        assert_temporary!(F, L, Self::DROPS);
    }
}

macro_rules! gives_back {
    ($($ty:ty;)*) => {$(
        impl<T> GivesBack for &&&&Probe<$ty> {
            const DROPS: bool = needs_drop::<T>();
        }
    )*};
}

gives_back! {
    PoisonError<T>;
    TryLockError<T>;
    std::sync::mpsc::SendError<T>;
    std::sync::mpsc::TrySendError<T>;
    mpsc::error::SendError<T>;
    mpsc::error::TrySendError<T>;
    mpsc::error::SendTimeoutError<T>;
    tokio::sync::broadcast::error::SendError<T>;
    tokio::sync::watch::error::SendError<T>;
}

/// Any other error: a message and its cause, whose end nothing waits for.
pub trait EndsAsError: Sized {
    /// Accepts it.
    fn temporary<const LINE: u32, F, L>(self, _: Borrower<F>, _: L) {}
}

impl<E: Error> EndsAsError for &&Probe<E> {}

/// A value that a pattern takes apart, of a type that runs code when it is dropped: its parts are copied or borrowed, and it
/// lives on.
pub trait HasOwnDrop: Sized {
    /// It has.
    const OBSERVED: bool = true;
    /// Judged by that.
    fn taken_apart<L: Lasts>(self, _: L) {
        assert_temporary!((), L, Self::OBSERVED);
    }
}

#[allow(
    drop_bounds,
    reason = "whether there is an implementation is the question"
)]
impl<T: Drop> HasOwnDrop for &&Probe<T> {}

/// Any other: what is taken of it is told by its parts.
pub trait HasNoOwnDrop: Sized {
    /// Accepts it.
    fn taken_apart<L>(self, _: L) {}
}

impl<T> HasNoOwnDrop for &Probe<T> {}

/// A variable that a pattern takes apart, which leaves it where it is if its type runs code when it is dropped.
pub trait CopiedFrom<T>: Sized {
    /// It is there.
    fn copied_from(self) -> Probe<T> {
        Probe::new()
    }
}

#[allow(
    drop_bounds,
    reason = "whether there is an implementation is the question"
)]
impl<T: Drop> CopiedFrom<T> for &&Probe<T> {}

/// What a `Result` may hold, each of which a pattern may take apart.
pub trait BothWays<T, E>: Sized {
    /// In `Ok`.
    fn given(self) -> Probe<T> {
        Probe::new()
    }
    /// In `Err`.
    fn failed(self) -> Probe<E> {
        Probe::new()
    }
}

impl<T, E> BothWays<T, E> for &Probe<Result<T, E>> {}

/// Any other type.
pub trait OneWay: Sized {
    /// Nothing.
    fn given(self) -> Probe<()> {
        Probe::new()
    }
    /// Nothing.
    fn failed(self) -> Probe<()> {
        Probe::new()
    }
}

impl<T> OneWay for Probe<T> {}

/// Any other, which the pattern has moved.
pub trait MovedApart: Sized {
    /// Nothing is left to judge.
    fn copied_from(self) -> Probe<()> {
        Probe::new()
    }
}

impl<T> MovedApart for &Probe<T> {}

/// A value of which a pattern takes some parts, of a type that says whether the drop of any part can be observed.
pub trait SaysOfParts: Sized {
    /// Whether it can.
    const OBSERVED: bool;
    /// Judged by that.
    fn taken_partly<L: Lasts>(self, _: L) {
        assert_temporary!((), L, Self::OBSERVED);
    }
}

impl<T: State> SaysOfParts for &&Probe<T> {
    const OBSERVED: bool = T::ON_DROP.is_observed();
}

/// Any other: the types of the parts that are left cannot be named.
pub trait SaysNothingOfParts: Sized {
    /// Accepts it.
    fn taken_partly<L>(self, _: L) {}
}

impl<T> SaysNothingOfParts for &Probe<T> {}
