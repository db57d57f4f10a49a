//! Patterns, and the variables they bind.

use super::Generator;
use super::scope::{Mode, Variable};
use crate::types::Type;

impl Generator<'_> {
    /// A pattern that takes every value of this type apart, or binds it.
    pub(super) fn binding(&mut self, ty: &Type, depth: usize, bound: &mut Vec<Variable>) -> String {
        if let Type::Tuple(all) = ty
            && self.rng.chance(if depth > 0 { 60 } else { 0 })
        {
            let all: Vec<_> = all
                .iter()
                .map(|ty| self.binding(ty, depth - 1, bound))
                .collect();
            return format!("({})", all.join(", "));
        }
        if let Type::Named(at) = ty
            && depth > 0
            && self.rng.chance(50)
            && let crate::types::Shape::Struct(fields) = self.types.definitions[*at].shape.clone()
        {
            let name = self.types.definitions[*at].name.clone();
            return fields.filled(&name, |_, ty| self.binding(ty, depth - 1, bound));
        }
        if depth < 2 && self.rng.chance(12) {
            return "_".to_owned();
        }
        self.named(ty, bound)
    }

    /// A pattern that binds the whole value.
    pub(super) fn named(&mut self, ty: &Type, bound: &mut Vec<Variable>) -> String {
        let name = format!("v{}", self.number());
        if self.by_ref {
            let text = format!("ref {name}");
            bound.push(Variable::new(name, ty.clone(), Mode::Shared, false));
            return text;
        }
        let mutable = self.rng.chance(35);
        let keyword = if mutable { "mut " } else { "" };
        let text = format!("{keyword}{name}");
        bound.push(Variable::new(name, ty.clone(), Mode::Own, mutable));
        text
    }

    /// A pattern that may not match.
    pub(super) fn refutable(
        &mut self,
        ty: &Type,
        depth: usize,
        bound: &mut Vec<Variable>,
    ) -> String {
        if depth == 0 {
            return self.binding(ty, 0, bound);
        }
        match ty {
            Type::U64 => match self.rng.below(6) {
                0 => "0 | 3".to_owned(),
                1 => format!("{}..=9", self.rng.below(5)),
                2 => {
                    let name = format!("v{}", self.number());
                    bound.push(Variable::new(name.clone(), Type::U64, Mode::Own, false));
                    format!("{name} @ 1..=6")
                }
                3 => self.rng.below(4).to_string(),
                _ => self.binding(ty, depth, bound),
            },
            Type::Bool if self.rng.chance(50) => self.rng.chance(50).to_string(),
            Type::Str if self.rng.chance(30) => "\"a\" | \"bc\"".to_owned(),
            Type::Option(inner) => match self.rng.below(5) {
                0 => "None".to_owned(),
                _ => format!("Some({})", self.refutable(inner, depth - 1, bound)),
            },
            Type::Result(inner, error) => match self.rng.below(5) {
                0 if *error == 0 => {
                    format!("Err(Refused({}))", self.named(&Type::U64, bound))
                }
                0 => "Err(Failed::Early)".to_owned(),
                1 => "Err(_)".to_owned(),
                _ => format!("Ok({})", self.refutable(inner, depth - 1, bound)),
            },
            Type::Tuple(all) => {
                let all: Vec<_> = all
                    .iter()
                    .map(|ty| self.refutable(ty, depth - 1, bound))
                    .collect();
                format!("({})", all.join(", "))
            }
            Type::Named(at) => {
                let (path, fields) = self.constructor(*at);
                fields.filled(&path, |_, ty| self.refutable(ty, depth - 1, bound))
            }
            _ => self.binding(ty, depth, bound),
        }
    }
}
