//! What the expansion of `#[derive(State)]` does with a field. How it is captured is found by its type, by autoref
//! specialisation: [`State`] first, then pointers to what serde or protobuf captures, serde, and protobuf messages.
//!
//! Method probing takes the receiver with more references first, so the preferred way has the most.

use std::marker::PhantomData;

use prost::Message;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::shares::{Containers, Inner, MessageContainers, Messages, Serdes};
use crate::{
    CarriesMessages, ContainsSerde, DecodeError, Decoder, EncodeError, Encoder, Field, OnDrop,
    Shares, State, TypeId, TypeTable, dynamic, message,
};

/// What derived code does with a field of type `T`.
///
/// Its methods ask nothing of `T`: the one place that does is [`NoPart::part`], so that the compiler reports
/// a field that cannot be captured once, not for each method.
pub struct Part<T> {
    describe: fn(&mut TypeTable) -> TypeId,
    encode: fn(&T, &mut Encoder) -> Result<(), EncodeError>,
    decode: fn(&mut Decoder<'_>) -> Result<T, DecodeError>,
    placeholder: fn() -> Option<T>,
    glance: fn(&T),
    touch: fn(&T, u8),
}

impl<T> Part<T> {
    /// The schema of the field.
    pub fn describe(&self, name: &str, types: &mut TypeTable) -> Field {
        Field {
            name: name.to_owned(),
            ty: (self.describe)(types),
        }
    }

    /// What can stand in the field for a while.
    pub fn placeholder(&self) -> Option<T> {
        (self.placeholder)()
    }

    /// See [`State::glance`].
    #[inline(always)]
    pub fn glance(&self, value: &T) {
        (self.glance)(value);
    }

    /// See [`State::touch`].
    #[inline(always)]
    pub fn touch(&self, value: &T, levels: u8) {
        (self.touch)(value, levels);
    }

    /// Writes the field `name` of `owner`.
    ///
    /// # Errors
    /// Those of the field, with its place added.
    #[inline(always)]
    pub fn encode(
        &self,
        value: &T,
        owner: &'static str,
        name: &'static str,
        out: &mut Encoder,
    ) -> Result<(), EncodeError> {
        (self.encode)(value, out).map_err(|error| error.within(owner, name))
    }

