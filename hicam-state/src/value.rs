//! One captured value: its type's number and its bytes.

use crate::{DecodeError, Decoder, EncodeError, Encoder, State, TypeId, TypeTable};

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
        ours.same(ty, types, self.ty)?;
        let mut input = Decoder::new(&self.bytes);
        let value = decode(&mut input)?;
        input.finish()?;
        Ok(value)
    }
}
