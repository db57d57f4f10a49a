//! What captured types look like: every type once, by number, with the names of its fields.

mod codec;
mod same;

use std::any;
use std::collections::HashMap;
use std::fmt::Write as _;

pub use same::SchemaMismatch;
pub(crate) use same::{quoted, step};

use crate::evolve::Reading;
use crate::{DecodeError, Decoder, Encoder};

/// The number of a type in a [`TypeTable`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub(crate) u32);

impl TypeId {
    /// The number itself.
    pub fn number(self) -> u32 {
        self.0
    }
}

/// The shape of a type, which is all a reader needs to walk a value without the user's code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Type {
    /// A scalar or a string.
    Primitive(Primitive),
    /// `Option`.
    Option(TypeId),
    /// A sequence of any length: `Vec`, `VecDeque`, `BinaryHeap`, …
    Seq(TypeId),
    /// A sequence without repetition: `HashSet`, `BTreeSet`.
    Set {
        /// The type of each element.
        element: TypeId,
        /// Its elements are in the same order after a restore.
        sorted: bool,
    },
    /// An array.
    Array {
        /// The type of each element.
        element: TypeId,
        /// How many there are.
        length: u64,
    },
    /// A map: `HashMap`, `BTreeMap`.
    Map {
        /// The type of the keys.
        key: TypeId,
        /// The type of the values.
        value: TypeId,
        /// Its entries are in the same order after a restore.
        sorted: bool,
    },
    /// What something may be stored in after it has been made: `Mutex`, `RwLock`, `RefCell`, `OnceLock`, … It is
    /// encoded as its content, and in a shared object may be filled [late](crate::heap).
    Cell(TypeId),
    /// A tuple.
    Tuple(Vec<TypeId>),
    /// A struct; the fields of a tuple struct are named `0`, `1`, …
    Struct {
        /// Its name, without module or generic arguments.
        name: String,
        /// Its fields in the order they are encoded in.
        fields: Vec<Field>,
    },
    /// An enum.
    Enum {
        /// Its name, without module or generic arguments.
        name: String,
        /// Its variants; a value starts with the position of its own here, as 32 bits.
        variants: Vec<Variant>,
    },
    /// `Arc`: the number of a shared object, see [the format](crate::heap).
    Shared(TypeId),
    /// `Weak`: the number of a shared object, or 0.
    Weak(TypeId),
    /// A value bridged through serde in the self-describing encoding of [`dynamic`](crate::dynamic).
    Dynamic {
        /// The Rust type's name, without modules.
        name: String,
    },
    /// A protobuf message: a length and its wire format.
    Message {
        /// The Rust type's name, without modules.
        name: String,
    },
}

/// A field of a struct or variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name; `0`, `1`, … in a tuple struct.
    pub name: String,
    /// Its type.
    pub ty: TypeId,
}

/// A variant of an enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// Its fields; none for a unit variant.
    pub fields: Vec<Field>,
}

