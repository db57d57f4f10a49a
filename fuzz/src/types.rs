//! The types of generated programs.

use std::fmt::Write as _;

use crate::rng::Rng;

/// A type of values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    Unit,
    U64,
    I32,
    Bool,
    /// `&'static str`
    Str,
    Text,
    /// Its drop is seen.
    Noted,
    Vec(Box<Type>),
    Deque(Box<Type>),
    /// From `u64`.
    Map(Box<Type>),
    Option(Box<Type>),
    /// With an error of this number.
    Result(Box<Type>, usize),
    Tuple(Vec<Type>),
    /// A definition of the program.
    Named(usize),
    /// The type parameter of a generic function.
    Param,
}

impl Type {
    /// The type where the type parameter stands for this one.
    pub(crate) fn with(&self, concrete: &Type) -> Type {
        let boxed = |inner: &Type| Box::new(inner.with(concrete));
        match self {
            Type::Param => concrete.clone(),
            Type::Vec(inner) => Type::Vec(boxed(inner)),
            Type::Deque(inner) => Type::Deque(boxed(inner)),
            Type::Map(inner) => Type::Map(boxed(inner)),
            Type::Option(inner) => Type::Option(boxed(inner)),
            Type::Result(inner, error) => Type::Result(boxed(inner), *error),
            Type::Tuple(all) => Type::Tuple(all.iter().map(|ty| ty.with(concrete)).collect()),
            other => other.clone(),
        }
    }

    /// What the type parameter has to be for this to be `wanted`; nothing if it cannot be. Where there is no type
    /// parameter in it, any type will do.
    pub(crate) fn matches(&self, wanted: &Type) -> Option<Type> {
        match (self, wanted) {
            (Type::Param, wanted) => Some(wanted.clone()),
            (Type::Vec(one), Type::Vec(two)) | (Type::Option(one), Type::Option(two)) => {
                one.matches(two)
            }
            (one, two) => (one == two).then_some(Type::U64),
        }
    }

    /// Whether there is no type parameter in it.
    pub(crate) fn is_free(&self) -> bool {
        self.with(&Type::Unit) == *self
    }

    /// Whether a generic function can have it as its type: the parameter itself cannot be passed on.
    pub(crate) fn is_concrete(&self) -> bool {
        match self {
            Type::Param | Type::Str => false,
            Type::Vec(inner)
            | Type::Deque(inner)
            | Type::Map(inner)
            | Type::Option(inner)
            | Type::Result(inner, _) => inner.is_concrete(),
            Type::Tuple(all) => all.iter().all(Type::is_concrete),
            _ => true,
        }
    }
}

/// The error types: number 0 converts into number 1.
pub(crate) const ERRORS: [&str; 2] = ["Refused", "Failed"];

/// What each program begins with.
pub(crate) const PRELUDE: &str = "\
#[derive(Debug, Clone, PartialEq, hicam::State)]
pub struct Refused(pub u64);

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub enum Failed {
    Early,
    Late { code: u64, why: String },
}

impl From<Refused> for Failed {
    fn from(refused: Refused) -> Self {
        match refused.0 % 3 {
            0 => Failed::Early,
            code => Failed::Late { code, why: format!(\"refused {}\", refused.0) },
        }
    }
}

impl From<Unsold> for Refused {
    fn from(unsold: Unsold) -> Self {
        Refused(unsold.0)
    }
}

impl From<Unsold> for Failed {
    fn from(unsold: Unsold) -> Self {
        Refused::from(unsold).into()
    }
}
";

/// A struct or an enum.
#[derive(Debug, Clone)]
pub(crate) struct Definition {
    pub(crate) name: String,
    pub(crate) shape: Shape,
}

#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Struct(Fields),
    Enum(Vec<(String, Fields)>),
}

/// Fields with names, or numbered if the names are.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    pub(crate) named: bool,
    pub(crate) all: Vec<(String, Type)>,
}

