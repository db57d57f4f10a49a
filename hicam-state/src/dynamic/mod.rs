//! Any serde type as a value, in a compact encoding that describes itself.
//!
//! Because the encoding names fields and variants, serde's own rules for added, removed and defaulted
//! fields apply, and a value can be shown without its type.
//!
//! # The encoding
//!
//! A value is a tag byte and what the tag says; names of fields and variants are numbered in the order they first appear in
//! the value, and written out there. `docs/state-format.md` lists the tags.
//!
//! A newtype struct is its content.
//!
//! What serde itself cannot read back stays so: an untagged or internally tagged enum with a number
//! of 128 bits inside is captured and then refused on restore.

mod de;
mod ser;

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::{DeserializeOwned, DeserializeSeed, IgnoredAny};

use crate::schema::short_name;
use crate::{DecodeError, Decoder, EncodeError, Encoder, Type, TypeId, TypeTable};

/// The tags of the encoding.
mod tag {
    pub(super) const NONE: u8 = 0;
    pub(super) const SOME: u8 = 1;
    pub(super) const UNIT: u8 = 2;
    pub(super) const FALSE: u8 = 3;
    pub(super) const TRUE: u8 = 4;
    pub(super) const U8: u8 = 5;
    pub(super) const U16: u8 = 6;
    pub(super) const U32: u8 = 7;
    pub(super) const U64: u8 = 8;
    pub(super) const U128: u8 = 9;
    pub(super) const I8: u8 = 10;
    pub(super) const I16: u8 = 11;
    pub(super) const I32: u8 = 12;
    pub(super) const I64: u8 = 13;
    pub(super) const I128: u8 = 14;
    pub(super) const F32: u8 = 15;
    pub(super) const F64: u8 = 16;
    pub(super) const CHAR: u8 = 17;
    pub(super) const STR: u8 = 18;
    pub(super) const BYTES: u8 = 19;
    pub(super) const SEQ: u8 = 20;
    pub(super) const MAP: u8 = 21;
    pub(super) const STRUCT: u8 = 22;
    pub(super) const UNIT_VARIANT: u8 = 23;
    pub(super) const VARIANT: u8 = 24;
}

/// Sets a serde type apart from the same Rust type described in another way.
struct Described<T>(std::marker::PhantomData<T>);

/// Adds the serde type `T` to `types`.
pub fn describe<T: 'static>(types: &mut TypeTable) -> TypeId {
    types.define::<Described<T>>(|_| Type::Dynamic {
        name: short_name::<T>(),
    })
}

/// Writes a value through its `Serialize`.
///
/// # Errors
/// Those of its `Serialize`; a collection of 2³² elements or more.
pub fn encode<T: Serialize + ?Sized>(value: &T, out: &mut Encoder) -> Result<(), EncodeError> {
    value.serialize(&mut ser::Writer::new(out))
}

/// Reads a value through its `Deserialize`.
///
/// # Errors
/// The bytes are damaged, or its `Deserialize` does not accept what they say.
pub fn decode<T: DeserializeOwned>(input: &mut Decoder<'_>) -> Result<T, DecodeError> {
    T::deserialize(&mut de::Reader::new(input))
}

/// Reads a value as `seed` wants it.
pub(crate) fn decode_seed<'de, S: DeserializeSeed<'de>>(
    seed: S,
    input: &mut Decoder<'de>,
) -> Result<S::Value, DecodeError> {
    seed.deserialize(&mut de::Reader::new(input))
}

/// Passes over a value; answers its bytes.
pub(crate) fn extent<'a>(input: &mut Decoder<'a>) -> Result<&'a [u8], DecodeError> {
    let start = input.position();
    decode_seed(PhantomData::<IgnoredAny>, input)?;
    Ok(input.since(start))
}