macro_rules! primitives {
    ($($(#[$doc:meta])* $variant:ident $name:literal)*) => {
        /// A type without parts.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Primitive {
            $($(#[$doc])* $variant,)*
        }

        impl Primitive {
            /// Every primitive, in the order of their tags.
            const ALL: &[Primitive] = &[$(Primitive::$variant,)*];

            /// Its name in Rust.
            pub fn name(self) -> &'static str {
                match self {
                    $(Primitive::$variant => $name,)*
                }
            }
        }
    };
}

primitives! {
    /// `()`: no bytes.
    Unit "()"
    /// One byte, 0 or 1.
    Bool "bool"
    /// Four bytes: a Unicode scalar value.
    Char "char"
    /// One byte.
    U8 "u8"
    /// Two bytes.
    U16 "u16"
    /// Four bytes.
    U32 "u32"
    /// Eight bytes.
    U64 "u64"
    /// Sixteen bytes.
    U128 "u128"
    /// Eight bytes, whatever the host's width.
    Usize "usize"
    /// One byte, two's complement.
    I8 "i8"
    /// Two bytes, two's complement.
    I16 "i16"
    /// Four bytes, two's complement.
    I32 "i32"
    /// Eight bytes, two's complement.
    I64 "i64"
    /// Sixteen bytes, two's complement.
    I128 "i128"
    /// Eight bytes, two's complement, whatever the host's width.
    Isize "isize"
    /// Four bytes, IEEE 754, every bit kept.
    F32 "f32"
    /// Eight bytes, IEEE 754, every bit kept.
    F64 "f64"
    /// A length and UTF-8.
    String "String"
}

/// Types by number. Describing a type adds it once, with all it is made of.
///
/// ```
/// use hicam_state::{State, TypeTable};
/// let mut types = TypeTable::new();
/// let id = <Vec<Option<i64>> as State>::describe(&mut types);
/// assert_eq!(types.name(id), "Vec<Option<i64>>");
/// ```
#[derive(Debug, Clone, Default)]
pub struct TypeTable {
    types: Vec<Type>,
    /// Types of this program that are in the table already.
    known: HashMap<any::TypeId, TypeId>,
    /// How they read what other builds have captured.
    readings: HashMap<TypeId, Reading>,
}

impl PartialEq for TypeTable {
    fn eq(&self, other: &Self) -> bool {
        self.types == other.types
    }
}

impl TypeTable {
    /// An empty table.
    pub fn new() -> Self {
        TypeTable::default()
    }

    /// How many types it holds.
    pub fn len(&self) -> usize {
        self.types.len()
    }

    /// Whether it holds no type.
    pub fn is_empty(&self) -> bool {
        self.types.is_empty()
    }

    /// The type of number `id`; none if `id` is another table's.
    pub fn get(&self, id: TypeId) -> Option<&Type> {
        self.types.get(id.0 as usize)
    }

    /// Every type with its number.
    pub fn iter(&self) -> impl Iterator<Item = (TypeId, &Type)> {
        (0..).map(TypeId).zip(&self.types)
    }

    /// The number of the Rust type `T`, which `shape` describes if it is not in the table yet.
    ///
    /// While `shape` runs, `T` has its number already: recursive types end there.
    pub fn define<T: 'static>(&mut self, shape: impl FnOnce(&mut TypeTable) -> Type) -> TypeId {
        let key = any::TypeId::of::<T>();
        if let Some(id) = self.known.get(&key) {
            return *id;
        }
        let id = self.push(Type::Primitive(Primitive::Unit));
        self.known.insert(key, id);
        let ty = shape(self);
        self.set(id, ty);
        id
    }

    /// Says how type `id` reads what other builds have captured.
    #[doc(hidden)]
    pub fn read_as(&mut self, id: TypeId, reading: Reading) {
        self.readings.insert(id, reading);
    }

    pub(crate) fn reading(&self, id: TypeId) -> Option<Reading> {
        self.readings.get(&id).copied()
    }

    fn push(&mut self, ty: Type) -> TypeId {
        // A program has fewer than 2³² types: each took a distinct Rust type to describe, or bytes to read.
        let id = TypeId(u32::try_from(self.types.len()).unwrap_or(u32::MAX));
        self.types.push(ty);
        id
    }

    fn set(&mut self, id: TypeId, ty: Type) {
        if let Some(place) = self.types.get_mut(id.0 as usize) {
            *place = ty;
        }
    }

    fn unknown(&self, id: TypeId) -> DecodeError {
        DecodeError::invalid(
            "type number",
            format_args!("{} (the type table holds {})", id.0, self.types.len()),
        )
    }

    /// The type's name as a Rust programmer would write it.
    pub fn name(&self, id: TypeId) -> String {
        let mut name = String::new();
        self.write_name(id, 0, &mut name);
        name
    }

    fn write_name(&self, id: TypeId, depth: usize, out: &mut String) {
        // Only a damaged table has a type that contains itself without a name in between.
        if depth > 16 || out.len() > 500 {
            out.push('…');
            return;
        }
        let depth = depth + 1;
        match self.get(id) {
            None => {
                // Writing to a String cannot fail.
                let _ = write!(out, "<type {}>", id.0);
            }
            Some(Type::Primitive(primitive)) => out.push_str(primitive.name()),
            Some(Type::Option(inner)) => self.write_generic("Option", &[*inner], depth, out),
            Some(Type::Shared(inner)) => self.write_generic("Arc", &[*inner], depth, out),
            Some(Type::Weak(inner)) => self.write_generic("Weak", &[*inner], depth, out),
            Some(Type::Seq(element)) => self.write_generic("Vec", &[*element], depth, out),
            Some(Type::Set { element, .. }) => self.write_generic("Set", &[*element], depth, out),
            Some(Type::Cell(content)) => self.write_name(*content, depth, out),
            Some(Type::Map { key, value, .. }) => {
                self.write_generic("Map", &[*key, *value], depth, out)
            }
            Some(Type::Array { element, length }) => {
                out.push('[');
                self.write_name(*element, depth, out);
                let _ = write!(out, "; {length}]");
            }
            Some(Type::Tuple(parts)) => {
                out.push('(');
                for (position, part) in parts.iter().enumerate() {
                    if position > 0 {
                        out.push_str(", ");
                    }
                    self.write_name(*part, depth, out);
                }
                out.push_str(if parts.len() == 1 { ",)" } else { ")" });
            }
            Some(
                Type::Struct { name, .. }
                | Type::Enum { name, .. }
                | Type::Dynamic { name }
                | Type::Message { name },
            ) => out.push_str(name),
        }
    }

    fn write_generic(&self, name: &str, arguments: &[TypeId], depth: usize, out: &mut String) {
        out.push_str(name);
        out.push('<');
        for (position, argument) in arguments.iter().enumerate() {
            if position > 0 {
                out.push_str(", ");
            }
            self.write_name(*argument, depth, out);
        }
        out.push('>');
    }

    /// A canonical description of `id` and all it is made of, the same whatever the table's order.
    pub(crate) fn canonical(&self, id: TypeId) -> Vec<u8> {
        let mut numbers = HashMap::from([(id, TypeId(0))]);
        let mut order = vec![id];
        let mut out = Encoder::new();
        let mut next = 0;
        while let Some(id) = order.get(next).copied() {
            next += 1;
            let Some(mut ty) = self.get(id).cloned() else {
                continue;
            };
            for part in ty.parts_mut() {
                let fresh = TypeId(u32::try_from(numbers.len()).unwrap_or(u32::MAX));
                let number = *numbers.entry(*part).or_insert_with(|| {
                    order.push(*part);
                    fresh
                });
                *part = number;
            }
            ty.encode(&mut out);
        }
        out.into_bytes()
    }

    /// Writes the whole table.
    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.length(self.types.len());
        for ty in &self.types {
            ty.encode(out);
        }
    }

    /// Reads a whole table, in which every number refers to a type of its own.
    pub(crate) fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let count = input.length()?;
        let mut types = Vec::with_capacity(input.capacity::<Type>(count));
        for _ in 0..count {
            types.push(Type::decode(input)?);
        }
        let table = TypeTable {
            types,
            known: HashMap::new(),
            readings: HashMap::new(),
        };
        for ty in &table.types {
            for part in ty.parts() {
                table.get(part).ok_or_else(|| table.unknown(part))?;
            }
        }
        Ok(table)
    }
}