impl Fields {
    /// The first of them, for a pattern that leaves the others out.
    pub(crate) fn first(&self, count: usize) -> Fields {
        Fields {
            named: self.named,
            all: self.all.iter().take(count).cloned().collect(),
        }
    }

    /// `path { a: …, b: … }` or `path(…, …)`, of an expression or a pattern for each field.
    pub(crate) fn filled(&self, path: &str, mut fill: impl FnMut(&str, &Type) -> String) -> String {
        let mut parts = Vec::new();
        for (name, ty) in &self.all {
            let value = fill(name, ty);
            parts.push(match self.named {
                true if value == *name => value,
                true => format!("{name}: {value}"),
                false => value,
            });
        }
        let parts = parts.join(", ");
        match self.named {
            _ if self.all.is_empty() => path.to_owned(),
            true => format!("{path} {{ {parts} }}"),
            false => format!("{path}({parts})"),
        }
    }
}

/// The types of one program.
#[derive(Debug, Clone, Default)]
pub(crate) struct Types {
    pub(crate) definitions: Vec<Definition>,
    /// There are values whose drop is seen.
    pub(crate) noted: bool,
}

impl Types {
    /// Whether somebody sees when a value of this type is dropped; `of_param` says so of the type parameter.
    pub(crate) fn is_observed(&self, ty: &Type, of_param: bool) -> bool {
        let within = |fields: &Fields| {
            let mut all = fields.all.iter();
            all.any(|(_, ty)| self.is_observed(ty, of_param))
        };
        match ty {
            Type::Noted => true,
            Type::Param => of_param,
            Type::Vec(inner)
            | Type::Deque(inner)
            | Type::Map(inner)
            | Type::Option(inner)
            | Type::Result(inner, _) => self.is_observed(inner, of_param),
            Type::Tuple(all) => all.iter().any(|ty| self.is_observed(ty, of_param)),
            Type::Named(at) => match &self.definitions[*at].shape {
                Shape::Struct(fields) => within(fields),
                Shape::Enum(variants) => variants.iter().any(|(_, fields)| within(fields)),
            },
            Type::Unit | Type::U64 | Type::I32 | Type::Bool | Type::Str | Type::Text => false,
        }
    }

    pub(crate) fn is_copy(&self, ty: &Type) -> bool {
        match ty {
            Type::Unit | Type::U64 | Type::I32 | Type::Bool | Type::Str => true,
            Type::Option(inner) => self.is_copy(inner),
            Type::Tuple(all) => all.iter().all(|ty| self.is_copy(ty)),
            _ => false,
        }
    }

    pub(crate) fn render(&self, ty: &Type) -> String {
        match ty {
            Type::Unit => "()".to_owned(),
            Type::U64 => "u64".to_owned(),
            Type::I32 => "i32".to_owned(),
            Type::Bool => "bool".to_owned(),
            Type::Str => "&'static str".to_owned(),
            Type::Text => "String".to_owned(),
            Type::Noted => "Noted".to_owned(),
            Type::Vec(inner) => format!("Vec<{}>", self.render(inner)),
            Type::Deque(inner) => format!("VecDeque<{}>", self.render(inner)),
            Type::Map(inner) => format!("BTreeMap<u64, {}>", self.render(inner)),
            Type::Option(inner) => format!("Option<{}>", self.render(inner)),
            Type::Result(inner, error) => {
                format!("Result<{}, {}>", self.render(inner), ERRORS[*error])
            }
            Type::Tuple(all) => {
                let all: Vec<_> = all.iter().map(|ty| self.render(ty)).collect();
                format!("({})", all.join(", "))
            }
            Type::Named(at) => self.definitions[*at].name.clone(),
            Type::Param => "T".to_owned(),
        }
    }

