//! `for` loops over something borrowed: the iterator is not captured. On resume the borrow is taken again and what had
//! been given is passed over. Where the order of iteration is part of the value, a count says what that was; the
//! iteration order of a hash table is not, so there the keys say it.

use std::collections::{
    BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque, btree_map, btree_set,
    hash_map, hash_set, linked_list, vec_deque,
};
use std::hash::{BuildHasher, Hash};
use std::iter::{Chain, Cloned, Copied, Enumerate, Rev, Skip, StepBy, Take, Zip};

use super::blocks::{Enumerated, Zipped};

/// A borrow that can be iterated again, in any process, so that all items come once.
#[diagnostic::on_unimplemented(
    message = "this `for` loop goes over what it borrows, but of `{Self}` it cannot be told in another process what has been \
               passed",
    label = "iterated by reference across a migration point",
    note = "iterate over a `Vec`, slice, `VecDeque`, map or set, or collect the items into a `Vec` first",
    note = "if a method of your own gives the loop a value, not a borrow, put that into a variable before the loop, with `let`, \
            and iterate over the variable"
)]
pub trait Reborrow: Sized {
    /// What tells the items that have been given from the others; captured.
    type Passed: Passed;
    /// The iterator over what is left.
    type Again: Iterator;
    /// The iterator without what has been passed. If `inside`, the item passed last comes once more.
    fn again(self, passed: &mut Self::Passed, inside: bool) -> Self::Again;
    /// Completes `passed` before it is captured.
    fn leave(self, passed: &mut Self::Passed);
}

/// What tells the items that have been given from the others.
pub trait Passed: Default {
    /// `passes` more items have been given.
    fn pass(&mut self, passes: usize);
}

impl Passed for usize {
    #[inline(always)]
    fn pass(&mut self, passes: usize) {
        *self += passes;
    }
}

/// The items given since the loop was entered, by number; those given before that, by key.
impl<K> Passed for (usize, Vec<K>) {
    #[inline(always)]
    fn pass(&mut self, passes: usize) {
        self.0 += passes;
    }
}

/// What a loop borrows. A type around it, so that of a value that is none rustc does not propose to borrow it.
#[derive(Debug)]
pub struct Lent<B>(pub B);

/// The iterator over what a loop has not passed.
#[inline]
pub fn again<B: Reborrow>(borrow: Lent<B>, passed: &mut B::Passed, inside: bool) -> B::Again {
    borrow.0.again(passed, inside)
}

/// Completes what a loop has passed, before it is captured.
#[inline]
pub fn leave<B: Reborrow>(borrow: Lent<B>, passed: &mut B::Passed) {
    borrow.0.leave(passed);
}

/// A borrow whose order of iteration is the same in any process.
pub trait OrderedBorrow: IntoIterator {}

/// [`OrderedBorrow`]s that are iterators.
pub trait Ordered: OrderedBorrow + Iterator {}
impl<I: OrderedBorrow + Iterator> Ordered for I {}
/// The same from both ends.
pub trait OrderedBack: OrderedBorrow + DoubleEndedIterator {}
impl<I: OrderedBorrow + DoubleEndedIterator> OrderedBack for I {}

/// Borrows that a count of items is enough for. A trait of its own so that hash tables can be told apart.
macro_rules! ordered {
    ($([$($generics:tt)*] $ty:ty $(, $bounded:ty: $bound:path $(, $other:ty: $more:path)?)?;)*) => {$(
        impl<$($generics)*> OrderedBorrow for $ty $(where $bounded: $bound $(, $other: $more)?)? {}
        impl<$($generics)*> Reborrow for $ty $(where $bounded: $bound $(, $other: $more)?)? {
            type Passed = usize;
            type Again = <$ty as IntoIterator>::IntoIter;
            #[inline]
            fn again(self, passed: &mut usize, inside: bool) -> Self::Again {
                let mut items = self.into_iter();
                let before = *passed - usize::from(inside);
                if let Some(last) = before.checked_sub(1) {
                    items.nth(last);
                }
                items
            }
            #[inline]
            fn leave(self, _: &mut usize) {}
        }
    )*};
}

