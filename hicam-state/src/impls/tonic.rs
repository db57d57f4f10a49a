//! `State` for gRPC requests, responses and statuses.
//!
//! Metadata is captured, text and binary; extensions, which hold connection-bound values of any
//! type, are not, nor is a status's source error.

use bytes::Bytes;
use tonic::metadata::{Ascii, Binary, KeyAndValueRef, MetadataKey, MetadataMap, MetadataValue};
use tonic::{Code, Extensions, Request, Response, Status};

use crate::private::{enumeration, field, structure, variant};
use crate::{DecodeError, Decoder, EncodeError, Encoder, OnDrop, State, Type, TypeId, TypeTable};

/// The key of the type of one entry; each entry of a key with several values is one of its own.
struct Entry;

impl State for MetadataMap {
    const ON_DROP: OnDrop = OnDrop::Silent;

    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<MetadataMap>(|types| {
            Type::Seq(types.define::<Entry>(|types| {
                let key = field::<String>("key", types);
                let value = field::<Vec<u8>>("value", types);
                let sensitive = field::<bool>("sensitive", types);
                structure("MetadataEntry", vec![key, value, sensitive])
            }))
        })
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        out.length(self.len());
        for entry in self.iter() {
            match entry {
                KeyAndValueRef::Ascii(key, value) => {
                    out.str(key.as_str());
                    out.bytes(value.as_bytes());
                    value.is_sensitive().encode(out)?;
                }
                KeyAndValueRef::Binary(key, value) => {
                    let bytes = value.to_bytes().map_err(|error| {
                        EncodeError::other(format_args!("metadata `{key}` holds {error}"))
                    })?;
                    out.str(key.as_str());
                    out.bytes(&bytes);
                    value.is_sensitive().encode(out)?;
                }
            }
        }
        Ok(())
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let count = input.length()?;
        let mut map = MetadataMap::new();
        for _ in 0..count {
            let key = input.str()?;
            let value = input.bytes()?;
            let sensitive = bool::decode(input)?;
            let invalid = || DecodeError::invalid("metadata entry", format_args!("`{key}`"));
            // The key's suffix is what tells binary metadata from text in gRPC too.
            if key.ends_with("-bin") {
                let key: MetadataKey<Binary> = key.parse().map_err(|_| invalid())?;
                let mut value = MetadataValue::from_bytes(value);
                value.set_sensitive(sensitive);
                map.append_bin(key, value);
            } else {
                let mut value: MetadataValue<Ascii> = value.try_into().map_err(|_| invalid())?;
                let key: MetadataKey<Ascii> = key.parse().map_err(|_| invalid())?;
                value.set_sensitive(sensitive);
                map.append(key, value);
            }
        }
        Ok(map)
    }
}

/// Values of metadata: their bytes, and whether they are to be kept from logs.
macro_rules! metadata_values {
    ($($encoding:ident $name:literal, |$value:ident| $bytes:expr, |$read:ident| $make:expr;)*) => {$(
        impl State for MetadataValue<$encoding> {
            const ON_DROP: OnDrop = OnDrop::Silent;

            fn describe(types: &mut TypeTable) -> TypeId {
                types.define::<Self>(|types| {
                    let value = field::<Vec<u8>>("value", types);
                    structure($name, vec![value, field::<bool>("sensitive", types)])
                })
            }

            fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                let $value = self;
                out.bytes($bytes);
                self.is_sensitive().encode(out)
            }

            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                let $read = input.bytes()?;
                let mut value: Self = $make;
                value.set_sensitive(bool::decode(input)?);
                Ok(value)
            }
        }
    )*};
}

metadata_values! {
    Ascii "AsciiMetadataValue", |value| value.as_bytes(),
    |bytes| bytes.try_into().map_err(|_| DecodeError::invalid("metadata", "bytes that are no text"))?;
    Binary "BinaryMetadataValue",
    |value| &value.to_bytes().map_err(|error| EncodeError::other(format_args!("metadata holds {error}")))?,
    |bytes| MetadataValue::from_bytes(bytes);
}

macro_rules! codes {
    ($($code:ident)*) => {
        /// Every code in the order of their numbers.
        const CODES: &[(Code, &str)] = &[$((Code::$code, stringify!($code)),)*];
    };
}

codes! {
    Ok Cancelled Unknown InvalidArgument DeadlineExceeded NotFound AlreadyExists PermissionDenied
    ResourceExhausted FailedPrecondition Aborted OutOfRange Unimplemented Internal Unavailable
    DataLoss Unauthenticated
}

impl State for Code {
    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<Code>(|_| {
            enumeration(
                "Code",
                CODES
                    .iter()
                    .map(|(_, name)| variant(name, Vec::new()))
                    .collect(),
            )
        })
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        // gRPC's numbers are from 0 to 16, which are the variants' positions.
        out.u32(*self as u32);
        Ok(())
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let number = input.u32()?;
        let code = CODES.get(number as usize).map(|(code, _)| *code);
        code.ok_or_else(|| DecodeError::invalid("gRPC code", number))
    }
}

impl State for Status {
    const ON_DROP: OnDrop = OnDrop::Silent;

    fn describe(types: &mut TypeTable) -> TypeId {
        types.define::<Status>(|types| {
            let code = field::<Code>("code", types);
            let message = field::<String>("message", types);
            let details = field::<Vec<u8>>("details", types);
            let metadata = field::<MetadataMap>("metadata", types);
            structure("Status", vec![code, message, details, metadata])
        })
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        self.code().encode(out)?;
        out.str(self.message());
        out.bytes(self.details());
        self.metadata().encode(out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let code = Code::decode(input)?;
        let message = input.str()?;
        let details = Bytes::decode(input)?;
        let metadata = MetadataMap::decode(input)?;
        Ok(Status::with_details_and_metadata(
            code, message, details, metadata,
        ))
    }
}

macro_rules! carriers {
    ($($ty:ident, |$metadata:ident, $message:ident| $new:expr;)*) => {$(
        impl<T: State> State for $ty<T> {
            const ON_DROP: OnDrop = T::ON_DROP;
            const BEHIND_RC: OnDrop = T::BEHIND_RC;

            fn describe(types: &mut TypeTable) -> TypeId {
                types.define::<$ty<T>>(|types| {
                    let metadata = field::<MetadataMap>("metadata", types);
                    let message = field::<T>("message", types);
                    structure(stringify!($ty), vec![metadata, message])
                })
            }

            fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                self.metadata().encode(out)?;
                self.get_ref().encode(out)
            }

            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                let $metadata = MetadataMap::decode(input)?;
                let $message = T::decode(input)?;
                Ok($new)
            }
        }
    )*};
}

carriers! {
    Request, |metadata, message| Request::from_parts(metadata, Extensions::default(), message);
    Response, |metadata, message| Response::from_parts(metadata, message, Extensions::default());
}
