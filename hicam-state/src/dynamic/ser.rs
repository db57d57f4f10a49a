//! The serde serializer.

use std::collections::HashMap;

use serde::ser::{self, Serialize};

use super::tag;
use crate::{EncodeError, Encoder, LONG, STACK_CHUNK, STACK_RED_ZONE};

/// Writes one value.
pub(super) struct Writer<'a> {
    out: &'a mut Encoder,
    /// The names written so far, by number.
    names: HashMap<&'static str, u32>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(out: &'a mut Encoder) -> Self {
        Writer {
            out,
            names: HashMap::new(),
        }
    }

    fn name(&mut self, name: &'static str) -> Result<(), EncodeError> {
        if let Some(number) = self.names.get(name) {
            self.out.u32(*number);
            return Ok(());
        }
        let number = u32::try_from(self.names.len())
            .map_err(|_| EncodeError::other("a serde type has more than 2³² names"))?;
        self.names.insert(name, number);
        self.out.u32(number);
        self.out.str(name);
        Ok(())
    }

    /// A value inside another.
    fn inner<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.out.enter()?;
        let done = stacker::maybe_grow(STACK_RED_ZONE, STACK_CHUNK, || value.serialize(&mut *self));
        self.out.leave();
        done
    }

    fn variant(&mut self, name: &'static str) -> Result<(), EncodeError> {
        self.out.u8(tag::VARIANT);
        self.name(name)
    }

    fn compound<'w>(&'w mut self, tag: u8) -> Compound<'w, 'a> {
        self.out.u8(tag);
        let count_at = self.out.position();
        self.out.u32(0);
        Compound {
            writer: self,
            count_at,
            count: 0,
        }
    }
}

/// A collection or struct being written; its count is filled in at the end, when it is known.
pub(super) struct Compound<'w, 'a> {
    writer: &'w mut Writer<'a>,
    count_at: usize,
    count: u64,
}

impl Compound<'_, '_> {
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.count += 1;
        self.writer.inner(value)
    }

    fn field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        self.writer.name(name)?;
        self.element(value)
    }

    fn finish(self) -> Result<(), EncodeError> {
        let count = u32::try_from(self.count).ok().filter(|count| *count < LONG);
        let count = count.ok_or_else(|| {
            EncodeError::other("a collection in a serde type has 2³² elements or more")
        })?;
        self.writer.out.patch_u32(self.count_at, count);
        Ok(())
    }
}

macro_rules! numbers {
    ($($method:ident $ty:ty, $tag:ident;)*) => {$(
        fn $method(self, value: $ty) -> Result<(), EncodeError> {
            self.out.u8(tag::$tag);
            self.out.raw(&value.to_le_bytes());
            Ok(())
        }
    )*};
}

impl<'w, 'a> ser::Serializer for &'w mut Writer<'a> {
    type Ok = ();
    type Error = EncodeError;
    type SerializeSeq = Compound<'w, 'a>;
    type SerializeTuple = Compound<'w, 'a>;
    type SerializeTupleStruct = Compound<'w, 'a>;
    type SerializeTupleVariant = Compound<'w, 'a>;
    type SerializeMap = Compound<'w, 'a>;
    type SerializeStruct = Compound<'w, 'a>;
    type SerializeStructVariant = Compound<'w, 'a>;

    numbers! {
        serialize_u8 u8, U8;
        serialize_u16 u16, U16;
        serialize_u32 u32, U32;
        serialize_u64 u64, U64;
        serialize_u128 u128, U128;
        serialize_i8 i8, I8;
        serialize_i16 i16, I16;
        serialize_i32 i32, I32;
        serialize_i64 i64, I64;
        serialize_i128 i128, I128;
        serialize_f32 f32, F32;
        serialize_f64 f64, F64;
    }

    fn serialize_bool(self, value: bool) -> Result<(), EncodeError> {
        self.out.u8(if value { tag::TRUE } else { tag::FALSE });
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), EncodeError> {
        self.out.u8(tag::CHAR);
        self.out.u32(value.into());
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Result<(), EncodeError> {
        self.out.u8(tag::STR);
        self.out.str(value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), EncodeError> {
        self.out.u8(tag::BYTES);
        self.out.bytes(value);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), EncodeError> {
        self.out.u8(tag::NONE);
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), EncodeError> {
        self.out.u8(tag::SOME);
        self.inner(value)
    }

    fn serialize_unit(self) -> Result<(), EncodeError> {
        self.out.u8(tag::UNIT);
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), EncodeError> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), EncodeError> {
        self.out.u8(tag::UNIT_VARIANT);
        self.name(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        self.inner(value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        self.variant(variant)?;
        self.inner(value)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Compound<'w, 'a>, EncodeError> {
        Ok(self.compound(tag::SEQ))
    }

    fn serialize_tuple(self, _: usize) -> Result<Compound<'w, 'a>, EncodeError> {
        Ok(self.compound(tag::SEQ))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Compound<'w, 'a>, EncodeError> {
        Ok(self.compound(tag::SEQ))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'w, 'a>, EncodeError> {
        self.variant(variant)?;
        Ok(self.compound(tag::SEQ))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Compound<'w, 'a>, EncodeError> {
        Ok(self.compound(tag::MAP))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Compound<'w, 'a>, EncodeError> {
        Ok(self.compound(tag::STRUCT))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'w, 'a>, EncodeError> {
        self.variant(variant)?;
        Ok(self.compound(tag::STRUCT))
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

macro_rules! elements {
    ($($of:ident $method:ident)*) => {$(
        impl ser::$of for Compound<'_, '_> {
            type Ok = ();
            type Error = EncodeError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
                self.element(value)
            }

            fn end(self) -> Result<(), EncodeError> {
                self.finish()
            }
        }
    )*};
}

elements! {
    SerializeSeq serialize_element
    SerializeTuple serialize_element
    SerializeTupleStruct serialize_field
    SerializeTupleVariant serialize_field
}

macro_rules! fields {
    ($($of:ident)*) => {$(
        impl ser::$of for Compound<'_, '_> {
            type Ok = ();
            type Error = EncodeError;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), EncodeError> {
                self.field(name, value)
            }

            fn end(self) -> Result<(), EncodeError> {
                self.finish()
            }
        }
    )*};
}

fields! { SerializeStruct SerializeStructVariant }

impl ser::SerializeMap for Compound<'_, '_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), EncodeError> {
        self.element(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.writer.inner(value)
    }

    fn end(self) -> Result<(), EncodeError> {
        self.finish()
    }
}