ordered! {
    ['a, T] &'a [T];
    ['a, T] &'a mut [T];
    ['a, T, const N: usize] &'a [T; N];
    ['a, T, const N: usize] &'a mut [T; N];
    ['a, T] &'a Vec<T>;
    ['a, T] &'a mut Vec<T>;
    ['a, T] &'a Box<[T]>;
    ['a, T] &'a VecDeque<T>;
    ['a, T] &'a mut VecDeque<T>;
    ['a, T] &'a LinkedList<T>;
    ['a, T] &'a mut LinkedList<T>;
    ['a, T] &'a BinaryHeap<T>;
    ['a, K, V] &'a BTreeMap<K, V>;
    ['a, K, V] &'a mut BTreeMap<K, V>;
    ['a, T] &'a BTreeSet<T>;
    ['a, T] &'a Option<T>;
    ['a, T] &'a mut Option<T>;
    ['a, T] std::slice::Iter<'a, T>;
    ['a, T] std::slice::IterMut<'a, T>;
    ['a, T] std::slice::Windows<'a, T>;
    ['a, T] std::slice::Chunks<'a, T>;
    ['a, T] std::slice::ChunksMut<'a, T>;
    ['a, T] std::slice::ChunksExact<'a, T>;
    ['a, T] std::slice::ChunksExactMut<'a, T>;
    ['a, T] vec_deque::Iter<'a, T>;
    ['a, T] vec_deque::IterMut<'a, T>;
    ['a, T] linked_list::Iter<'a, T>;
    ['a, T] linked_list::IterMut<'a, T>;
    ['a, T] btree_set::Iter<'a, T>;
    ['a, T] btree_set::Range<'a, T>;
    ['a, K, V] btree_map::Iter<'a, K, V>;
    ['a, K, V] btree_map::IterMut<'a, K, V>;
    ['a, K, V] btree_map::Keys<'a, K, V>;
    ['a, K, V] btree_map::Values<'a, K, V>;
    ['a, K, V] btree_map::ValuesMut<'a, K, V>;
    ['a, K, V] btree_map::Range<'a, K, V>;
    ['a] std::str::Chars<'a>;
    ['a] std::str::CharIndices<'a>;
    ['a] std::str::Bytes<'a>;
    ['a] std::str::Lines<'a>;
    ['a] std::str::SplitWhitespace<'a>;
    ['a] std::str::SplitAsciiWhitespace<'a>;
    ['a] std::str::Split<'a, char>;
    ['a, 'b] std::str::Split<'a, &'b str>;
    ['a, T] std::option::Iter<'a, T>;
    [T] std::vec::IntoIter<T>;
    [T, const N: usize] std::array::IntoIter<T, N>;
    [T] std::ops::Range<T>, Self: Iterator;
    [T] std::ops::RangeInclusive<T>, Self: Iterator;
    [T] std::ops::RangeFrom<T>, Self: Iterator;
    [I] Enumerate<I>, I: Ordered;
    [I] Rev<I>, I: OrderedBack;
    [I] StepBy<I>, I: Ordered;
    [I] Skip<I>, I: Ordered;
    [I] Take<I>, I: Ordered;
    [I] Copied<I>, I: OrderedBorrow, Self: Iterator;
    [I] Cloned<I>, I: OrderedBorrow, Self: Iterator;
    [A, B] Zip<A, B>, A: Ordered, B: Ordered;
    [A: Ordered, B: Ordered + Iterator<Item = <A as Iterator>::Item>] Chain<A, B>;
    [A, B] Zipped<A, B>, A: Ordered, B: Ordered;
    [I] Enumerated<I>, I: Ordered;
}

/// What is left of a hash table.
#[derive(Debug)]
pub enum Remaining<I: Iterator> {
    /// All of it.
    Whole(I),
    /// What had not been passed when the loop was entered again, in this process's order.
    Rest(std::vec::IntoIter<I::Item>),
}

impl<I: Iterator> Iterator for Remaining<I> {
    type Item = I::Item;
    #[inline]
    fn next(&mut self) -> Option<I::Item> {
        match self {
            Remaining::Whole(items) => items.next(),
            Remaining::Rest(items) => items.next(),
        }
    }
}

/// Borrows of hash tables, and the key of one of their items.
macro_rules! unordered {
    ($([$($generics:tt)*] $ty:ty, |$item:pat_param| $key:expr;)*) => {$(
        impl<$($generics)*> Reborrow for $ty {
            type Passed = (usize, Vec<K>);
            type Again = Remaining<<$ty as IntoIterator>::IntoIter>;
            fn again(self, passed: &mut (usize, Vec<K>), inside: bool) -> Self::Again {
                passed.0 = 0;
                if passed.1.is_empty() {
                    return Remaining::Whole(self.into_iter());
                }
                let visited: HashSet<&K> = passed.1.iter().collect();
                let last = passed.1.last();
                let (mut current, mut rest) = (None, Vec::new());
                for whole in self {
                    let $item = &whole;
                    if !visited.contains($key) {
                        rest.push(whole);
                    } else if inside && last == Some($key) {
                        current = Some(whole);
                    }
                }
                Remaining::Rest(current.into_iter().chain(rest).collect::<Vec<_>>().into_iter())
            }
            fn leave(self, passed: &mut (usize, Vec<K>)) {
                let visited: HashSet<&K> = passed.1.iter().collect();
                let mut more = Vec::with_capacity(passed.0);
                // The order of a table that is only looked at does not change.
                for whole in self {
                    if more.len() == passed.0 {
                        break;
                    }
                    let $item = &whole;
                    if !visited.contains($key) {
                        more.push(K::clone($key));
                    }
                }
                passed.0 = 0;
                passed.1.extend(more);
            }
        }
    )*};
}

unordered! {
    ['a, K: Hash + Eq + Clone, V, S: BuildHasher] &'a HashMap<K, V, S>, |(key, _)| *key;
    ['a, K: Hash + Eq + Clone, V, S: BuildHasher] &'a mut HashMap<K, V, S>, |(key, _)| *key;
    ['a, K: Hash + Eq + Clone, S: BuildHasher] &'a HashSet<K, S>, |key| *key;
    ['a, K: Hash + Eq + Clone, V] hash_map::Iter<'a, K, V>, |(key, _)| *key;
    ['a, K: Hash + Eq + Clone, V] hash_map::IterMut<'a, K, V>, |(key, _)| *key;
    ['a, K: Hash + Eq + Clone, V] hash_map::Keys<'a, K, V>, |key| *key;
    ['a, K: Hash + Eq + Clone] hash_set::Iter<'a, K>, |key| *key;
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashMap};

    use super::{Lent, Passed, again, leave};

    #[test]
    fn a_hash_table_is_visited_once_whatever_its_order() {
        let map: HashMap<u32, u32> = (0..20).map(|key| (key, key * key)).collect();
        for stop in 0..=20_usize {
            for inside in [false, true] {
                let mut seen = Vec::new();
                let mut passed = Default::default();
                let mut iter = again(Lent(&map), &mut passed, false);
                for _ in 0..stop {
                    seen.extend(iter.next().map(|(key, _)| *key));
                    passed.pass(1);
                }
                leave(Lent(&map), &mut passed);
                // The same entries in another table: another order.
                let other: HashMap<u32, u32> =
                    map.iter().map(|(key, value)| (*key, *value)).collect();
                let mut rest = again(Lent(&other), &mut passed, inside);
                if inside && stop > 0 {
                    assert_eq!(rest.next().map(|(key, _)| *key), seen.last().copied());
                }
                let rest: Vec<u32> = rest.map(|(key, _)| *key).collect();
                assert_eq!(seen.len() + rest.len(), 20);
                let all: BTreeSet<u32> = seen.into_iter().chain(rest).collect();
                assert_eq!(all.len(), 20);
            }
        }
    }

    #[test]
    fn ordered_borrows_are_skipped() {
        let items = [1, 2, 3, 4];
        let mut passed = 0;
        let mut iter = again(Lent(items.iter().enumerate().rev()), &mut passed, false);
        assert_eq!(iter.next(), Some((3, &4)));
        passed.pass(1);
        let mut same = again(Lent(items.iter().enumerate().rev()), &mut passed, true);
        assert_eq!(same.next(), Some((3, &4)));
        let mut rest = again(Lent(items.iter().enumerate().rev()), &mut passed, false);
        assert_eq!(rest.next(), Some((2, &3)));
    }
}
