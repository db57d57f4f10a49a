//! The serde deserializer.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, Visitor};
use serde::forward_to_deserialize_any;

use super::tag;
use crate::decode::text;
use crate::{DecodeError, Decoder, STACK_CHUNK, STACK_RED_ZONE};

/// Reads one value.
pub(super) struct Reader<'a, 'de> {
    input: &'a mut Decoder<'de>,
    /// The names read so far, by number.
    names: Vec<&'de str>,
}

impl<'a, 'de> Reader<'a, 'de> {
    pub(super) fn new(input: &'a mut Decoder<'de>) -> Self {
        Reader {
            input,
            names: Vec::new(),
        }
    }

    /// A count: every element takes one byte at least.
    fn count(&mut self) -> Result<usize, DecodeError> {
        self.input.length()
    }

    fn bytes(&mut self) -> Result<&'de [u8], DecodeError> {
        self.input.bytes()
    }

    fn name(&mut self) -> Result<&'de str, DecodeError> {
        let number = self.input.u32()? as usize;
        if let Some(name) = self.names.get(number) {
            return Ok(name);
        }
        if number != self.names.len() {
            return Err(DecodeError::invalid("number of a name", number));
        }
        let name = text(self.bytes()?)?;
        self.names.push(name);
        Ok(name)
    }

    /// A value inside another.
    fn inner<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        self.input.enter()?;
        let done = stacker::maybe_grow(STACK_RED_ZONE, STACK_CHUNK, || read(&mut *self));
        self.input.leave();
        done
    }

    fn elements<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, DecodeError> {
        let mut left = self.count()?;
        let value = visitor.visit_seq(Elements {
            reader: self,
            left: &mut left,
        })?;
        all_read(left)?;
        Ok(value)
    }

    fn entries<V: Visitor<'de>>(
        &mut self,
        named: bool,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let mut left = self.count()?;
        let value = visitor.visit_map(Entries {
            reader: self,
            named,
            left: &mut left,
        })?;
        all_read(left)?;
        Ok(value)
    }
}

