//! `State` for collections, pointers, options and tuples.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, Hash};
use std::hint::black_box;
use std::vec;

use bytes::Bytes;

use super::encode_touched;
use crate::private::{enumeration, field, variant};
use crate::{DecodeError, Decoder, EncodeError, Encoder, OnDrop, State, Type, TypeId, TypeTable};

impl<T: State> State for Vec<T> {
    const ON_DROP: OnDrop = T::ON_DROP;
    const BEHIND_RC: OnDrop = T::BEHIND_RC;

    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<Vec<T>>(|types| Type::Seq(T::describe(types)))
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.length(self.len());
        out.nested(|out| T::encode_elements(self, out))
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let count = input.length()?;
        input.nested(|input| T::decode_elements(count, input))
    }

    fn placeholder() -> Option<Self> {
        Some(Vec::new())
    }

    #[inline]
    fn glance(&self) {
        black_box(self.len());
    }

    #[inline]
    fn touch(&self, levels: u8) {
        touch_slice(self, levels);
    }
}

/// How many elements of a collection are touched: those of most small ones.
const TOUCHED: usize = 8;

#[inline]
fn touch_slice<T: State>(elements: &[T], levels: u8) {
    match levels.checked_sub(1) {
        None => {
            if let (Some(first), Some(last)) = (elements.first(), elements.last()) {
                first.glance();
                last.glance();
            }
        }
        Some(levels) => elements
            .iter()
            .take(TOUCHED)
            .for_each(|element| element.touch(levels)),
    }
}

/// Collections that are captured as a sequence and made from a vector.
macro_rules! sequences {
    ($($ty:ty, $elements:ident, [$($bound:tt)*];)*) => {$(
        impl<T: State $($bound)*> State for $ty {
            const ON_DROP: OnDrop = T::ON_DROP;
            const BEHIND_RC: OnDrop = T::BEHIND_RC;

            fn describe(types: &mut TypeTable) -> TypeId {
                Vec::<T>::describe(types)
            }

            fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                let touch = |element: &&T, levels| element.touch(levels);
                encode_touched(self.$elements(), touch, T::encode, out)
            }

            #[inline]
            fn glance(&self) {
                black_box(self.len());
            }

            #[inline]
            fn touch(&self, levels: u8) {
                match levels.checked_sub(1) {
                    None => self.$elements().take(1).for_each(T::glance),
                    Some(levels) => self
                        .$elements()
                        .take(TOUCHED)
                        .for_each(|element| element.touch(levels)),
                }
            }

            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                Vec::<T>::decode(input).map(Into::into)
            }

            fn placeholder() -> Option<Self> {
                Some(Self::default())
            }
        }
    )*};
}

sequences! {
    VecDeque<T>, iter, [];
    // The order is the heap's own, which making it from that order leaves alone.
    BinaryHeap<T>, iter, [+ Ord];
    Box<[T]>, iter, [];
}

/// Captured as the elements that remain.
impl<T: State> State for vec::IntoIter<T> {
    const ON_DROP: OnDrop = T::ON_DROP;
    const BEHIND_RC: OnDrop = T::BEHIND_RC;

    fn describe(types: &mut TypeTable) -> TypeId {
        Vec::<T>::describe(types)
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.length(self.len());
        out.nested(|out| T::encode_elements(self.as_slice(), out))
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Vec::<T>::decode(input).map(Vec::into_iter)
    }

    fn placeholder() -> Option<Self> {
        Some(Vec::new().into_iter())
    }
}

impl State for Bytes {
    const ON_DROP: OnDrop = OnDrop::Silent;

    fn describe(types: &mut TypeTable) -> TypeId {
        Vec::<u8>::describe(types)
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.bytes(self);
        Ok(())
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        input.bytes().map(Bytes::copy_from_slice)
    }

    fn placeholder() -> Option<Self> {
        Some(Bytes::new())
    }
}

impl<T: State, const N: usize> State for [T; N] {
    const ON_DROP: OnDrop = if N > 0 { T::ON_DROP } else { OnDrop::Silent };
    const BEHIND_RC: OnDrop = if N > 0 { T::BEHIND_RC } else { OnDrop::Silent };

    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<[T; N]>(|types| Type::Array {
            element: T::describe(types),
            // No host has a `usize` of more than 64 bits.
            length: N as u64,
        })
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        T::encode_elements(self, out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let count = input.check_length(N as u64)?;
        let elements = T::decode_elements(count, input)?;
        elements.try_into().map_err(|elements: Vec<T>| {
            DecodeError::other(format_args!(
                "{} elements for an array of {N}",
                elements.len()
            ))
        })
    }

