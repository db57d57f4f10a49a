//! Carriers of prost messages and of serde types: collections, requests and locks whose content
//! does not implement [`State`], so that the carrier does not either.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::{BuildHasher, Hash};
use std::sync::{Mutex, RwLock};
use std::vec;

use prost::Message;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tonic::{Request, Response};

use crate::error::EncodeErrorKind;
use crate::impls::{encode_sequence_with, unlocked};
use crate::{
    DecodeError, Decoder, EncodeError, Encoder, State, TypeId, TypeTable, dynamic, message,
};

/// A type that holds prost messages.
///
/// A trait beside [`State`], because `Vec<M>` for messages and `Vec<T>` for `State` would overlap.
pub trait ContainsMessages: Sized + Send + 'static {
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

/// A type that holds prost messages in two steps: `Result<Response<M>, Status>`, `Mutex<HashMap<String, M>>`.
///
/// A trait beside [`ContainsMessages`], because `Vec<M>` for messages and `Vec<C>` for what holds them would overlap.
pub trait NestsMessages: Sized + Send + 'static {
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

/// A type that holds prost messages in the way `W`. Each type does in one way at most, so that `W` is inferred.
pub trait CarriesMessages<W>: Sized + Send + 'static {
    /// See [`State::describe`].
    const DESCRIBE: fn(&mut TypeTable) -> TypeId;
    /// See [`State::encode`].
    const ENCODE: fn(&Self, &mut Encoder) -> Result<(), EncodeError>;
    /// See [`State::decode`].
    const DECODE: fn(&mut Decoder<'_>) -> Result<Self, DecodeError>;
}

/// As [`ContainsMessages`].
#[derive(Debug)]
pub enum Directly {}

/// As [`NestsMessages`].
#[derive(Debug)]
pub enum Nested {}

