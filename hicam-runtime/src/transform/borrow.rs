//! `for` loops over something borrowed: the iterator is not captured. On resume the borrow is taken again and what had
//! been consumed is skipped, which is right only where the order of iteration is part of the value.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, LinkedList, VecDeque};

/// A borrow that can be iterated again in the same order, in any process.
#[diagnostic::on_unimplemented(
    message = "a `for` loop over `{Self}` cannot be captured: its order is not the same in another process",
    label = "iterated by reference across a migration point",
    note = "iterate over a `Vec`, slice, `VecDeque`, `BTreeMap` or `BTreeSet`, or collect the keys into a `Vec` first"
)]
pub trait OrderedBorrow: IntoIterator {}

impl<T> OrderedBorrow for &[T] {}
impl<T> OrderedBorrow for &mut [T] {}
impl<T, const N: usize> OrderedBorrow for &[T; N] {}
impl<T, const N: usize> OrderedBorrow for &mut [T; N] {}
impl<T> OrderedBorrow for &Vec<T> {}
impl<T> OrderedBorrow for &mut Vec<T> {}
impl<T> OrderedBorrow for &VecDeque<T> {}
impl<T> OrderedBorrow for &mut VecDeque<T> {}
impl<T> OrderedBorrow for &LinkedList<T> {}
impl<T> OrderedBorrow for &BinaryHeap<T> {}
impl<K, V> OrderedBorrow for &BTreeMap<K, V> {}
impl<K, V> OrderedBorrow for &mut BTreeMap<K, V> {}
impl<T> OrderedBorrow for &BTreeSet<T> {}
impl<T> OrderedBorrow for std::slice::Iter<'_, T> {}
impl<T> OrderedBorrow for std::slice::IterMut<'_, T> {}
impl<T> OrderedBorrow for std::collections::btree_set::Iter<'_, T> {}
impl<K, V> OrderedBorrow for std::collections::btree_map::Iter<'_, K, V> {}
impl<K, V> OrderedBorrow for std::collections::btree_map::Keys<'_, K, V> {}
impl<K, V> OrderedBorrow for std::collections::btree_map::Values<'_, K, V> {}
impl<T> OrderedBorrow for std::collections::vec_deque::Iter<'_, T> {}

/// The iterator over `borrow` without its first `consumed` items.
#[inline]
pub fn skip<B: OrderedBorrow>(borrow: B, consumed: usize) -> B::IntoIter {
    let mut items = borrow.into_iter();
    if let Some(last) = consumed.checked_sub(1) {
        items.nth(last);
    }
    items
}
