//! The schema of a class: what the state of its servers looks like, and whether a checkpoint fits.

use serde_json::json;

use crate::evolve::Plan;
use crate::{
    Checkpoint, DecodeError, Decoder, Encoder, SchemaMismatch, State, Type, TypeId, TypeTable, json,
};

/// The schema of a server class.
#[derive(Debug, Clone)]
pub struct ClassSchema {
    /// The class.
    pub class: String,
    /// The types its state is made of.
    pub types: TypeTable,
    /// The type of the server's own data.
    pub globals: TypeId,
}

impl ClassSchema {
    /// The schema of the class named `class` whose servers hold a `G`.
    pub fn of<G: State>(class: impl Into<String>) -> Self {
        let mut types = TypeTable::new();
        let globals = G::describe(&mut types);
        ClassSchema {
            class: class.into(),
            types,
            globals,
        }
    }

    /// A digest of the class and its globals' type: equal schemas have equal fingerprints, on every host.
    ///
    /// 64 hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        let mut hash = blake3::Hasher::new();
        hash.update(&(self.class.len() as u64).to_le_bytes());
        hash.update(self.class.as_bytes());
        hash.update(&self.types.canonical(self.globals));
        hash.finalize().to_hex().to_string()
    }

    /// Whether a server of this class can take over the state in `checkpoint`.
    ///
    /// # Errors
    /// It is of another class, or its globals have another type; the error names the field.
    pub fn check(&self, checkpoint: &Checkpoint) -> Result<(), SchemaMismatch> {
        self.differences(checkpoint)
            .into_iter()
            .next()
            .map_or(Ok(()), Err)
    }

    /// Everything that stands in the way of taking over the state in `checkpoint`, as far as schemas tell.
    pub fn differences(&self, checkpoint: &Checkpoint) -> Vec<SchemaMismatch> {
        if self.class != checkpoint.class {
            return vec![SchemaMismatch {
                path: "class".to_owned(),
                expected: format!("`{}`", self.class),
                found: format!("`{}`", checkpoint.class),
                advice: "use a checkpoint of this class".to_owned(),
            }];
        }
        // Where a frame points to the server's own data, that is a shared object.
        let found = match checkpoint.types.get(checkpoint.globals.ty) {
            Some(Type::Shared(inner)) => *inner,
            _ => checkpoint.globals.ty,
        };
        self.compare(&checkpoint.types, found)
    }

    /// What stands in the way of taking over the state of a server with this schema.
    pub fn differences_to(&self, other: &ClassSchema) -> Vec<SchemaMismatch> {
        self.compare(&other.types, other.globals)
    }

    /// The schema for another build of the class, which compares.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Encoder::new();
        out.str(&self.class);
        self.types.encode(&mut out);
        out.u32(self.globals.0);
        out.into_bytes()
    }

    /// Reads what [`ClassSchema::to_bytes`] has written.
    ///
    /// # Errors
    /// The bytes are something else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut input = Decoder::new(bytes);
        let schema = ClassSchema {
            class: input.str()?.to_owned(),
            types: TypeTable::decode(&mut input)?,
            globals: TypeId(input.u32()?),
        };
        input.finish()?;
        Ok(schema)
    }

    /// What stands in the way of taking over globals of type `found` in `types`.
    fn compare(&self, types: &TypeTable, found: TypeId) -> Vec<SchemaMismatch> {
        match self.types.same(self.globals, types, found) {
            Ok(()) => Vec::new(),
            Err(_) => Plan::new((&self.types, self.globals), (types, found))
                .err()
                .unwrap_or_default(),
        }
    }

    /// The schema as JSON: `class`, `fingerprint`, `globals` and the named `types`.
    pub fn to_json(&self) -> serde_json::Value {
        json!({
            "class": self.class,
            "fingerprint": self.fingerprint(),
            "globals": self.types.name(self.globals),
            "types": json::types(&self.types),
        })
    }
}
