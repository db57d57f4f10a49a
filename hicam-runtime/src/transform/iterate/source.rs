//! Iterators that are captured. Of most standard collections the iterator by value cannot be looked into, so its items
//! go into a vector first, whose iterator can.

use std::collections::{
    binary_heap, btree_map, btree_set, hash_map, hash_set, linked_list, vec_deque,
};

/// An iterator by value.
#[derive(Debug)]
pub struct Source<I>(Option<I>);

impl<I> Source<I> {
    /// The iterator as it is.
    #[inline]
    pub fn new(iterator: I) -> Self {
        Source(Some(iterator))
    }
}

/// Iterators of the standard collections that cannot be looked into.
pub trait Collected {
    /// What they give.
    type Item;
    /// The same items as a vector's iterator.
    fn iterator(self) -> std::vec::IntoIter<Self::Item>;
}

/// Any other iterator.
pub trait Uncollected {
    /// The iterator.
    type Iterator;
    /// The iterator itself.
    fn iterator(self) -> Self::Iterator;
}

/// Standard collections' iterators by value.
pub trait Opaque: Iterator {}
impl<T> Opaque for vec_deque::IntoIter<T> {}
impl<T> Opaque for linked_list::IntoIter<T> {}
impl<T> Opaque for binary_heap::IntoIter<T> {}
impl<T> Opaque for btree_set::IntoIter<T> {}
impl<T> Opaque for hash_set::IntoIter<T> {}
impl<K, V> Opaque for btree_map::IntoIter<K, V> {}
impl<K, V> Opaque for btree_map::IntoKeys<K, V> {}
impl<K, V> Opaque for btree_map::IntoValues<K, V> {}
impl<K, V> Opaque for hash_map::IntoIter<K, V> {}
impl<K, V> Opaque for hash_map::IntoKeys<K, V> {}
impl<K, V> Opaque for hash_map::IntoValues<K, V> {}
impl<T> Opaque for std::option::IntoIter<T> {}
impl<T, const N: usize> Opaque for std::array::IntoIter<T, N> {}
// What leaves a collection: the loop has the collection to itself, so nobody sees when.
impl<T> Opaque for std::vec::Drain<'_, T> {}
impl<T> Opaque for vec_deque::Drain<'_, T> {}
impl<T> Opaque for binary_heap::Drain<'_, T> {}
impl<T> Opaque for hash_set::Drain<'_, T> {}
impl<K, V> Opaque for hash_map::Drain<'_, K, V> {}
impl Opaque for std::string::Drain<'_> {}

impl<I: Opaque> Collected for &mut &mut Source<I> {
    type Item = I::Item;
    #[inline]
    fn iterator(self) -> std::vec::IntoIter<I::Item> {
        self.0
            .take()
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .into_iter()
    }
}

impl<I> Uncollected for &mut Source<I> {
    type Iterator = I;
    /// Called once by generated code.
    #[inline]
    #[allow(
        clippy::expect_used,
        reason = "generated code calls this once for each source"
    )]
    fn iterator(self) -> I {
        self.0.take().expect("a source gives its iterator once")
    }
}

/// The step of `step_by`, which panics as the standard adaptor does.
#[inline]
pub fn step(step: usize) -> usize {
    assert!(step != 0, "assertion failed: step != 0");
    step
}

/// The next item of `enumerate().rev()`.
#[inline]
pub fn last_with_index<I>(iterator: &mut I) -> Option<(usize, I::Item)>
where
    I: ExactSizeIterator + DoubleEndedIterator,
{
    let item = iterator.next_back()?;
    Some((iterator.len(), item))
}
