//! Records: structs that are written with their length before them, field by field.
//!
//! A reader passes over fields that follow the ones it knows. So a field can be added at the end of a record without a
//! new format version, where readers that do not know it may ignore it.

use crate::{DecodeError, Decoder, EncodeError, Encoder, State, TypeId, TypeTable, Value};

/// A part of a section.
pub(super) trait Record: Sized {
    fn write(&self, out: &mut Encoder) -> Result<(), EncodeError>;
    fn read(input: &mut Decoder<'_>) -> Result<Self, DecodeError>;
}

/// Declares structs that are records.
macro_rules! records {
    ($(
        $(#[$doc:meta])*
        pub struct $name:ident {
            $($(#[$field_doc:meta])* pub $field:ident: $ty:ty,)*
        }
    )*) => {$(
        $(#[$doc])*
        pub struct $name {
            $($(#[$field_doc])* pub $field: $ty,)*
        }

        impl Record for $name {
            fn write(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                out.record(|out| {
                    $(self.$field.write(out)?;)*
                    Ok(())
                })
            }

            fn read(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                input.record(|input| {
                    Ok($name {
                        $($field: Record::read(input)
                            .map_err(|error: DecodeError| error.within(stringify!($name), stringify!($field)))?,)*
                    })
                })
            }
        }
    )*};
}
pub(super) use records;

macro_rules! record_as_state {
    ($($ty:ty)*) => {$(
        impl Record for $ty {
            fn write(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                self.encode(out)
            }

            fn read(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                <$ty as State>::decode(input)
            }
        }
    )*};
}

record_as_state!(u32 u64 String Vec<u8>);

impl<R: Record> Record for Vec<R> {
    fn write(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.length(self.len());
        self.iter().try_for_each(|record| record.write(out))
    }

    fn read(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let count = input.length()?;
        let mut records = Vec::with_capacity(input.capacity::<R>(count));
        for _ in 0..count {
            records.push(R::read(input)?);
        }
        Ok(records)
    }
}

impl Record for TypeTable {
    fn write(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        self.encode(out);
        Ok(())
    }

    fn read(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        TypeTable::decode(input)
    }
}

impl Record for Value {
    fn write(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.u32(self.ty.0);
        out.bytes(&self.bytes);
        Ok(())
    }

    fn read(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Ok(Value {
            ty: TypeId(input.u32()?),
            bytes: input.bytes()?.to_vec(),
        })
    }
}
