//! Values whose drop only frees memory, so that nobody sees when it happens: what borrows may be among them. They are
//! told by structure alone, whatever the lifetimes of what they borrow.

use std::borrow::Cow;
use std::collections::{
    BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque, btree_map, btree_set,
    hash_map, hash_set,
};
use std::iter::{Chain, Cloned, Copied, Enumerate, Peekable, Rev, Skip, StepBy, Take, Zip};
use std::ops::{Range, RangeInclusive};

use std::sync::Arc;

use hicam_state::State;
use serde::Serialize;

use super::codec::{InFrame, Probe, Var};
use super::frame::FnInfo;
use super::stack::Stack;
use super::temporaries::{Borrower, Lasts, assert_temporary};

/// A type whose drop frees memory and does nothing else.
pub trait Quiet {
    /// Unless a closure in it has taken something by value.
    const QUIET: bool = true;
}

/// With the types within that decide.
macro_rules! quiet {
    ($([$($generics:tt)*] $ty:ty $(: $($within:ty),+)?;)*) => {$(
        impl<$($generics)*> Quiet for $ty {
            const QUIET: bool = true $($(&& <$within as Quiet>::QUIET)+)?;
        }
    )*};
}

quiet! {
    [] u8; [] u16; [] u32; [] u64; [] u128; [] usize;
    [] i8; [] i16; [] i32; [] i64; [] i128; [] isize;
    [] f32; [] f64; [] bool; [] char; [] (); [] str; [] String;
    [] std::io::Error; [] anyhow::Error;
    ['a, T: ?Sized] &'a T;
    ['a, T: ?Sized] &'a mut T;
    ['a, T: ToOwned<Owned: Quiet> + ?Sized] Cow<'a, T>: T::Owned;
    [T: Quiet] [T]: T;
    [T: Quiet, const N: usize] [T; N]: T;
    [T: Quiet] Vec<T>: T;
    [T: Quiet + ?Sized] Box<T>: T;
    [T: Quiet] Option<T>: T;
    [T: Quiet, E: Quiet] Result<T, E>: T, E;
    [T: Quiet] VecDeque<T>: T;
    [T: Quiet] LinkedList<T>: T;
    [T: Quiet] BinaryHeap<T>: T;
    [T: Quiet] BTreeSet<T>: T;
    [T: Quiet, S] HashSet<T, S>: T;
    [K: Quiet, V: Quiet] BTreeMap<K, V>: K, V;
    [K: Quiet, V: Quiet, S] HashMap<K, V, S>: K, V;
    [T: Quiet] Range<T>: T;
    [T: Quiet] RangeInclusive<T>: T;
    [T: Quiet] std::vec::IntoIter<T>: T;
    [T: Quiet, const N: usize] std::array::IntoIter<T, N>: T;
    [T: Quiet] std::option::IntoIter<T>: T;
    [T: Quiet] btree_set::IntoIter<T>: T;
    [T: Quiet] hash_set::IntoIter<T>: T;
    [K: Quiet, V: Quiet] btree_map::IntoIter<K, V>: K, V;
    [K: Quiet, V: Quiet] hash_map::IntoIter<K, V>: K, V;
    ['a, T] std::slice::Iter<'a, T>;
    ['a, T] std::slice::IterMut<'a, T>;
    ['a] std::str::Chars<'a>;
    ['a] std::str::CharIndices<'a>;
    ['a] std::str::Lines<'a>;
    ['a] std::str::SplitWhitespace<'a>;
    [I: Quiet] Rev<I>: I;
    [I: Quiet] Enumerate<I>: I;
    [I: Quiet] StepBy<I>: I;
    [I: Quiet] Skip<I>: I;
    [I: Quiet] Take<I>: I;
    [I: Quiet] Copied<I>: I;
    [I: Quiet] Cloned<I>: I;
    [A: Quiet, B: Quiet] Zip<A, B>: A, B;
    [A: Quiet, B: Quiet] Chain<A, B>: A, B;
    [I: Quiet + Iterator<Item: Quiet>] Peekable<I>: I, I::Item;
    [A: Quiet] (A,): A;
    [A: Quiet, B: Quiet] (A, B): A, B;
    [A: Quiet, B: Quiet, C: Quiet] (A, B, C): A, B, C;
    [A: Quiet, B: Quiet, C: Quiet, D: Quiet] (A, B, C, D): A, B, C, D;
    [A: Quiet, B: Quiet, C: Quiet, D: Quiet, E: Quiet] (A, B, C, D, E): A, B, C, D, E;
    [A: Quiet, B: Quiet, C: Quiet, D: Quiet, E: Quiet, F: Quiet] (A, B, C, D, E, F): A, B, C, D, E, F;
}

/// Adaptors with a closure.
macro_rules! quiet_adaptors {
    ($($ty:ident)*) => {$(
        impl<I: Quiet, F> Quiet for std::iter::$ty<I, F> {
            const QUIET: bool = I::QUIET && !std::mem::needs_drop::<F>();
        }
    )*};
}

quiet_adaptors! { Map Filter FilterMap TakeWhile SkipWhile MapWhile Inspect }

// Among them errors of unknown type: a message and its cause, whose end nothing waits for.
quiet! {
    ['a] dyn std::error::Error + 'a;
    ['a] dyn std::error::Error + Send + 'a;
    ['a] dyn std::error::Error + Send + Sync + 'a;
}

/// In the very method that generated code calls: so the compiler's note points at the user's variable.
macro_rules! assert_quiet {
    () => {
        const {
            assert!(
                Self::QUIET,
                "an iterator is in scope at a migration point although it is not mentioned again, and a closure in it has \
                 taken a value whose drop may be observed: end its life before the point with `drop`, or put it into a \
                 block of its own"
            );
        }
    };
}

/// Looked at before any codec, because a codec is of types without lifetimes.
pub trait DropQuietly<T>: Sized {
    /// As [`Quiet::QUIET`].
    const QUIET: bool;
    /// Accepts that a variable is dropped early.
    fn drop_early(self) {
        assert_quiet!();
    }
    /// Accepts a temporary that ends early.
    fn temporary<const LINE: u32, F, L: Lasts>(self, _: Borrower<F>, _: L) {
        assert_temporary!(F, L, !Self::QUIET);
    }
    /// Lets the value of a variable go that is never mentioned again.
    fn keep(self, _: T) {}
    /// Lets a variable go that is not needed at this point.
    fn lasting(self, stack: &mut Stack, var: &Var<T>, info: &'static FnInfo) {
        assert_quiet!();
        stack.forget_unneeded(var, info);
    }
    /// Nothing is captured.
    fn kept(self, _: &mut Stack, _: &Var<T>) {
        assert_quiet!();
    }
}

impl<T: Quiet> DropQuietly<T> for &&&&&&&&&&&&&&&Probe<T> {
    const QUIET: bool = T::QUIET;
}

/// Accepts that a function or closure in a variable is dropped early, or ends compilation: whether a call has consumed it
/// is not known, nor what it has taken.
#[inline]
pub fn called<F>(_: &F) {
    const {
        assert!(
            !std::mem::needs_drop::<F>(),
            "a closure that has taken values is in scope at a migration point although it is not called again, and their \
             drop may be observed: end its life before the point with `drop`, or put it into a block of its own"
        );
    }
}

/// Looks through standard containers, whose own drop only drops what they hold.
pub trait Strip {
    /// What they hold.
    type Held;
    /// Goes on with that.
    fn strip(self) -> Probe<Self::Held>;
}

macro_rules! strip {
    ($([$($generics:tt)*] $ty:ty;)*) => {$(
        impl<$($generics)*> Strip for &Probe<$ty> {
            type Held = T;
            fn strip(self) -> Probe<T> {
                Probe::new()
            }
        }
    )*};
}

strip! {
    [T] Vec<T>;
    [T] Box<T>;
    [T] Option<T>;
    [T, const N: usize] [T; N];
    [T] VecDeque<T>;
    [T] LinkedList<T>;
    [T] BinaryHeap<T>;
    [T] BTreeSet<T>;
    [T, S] HashSet<T, S>;
    [K, T] BTreeMap<K, T>;
    [K, T, S] HashMap<K, T, S>;
    [T] std::vec::IntoIter<T>;
    [T] std::collections::vec_deque::IntoIter<T>;
    [T] btree_set::IntoIter<T>;
    [T] hash_set::IntoIter<T>;
    [K, T] btree_map::IntoIter<K, T>;
    [K, T] hash_map::IntoIter<K, T>;
}

/// Judged by its codec.
impl<T: ?Sized> Strip for &Probe<Arc<T>> {
    type Held = ();
    fn strip(self) -> Probe<()> {
        Probe::new()
    }
}

/// Everything else.
pub trait StripNothing<T> {
    /// The same.
    fn strip(self) -> Probe<T>;
}

impl<T> StripNothing<T> for Probe<T> {
    fn strip(self) -> Probe<T> {
        self
    }
}

/// A type whose drop is known to free memory alone.
pub trait QuietItself: Sized {
    /// Accepts it here.
    fn drops_itself(self) {}
    /// Accepts it here.
    fn drops_temporary<F, L>(self, _: Borrower<F>, _: L) {}
}

impl<T: Quiet> QuietItself for &&&&&Probe<T> {}

/// A type that says itself whether its drop is observed, or is known to be without one.
pub trait SaysItself: Sized {
    /// Accepts it here.
    fn drops_itself(self) {}
    /// Accepts it here.
    fn drops_temporary<F, L>(self, _: Borrower<F>, _: L) {}
}

impl<T: State> SaysItself for &&&&Probe<T> {}

/// A type that runs code when it is dropped, though what captures it cannot say so.
pub trait DropsItself: Sized {
    /// Ends compilation.
    fn drops_itself(self) {
        const {
            assert!(
                Self::NEVER,
                "a value of a type that implements `Drop` is in scope at a migration point although it is not mentioned \
                 again, and it may or may not have been moved by then: end its life before the point with `drop`, put \
                 it into a block of its own, or mention it after the point"
            );
        }
    }
    /// As [`NoCodec::temporary`](super::NoCodec::temporary).
    fn drops_temporary<F, L: Lasts>(self, _: Borrower<F>, _: L) {
        assert_temporary!(F, L, !Self::NEVER);
    }
    /// It is so for no type.
    const NEVER: bool = false;
}

#[allow(
    drop_bounds,
    reason = "whether there is an implementation is the question"
)]
impl<T: Drop + Serialize> DropsItself for &&&Probe<T> {}
#[allow(
    drop_bounds,
    reason = "whether there is an implementation is the question"
)]
impl<T: Drop + prost::Message> DropsItself for &&Probe<T> {}

/// A type without a `Drop` of its own, or one that cannot be captured in any case.
pub trait DropsFields: Sized {
    /// Accepts it here.
    fn drops_itself(self) {}
    /// Accepts it here.
    fn drops_temporary<F, L>(self, _: Borrower<F>, _: L) {}
}

impl<T> DropsFields for Probe<T> {}

/// A variable between its last mention and the end of its scope: an `Option` of its type if it is kept, `()` if not.
pub trait Kept<T> {
    /// Into the frame.
    fn save(self, stack: &mut Stack, var: &Var<T>);
    /// Out of the frame again; a value whose drop is not observed is not there.
    fn restore(stack: &mut Stack, var: &Var<T>) -> Self;
    /// The value, if it is there.
    fn value(self) -> Option<T>;
}

impl<T> Kept<T> for () {
    fn save(self, _: &mut Stack, _: &Var<T>) {}
    fn restore(_: &mut Stack, _: &Var<T>) -> Self {}
    fn value(self) -> Option<T> {
        None
    }
}

impl<T: InFrame> Kept<T> for Option<T> {
    fn save(self, stack: &mut Stack, var: &Var<T>) {
        stack.save_slot(var, self);
    }
    fn restore(stack: &mut Stack, var: &Var<T>) -> Self {
        stack.restore_slot(var)
    }
    fn value(self) -> Option<T> {
        self
    }
}

/// As [`Kept`], of a variable that is in scope only at heads of loops.
pub trait KeptAtLoop<T> {
    /// Into the frame.
    fn save(self, stack: &mut Stack, var: &Var<T>);
    /// Out of the frame again; a value whose drop is not observed is not there.
    fn restore(stack: &mut Stack, var: &Var<T>) -> Self;
    /// The value, if it is there.
    fn value(self) -> Option<T>;
}

impl<T> KeptAtLoop<T> for () {
    fn save(self, _: &mut Stack, _: &Var<T>) {}
    fn restore(_: &mut Stack, _: &Var<T>) -> Self {}
    fn value(self) -> Option<T> {
        None
    }
}

impl<T: 'static> KeptAtLoop<T> for Option<T> {
    fn save(self, stack: &mut Stack, var: &Var<T>) {
        stack.save_slot_at_loop(var, self);
    }
    fn restore(stack: &mut Stack, var: &Var<T>) -> Self {
        stack.restore_slot_at_loop(var)
    }
    fn value(self) -> Option<T> {
        self
    }
}