    /// Reads the field `name` of `owner`.
    ///
    /// # Errors
    /// Those of the field, with its place added.
    #[inline(always)]
    pub fn decode(
        &self,
        owner: &'static str,
        name: &'static str,
        input: &mut Decoder<'_>,
    ) -> Result<T, DecodeError> {
        (self.decode)(input).map_err(|error| error.within(owner, name))
    }
}

impl<T> Part<T> {
    /// As [`Part::decode`], for a field with a default.
    ///
    /// # Errors
    /// Those of the field, with its place added.
    #[inline(always)]
    pub fn decode_or(
        &self,
        default: impl FnOnce() -> T,
        owner: &'static str,
        name: &'static str,
        input: &mut Decoder<'_>,
    ) -> Result<T, DecodeError> {
        if input.is_absent() {
            let value = default();
            input
                .made_anew(|out| (self.encode)(&value, out))
                .map_err(|error| error.within(owner, name))?;
            Ok(value)
        } else {
            self.decode(owner, name, input)
        }
    }
}

/// Stands for the type of a field while the way to capture it is chosen.
pub struct PartOf<T>(PhantomData<fn() -> T>);

impl<T> Clone for PartOf<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for PartOf<T> {}

impl<T> PartOf<T> {
    /// The type.
    pub const TYPE: Self = PartOf(PhantomData);
}

impl<T: State> PartOf<T> {
    /// What happens when the field is dropped.
    pub const ON_DROP: OnDrop = T::ON_DROP;
    /// What happens when what its `Rc`s point to is dropped.
    pub const BEHIND_RC: OnDrop = T::BEHIND_RC;
}

/// What is known of the drop of a field that has no [`State`]. The constant of the type itself comes first, where there is
/// one.
pub trait OtherOnDrop {
    /// What happens when the field is dropped.
    const ON_DROP: OnDrop;
    /// No `Rc` in it is captured.
    const BEHIND_RC: OnDrop = OnDrop::Silent;
}

impl<T> OtherOnDrop for PartOf<T> {
    const ON_DROP: OnDrop = OnDrop::of::<T>();
}

/// First choice: the field's own `State`.
pub trait PartByState<T> {
    /// The way.
    fn part(self) -> Part<T>;
}

impl<T: State> PartByState<T> for &&&&&&&&&&&&&PartOf<T> {
    #[inline(always)]
    fn part(self) -> Part<T> {
        Part {
            describe: T::describe,
            encode: T::encode,
            decode: T::decode,
            placeholder: T::placeholder,
            glance: T::glance,
            touch: T::touch,
        }
    }
}

/// The other ways: each takes fewer references than the one before.
macro_rules! ways {
    ($($(#[$doc:meta])* $trait:ident [$($bound:tt)*] $of:ty, $describe:expr, $encode:expr, $decode:expr;)*) => {$(
        $(#[$doc])*
        pub trait $trait<T> {
            /// The way.
            fn part(self) -> Part<T>;
        }

        impl<T: $($bound)*> $trait<T> for $of {
            #[inline(always)]
            fn part(self) -> Part<T> {
                Part {
                    describe: $describe,
                    encode: $encode,
                    decode: $decode,
                    placeholder: || None,
                    glance: |_| {},
                    touch: |_, _| {},
                }
            }
        }
    )*};
}

ways! {
    /// Pointers to locks of serde types.
    PartBySharedContainers [Shares<Containers>] &&&&&&&&&&&&PartOf<T>,
        <T as Shares<Containers>>::describe, <T as Shares<Containers>>::encode, <T as Shares<Containers>>::decode;
    /// Pointers to what holds such pointers.
    PartByInnerContainers [Shares<Inner<Containers>>] &&&&&&&&&&&PartOf<T>,
        <T as Shares<Inner<Containers>>>::describe, <T as Shares<Inner<Containers>>>::encode,
        <T as Shares<Inner<Containers>>>::decode;
    /// Pointers to serde types.
    PartBySharedSerdes [Shares<Serdes>] &&&&&&&&&&PartOf<T>,
        <T as Shares<Serdes>>::describe, <T as Shares<Serdes>>::encode, <T as Shares<Serdes>>::decode;
    /// Pointers to what holds such pointers.
    PartByInnerSerdes [Shares<Inner<Serdes>>] &&&&&&&&&PartOf<T>,
        <T as Shares<Inner<Serdes>>>::describe, <T as Shares<Inner<Serdes>>>::encode, <T as Shares<Inner<Serdes>>>::decode;
    /// Pointers to prost messages.
    PartBySharedMessages [Shares<Messages>] &&&&&&&&PartOf<T>,
        <T as Shares<Messages>>::describe, <T as Shares<Messages>>::encode, <T as Shares<Messages>>::decode;
    /// Pointers to what holds such pointers.
    PartByInnerMessages [Shares<Inner<Messages>>] &&&&&&&PartOf<T>,
        <T as Shares<Inner<Messages>>>::describe, <T as Shares<Inner<Messages>>>::encode,
        <T as Shares<Inner<Messages>>>::decode;
    /// Pointers to standard containers of prost messages.
    PartBySharedMessageContainers [Shares<MessageContainers>] &&&&&&PartOf<T>,
        <T as Shares<MessageContainers>>::describe, <T as Shares<MessageContainers>>::encode,
        <T as Shares<MessageContainers>>::decode;
    /// Standard containers of serde types that do not go through serde themselves.
    PartBySerdes [ContainsSerde] &&&&&PartOf<T>, T::describe, T::encode, T::decode;
    /// Serde types.
    PartBySerde [Serialize + DeserializeOwned + Send + 'static] &&&&PartOf<T>,
        dynamic::describe::<T>, dynamic::encode::<T>, dynamic::decode::<T>;
    /// Prost messages.
    PartByMessage [Message + Default + 'static] &&&PartOf<T>,
        message::describe::<T>, message::encode::<T>, message::decode::<T>;
}

/// Last choice: standard containers of prost messages.
pub trait PartByMessages<T, W> {
    /// The way.
    fn part(self) -> Part<T>;
}

impl<T: CarriesMessages<W>, W> PartByMessages<T, W> for &&PartOf<T> {
    #[inline(always)]
    fn part(self) -> Part<T> {
        Part {
            describe: T::DESCRIBE,
            encode: T::ENCODE,
            decode: T::DECODE,
            placeholder: || None,
            glance: |_| {},
            touch: |_, _| {},
        }
    }
}

/// Otherwise: the error.
pub trait NoPart<T> {
    /// Never callable: the type has no `State`.
    fn part(self) -> Part<T>
    where
        T: State;
}

impl<T> NoPart<T> for PartOf<T> {
    #[inline(always)]
    fn part(self) -> Part<T>
    where
        T: State,
    {
        (&&&&&&&&&&&&&PartOf::<T>::TYPE).part()
    }
}
