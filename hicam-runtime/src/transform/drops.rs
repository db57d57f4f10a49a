//! Values whose drop only frees memory, so that nobody sees when it happens: what borrows may be among them. They are
//! told by structure alone, whatever the lifetimes of what they borrow.

use std::collections::{
    BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque, btree_map, btree_set,
    hash_map, hash_set,
};
use std::iter::{Chain, Cloned, Copied, Enumerate, Peekable, Rev, Skip, StepBy, Take, Zip};
use std::ops::{Range, RangeInclusive};

use super::codec::Probe;

/// A type whose drop frees memory and does nothing else.
pub trait Quiet {}

macro_rules! quiet {
    ($([$($generics:tt)*] $ty:ty;)*) => {$( impl<$($generics)*> Quiet for $ty {} )*};
}

quiet! {
    [] u8; [] u16; [] u32; [] u64; [] u128; [] usize;
    [] i8; [] i16; [] i32; [] i64; [] i128; [] isize;
    [] f32; [] f64; [] bool; [] char; [] (); [] str; [] String;
    ['a, T: ?Sized] &'a T;
    ['a, T: ?Sized] &'a mut T;
    [T: Quiet] [T];
    [T: Quiet, const N: usize] [T; N];
    [T: Quiet] Vec<T>;
    [T: Quiet + ?Sized] Box<T>;
    [T: Quiet] Option<T>;
    [T: Quiet, E: Quiet] Result<T, E>;
    [T: Quiet] VecDeque<T>;
    [T: Quiet] LinkedList<T>;
    [T: Quiet] BinaryHeap<T>;
    [T: Quiet] BTreeSet<T>;
    [T: Quiet, S] HashSet<T, S>;
    [K: Quiet, V: Quiet] BTreeMap<K, V>;
    [K: Quiet, V: Quiet, S] HashMap<K, V, S>;
    [T: Quiet] Range<T>;
    [T: Quiet] RangeInclusive<T>;
    [T: Quiet] std::vec::IntoIter<T>;
    [T: Quiet, const N: usize] std::array::IntoIter<T, N>;
    [T: Quiet] std::option::IntoIter<T>;
    [T: Quiet] btree_set::IntoIter<T>;
    [T: Quiet] hash_set::IntoIter<T>;
    [K: Quiet, V: Quiet] btree_map::IntoIter<K, V>;
    [K: Quiet, V: Quiet] hash_map::IntoIter<K, V>;
    ['a, T] std::slice::Iter<'a, T>;
    ['a, T] std::slice::IterMut<'a, T>;
    ['a] std::str::Chars<'a>;
    ['a] std::str::CharIndices<'a>;
    ['a] std::str::Lines<'a>;
    ['a] std::str::SplitWhitespace<'a>;
    [I: Quiet] Rev<I>;
    [I: Quiet] Enumerate<I>;
    [I: Quiet] StepBy<I>;
    [I: Quiet] Skip<I>;
    [I: Quiet] Take<I>;
    [I: Quiet] Copied<I>;
    [I: Quiet] Cloned<I>;
    [A: Quiet, B: Quiet] Zip<A, B>;
    [A: Quiet, B: Quiet] Chain<A, B>;
    [I: Quiet + Iterator<Item: Quiet>] Peekable<I>;
    [A: Quiet] (A,);
    [A: Quiet, B: Quiet] (A, B);
    [A: Quiet, B: Quiet, C: Quiet] (A, B, C);
    [A: Quiet, B: Quiet, C: Quiet, D: Quiet] (A, B, C, D);
    [A: Quiet, B: Quiet, C: Quiet, D: Quiet, E: Quiet] (A, B, C, D, E);
    [A: Quiet, B: Quiet, C: Quiet, D: Quiet, E: Quiet, F: Quiet] (A, B, C, D, E, F);
}

/// Looked at before any codec, because a codec is of types without lifetimes.
pub trait DropQuietly: Sized {
    /// Accepts that a variable is dropped early.
    fn drop_early(self) {}
}

impl<T: Quiet> DropQuietly for &&&&&&&&&&&&&&Probe<T> {}
