//! One captured value: its type's number and its bytes.

use crate::evolve::{Converted, Plan, Source};
use crate::{DecodeError, Decoder, EncodeError, Encoder, SchemaMismatch, State, TypeId, TypeTable};

/// A captured value.
///
/// ```
/// use hicam_state::{TypeTable, Value};
/// let mut types = TypeTable::new();
/// let value = Value::of(&vec![1u16, 2], &mut types)?;
/// assert_eq!(value.get::<Vec<u16>>(&types)?, [1, 2]);
/// let error = value.get::<Vec<i16>>(&types).unwrap_err();
/// assert!(error.to_string().contains("`Vec<i16>[]` differs"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// Its type in the table it was captured with.
    pub ty: TypeId,
    /// Its encoding.
    pub bytes: Vec<u8>,
}

impl Value {
    /// Captures a value.
    ///
    /// # Errors
    /// It cannot be captured just now, or at all.
    pub fn of<T: State>(value: &T, types: &mut TypeTable) -> Result<Self, EncodeError> {
        Value::capture(T::describe(types), |out| value.encode(out))
    }

    /// Captures a value of type `ty` with any encoding function.
    ///
    /// # Errors
    /// Those of `encode`.
    pub fn capture(
        ty: TypeId,
        encode: impl FnOnce(&mut Encoder) -> Result<(), EncodeError>,
    ) -> Result<Self, EncodeError> {
        let mut out = Encoder::new();
        encode(&mut out)?;
        Ok(Value {
            ty,
            bytes: out.into_bytes(),
        })
    }

    /// Restores the value, if `T` is its type in `types`.
    ///
    /// # Errors
    /// The captured type is another one, or the bytes are damaged.
    pub fn get<T: State>(&self, types: &TypeTable) -> Result<T, DecodeError> {
        self.restore(types, T::describe, T::decode)
    }

    /// The value as this program would have written it, if it was captured by a build with other types.
    ///
    /// # Errors
    /// The types differ too much, or the bytes are damaged.
    pub(crate) fn converted(
        &self,
        ours: (&TypeTable, TypeId),
        types: &TypeTable,
    ) -> Result<Converted, DecodeError> {
        let plan = Plan::new(ours, (types, self.ty)).map_err(first)?;
        plan.convert(Source {
            bytes: &self.bytes,
            late: &[],
        })
    }

    /// Restores the value with any decoding function, if what `describe` describes is its type.
    ///
    /// # Errors
    /// The captured type is another one, or the bytes are damaged.
    pub fn restore<T>(
        &self,
        types: &TypeTable,
        describe: impl FnOnce(&mut TypeTable) -> TypeId,
        decode: impl FnOnce(&mut Decoder<'_>) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let mut ours = TypeTable::new();
        let ty = describe(&mut ours);
        if ours.same(ty, types, self.ty).is_ok() {
            return read(Decoder::new(&self.bytes), decode);
        }
        let converted = self.converted((&ours, ty), types)?;
        read(converted.decoder(), decode)
    }
}

/// Reads a whole value.
pub(crate) fn read<T>(
    mut input: Decoder<'_>,
    decode: impl FnOnce(&mut Decoder<'_>) -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    let value = decode(&mut input)?;
    input.finish()?;
    Ok(value)
}

/// The first of several differences.
pub(crate) fn first(mismatches: Vec<SchemaMismatch>) -> DecodeError {
    match mismatches.into_iter().next() {
        Some(mismatch) => mismatch.into(),
        None => DecodeError::other("the captured type is another one"),
    }
}
