//! Pointers to serde types and prost messages, by themselves and in standard containers.
//!
//! `Arc<T>` has `State` if `T` has. For other `T` the pointer is still seen here, so that identity is kept; only what it
//! points to goes through serde or protobuf. A trait with the way as parameter, because the ways overlap: `Mutex<T>` of a
//! serde type is one too, though one that waits for the lock.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::{BuildHasher, Hash};
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, RwLock, Weak};

use prost::Message;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::EncodeErrorKind;
use crate::heap::{self, ByArc, SizedContent};
use crate::impls::{encode_sequence_with, unlocked};
use crate::{
    ContainsMessages, ContainsSerde, DecodeError, Decoder, EncodeError, Encoder, State, Type,
    TypeId, TypeTable, dynamic, message,
};

/// A type that holds pointers to objects that are captured in the way `W`.
pub trait Shares<W>: Sized + Send + 'static {
    /// See [`State::describe`].
    fn describe(types: &mut TypeTable) -> TypeId;

    /// See [`State::encode`].
    ///
    /// # Errors
    /// The value cannot be captured just now, or at all.
    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError>;

    /// See [`State::decode`].
    ///
    /// # Errors
    /// The bytes are not those of a value of this type.
    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError>;
}

macro_rules! ways {
    ($($(#[$doc:meta])* $way:ident $bound:ident, [$($bounds:tt)*],
        $describe:expr, $encode:expr, $decode:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $way {}

        struct $bound<T>(PhantomData<T>);

        impl<T: $($bounds)* + Send + Sync + 'static> SizedContent for $bound<T> {
            type Of = T;

            fn describe(types: &mut TypeTable) -> TypeId {
                $describe(types)
            }

            fn encode(value: &T, out: &mut Encoder) -> Result<(), EncodeError> {
                $encode(value, out)
            }

            fn decode(input: &mut Decoder<'_>) -> Result<T, DecodeError> {
                $decode(input)
            }
        }

        impl<T: $($bounds)* + Send + Sync + 'static> Shares<$way> for Arc<T> {
            fn describe(types: &mut TypeTable) -> TypeId {
                types.define::<Arc<$bound<T>>>(|types| Type::Shared($describe(types)))
            }

            fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                heap::encode_strong::<ByArc<$bound<T>>>(self, out)
            }

            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                heap::decode_strong::<ByArc<$bound<T>>>(input)
            }
        }

        impl<T: $($bounds)* + Send + Sync + 'static> Shares<$way> for Weak<T> {
            fn describe(types: &mut TypeTable) -> TypeId {
                types.define::<Weak<$bound<T>>>(|types| Type::Weak($describe(types)))
            }

            fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                heap::encode_weak::<ByArc<$bound<T>>>(self, out)
            }

            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                heap::decode_weak::<ByArc<$bound<T>>>(input)
            }
        }
    )*};
}

ways! {
    /// Standard containers of serde types that do not go through serde themselves.
    Containers OfContainer, [ContainsSerde], T::describe, T::encode, T::decode;
    /// Serde types.
    Serdes OfSerde, [Serialize + DeserializeOwned],
        dynamic::describe::<T>, dynamic::encode::<T>, dynamic::decode::<T>;
    /// Prost messages.
    Messages OfMessage, [Message + Default],
        message::describe::<T>, message::encode::<T>, message::decode::<T>;
    /// Standard containers of prost messages.
    MessageContainers OfMessageContainer, [ContainsMessages], T::describe, T::encode, T::decode;
}

/// A pointer to something that holds pointers to objects that are captured in the way `W`.
#[derive(Debug)]
pub enum Inner<W> {
    #[doc(hidden)]
    Never(std::convert::Infallible, PhantomData<W>),
}

struct OfInner<W, T>(PhantomData<(W, T)>);

impl<W: 'static, T: Shares<W> + Sync> SizedContent for OfInner<W, T> {
    type Of = T;

    fn describe(types: &mut TypeTable) -> TypeId {
        T::describe(types)
    }

    fn encode(value: &T, out: &mut Encoder) -> Result<(), EncodeError> {
        value.encode(out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<T, DecodeError> {
        T::decode(input)
    }
}

impl<W: 'static, T: Shares<W> + Sync> Shares<Inner<W>> for Arc<T> {
    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<Arc<OfInner<W, T>>>(|types| Type::Shared(T::describe(types)))
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        heap::encode_strong::<ByArc<OfInner<W, T>>>(self, out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        heap::decode_strong::<ByArc<OfInner<W, T>>>(input)
    }
}