    #[inline]
    fn glance(&self) {
        self.iter().take(1).for_each(T::glance);
    }

    #[inline]
    fn touch(&self, levels: u8) {
        for element in self.iter().take(TOUCHED) {
            element.touch(levels);
        }
    }

    fn placeholder() -> Option<Self> {
        let elements: Option<Vec<T>> = (0..N).map(|_| T::placeholder()).collect();
        elements?.try_into().ok()
    }
}

macro_rules! sets {
    ($($ty:ty, [$($parameters:tt)*], $order:ident $sorted:literal, $new:expr;)*) => {$(
        impl<$($parameters)*> State for $ty {
            const ON_DROP: OnDrop = T::ON_DROP;
            const BEHIND_RC: OnDrop = T::BEHIND_RC;

            fn describe(types: &mut TypeTable) -> TypeId {
                types.define::<SetOf<T, $sorted>>(|types| Type::Set {
                    element: T::describe(types),
                    sorted: $sorted,
                })
            }

            fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                let touch = |element: &&T, levels| element.touch(levels);
                out.$order(|out| encode_touched(self.iter(), touch, T::encode, out))
            }

            #[inline]
            fn glance(&self) {
                black_box(self.len());
            }

            #[inline]
            fn touch(&self, levels: u8) {
                match levels.checked_sub(1) {
                    None => self.iter().take(1).for_each(T::glance),
                    Some(levels) => self
                        .iter()
                        .take(TOUCHED)
                        .for_each(|element| element.touch(levels)),
                }
            }

            fn placeholder() -> Option<Self> {
                Some(Self::default())
            }

            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                let count = input.length()?;
                input.$order(|input| input.nested(|input| {
                    let mut set: Self = $new(input.capacity::<T>(count));
                    for _ in 0..count {
                        if !set.insert(input.element(T::decode)?) {
                            return Err(DecodeError::invalid("set", "one with an element twice"));
                        }
                    }
                    Ok(set)
                }))
            }
        }
    )*};
}

/// The key under which every set of `T` is described.
struct SetOf<T, const SORTED: bool>(std::marker::PhantomData<T>);

sets! {
    HashSet<T, S>, [T: State + Eq + Hash, S: BuildHasher + Default + Send + 'static], unordered false,
        |room| HashSet::with_capacity_and_hasher(room, S::default());
    BTreeSet<T>, [T: State + Ord], ordered true, |_| BTreeSet::new();
}

macro_rules! maps {
    ($($ty:ty, [$($parameters:tt)*], $order:ident $sorted:literal, $new:expr;)*) => {$(
        impl<$($parameters)*> State for $ty {
            const ON_DROP: OnDrop = OnDrop::any(&[K::ON_DROP, V::ON_DROP]);
            const BEHIND_RC: OnDrop = OnDrop::any(&[K::BEHIND_RC, V::BEHIND_RC]);

            fn describe(types: &mut TypeTable) -> TypeId {
                types.define::<MapOf<K, V, $sorted>>(|types| Type::Map {
                    key: K::describe(types),
                    value: V::describe(types),
                    sorted: $sorted,
                })
            }

            fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                let entry = |(key, value): (&K, &V), out: &mut Encoder| {
                    key.encode(out)?;
                    value.encode(out)
                };
                let touch = |(key, value): &(&K, &V), levels| {
                    key.touch(levels);
                    value.touch(levels);
                };
                out.$order(|out| encode_touched(self.iter(), touch, entry, out))
            }

            #[inline]
            fn glance(&self) {
                black_box(self.len());
            }

            #[inline]
            fn touch(&self, levels: u8) {
                match levels.checked_sub(1) {
                    None => self.keys().take(1).for_each(K::glance),
                    Some(levels) => self.iter().take(TOUCHED).for_each(|(key, value)| {
                        key.touch(levels);
                        value.touch(levels);
                    }),
                }
            }

            fn placeholder() -> Option<Self> {
                Some(Self::default())
            }

            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                let count = input.length()?;
                input.$order(|input| input.nested(|input| {
                    let mut map: Self = $new(input.capacity::<(K, V)>(count));
                    for _ in 0..count {
                        let (key, value) =
                            input.element(|input| Ok((K::decode(input)?, V::decode(input)?)))?;
                        if map.insert(key, value).is_some() {
                            return Err(DecodeError::invalid("map", "one with a key twice"));
                        }
                    }
                    Ok(map)
                }))
            }
        }
    )*};
}