impl<T: ContainsMessages> CarriesMessages<Directly> for T {
    const DESCRIBE: fn(&mut TypeTable) -> TypeId = T::describe;
    const ENCODE: fn(&Self, &mut Encoder) -> Result<(), EncodeError> = T::encode;
    const DECODE: fn(&mut Decoder<'_>) -> Result<Self, DecodeError> = T::decode;
}

impl<T: NestsMessages> CarriesMessages<Nested> for T {
    const DESCRIBE: fn(&mut TypeTable) -> TypeId = T::describe;
    const ENCODE: fn(&Self, &mut Encoder) -> Result<(), EncodeError> = T::encode;
    const DECODE: fn(&mut Decoder<'_>) -> Result<Self, DecodeError> = T::decode;
}

/// A type that holds values of serde types but does not go through serde itself, or not faithfully.
///
/// `Mutex` and `RwLock` belong here although serde knows them: serde waits for the lock.
pub trait ContainsSerde: Sized + Send + 'static {
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

/// A message where a `State` is wanted. The carrier of `AsMessage<M>` describes and decodes itself;
/// only encoding, which has no `AsMessage` to look at, is written out.
struct AsMessage<M>(M);

impl<M: Message + Default + 'static> State for AsMessage<M> {
    fn describe(types: &mut TypeTable) -> TypeId {
        message::describe::<M>(types)
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        message::encode(&self.0, out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        message::decode(input).map(AsMessage)
    }
}

/// What holds messages where a `State` is wanted.
struct AsHolder<C>(C);

impl<C: ContainsMessages> State for AsHolder<C> {
    fn describe(types: &mut TypeTable) -> TypeId {
        C::describe(types)
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        self.0.encode(out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        C::decode(input).map(AsHolder)
    }
}

/// A serde type where a `State` is wanted.
struct AsSerde<T>(T);

impl<T: Serialize + DeserializeOwned + Send + 'static> State for AsSerde<T> {
    fn describe(types: &mut TypeTable) -> TypeId {
        dynamic::describe::<T>(types)
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        dynamic::encode(&self.0, out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        dynamic::decode(input).map(AsSerde)
    }
}

/// Writes the carrier impls: the carrier, the same carrier of wrapped content, how to write it and
/// how to unwrap it.
macro_rules! carriers {
    ($trait:ident: $(
        [$($parameters:tt)*] $carrier:ty, $wrapped:ty,
        |$this:ident, $out:ident| $encode:expr,
        |$decoded:ident| $unwrap:expr;
    )*) => {$(
        impl<$($parameters)*> $trait for $carrier {
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

carriers! { ContainsMessages:
    [M: Message + Default + 'static] Vec<M>, Vec<AsMessage<M>>,
    |list, out| encode_sequence_with(list.iter(), message::encode, out),
    |list| list.into_iter().map(|AsMessage(message)| message).collect();

    [M: Message + Default + 'static] VecDeque<M>, VecDeque<AsMessage<M>>,
    |list, out| encode_sequence_with(list.iter(), message::encode, out),
    |list| list.into_iter().map(|AsMessage(message)| message).collect();

    [M: Message + Default + 'static] vec::IntoIter<M>, Vec<AsMessage<M>>,
    |list, out| encode_sequence_with(list.as_slice().iter(), message::encode, out),
    |list| list.into_iter().map(|AsMessage(message)| message).collect::<Vec<M>>().into_iter();

    [M: Message + Default + 'static] Option<M>, Option<AsMessage<M>>,
    |option, out| match option {
        None => {
            out.u8(0);
            Ok(())
        }
        Some(message) => {
            out.u8(1);
            message::encode(message, out)
        }
    },
    |option| option.map(|AsMessage(message)| message);

    [M: Message + Default + 'static] Box<M>, AsMessage<M>,
    |message, out| message::encode(&**message, out),
    |message| Box::new(message.0);

    [M: Message + Default + 'static] Mutex<M>, AsMessage<M>,
    |lock, out| message::encode(&*unlocked(lock.try_lock(), "Mutex")?, out),
    |message| Mutex::new(message.0);

    [M: Message + Default + 'static] RwLock<M>, AsMessage<M>,
    |lock, out| message::encode(&*unlocked(lock.try_read(), "RwLock")?, out),
    |message| RwLock::new(message.0);

    [M: Message + Default + 'static] tokio::sync::Mutex<M>, AsMessage<M>,
    |lock, out| {
        let guard = lock.try_lock().map_err(|_| EncodeErrorKind::Locked("Mutex"))?;
        message::encode(&*guard, out)
    },
    |message| tokio::sync::Mutex::new(message.0);

    [M: Message + Default + 'static] tokio::sync::RwLock<M>, AsMessage<M>,
    |lock, out| {
        let guard = lock.try_read().map_err(|_| EncodeErrorKind::Locked("RwLock"))?;
        message::encode(&*guard, out)
    },
    |message| tokio::sync::RwLock::new(message.0);

    [M: Message + Default + 'static] Request<M>, Request<AsMessage<M>>,
    |request, out| {
        request.metadata().encode(out)?;
        message::encode(request.get_ref(), out)
    },
    |request| request.map(|AsMessage(message)| message);

    [M: Message + Default + 'static] Response<M>, Response<AsMessage<M>>,
    |response, out| {
        response.metadata().encode(out)?;
        message::encode(response.get_ref(), out)
    },
    |response| response.map(|AsMessage(message)| message);

    [M: Message + Default + 'static, E: State + Send] Result<M, E>, Result<AsMessage<M>, E>,
    |result, out| match result {
        Ok(message) => {
            out.u32(0);
            message::encode(message, out)
        }
        Err(error) => {
            out.u32(1);
            error.encode(out)
        }
    },
    |result| result.map(|AsMessage(message)| message);

    [K: State + Send + Eq + Hash, M: Message + Default + 'static, S: BuildHasher + Default + Send + 'static]
    HashMap<K, M, S>, HashMap<K, AsMessage<M>, S>,
    |map, out| encode_sequence_with(map.iter(), encode_entry, out),
    |map| map.into_iter().map(|(key, AsMessage(message))| (key, message)).collect();

    [K: State + Send + Ord, M: Message + Default + 'static] BTreeMap<K, M>, BTreeMap<K, AsMessage<M>>,
    |map, out| encode_sequence_with(map.iter(), encode_entry, out),
    |map| map.into_iter().map(|(key, AsMessage(message))| (key, message)).collect();

    [M: Message + Default + 'static] (usize, M), (usize, AsMessage<M>),
    |pair, out| encode_entry((&pair.0, &pair.1), out),
    |pair| (pair.0, pair.1.0);
}

carriers! { NestsMessages:
    [C: ContainsMessages] Mutex<C>, AsHolder<C>,
    |lock, out| unlocked(lock.try_lock(), "Mutex")?.encode(out),
    |holder| Mutex::new(holder.0);

    [C: ContainsMessages] RwLock<C>, AsHolder<C>,
    |lock, out| unlocked(lock.try_read(), "RwLock")?.encode(out),
    |holder| RwLock::new(holder.0);

    [C: ContainsMessages] tokio::sync::Mutex<C>, AsHolder<C>,
    |lock, out| lock.try_lock().map_err(|_| EncodeErrorKind::Locked("Mutex"))?.encode(out),
    |holder| tokio::sync::Mutex::new(holder.0);

    [C: ContainsMessages] tokio::sync::RwLock<C>, AsHolder<C>,
    |lock, out| lock.try_read().map_err(|_| EncodeErrorKind::Locked("RwLock"))?.encode(out),
    |holder| tokio::sync::RwLock::new(holder.0);

    [C: ContainsMessages] Option<C>, Option<AsHolder<C>>,
    |option, out| match option {
        None => {
            out.u8(0);
            Ok(())
        }
        Some(holder) => {
            out.u8(1);
            holder.encode(out)
        }
    },
    |option| option.map(|holder| holder.0);

    [C: ContainsMessages, E: State + Send] Result<C, E>, Result<AsHolder<C>, E>,
    |result, out| match result {
        Ok(holder) => {
            out.u32(0);
            holder.encode(out)
        }
        Err(error) => {
            out.u32(1);
            error.encode(out)
        }
    },
    |result| result.map(|holder| holder.0);

    [C: ContainsMessages] Vec<C>, Vec<AsHolder<C>>,
    |list, out| encode_sequence_with(list.iter(), C::encode, out),
    |list| list.into_iter().map(|holder| holder.0).collect();

    [C: ContainsMessages] VecDeque<C>, VecDeque<AsHolder<C>>,
    |list, out| encode_sequence_with(list.iter(), C::encode, out),
    |list| list.into_iter().map(|holder| holder.0).collect();

    [C: ContainsMessages] vec::IntoIter<C>, Vec<AsHolder<C>>,
    |list, out| encode_sequence_with(list.as_slice().iter(), C::encode, out),
    |list| list.into_iter().map(|holder| holder.0).collect::<Vec<C>>().into_iter();

    [K: State + Send + Eq + Hash, C: ContainsMessages, S: BuildHasher + Default + Send + 'static]
    HashMap<K, C, S>, HashMap<K, AsHolder<C>, S>,
    |map, out| encode_sequence_with(map.iter(), encode_holder, out),
    |map| map.into_iter().map(|(key, holder)| (key, holder.0)).collect();

    [K: State + Send + Ord, C: ContainsMessages] BTreeMap<K, C>, BTreeMap<K, AsHolder<C>>,
    |map, out| encode_sequence_with(map.iter(), encode_holder, out),
    |map| map.into_iter().map(|(key, holder)| (key, holder.0)).collect();
}

fn encode_holder<K: State, C: ContainsMessages>(
    (key, holder): (&K, &C),
    out: &mut Encoder,
) -> Result<(), EncodeError> {
    key.encode(out)?;
    holder.encode(out)
}

fn encode_entry<K: State, M: Message>(
    (key, value): (&K, &M),
    out: &mut Encoder,
) -> Result<(), EncodeError> {
    key.encode(out)?;
    message::encode(value, out)
}

carriers! { ContainsSerde:
    [T: Serialize + DeserializeOwned + Send + 'static] vec::IntoIter<T>, Vec<AsSerde<T>>,
    |list, out| encode_sequence_with(list.as_slice().iter(), dynamic::encode, out),
    |list| list.into_iter().map(|AsSerde(value)| value).collect::<Vec<T>>().into_iter();

    [T: Serialize + DeserializeOwned + Send + 'static] Request<T>, Request<AsSerde<T>>,
    |request, out| {
        request.metadata().encode(out)?;
        dynamic::encode(request.get_ref(), out)
    },
    |request| request.map(|AsSerde(value)| value);

    [T: Serialize + DeserializeOwned + Send + 'static] Response<T>, Response<AsSerde<T>>,
    |response, out| {
        response.metadata().encode(out)?;
        dynamic::encode(response.get_ref(), out)
    },
    |response| response.map(|AsSerde(value)| value);

    [T: Serialize + DeserializeOwned + Send + 'static] Mutex<T>, AsSerde<T>,
    |lock, out| dynamic::encode(&*unlocked(lock.try_lock(), "Mutex")?, out),
    |value| Mutex::new(value.0);

    [T: Serialize + DeserializeOwned + Send + 'static] RwLock<T>, AsSerde<T>,
    |lock, out| dynamic::encode(&*unlocked(lock.try_read(), "RwLock")?, out),
    |value| RwLock::new(value.0);

    [T: Serialize + DeserializeOwned + Send + 'static] tokio::sync::Mutex<T>, AsSerde<T>,
    |lock, out| {
        let guard = lock.try_lock().map_err(|_| EncodeErrorKind::Locked("Mutex"))?;
        dynamic::encode(&*guard, out)
    },
    |value| tokio::sync::Mutex::new(value.0);

    [T: Serialize + DeserializeOwned + Send + 'static] tokio::sync::RwLock<T>, AsSerde<T>,
    |lock, out| {
        let guard = lock.try_read().map_err(|_| EncodeErrorKind::Locked("RwLock"))?;
        dynamic::encode(&*guard, out)
    },
    |value| tokio::sync::RwLock::new(value.0);
}
