//! Values that need nothing else.

use super::Generator;
use crate::types::{Fields, Shape, Type};

impl Generator<'_> {
    pub(super) fn literal(&mut self, ty: &Type) -> String {
        match ty {
            Type::Unit => "()".to_owned(),
            Type::U64 => {
                let bound = if self.rng.chance(80) { 10 } else { 5000 };
                format!("{}u64", self.rng.below(bound))
            }
            Type::I32 => match self.rng.below(40) {
                n @ 0..20 => format!("{n}i32"),
                n => format!("(-{}i32)", n - 19),
            },
            // Every generic function has a value to make others of.
            Type::Param => "like.clone()".to_owned(),
            Type::Bool => self.rng.chance(50).to_string(),
            Type::Str => format!("{:?}", self.word()),
            Type::Text => match self.rng.below(4) {
                0 => "String::new()".to_owned(),
                1 => format!("{:?}.to_string()", self.word()),
                _ => format!("String::from({:?})", self.word()),
            },
            // Different numbers, so that drops can be told apart.
            Type::Noted => format!("noted({})", self.number()),
            Type::Vec(inner) => {
                let count = self.rng.below(7).min(3);
                if count == 0 {
                    return self.empty("Vec", &self.types.render(inner));
                }
                let all = self.literals(inner, count);
                if self.rng.chance(70) {
                    format!("vec![{all}]")
                } else {
                    format!("Vec::from([{all}])")
                }
            }
            Type::Deque(inner) => {
                let count = self.rng.below(7).min(3);
                if count == 0 {
                    return self.empty("VecDeque", &self.types.render(inner));
                }
                format!("VecDeque::from([{}])", self.literals(inner, count))
            }
            Type::Map(inner) => {
                let count = self.rng.below(3);
                if count == 0 {
                    let ty = format!("u64, {}", self.types.render(inner));
                    return self.empty("BTreeMap", &ty);
                }
                let pairs: Vec<_> = (0..count)
                    .map(|_| format!("({}, {})", self.literal(&Type::U64), self.literal(inner)))
                    .collect();
                format!("BTreeMap::from([{}])", pairs.join(", "))
            }
            Type::Option(inner) if self.rng.chance(85) => format!("Some({})", self.literal(inner)),
            Type::Option(_) if self.typed => "None".to_owned(),
            Type::Option(inner) => format!("None::<{}>", self.types.render(inner)),
            Type::Result(inner, error) => {
                let value = if self.rng.chance(90) {
                    format!("Ok({})", self.literal(inner))
                } else {
                    format!("Err({})", self.error(*error))
                };
                self.as_result(value, inner, *error)
            }
            Type::Tuple(all) => {
                let all: Vec<_> = all.iter().map(|ty| self.literal(ty)).collect();
                format!("({})", all.join(", "))
            }
            Type::Named(at) => {
                let (path, fields) = self.constructor(*at);
                fields.filled(&path, |_, ty| self.typed(|this| this.literal(ty)))
            }
        }
    }

    pub(super) fn literals(&mut self, ty: &Type, count: usize) -> String {
        let all: Vec<_> = (0..count).map(|_| self.literal(ty)).collect();
        all.join(", ")
    }

    /// `Ok(…)` or `Err(…)`, whose type must be said where it is not known.
    pub(super) fn as_result(&self, value: String, inner: &Type, error: usize) -> String {
        let types = (self.types.render(inner), crate::types::ERRORS[error]);
        match value.split_once('(') {
            Some((path, rest)) if !self.typed => {
                format!("{path}::<{}, {}>({rest}", types.0, types.1)
            }
            _ => value,
        }
    }

    pub(super) fn error(&mut self, error: usize) -> String {
        match (error, self.rng.below(2)) {
            (0, _) => format!("Refused({})", self.literal(&Type::U64)),
            (_, 0) => "Failed::Early".to_owned(),
            _ => format!(
                "Failed::Late {{ code: {}, why: {:?}.into() }}",
                self.literal(&Type::U64),
                self.word()
            ),
        }
    }

    fn empty(&self, of: &str, ty: &str) -> String {
        if self.typed {
            format!("{of}::new()")
        } else {
            format!("{of}::<{ty}>::new()")
        }
    }

    /// A way to make a value of a definition.
    pub(super) fn constructor(&mut self, definition: usize) -> (String, Fields) {
        let definition = self.types.definitions[definition].clone();
        match definition.shape {
            Shape::Struct(fields) => (definition.name, fields),
            Shape::Enum(variants) => {
                let at = self.rng.below(variants.len());
                let (name, fields) = variants[at].clone();
                (format!("{}::{name}", definition.name), fields)
            }
        }
    }

    pub(super) fn word(&mut self) -> &'static str {
        let words = ["", "a", "bc", "héllo", "x y", "{", "end"];
        words[self.rng.below(words.len() - 1)]
    }
}