/// A value of a type with `Shares` where a `State` is wanted; it describes and decodes itself.
struct AsState<W, T>(T, PhantomData<fn() -> W>);

impl<W: 'static, T: Shares<W>> State for AsState<W, T> {
    fn describe(types: &mut TypeTable) -> TypeId {
        T::describe(types)
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        self.0.encode(out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        T::decode(input).map(|value| AsState(value, PhantomData))
    }
}

/// Containers: what is described and decoded in their place, how they are written, and how they are made of it.
macro_rules! containers {
    ($(
        [$($parameters:tt)*] $carrier:ty, $wrapped:ty,
        |$this:ident, $out:ident| $encode:expr,
        |$decoded:ident| $unwrap:expr;
    )*) => {$(
        impl<W: 'static, T: Shares<W>, $($parameters)*> Shares<W> for $carrier {
            fn describe(types: &mut TypeTable) -> TypeId {
                <$wrapped as State>::describe(types)
            }

            fn encode(&self, $out: &mut Encoder) -> Result<(), EncodeError> {
                let $this = self;
                $encode
            }

            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                let $decoded = <$wrapped as State>::decode(input)?;
                Ok($unwrap)
            }
        }
    )*};
}

containers! {
    [] Option<T>, Option<AsState<W, T>>,
    |option, out| match option {
        None => {
            out.u8(0);
            Ok(())
        }
        Some(value) => {
            out.u8(1);
            value.encode(out)
        }
    },
    |option| option.map(|value| value.0);

    [] Box<T>, Box<AsState<W, T>>,
    |value, out| out.nested(|out| (**value).encode(out)),
    |value| Box::new(value.0);

    [] Vec<T>, Vec<AsState<W, T>>,
    |list, out| encode_sequence_with(list.iter(), T::encode, out),
    |list| list.into_iter().map(|value| value.0).collect();

    [] VecDeque<T>, Vec<AsState<W, T>>,
    |list, out| encode_sequence_with(list.iter(), T::encode, out),
    |list| list.into_iter().map(|value| value.0).collect();

    [] std::vec::IntoIter<T>, Vec<AsState<W, T>>,
    |list, out| encode_sequence_with(list.as_slice().iter(), T::encode, out),
    |list| list.into_iter().map(|value| value.0).collect::<Vec<T>>().into_iter();

    [K: State + Send + Eq + Hash, S: BuildHasher + Default + Send + 'static]
    HashMap<K, T, S>, HashMap<K, AsState<W, T>, S>,
    |map, out| out.unordered(|out| encode_sequence_with(map.iter(), encode_entry, out)),
    |map| map.into_iter().map(|(key, value)| (key, value.0)).collect();

    [K: State + Send + Ord] BTreeMap<K, T>, BTreeMap<K, AsState<W, T>>,
    |map, out| encode_sequence_with(map.iter(), encode_entry, out),
    |map| map.into_iter().map(|(key, value)| (key, value.0)).collect();

    [K: State + Send] (K, T), (K, AsState<W, T>),
    |pair, out| encode_entry((&pair.0, &pair.1), out),
    |pair| (pair.0, pair.1.0);

    [] Mutex<T>, AsState<W, T>,
    |lock, out| unlocked(lock.try_lock(), "Mutex")?.encode(out),
    |value| Mutex::new(value.0);

    [] RwLock<T>, AsState<W, T>,
    |lock, out| unlocked(lock.try_read(), "RwLock")?.encode(out),
    |value| RwLock::new(value.0);

    [] tokio::sync::Mutex<T>, AsState<W, T>,
    |lock, out| lock.try_lock().map_err(|_| EncodeErrorKind::Locked("Mutex"))?.encode(out),
    |value| tokio::sync::Mutex::new(value.0);

    [] tokio::sync::RwLock<T>, AsState<W, T>,
    |lock, out| lock.try_read().map_err(|_| EncodeErrorKind::Locked("RwLock"))?.encode(out),
    |value| tokio::sync::RwLock::new(value.0);
}

fn encode_entry<W, K: State, T: Shares<W>>(
    (key, value): (&K, &T),
    out: &mut Encoder,
) -> Result<(), EncodeError> {
    key.encode(out)?;
    value.encode(out)
}
