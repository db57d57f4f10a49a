//! A serde value, whatever its type, as JSON.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;

use super::{SHOWN_DEPTH, bytes, float, hidden, map, signed, single_float, unsigned};

/// Reads the next value, which is `depth` levels deep.
#[derive(Clone, Copy)]
pub(super) struct View {
    pub(super) depth: usize,
}

impl View {
    fn inner(self) -> View {
        View {
            depth: self.depth + 1,
        }
    }

    fn show(self, json: Json) -> Json {
        if self.depth <= SHOWN_DEPTH {
            json
        } else {
            hidden()
        }
    }
}

impl<'de> DeserializeSeed<'de> for View {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for View {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i128<E>(self, value: i128) -> Result<Json, E> {
        Ok(signed(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u128<E>(self, value: u128) -> Result<Json, E> {
        Ok(unsigned(value))
    }

    fn visit_f32<E>(self, value: f32) -> Result<Json, E> {
        Ok(single_float(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_bytes<E>(self, value: &[u8]) -> Result<Json, E> {
        Ok(bytes(value))
    }

    fn visit_none<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        self.inner()
            .deserialize(deserializer)
            .map(|json| self.show(json))
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        self.visit_some(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element_seed(self.inner())? {
            elements.push(element);
        }
        Ok(self.show(elements.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry_seed(self.inner(), self.inner())? {
            entries.push(entry);
        }
        Ok(self.show(map(entries)))
    }
}