/// The key under which every map from `K` to `V` is described.
struct MapOf<K, V, const SORTED: bool>(std::marker::PhantomData<(K, V)>);

maps! {
    HashMap<K, V, S>, [K: State + Eq + Hash, V: State, S: BuildHasher + Default + Send + 'static], unordered false,
        |room| HashMap::with_capacity_and_hasher(room, S::default());
    BTreeMap<K, V>, [K: State + Ord, V: State], ordered true, |_| BTreeMap::new();
}

impl<T: State> State for Box<T> {
    const ON_DROP: OnDrop = T::ON_DROP;
    const BEHIND_RC: OnDrop = T::BEHIND_RC;

    fn describe(types: &mut TypeTable) -> TypeId {
        T::describe(types)
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.nested(|out| (**self).encode(out))
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        input.nested(T::decode).map(Box::new)
    }

    #[inline]
    fn touch(&self, levels: u8) {
        match levels.checked_sub(1) {
            None => T::glance(self),
            Some(levels) => T::touch(self, levels),
        }
    }
}

impl<T: State> State for Option<T> {
    const ON_DROP: OnDrop = T::ON_DROP;
    const BEHIND_RC: OnDrop = T::BEHIND_RC;

    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<Option<T>>(|types| Type::Option(T::describe(types)))
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        match self {
            None => {
                out.u8(0);
                Ok(())
            }
            Some(value) => {
                out.u8(1);
                value.encode(out)
            }
        }
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        match input.u8()? {
            0 => Ok(None),
            1 => T::decode(input).map(Some),
            byte => Err(DecodeError::invalid("Option", byte)),
        }
    }

    #[inline]
    fn glance(&self) {
        black_box(self.is_some());
    }

    #[inline]
    fn touch(&self, levels: u8) {
        if let Some(value) = self {
            value.touch(levels);
        }
    }

    fn placeholder() -> Option<Self> {
        Some(None)
    }
}

impl<T: State, E: State> State for Result<T, E> {
    const ON_DROP: OnDrop = OnDrop::any(&[T::ON_DROP, E::ON_DROP]);
    const BEHIND_RC: OnDrop = OnDrop::any(&[T::BEHIND_RC, E::BEHIND_RC]);

    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<Result<T, E>>(|types| {
            enumeration(
                "Result",
                vec![
                    variant("Ok", vec![field::<T>("0", types)]),
                    variant("Err", vec![field::<E>("0", types)]),
                ],
            )
        })
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        match self {
            Ok(value) => {
                out.u32(0);
                value.encode(out)
            }
            Err(error) => {
                out.u32(1);
                error.encode(out)
            }
        }
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        match input.u32()? {
            0 => T::decode(input).map(Ok),
            1 => E::decode(input).map(Err),
            variant => Err(DecodeError::invalid("Result", variant)),
        }
    }

    fn placeholder() -> Option<Self> {
        T::placeholder()
            .map(Ok)
            .or_else(|| E::placeholder().map(Err))
    }
}

macro_rules! tuples {
    ($(($($part:ident $position:tt),+))*) => {$(
        impl<$($part: State),+> State for ($($part,)+) {
            const ON_DROP: OnDrop = OnDrop::any(&[$($part::ON_DROP),+]);
            const BEHIND_RC: OnDrop = OnDrop::any(&[$($part::BEHIND_RC),+]);

            fn describe(types: &mut TypeTable) -> TypeId {
                types.define::<Self>(|types| Type::Tuple(vec![$($part::describe(types)),+]))
            }

            fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                $(self.$position.encode(out)?;)+
                Ok(())
            }

            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                Ok(($($part::decode(input)?,)+))
            }

            #[inline]
            fn glance(&self) {
                self.0.glance();
            }

            #[inline]
            fn touch(&self, levels: u8) {
                $(self.$position.touch(levels);)+
            }

            fn placeholder() -> Option<Self> {
                Some(($($part::placeholder()?,)+))
            }
        }
    )*};
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11)
}
