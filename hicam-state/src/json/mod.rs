//! Captured values as JSON, read by their schema alone: none of the user's types is needed.
//!
//! Structs are objects by field name, or what they hold when that is one unnamed field; enums are
//! the variant's name, or an object of it; maps are objects when their keys are text or numbers, else
//! lists of pairs; bytes are text when they are UTF-8, else `0x…`. A number that JSON cannot hold is
//! text. Serde values are shown as they are. Protobuf messages are shown as their wire format has
//! them: `"field 1": …`, a list where a field appears several times, fixed widths both as integer and
//! as float. A pointer to a shared object is `{"#": number}`, a weak one `{"weak #": number}`, or null if it
//! dangles. What lies deeper than 100 levels is shown as `…`.

mod protobuf;
mod serde_view;

use serde_json::{Map, Value as Json, json};

use crate::heap::{LatePart, Object};
use crate::{
    DecodeError, DecodeErrorKind, Decoder, Field, MAX_DEPTH, Primitive, STACK_CHUNK,
    STACK_RED_ZONE, State, Type, TypeId, TypeTable, Value, Variant, dynamic,
};

/// What lies deeper is not shown: most readers of JSON refuse it.
const SHOWN_DEPTH: usize = 100;

/// The value as JSON.
///
/// # Errors
/// Its bytes do not fit its type in `types`.
///
/// ```
/// use hicam_state::{TypeTable, Value, json};
/// let mut types = TypeTable::new();
/// let value = Value::of(&vec![(1u8, Some("one".to_owned())), (2, None)], &mut types)?;
/// assert_eq!(json::value(&types, &value)?, serde_json::json!([[1, "one"], [2, null]]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn value(types: &TypeTable, value: &Value) -> Result<Json, DecodeError> {
    whole(types, value.ty, &value.bytes, &[])
}

/// A value, or the content of an object with its late parts where they belong.
fn whole(
    types: &TypeTable,
    ty: TypeId,
    bytes: &[u8],
    late: &[LatePart],
) -> Result<Json, DecodeError> {
    let mut input = Decoder::new(bytes);
    let mut viewer = Viewer {
        types,
        // Only a type in a damaged table holds many values in few bytes.
        fuel: bytes.len().saturating_mul(64).saturating_add(1 << 16),
        depth: 0,
        late,
        cells: 0,
        inner: 0,
    };
    let json = viewer.view(ty, &mut input)?;
    input.finish()?;
    Ok(json)
}

/// The content of a shared object as JSON, or what is wrong with it; null if it has none.
pub(crate) fn object(types: &TypeTable, object: &Object) -> Json {
    let Some(content) = &object.content else {
        return Json::Null;
    };
    whole(types, object.ty, content, &object.late)
        .unwrap_or_else(|error| json!({ "error": error.to_string() }))
}

/// The value as JSON, or what is wrong with it.
pub(crate) fn shown(types: &TypeTable, captured: &Value) -> Json {
    value(types, captured).unwrap_or_else(|error| json!({ "error": error.to_string() }))
}

/// The named types of a table.
pub(crate) fn types(table: &TypeTable) -> Json {
    let fields = |fields: &[Field]| -> Json {
        fields
            .iter()
            .map(|field| (field.name.clone(), Json::from(table.name(field.ty))))
            .collect()
    };
    table
        .iter()
        .filter_map(|(_, ty)| match ty {
            Type::Struct { name, fields: list } => {
                Some(json!({ "struct": name, "fields": fields(list) }))
            }
            Type::Enum { name, variants } => Some(json!({
                "enum": name,
                "variants": variants.iter()
                    .map(|variant| (variant.name.clone(), fields(&variant.fields)))
                    .collect::<Map<_, _>>(),
            })),
            Type::Dynamic { name } => Some(json!({ "serde": name })),
            Type::Message { name } => Some(json!({ "message": name })),
            _ => None,
        })
        .collect()
}

struct Viewer<'t> {
    types: &'t TypeTable,
    /// How many more values may be looked at.
    fuel: usize,
    depth: usize,
    /// The late parts still to come.
    late: &'t [LatePart],
    /// Cells that can have a late part, so far.
    cells: u32,
    /// Above zero where cells cannot have one.
    inner: u32,
}

