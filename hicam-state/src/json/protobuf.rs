//! A protobuf message of unknown type as JSON: what its wire format says.
//!
//! Every field is `"field N"`; one that appears several times is a list. A length-delimited field is
//! shown as text if it is printable, else as a message if it can be one, else as bytes. Which it
//! really is, only the type knows.

use serde_json::{Map, Value as Json, json};

use super::hex;

/// Messages deeper inside are shown as bytes.
const DEPTH: usize = 32;

pub(super) fn view(bytes: &[u8]) -> Json {
    message(bytes, 0).unwrap_or_else(|| hex(bytes))
}

/// The message in `bytes`, if they can be one.
fn message(mut bytes: &[u8], depth: usize) -> Option<Json> {
    let mut fields = Map::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes)?;
        let number = u32::try_from(key >> 3).ok().filter(|number| *number > 0)?;
        let value = match key & 7 {
            // A negative number of any width is a varint of 64 bits.
            0 => varint(&mut bytes)?.cast_signed().into(),
            1 => {
                let bits = u64::from_le_bytes(fixed(&mut bytes)?);
                json!({ "fixed64": bits, "double": super::float(f64::from_bits(bits)) })
            }
            2 => {
                let length = usize::try_from(varint(&mut bytes)?).ok()?;
                let (content, rest) = bytes.split_at_checked(length)?;
                bytes = rest;
                delimited(content, depth)
            }
            5 => {
                let bits = u32::from_le_bytes(fixed(&mut bytes)?);
                json!({ "fixed32": bits, "float": super::single_float(f32::from_bits(bits)) })
            }
            _ => return None,
        };
        add(&mut fields, format!("field {number}"), value);
    }
    let shown = fields.into_iter().map(|(name, values)| match values {
        Json::Array(mut values) if values.len() == 1 => (name, values.remove(0)),
        values => (name, values),
    });
    Some(Json::Object(shown.collect()))
}

fn add(fields: &mut Map<String, Json>, name: String, value: Json) {
    if let Json::Array(values) = fields.entry(name).or_insert_with(|| json!([])) {
        values.push(value);
    }
}

fn delimited(content: &[u8], depth: usize) -> Json {
    if let Ok(text) = std::str::from_utf8(content)
        && text
            .chars()
            .all(|char| !char.is_control() || char.is_whitespace())
    {
        return text.into();
    }
    let inner = if depth < DEPTH {
        message(content, depth + 1)
    } else {
        None
    };
    inner.unwrap_or_else(|| hex(content))
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..70).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let bits = u64::from(byte & 0x7f);
        // The tenth byte has room for one bit.
        if shift == 63 && bits > 1 {
            return None;
        }
        number |= bits << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn fixed<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (value, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*value)
}
