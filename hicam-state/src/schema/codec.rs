//! The encoding of a schema.

use super::{Field, Primitive, Type, TypeId, Variant};
use crate::{DecodeError, Decoder, Encoder, State};

const PRIMITIVE: u8 = 0;
const OPTION: u8 = 1;
const SEQ: u8 = 2;
const SET: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TUPLE: u8 = 6;
const STRUCT: u8 = 7;
const ENUM: u8 = 8;
const DYNAMIC: u8 = 9;
const MESSAGE: u8 = 10;
const SHARED: u8 = 11;
const WEAK: u8 = 12;
const CELL: u8 = 13;

impl Type {
    /// Writes the type as a record.
    pub(super) fn encode(&self, out: &mut Encoder) {
        out.record(|out| self.encode_fields(out));
    }

    fn encode_fields(&self, out: &mut Encoder) {
        match self {
            Type::Primitive(primitive) => {
                out.u8(PRIMITIVE);
                out.u8(primitive.tag());
            }
            Type::Option(inner) => {
                out.u8(OPTION);
                out.u32(inner.0);
            }
            Type::Shared(inner) => {
                out.u8(SHARED);
                out.u32(inner.0);
            }
            Type::Weak(inner) => {
                out.u8(WEAK);
                out.u32(inner.0);
            }
            Type::Seq(element) => {
                out.u8(SEQ);
                out.u32(element.0);
            }
            Type::Set { element, sorted } => {
                out.u8(SET);
                out.u32(element.0);
                out.u8((*sorted).into());
            }
            Type::Cell(content) => {
                out.u8(CELL);
                out.u32(content.0);
            }
            Type::Array { element, length } => {
                out.u8(ARRAY);
                out.u32(element.0);
                out.u64(*length);
            }
            Type::Map { key, value, sorted } => {
                out.u8(MAP);
                out.u32(key.0);
                out.u32(value.0);
                out.u8((*sorted).into());
            }
            Type::Tuple(parts) => {
                out.u8(TUPLE);
                out.length(parts.len());
                for part in parts {
                    out.u32(part.0);
                }
            }
            Type::Struct { name, fields } => {
                out.u8(STRUCT);
                out.str(name);
                encode_fields(fields, out);
            }
            Type::Enum { name, variants } => {
                out.u8(ENUM);
                out.str(name);
                out.length(variants.len());
                for variant in variants {
                    out.str(&variant.name);
                    encode_fields(&variant.fields, out);
                }
            }
            Type::Dynamic { name } => {
                out.u8(DYNAMIC);
                out.str(name);
            }
            Type::Message { name } => {
                out.u8(MESSAGE);
                out.str(name);
            }
        }
    }

    pub(super) fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        input.record(Type::decode_fields)
    }

    fn decode_fields(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Ok(match input.u8()? {
            PRIMITIVE => {
                let tag = input.u8()?;
                let primitive = Primitive::ALL.get(usize::from(tag));
                Type::Primitive(
                    *primitive.ok_or_else(|| DecodeError::invalid("primitive type", tag))?,
                )
            }
            OPTION => Type::Option(TypeId(input.u32()?)),
            SHARED => Type::Shared(TypeId(input.u32()?)),
            WEAK => Type::Weak(TypeId(input.u32()?)),
            SEQ => Type::Seq(TypeId(input.u32()?)),
            SET => Type::Set {
                element: TypeId(input.u32()?),
                sorted: bool::decode(input)?,
            },
            CELL => Type::Cell(TypeId(input.u32()?)),
            ARRAY => Type::Array {
                element: TypeId(input.u32()?),
                length: input.u64()?,
            },
            MAP => Type::Map {
                key: TypeId(input.u32()?),
                value: TypeId(input.u32()?),
                sorted: bool::decode(input)?,
            },
            TUPLE => Type::Tuple(decode_list(input, |input| input.u32().map(TypeId))?),
            STRUCT => Type::Struct {
                name: input.str()?.to_owned(),
                fields: decode_fields(input)?,
            },
            ENUM => Type::Enum {
                name: input.str()?.to_owned(),
                variants: decode_list(input, |input| {
                    Ok(Variant {
                        name: input.str()?.to_owned(),
                        fields: decode_fields(input)?,
                    })
                })?,
            },
            DYNAMIC => Type::Dynamic {
                name: input.str()?.to_owned(),
            },
            MESSAGE => Type::Message {
                name: input.str()?.to_owned(),
            },
            tag => return Err(DecodeError::invalid("type", tag)),
        })
    }
}

impl Primitive {
    fn tag(self) -> u8 {
        self as u8
    }
}

fn encode_fields(fields: &[Field], out: &mut Encoder) {
    out.length(fields.len());
    for field in fields {
        out.str(&field.name);
        out.u32(field.ty.0);
    }
}

fn decode_fields(input: &mut Decoder<'_>) -> Result<Vec<Field>, DecodeError> {
    decode_list(input, |input| {
        Ok(Field {
            name: input.str()?.to_owned(),
            ty: TypeId(input.u32()?),
        })
    })
}

fn decode_list<T>(
    input: &mut Decoder<'_>,
    mut read: impl FnMut(&mut Decoder<'_>) -> Result<T, DecodeError>,
) -> Result<Vec<T>, DecodeError> {
    let count = input.length()?;
    let mut list = Vec::with_capacity(input.capacity::<T>(count));
    for _ in 0..count {
        list.push(read(input)?);
    }
    Ok(list)
}