impl Viewer<'_> {
    fn view(&mut self, ty: TypeId, input: &mut Decoder<'_>) -> Result<Json, DecodeError> {
        // The schema does not say where a box is, so every level counts here.
        if self.depth >= 8 * MAX_DEPTH {
            return Err(DecodeErrorKind::TooDeep.into());
        }
        self.fuel = self.fuel.checked_sub(1).ok_or_else(|| {
            DecodeError::other("its type describes more values than its bytes hold")
        })?;
        self.depth += 1;
        let json = stacker::maybe_grow(STACK_RED_ZONE, STACK_CHUNK, || self.view_type(ty, input));
        self.depth -= 1;
        json.map(|json| {
            if self.depth < SHOWN_DEPTH {
                json
            } else {
                hidden()
            }
        })
    }

    fn view_type(&mut self, ty: TypeId, input: &mut Decoder<'_>) -> Result<Json, DecodeError> {
        let types = self.types;
        let ty = types
            .get(ty)
            .ok_or_else(|| DecodeError::invalid("type number", ty.number()))?;
        match ty {
            Type::Primitive(primitive) => view_primitive(*primitive, input),
            Type::Option(inner) => match input.u8()? {
                0 => Ok(Json::Null),
                1 => self.view(*inner, input),
                byte => Err(DecodeError::invalid("Option", byte)),
            },
            Type::Seq(element) => {
                let count = input.length()?;
                self.view_elements(*element, count, input)
            }
            Type::Set { element, sorted } => {
                let count = input.length()?;
                self.in_order(*sorted, |viewer| {
                    viewer.view_elements(*element, count, input)
                })
            }
            Type::Cell(content) => self.view_cell(*content, input),
            Type::Array { element, length } => {
                let count = input.check_length(*length)?;
                self.view_elements(*element, count, input)
            }
            Type::Map { key, value, sorted } => {
                self.in_order(*sorted, |viewer| viewer.view_map(*key, *value, input))
            }
            Type::Shared(_) => Ok(single("#", input.u32()?.into())),
            Type::Weak(_) => Ok(match input.u32()? {
                0 => Json::Null,
                number => single("weak #", number.into()),
            }),
            Type::Tuple(parts) => parts
                .iter()
                .map(|part| self.view(*part, input))
                .collect::<Result<_, _>>(),
            Type::Struct { fields, .. } => self.view_fields(fields, input),
            Type::Enum { variants, .. } => self.view_enum(variants, input),
            Type::Dynamic { .. } => {
                dynamic::decode_seed(serde_view::View { depth: self.depth }, input)
            }
            Type::Message { .. } => Ok(protobuf::view(input.bytes()?)),
        }
    }

    /// What a cell holds: what stands there, or the late part that belongs there.
    fn view_cell(&mut self, content: TypeId, input: &mut Decoder<'_>) -> Result<Json, DecodeError> {
        if self.inner == 0 {
            let cell = self.cells;
            self.cells += 1;
            if let Some((part, rest)) = self.late.split_first()
                && part.cell == cell
            {
                self.late = rest;
                return whole(self.types, part.ty, &part.bytes, &[]);
            }
        }
        self.in_order(false, |viewer| viewer.view(content, input))
    }

    /// Looks at elements whose cells can have late parts only if they are in order.
    fn in_order<T>(&mut self, order: bool, view: impl FnOnce(&mut Self) -> T) -> T {
        self.inner += u32::from(!order);
        let viewed = view(self);
        self.inner -= u32::from(!order);
        viewed
    }

    fn view_elements(
        &mut self,
        element: TypeId,
        count: usize,
        input: &mut Decoder<'_>,
    ) -> Result<Json, DecodeError> {
        if self.types.get(element) == Some(&Type::Primitive(Primitive::U8)) {
            return input.raw(count).map(bytes);
        }
        (0..count)
            .map(|_| input.element(|input| self.view(element, input)))
            .collect()
    }

    fn view_map(
        &mut self,
        key: TypeId,
        value: TypeId,
        input: &mut Decoder<'_>,
    ) -> Result<Json, DecodeError> {
        let count = input.length()?;
        let mut entries = Vec::new();
        for _ in 0..count {
            entries.push(
                input.element(|input| Ok((self.view(key, input)?, self.view(value, input)?)))?,
            );
        }
        Ok(map(entries))
    }

    fn view_fields(
        &mut self,
        fields: &[Field],
        input: &mut Decoder<'_>,
    ) -> Result<Json, DecodeError> {
        match fields {
            [only] if only.name == "0" => self.view(only.ty, input),
            [first, ..] if first.name == "0" => fields
                .iter()
                .map(|field| self.view(field.ty, input))
                .collect::<Result<_, _>>(),
            _ => fields
                .iter()
                .map(|field| Ok((field.name.clone(), self.view(field.ty, input)?)))
                .collect::<Result<Map<_, _>, _>>()
                .map(Json::Object),
        }
    }

    fn view_enum(
        &mut self,
        variants: &[Variant],
        input: &mut Decoder<'_>,
    ) -> Result<Json, DecodeError> {
        let position = input.u32()?;
        let variant = variants
            .get(position as usize)
            .ok_or_else(|| DecodeError::invalid("position of a variant", position))?;
        if variant.fields.is_empty() {
            return Ok(Json::from(variant.name.clone()));
        }
        let content = self.view_fields(&variant.fields, input)?;
        Ok(single(&variant.name, content))
    }
}

