//! `State` for the small enums of the standard library, half-open ranges, paths and lists.

use std::cmp;
use std::collections::LinkedList;
use std::convert::Infallible;
use std::num::Saturating;
use std::ops::{Bound, ControlFlow, RangeFull, RangeTo, RangeToInclusive};
use std::path::PathBuf;

use super::encode_sequence_with;
use crate::private::{enumeration, field, structure, variant};
use crate::{DecodeError, Decoder, EncodeError, Encoder, OnDrop, State, TypeId, TypeTable};

/// Enums: each variant with the types of its fields.
macro_rules! enums {
    ($($name:literal [$($parameters:tt)*] $ty:ty {
        $($position:literal $variant:literal $pattern:pat => ($($field:ty: $value:ident),*) $make:expr;)*
    })*) => {$(
        impl<$($parameters)*> State for $ty {
            const ON_DROP: OnDrop = OnDrop::any(&[$($(<$field>::ON_DROP,)*)*]);
            const BEHIND_RC: OnDrop = OnDrop::any(&[$($(<$field>::BEHIND_RC,)*)*]);

            fn describe(types: &mut TypeTable) -> TypeId {
                types.define::<$ty>(|_types| {
                    enumeration($name, vec![
                        $(variant($variant, vec![$(field::<$field>("0", _types)),*])),*
                    ])
                })
            }

            fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                match self {
                    $($pattern => {
                        out.u32($position);
                        $($value.encode(out)?;)*
                    })*
                }
                Ok(())
            }

            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                match input.u32()? {
                    $($position => {
                        $(let $value = <$field>::decode(input)?;)*
                        Ok($make)
                    })*
                    variant => Err(DecodeError::invalid($name, variant)),
                }
            }
        }
    )*};
}

enums! {
    "Ordering" [] cmp::Ordering {
        0 "Less" cmp::Ordering::Less => () cmp::Ordering::Less;
        1 "Equal" cmp::Ordering::Equal => () cmp::Ordering::Equal;
        2 "Greater" cmp::Ordering::Greater => () cmp::Ordering::Greater;
    }
    "Bound" [T: State] Bound<T> {
        0 "Included" Bound::Included(value) => (T: value) Bound::Included(value);
        1 "Excluded" Bound::Excluded(value) => (T: value) Bound::Excluded(value);
        2 "Unbounded" Bound::Unbounded => () Bound::Unbounded;
    }
    "ControlFlow" [B: State, C: State] ControlFlow<B, C> {
        0 "Continue" ControlFlow::Continue(value) => (C: value) ControlFlow::Continue(value);
        1 "Break" ControlFlow::Break(value) => (B: value) ControlFlow::Break(value);
    }
}

/// Ranges that only end.
macro_rules! ends {
    ($($ty:ident |$end:ident| $make:expr;)*) => {$(
        impl<T: State> State for $ty<T> {
            const ON_DROP: OnDrop = T::ON_DROP;
            const BEHIND_RC: OnDrop = T::BEHIND_RC;

            fn describe(types: &mut TypeTable) -> TypeId {
                types.define::<Self>(|types| {
                    structure(stringify!($ty), vec![field::<T>("end", types)])
                })
            }

            fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                self.end.encode(out)
            }

            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                let $end = T::decode(input)?;
                Ok($make)
            }
        }
    )*};
}

ends! {
    RangeTo |end| ..end;
    RangeToInclusive |end| ..=end;
}

/// There is no value: of a `Result` that is always `Ok`, say.
impl State for Infallible {
    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<Self>(|_| enumeration("Infallible", Vec::new()))
    }

    fn encode(&self, _: &mut Encoder) -> Result<(), EncodeError> {
        match *self {}
    }

    fn decode(_: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Err(DecodeError::other("there is no value of `Infallible`"))
    }
}

impl State for RangeFull {
    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<RangeFull>(|_| structure("RangeFull", Vec::new()))
    }

    fn encode(&self, _: &mut Encoder) -> Result<(), EncodeError> {
        Ok(())
    }

    fn decode(_: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Ok(..)
    }
}

impl<T: State> State for Saturating<T> {
    const ON_DROP: OnDrop = T::ON_DROP;
    const BEHIND_RC: OnDrop = T::BEHIND_RC;

    fn describe(types: &mut TypeTable) -> TypeId {
        T::describe(types)
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        self.0.encode(out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        T::decode(input).map(Saturating)
    }

    fn placeholder() -> Option<Self> {
        T::placeholder().map(Saturating)
    }
}

impl<T: State> State for LinkedList<T> {
    const ON_DROP: OnDrop = T::ON_DROP;
    const BEHIND_RC: OnDrop = T::BEHIND_RC;

    fn describe(types: &mut TypeTable) -> TypeId {
        Vec::<T>::describe(types)
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        encode_sequence_with(self.iter(), T::encode, out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Vec::<T>::decode(input).map(LinkedList::from_iter)
    }

    fn placeholder() -> Option<Self> {
        Some(LinkedList::new())
    }
}

/// Captured as text: another system has no other paths in common with this one.
impl State for PathBuf {
    const ON_DROP: OnDrop = OnDrop::Silent;

    fn describe(types: &mut TypeTable) -> TypeId {
        String::describe(types)
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        let text = self.to_str().ok_or_else(|| {
            EncodeError::other(format_args!(
                "the path `{}` is not UTF-8 and means nothing on another system",
                self.display()
            ))
        })?;
        out.str(text);
        Ok(())
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        input.str().map(PathBuf::from)
    }

    fn placeholder() -> Option<Self> {
        Some(PathBuf::new())
    }
}
