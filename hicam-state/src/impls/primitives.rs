//! `State` for numbers, `bool`, `char`, `()` and strings.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hint::black_box;
use std::num::{NonZero, Wrapping};
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::error::DecodeErrorKind;
use crate::{
    DecodeError, Decoder, EncodeError, Encoder, OnDrop, Primitive, State, Type, TypeId, TypeTable,
};

macro_rules! numbers {
    ($($ty:ident $primitive:ident)*) => {$(
        impl State for $ty {
            fn describe(types: &mut TypeTable) -> TypeId {
                types.define::<$ty>(|_| Type::Primitive(Primitive::$primitive))
            }

            #[inline]
            fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                out.raw(&self.to_le_bytes());
                Ok(())
            }

            #[inline]
            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                input.array().map($ty::from_le_bytes)
            }

            #[inline]
            fn glance(&self) {
                black_box(*self);
            }

            fn encode_elements(elements: &[Self], out: &mut Encoder) -> Result<(), EncodeError> {
                // By eights, which is one copy where memory has their bytes in this order.
                let (eights, rest) = elements.as_chunks::<8>();
                out.reserve(size_of_val(elements));
                for eight in eights {
                    let mut bytes = [0; 8 * size_of::<$ty>()];
                    let (places, _) = bytes.as_chunks_mut();
                    for (place, element) in places.iter_mut().zip(eight) {
                        *place = element.to_le_bytes();
                    }
                    out.raw(&bytes);
                }
                for element in rest {
                    out.raw(&element.to_le_bytes());
                }
                Ok(())
            }

            fn decode_elements(count: usize, input: &mut Decoder<'_>) -> Result<Vec<Self>, DecodeError> {
                let bytes = input.raw(count.saturating_mul(size_of::<Self>()))?;
                let (elements, _) = bytes.as_chunks();
                Ok(elements.iter().map(|element| $ty::from_le_bytes(*element)).collect())
            }

            fn placeholder() -> Option<Self> {
                Some($ty::default())
            }
        }
    )*};
}

numbers! {
    u16 U16 u32 U32 u64 U64 u128 U128
    i8 I8 i16 I16 i32 I32 i64 I64 i128 I128
    f32 F32 f64 F64
}

impl State for u8 {
    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<u8>(|_| Type::Primitive(Primitive::U8))
    }

    #[inline]
    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.u8(*self);
        Ok(())
    }

    #[inline]
    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        input.u8()
    }

    #[inline]
    fn glance(&self) {
        black_box(*self);
    }

    fn placeholder() -> Option<Self> {
        Some(0)
    }

    fn encode_elements(elements: &[Self], out: &mut Encoder) -> Result<(), EncodeError> {
        out.raw(elements);
        Ok(())
    }

    fn decode_elements(count: usize, input: &mut Decoder<'_>) -> Result<Vec<Self>, DecodeError> {
        input.raw(count).map(<[u8]>::to_vec)
    }
}

macro_rules! sizes {
    ($($ty:ident $primitive:ident $wide:ident)*) => {$(
        impl State for $ty {
            fn describe(types: &mut TypeTable) -> TypeId {
                types.define::<$ty>(|_| Type::Primitive(Primitive::$primitive))
            }

            #[inline]
            fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                // No host has sizes of more than 64 bits.
                out.raw(&(*self as $wide).to_le_bytes());
                Ok(())
            }

            #[inline]
            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                let wide = input.array().map($wide::from_le_bytes)?;
                $ty::try_from(wide).map_err(|_| {
                    DecodeErrorKind::DoesNotFit { value: wide.into(), kind: stringify!($ty) }.into()
                })
            }

            #[inline]
            fn glance(&self) {
                black_box(*self);
            }

            fn placeholder() -> Option<Self> {
                Some(0)
            }
        }
    )*};
}

sizes! { usize Usize u64 isize Isize i64 }

impl State for bool {
    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<bool>(|_| Type::Primitive(Primitive::Bool))
    }

    #[inline]
    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.u8((*self).into());
        Ok(())
    }

    #[inline]
    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        match input.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            byte => Err(DecodeError::invalid("bool", byte)),
        }
    }

    fn placeholder() -> Option<Self> {
        Some(false)
    }
}

impl State for char {
    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<char>(|_| Type::Primitive(Primitive::Char))
    }

    #[inline]
    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.u32((*self).into());
        Ok(())
    }

    #[inline]
    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let scalar = input.u32()?;
        char::from_u32(scalar).ok_or_else(|| DecodeError::invalid("char", scalar))
    }

    fn placeholder() -> Option<Self> {
        Some(char::default())
    }
}

impl State for () {
    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<()>(|_| Type::Primitive(Primitive::Unit))
    }

    #[inline]
    fn encode(&self, _: &mut Encoder) -> Result<(), EncodeError> {
        Ok(())
    }

    #[inline]
    fn decode(_: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Ok(())
    }

    fn placeholder() -> Option<Self> {
        Some(())
    }
}

macro_rules! strings {
    ($($ty:ty, $read:expr;)*) => {$(
        impl State for $ty {
            const ON_DROP: OnDrop = OnDrop::Silent;

            fn describe(types: &mut TypeTable) -> TypeId {
                types.define::<String>(|_| Type::Primitive(Primitive::String))
            }

            #[inline]
            fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                out.str(self);
                Ok(())
            }

            #[inline]
            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                input.str().map($read)
            }

            #[inline]
            fn glance(&self) {
                black_box(self.len());
            }

            #[inline]
            fn touch(&self, levels: u8) {
                if levels == 0 {
                    black_box(self.as_bytes().first().copied());
                }
            }

            fn placeholder() -> Option<Self> {
                Some(Self::default())
            }
        }
    )*};
}

strings! {
    String, str::to_owned;
    Box<str>, Box::from;
    Cow<'static, str>, |text| Cow::Owned(text.to_owned());
    &'static str, interned;
}

/// The one string that lives as long as the program and equals `text`.
fn interned(text: &str) -> &'static str {
    static STRINGS: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);
    // A set is whole whatever thread panicked while it held the lock.
    let mut strings = STRINGS.lock().unwrap_or_else(PoisonError::into_inner);
    match strings.get(text) {
        Some(known) => known,
        None => {
            let kept: &'static str = Box::leak(text.into());
            strings.insert(kept);
            kept
        }
    }
}

macro_rules! non_zero {
    ($($ty:ident)*) => {$(
        impl State for NonZero<$ty> {
            fn describe(types: &mut TypeTable) -> TypeId {
                $ty::describe(types)
            }

            #[inline]
            fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                self.get().encode(out)
            }

            #[inline]
            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                let number = $ty::decode(input)?;
                NonZero::new(number).ok_or_else(|| DecodeError::invalid("number other than zero", 0))
            }

            fn placeholder() -> Option<Self> {
                NonZero::new(1)
            }
        }
    )*};
}

non_zero! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize }

impl<T: State> State for Wrapping<T> {
    const ON_DROP: OnDrop = T::ON_DROP;
    const BEHIND_RC: OnDrop = T::BEHIND_RC;

    fn describe(types: &mut TypeTable) -> TypeId {
        T::describe(types)
    }

    #[inline]
    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        self.0.encode(out)
    }

    #[inline]
    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        T::decode(input).map(Wrapping)
    }

    fn placeholder() -> Option<Self> {
        T::placeholder().map(Wrapping)
    }
}
