//! What the expansion of `#[derive(State)]` calls.

pub use crate::evolve::{FieldReading, Reading, VariantReading};
use crate::{
    DecodeError, Decoder, EncodeError, Encoder, Field, OnDrop, State, Type, TypeId, TypeTable,
    Variant,
};

/// The schema of one field.
pub(crate) fn field<T: State>(name: &str, types: &mut TypeTable) -> Field {
    Field {
        name: name.to_owned(),
        ty: T::describe(types),
    }
}

/// The schema of one variant.
pub fn variant(name: &str, fields: Vec<Field>) -> Variant {
    Variant {
        name: name.to_owned(),
        fields,
    }
}

/// The schema of a struct.
pub fn structure(name: &str, fields: Vec<Field>) -> Type {
    Type::Struct {
        name: name.to_owned(),
        fields,
    }
}

/// The schema of an enum.
pub fn enumeration(name: &str, variants: Vec<Variant>) -> Type {
    Type::Enum {
        name: name.to_owned(),
        variants,
    }
}

/// What derived code does with a field of type `T`.
///
/// Its methods ask nothing of `T`: the one place that does is [`part`], so that the compiler reports
/// a field that cannot be captured once, not for each method.
pub struct Part<T> {
    describe: fn(&mut TypeTable) -> TypeId,
    encode: fn(&T, &mut Encoder) -> Result<(), EncodeError>,
    decode: fn(&mut Decoder<'_>) -> Result<T, DecodeError>,
    placeholder: fn() -> Option<T>,
    glance: fn(&T),
    touch: fn(&T, u8),
    on_drop: OnDrop,
}

/// The field type `T`.
#[inline(always)]
pub const fn part<T: State>() -> Part<T> {
    Part {
        describe: T::describe,
        encode: T::encode,
        decode: T::decode,
        placeholder: T::placeholder,
        glance: T::glance,
        touch: T::touch,
        on_drop: T::ON_DROP,
    }
}

impl<T> Part<T> {
    /// What happens when the field is dropped.
    pub const fn on_drop(&self) -> OnDrop {
        self.on_drop
    }

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

/// The error of a position that no variant of `owner` has.
#[cold]
pub fn no_such_variant(owner: &'static str, position: u32) -> DecodeError {
    DecodeError::other(format_args!("`{owner}` has no variant number {position}"))
}

/// What the derive accepts:
///
/// ```
/// #[derive(hicam_macros::State)]
/// #[hicam(crate = ::hicam_state)]
/// struct Data { list: Vec<u8> }
/// ```
///
/// A type whose drop can be seen is refused:
///
/// ```compile_fail,E0119
/// #[derive(hicam_macros::State)]
/// #[hicam(crate = ::hicam_state)]
/// struct Data { list: Vec<u8> }
/// impl Drop for Data { fn drop(&mut self) {} }
/// ```
///
/// So is a field that has no state:
///
/// ```compile_fail,E0277
/// struct Connection;
/// #[derive(hicam_macros::State)]
/// #[hicam(crate = ::hicam_state)]
/// struct Data { list: Vec<Connection> }
/// ```
#[cfg(doctest)]
pub struct DeriveRefusals;