fn all_read(left: usize) -> Result<(), DecodeError> {
    match left {
        0 => Ok(()),
        left => Err(DecodeError::other(format_args!(
            "{left} elements more than the type has"
        ))),
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'_, 'de> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.input.u8()? {
            tag::NONE => visitor.visit_none(),
            tag::SOME => self.inner(|reader| visitor.visit_some(reader)),
            tag::UNIT => visitor.visit_unit(),
            tag::FALSE => visitor.visit_bool(false),
            tag::TRUE => visitor.visit_bool(true),
            tag::U8 => visitor.visit_u8(self.input.u8()?),
            tag::U16 => visitor.visit_u16(self.input.u16()?),
            tag::U32 => visitor.visit_u32(self.input.u32()?),
            tag::U64 => visitor.visit_u64(self.input.u64()?),
            tag::U128 => visitor.visit_u128(u128::from_le_bytes(self.input.array()?)),
            tag::I8 => visitor.visit_i8(i8::from_le_bytes(self.input.array()?)),
            tag::I16 => visitor.visit_i16(i16::from_le_bytes(self.input.array()?)),
            tag::I32 => visitor.visit_i32(i32::from_le_bytes(self.input.array()?)),
            tag::I64 => visitor.visit_i64(i64::from_le_bytes(self.input.array()?)),
            tag::I128 => visitor.visit_i128(i128::from_le_bytes(self.input.array()?)),
            tag::F32 => visitor.visit_f32(f32::from_le_bytes(self.input.array()?)),
            tag::F64 => visitor.visit_f64(f64::from_le_bytes(self.input.array()?)),
            tag::CHAR => {
                let scalar = self.input.u32()?;
                let char = char::from_u32(scalar);
                visitor.visit_char(char.ok_or_else(|| DecodeError::invalid("char", scalar))?)
            }
            tag::STR => visitor.visit_borrowed_str(text(self.bytes()?)?),
            tag::BYTES => visitor.visit_borrowed_bytes(self.bytes()?),
            tag::SEQ => self.inner(|reader| reader.elements(visitor)),
            tag::MAP => self.inner(|reader| reader.entries(false, visitor)),
            tag::STRUCT => self.inner(|reader| reader.entries(true, visitor)),
            // Like in JSON, which is what untagged and flattened types expect of an enum inside them.
            tag::UNIT_VARIANT => visitor.visit_borrowed_str(self.name()?),
            tag::VARIANT => self.inner(|reader| {
                let mut left = 1;
                let value = visitor.visit_map(Entries {
                    reader,
                    named: true,
                    left: &mut left,
                })?;
                all_read(left)?;
                Ok(value)
            }),
            tag => Err(DecodeError::invalid(
                "serde value",
                format_args!("tag {tag}"),
            )),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.input.peek() {
            Some(tag::NONE | tag::SOME | tag::UNIT) | None => self.deserialize_any(visitor),
            Some(_) => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.inner(|reader| visitor.visit_newtype_struct(reader))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match self.input.peek() {
            Some(tag::UNIT_VARIANT) => {
                self.input.u8()?;
                let name = self.name()?;
                visitor.visit_enum(BorrowedStrDeserializer::new(name))
            }
            Some(tag::VARIANT) => {
                self.input.u8()?;
                let name = self.name()?;
                self.inner(|reader| visitor.visit_enum(VariantOf { reader, name }))
            }
            // A hand-written `Serialize` may write the name as a string.
            Some(tag::STR) => {
                self.input.u8()?;
                let name = text(self.bytes()?)?;
                visitor.visit_enum(BorrowedStrDeserializer::new(name))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool char str string u8 u16 u32 u64 u128 i8 i16 i32 i64 i128 f32 f64 bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

struct Elements<'r, 'a, 'de> {
    reader: &'r mut Reader<'a, 'de>,
    left: &'r mut usize,
}

impl<'de> de::SeqAccess<'de> for Elements<'_, '_, 'de> {
    type Error = DecodeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, DecodeError> {
        if *self.left == 0 {
            return Ok(None);
        }
        *self.left -= 1;
        seed.deserialize(&mut *self.reader).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(*self.left)
    }
}

struct Entries<'r, 'a, 'de> {
    reader: &'r mut Reader<'a, 'de>,
    /// Keys are names, not values.
    named: bool,
    left: &'r mut usize,
}

impl<'de> de::MapAccess<'de> for Entries<'_, '_, 'de> {
    type Error = DecodeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, DecodeError> {
        if *self.left == 0 {
            return Ok(None);
        }
        *self.left -= 1;
        if self.named {
            let name = self.reader.name()?;
            seed.deserialize(BorrowedStrDeserializer::new(name))
                .map(Some)
        } else {
            seed.deserialize(&mut *self.reader).map(Some)
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, DecodeError> {
        seed.deserialize(&mut *self.reader)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(*self.left)
    }
}

/// A variant with content.
struct VariantOf<'r, 'a, 'de> {
    reader: &'r mut Reader<'a, 'de>,
    name: &'de str,
}

impl<'de> de::EnumAccess<'de> for VariantOf<'_, '_, 'de> {
    type Error = DecodeError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self), DecodeError> {
        let name: BorrowedStrDeserializer<'de, DecodeError> =
            BorrowedStrDeserializer::new(self.name);
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> de::VariantAccess<'de> for VariantOf<'_, '_, 'de> {
    type Error = DecodeError;

    fn unit_variant(self) -> Result<(), DecodeError> {
        // `#[serde(other)]` takes any variant as a unit.
        de::Deserialize::deserialize(self.reader).map(|IgnoredAny| ())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, DecodeError> {
        seed.deserialize(self.reader)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, DecodeError> {
        self.reader.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.reader.deserialize_any(visitor)
    }
}
