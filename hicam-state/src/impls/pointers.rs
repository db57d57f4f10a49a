//! `State` for pointers to shared objects.

use std::sync::{Arc, Weak};

use crate::heap::{self, AsState, Slice, Text};
use crate::{DecodeError, Decoder, EncodeError, Encoder, OnDrop, State, Type, TypeId, TypeTable};

/// Strong pointers, by the way their content is captured.
macro_rules! strong {
    ($([$($parameters:tt)*] $of:ty, $content:ty, $described:ty;)*) => {$(
        impl<$($parameters)*> State for Arc<$of> {
            const ON_DROP: OnDrop = OnDrop::Observed;

            fn describe(types: &mut TypeTable) -> TypeId {
                types.define::<Arc<$of>>(|types| Type::Shared(<$described>::describe(types)))
            }

            fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                heap::encode_strong::<$content>(self, out)
            }

            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                heap::decode_strong::<$content>(input)
            }
        }
    )*};
}

strong! {
    [T: State + Sync] T, AsState<T>, T;
    [T: State + Sync] [T], Slice<T>, Vec<T>;
    [] str, Text, String;
}

/// Dangles after a restore if no captured value holds its object by an `Arc`.
impl<T: State + Sync> State for Weak<T> {
    const ON_DROP: OnDrop = OnDrop::Observed;

    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<Weak<T>>(|types| Type::Weak(T::describe(types)))
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        heap::encode_weak::<AsState<T>>(self, out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        heap::decode_weak::<AsState<T>>(input)
    }

    fn placeholder() -> Option<Self> {
        Some(Weak::new())
    }
}