impl Type {
    /// The types it is directly made of.
    pub(crate) fn parts(&self) -> Vec<TypeId> {
        let mut copy = self.clone();
        copy.parts_mut().into_iter().map(|part| *part).collect()
    }

    fn parts_mut(&mut self) -> Vec<&mut TypeId> {
        match self {
            Type::Primitive(_) | Type::Dynamic { .. } | Type::Message { .. } => Vec::new(),
            Type::Option(part)
            | Type::Seq(part)
            | Type::Cell(part)
            | Type::Shared(part)
            | Type::Weak(part) => vec![part],
            Type::Array { element, .. } | Type::Set { element, .. } => vec![element],
            Type::Map { key, value, .. } => vec![key, value],
            Type::Tuple(parts) => parts.iter_mut().collect(),
            Type::Struct { fields, .. } => fields.iter_mut().map(|field| &mut field.ty).collect(),
            Type::Enum { variants, .. } => variants
                .iter_mut()
                .flat_map(|variant| &mut variant.fields)
                .map(|field| &mut field.ty)
                .collect(),
        }
    }
}

/// The name of the Rust type `T` without the modules it lives in.
///
/// `std::any::type_name` gives full paths, which change when code is moved and which no field refers to.
pub(crate) fn short_name<T>() -> String {
    let full = any::type_name::<T>();
    let mut short = String::with_capacity(full.len());
    let mut word = 0;
    let mut rest = full.char_indices().peekable();
    while let Some((_, char)) = rest.next() {
        if char == ':' && rest.peek().is_some_and(|(_, next)| *next == ':') {
            rest.next();
            short.truncate(word);
        } else {
            short.push(char);
            if !(char.is_alphanumeric() || char == '_') {
                word = short.len();
            }
        }
    }
    short
}