fn view_primitive(primitive: Primitive, input: &mut Decoder<'_>) -> Result<Json, DecodeError> {
    Ok(match primitive {
        Primitive::Unit => Json::Null,
        Primitive::Bool => bool::decode(input)?.into(),
        Primitive::Char => char::decode(input)?.to_string().into(),
        Primitive::U8 => input.u8()?.into(),
        Primitive::U16 => input.u16()?.into(),
        Primitive::U32 => input.u32()?.into(),
        Primitive::U64 | Primitive::Usize => input.u64()?.into(),
        Primitive::U128 => unsigned(u128::decode(input)?),
        Primitive::I8 => i8::decode(input)?.into(),
        Primitive::I16 => i16::decode(input)?.into(),
        Primitive::I32 => i32::decode(input)?.into(),
        Primitive::I64 | Primitive::Isize => i64::decode(input)?.into(),
        Primitive::I128 => signed(i128::decode(input)?),
        Primitive::F32 => single_float(f32::decode(input)?),
        Primitive::F64 => float(f64::decode(input)?),
        Primitive::String => input.str()?.into(),
    })
}

/// In the place of what lies too deep.
fn hidden() -> Json {
    "…".into()
}

fn unsigned(number: u128) -> Json {
    u64::try_from(number).map_or_else(|_| number.to_string().into(), Json::from)
}

fn signed(number: i128) -> Json {
    i64::try_from(number).map_or_else(|_| number.to_string().into(), Json::from)
}

fn float(number: f64) -> Json {
    serde_json::Number::from_f64(number).map_or_else(|| number.to_string().into(), Json::Number)
}

/// As few digits as tell it from other numbers of 32 bits.
fn single_float(number: f32) -> Json {
    float(number.to_string().parse().unwrap_or_else(|_| number.into()))
}

fn bytes(bytes: &[u8]) -> Json {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => hex(bytes),
    }
}

fn hex(bytes: &[u8]) -> Json {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("0x{digits}").into()
}

fn single(name: &str, content: Json) -> Json {
    Json::Object(Map::from_iter([(name.to_owned(), content)]))
}

fn map(entries: Vec<(Json, Json)>) -> Json {
    let plain = |(key, _): &(Json, Json)| key.is_string() || key.is_number() || key.is_boolean();
    if !entries.iter().all(plain) {
        return entries
            .into_iter()
            .map(|(key, value)| json!([key, value]))
            .collect();
    }
    let text = |key| match key {
        Json::String(text) => text,
        other => other.to_string(),
    };
    Json::Object(
        entries
            .into_iter()
            .map(|(key, value)| (text(key), value))
            .collect(),
    )
}
