//! The values of a hash table: iterated over with their keys, which tell what has been passed.
//!
//! Whether `map.values()` is of a hash table is asked of `map`'s type, by autoref specialisation:
//!
//! ```text
//! (&&TableOf::of(&map)).values(&map, |map| map.values())
//! ```

use std::collections::{HashMap, hash_map};
use std::hash::Hash;
use std::marker::PhantomData;

use super::again::{Reborrow, Remaining};

/// The type of what is iterated over.
pub struct TableOf<M: ?Sized>(PhantomData<fn() -> *const M>);

impl<M: ?Sized> std::fmt::Debug for TableOf<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TableOf")
    }
}

impl<M: ?Sized> TableOf<M> {
    /// Of this.
    #[inline]
    pub fn of(_: &M) -> Self {
        TableOf(PhantomData)
    }
}

/// A hash table, or a reference to one.
pub trait Table {
    /// Its keys.
    type Key;
    /// Its values.
    type Value;
    /// Its items.
    fn items(&self) -> hash_map::Iter<'_, Self::Key, Self::Value>;
}

/// One that can be changed.
pub trait MutableTable: Table {
    /// Its items.
    fn items_mut(&mut self) -> hash_map::IterMut<'_, Self::Key, Self::Value>;
}

impl<K, V, S> Table for HashMap<K, V, S> {
    type Key = K;
    type Value = V;
    #[inline]
    fn items(&self) -> hash_map::Iter<'_, K, V> {
        self.iter()
    }
}

impl<K, V, S> MutableTable for HashMap<K, V, S> {
    #[inline]
    fn items_mut(&mut self) -> hash_map::IterMut<'_, K, V> {
        self.iter_mut()
    }
}

impl<M: Table + ?Sized> Table for &M {
    type Key = M::Key;
    type Value = M::Value;
    #[inline]
    fn items(&self) -> hash_map::Iter<'_, M::Key, M::Value> {
        (**self).items()
    }
}

impl<M: Table + ?Sized> Table for &mut M {
    type Key = M::Key;
    type Value = M::Value;
    #[inline]
    fn items(&self) -> hash_map::Iter<'_, M::Key, M::Value> {
        (**self).items()
    }
}

impl<M: MutableTable + ?Sized> MutableTable for &mut M {
    #[inline]
    fn items_mut(&mut self) -> hash_map::IterMut<'_, M::Key, M::Value> {
        (**self).items_mut()
    }
}

/// Values with their keys.
pub trait HashValues<M: Table> {
    /// The values of a hash table.
    fn values<'a, I>(
        self,
        table: &'a M,
        _: impl FnOnce(&'a M) -> I,
    ) -> Values<'a, M::Key, M::Value>;
}

/// The same, of one that can be changed.
pub trait HashValuesMut<M: MutableTable> {
    /// The values of a hash table.
    fn values_mut<'a, I>(
        self,
        table: &'a mut M,
        _: impl FnOnce(&'a mut M) -> I,
    ) -> ValuesMut<'a, M::Key, M::Value>;
}

impl<M: Table> HashValues<M> for &&TableOf<M> {
    #[inline]
    fn values<'a, I>(
        self,
        table: &'a M,
        _: impl FnOnce(&'a M) -> I,
    ) -> Values<'a, M::Key, M::Value> {
        Values(table.items())
    }
}

impl<M: MutableTable> HashValuesMut<M> for &&TableOf<M> {
    #[inline]
    fn values_mut<'a, I>(
        self,
        table: &'a mut M,
        _: impl FnOnce(&'a mut M) -> I,
    ) -> ValuesMut<'a, M::Key, M::Value> {
        ValuesMut(table.items_mut())
    }
}

/// Of anything else: what its method gives.
pub trait OtherValues<M: ?Sized> {
    /// As `values`.
    fn values<'a, I>(self, table: &'a M, values: impl FnOnce(&'a M) -> I) -> I;
    /// As `values_mut`.
    fn values_mut<'a, I>(self, table: &'a mut M, values: impl FnOnce(&'a mut M) -> I) -> I;
}

impl<M: ?Sized> OtherValues<M> for &TableOf<M> {
    #[inline]
    fn values<'a, I>(self, table: &'a M, values: impl FnOnce(&'a M) -> I) -> I {
        values(table)
    }
    #[inline]
    fn values_mut<'a, I>(self, table: &'a mut M, values: impl FnOnce(&'a mut M) -> I) -> I {
        values(table)
    }
}

macro_rules! values {
    ($name:ident, $items:ident, $reference:ty) => {
        /// The values of a hash table.
        #[derive(Debug)]
        pub struct $name<'a, K, V>(hash_map::$items<'a, K, V>);

        impl<'a, K, V> Iterator for $name<'a, K, V> {
            type Item = $reference;
            #[inline]
            fn next(&mut self) -> Option<$reference> {
                self.0.next().map(|(_, value)| value)
            }
        }

        impl<'a, K: Hash + Eq + Clone, V> Reborrow for $name<'a, K, V> {
            type Passed = (usize, Vec<K>);
            type Again = ValuesOf<Remaining<hash_map::$items<'a, K, V>>>;
            fn again(self, passed: &mut Self::Passed, inside: bool) -> Self::Again {
                ValuesOf(self.0.again(passed, inside))
            }
            fn leave(self, passed: &mut Self::Passed) {
                self.0.leave(passed);
            }
        }
    };
}

values!(Values, Iter, &'a V);
values!(ValuesMut, IterMut, &'a mut V);

/// The values of items.
#[derive(Debug)]
pub struct ValuesOf<I>(I);

impl<K, V, I: Iterator<Item = (K, V)>> Iterator for ValuesOf<I> {
    type Item = V;
    #[inline]
    fn next(&mut self) -> Option<V> {
        self.0.next().map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use super::{HashValues as _, HashValuesMut as _, OtherValues as _, TableOf, Values};

    #[test]
    #[allow(
        clippy::needless_borrow,
        reason = "as generated code has it: the type decides which is needed"
    )]
    fn the_type_says_whose_values_they_are() {
        let mut hash = HashMap::from([(1, 'a')]);
        let values: Values<'_, i32, char> =
            (&&TableOf::of(&hash)).values(&hash, |map| map.values());
        assert_eq!(values.collect::<String>(), "a");
        let reference = &mut hash;
        for value in
            (&&TableOf::of(&reference)).values_mut(&mut &mut *reference, |map| map.values_mut())
        {
            *value = 'b';
        }
        let tree = BTreeMap::from([(1, 'c')]);
        let values: std::collections::btree_map::Values<'_, i32, char> =
            (&&TableOf::of(&tree)).values(&tree, |map| map.values());
        assert_eq!(values.rev().collect::<String>(), "c");
        assert_eq!(hash[&1], 'b');
    }
}