    /// The fields of a place of this type: what follows the place, and the field's type.
    pub(crate) fn fields(&self, ty: &Type) -> Vec<(String, Type)> {
        match ty {
            Type::Tuple(all) => (0..all.len())
                .map(|at| (format!(".{at}"), all[at].clone()))
                .collect(),
            Type::Named(at) => match &self.definitions[*at].shape {
                Shape::Struct(fields) => fields
                    .all
                    .iter()
                    .map(|(name, ty)| (format!(".{name}"), ty.clone()))
                    .collect(),
                Shape::Enum(_) => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// A type of a local or of a parameter.
    pub(crate) fn random(&self, rng: &mut Rng, depth: usize) -> Type {
        let nested = if depth > 0 { 1 } else { 0 };
        let named = if self.definitions.is_empty() { 0 } else { 8 };
        let noted = if self.noted { 9 } else { 0 };
        let kinds: [(usize, u8); 12] = [
            (noted, 11),
            (28, 0),
            (5, 1),
            (6, 2),
            (3, 3),
            (12, 4),
            (16 * nested, 5),
            (4 * nested, 6),
            (4 * nested, 7),
            (10 * nested, 8),
            (9 * nested, 9),
            (named, 10),
        ];
        let inner = |rng: &mut Rng| Box::new(self.random(rng, depth.saturating_sub(1)));
        match rng.weighted(&kinds) {
            Some(1) => Type::I32,
            Some(2) => Type::Bool,
            Some(3) => Type::Str,
            Some(4) => Type::Text,
            Some(5) => Type::Vec(inner(rng)),
            Some(6) => Type::Deque(inner(rng)),
            Some(7) => Type::Map(inner(rng)),
            Some(8) => Type::Option(inner(rng)),
            Some(9) => {
                let count = rng.between(2, 3);
                Type::Tuple((0..count).map(|_| *inner(rng)).collect())
            }
            Some(10) => Type::Named(rng.below(self.definitions.len())),
            Some(11) => Type::Noted,
            _ => Type::U64,
        }
    }

    /// Defines a struct or enum.
    pub(crate) fn define(&mut self, rng: &mut Rng) {
        let number = self.definitions.len();
        let shape = if rng.chance(60) {
            let mut fields = self.random_fields(rng, 2, 4);
            if fields.all.is_empty() {
                fields.all.push(("a".to_owned(), Type::U64));
            }
            Shape::Struct(fields)
        } else {
            let count = rng.between(2, 4);
            let names = ["North", "East", "South", "West"];
            let variants = names[..count]
                .iter()
                .map(|name| ((*name).to_owned(), self.random_fields(rng, 0, 2)));
            Shape::Enum(variants.collect())
        };
        self.definitions.push(Definition {
            name: format!("T{number}"),
            shape,
        });
    }

    fn random_fields(&self, rng: &mut Rng, low: usize, high: usize) -> Fields {
        let named = rng.chance(70);
        let count = rng.between(low, high);
        let names = ["alpha", "beta", "gamma", "delta"];
        let all = (0..count).map(|at| {
            let name = if named {
                names[at].to_owned()
            } else {
                at.to_string()
            };
            (name, self.random(rng, 1))
        });
        Fields {
            all: all.collect(),
            named,
        }
    }

    /// A definition as an item.
    pub(crate) fn item(&self, definition: &Definition) -> String {
        let declared = |path: &str, fields: &Fields, visibility: &str| {
            fields.filled(path, |_, ty| format!("{visibility}{}", self.render(ty)))
        };
        let name = &definition.name;
        let mut out = "#[derive(Debug, Clone, PartialEq, hicam::State)]\n".to_owned();
        match &definition.shape {
            Shape::Struct(fields) if fields.named => {
                let all: Vec<_> = fields
                    .all
                    .iter()
                    .map(|(name, ty)| format!("pub {name}: {}", self.render(ty)))
                    .collect();
                let _ = write!(out, "pub struct {name} {{ {} }}", all.join(", "));
            }
            Shape::Struct(fields) => {
                let _ = write!(out, "pub struct {};", declared(name, fields, "pub "));
            }
            Shape::Enum(variants) => {
                let all: Vec<_> = variants
                    .iter()
                    .map(|(variant, fields)| declared(variant, fields, ""))
                    .collect();
                let _ = write!(out, "pub enum {name} {{ {} }}", all.join(", "));
            }
        }
        out
    }
}
