//! Patterns, and the variables they bind.

use super::Generator;
use super::scope::{Mode, Variable};
use crate::types::{Fields, Type};

impl Generator<'_> {
    /// A pattern that takes every value of this type apart, or binds it.
    pub(super) fn binding(&mut self, ty: &Type, depth: usize, bound: &mut Vec<Variable>) -> String {
        if let Type::Tuple(all) = ty
            && self.rng.chance(if depth > 0 { 60 } else { 0 })
        {
            let rest = self.rarely(ty, 20);
            return self.tuple(all, rest, |this, ty| this.binding(ty, depth - 1, bound));
        }
        if let Type::Named(at) = ty
            && depth > 0
            && self.rng.chance(50)
            && let crate::types::Shape::Struct(fields) = self.types.definitions[*at].shape.clone()
        {
            let name = self.types.definitions[*at].name.clone();
            let rest = self.rarely(ty, 20);
            return self.fields(&name, &fields, rest, |this, ty| {
                this.binding(ty, depth - 1, bound)
            });
        }
        if depth < 2 && self.rng.chance(self.rarely(ty, 12)) {
            return "_".to_owned();
        }
        self.named(ty, bound)
    }

    /// How often a pattern leaves something of this type without a name. Where its end is seen, that is mostly refused.
    fn rarely(&self, ty: &Type, percent: usize) -> usize {
        match self.is_observed(ty) {
            true => 1,
            false => percent,
        }
    }

    /// How many of so many parts a pattern takes, if it leaves the others out.
    fn some_of(&mut self, all: usize, percent: usize) -> Option<usize> {
        let some = self.features.rest_patterns && all > 0 && self.rng.chance(percent);
        some.then(|| self.rng.below(all))
    }

    fn tuple(
        &mut self,
        all: &[Type],
        rest: usize,
        mut part: impl FnMut(&mut Self, &Type) -> String,
    ) -> String {
        let some = self.some_of(all.len(), rest);
        let taken = &all[..some.unwrap_or(all.len())];
        let mut parts: Vec<_> = taken.iter().map(|ty| part(self, ty)).collect();
        parts.extend(some.map(|_| "..".to_owned()));
        format!("({})", parts.join(", "))
    }

    fn fields(
        &mut self,
        path: &str,
        fields: &Fields,
        rest: usize,
        mut part: impl FnMut(&mut Self, &Type) -> String,
    ) -> String {
        let Some(some) = self.some_of(fields.all.len(), rest) else {
            return fields.filled(path, |_, ty| part(self, ty));
        };
        let (open, close) = match fields.named {
            true => (" { ", " }"),
            false => ("(", ")"),
        };
        let mut text = fields.first(some).filled(path, |_, ty| part(self, ty));
        match text.strip_suffix(close) {
            Some(parts) => text = format!("{parts}, ..{close}"),
            None => text = format!("{path}{open}..{close}"),
        }
        text
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
                let rest = self.rarely(ty, 20);
                self.tuple(all, rest, |this, ty| this.refutable(ty, depth - 1, bound))
            }
            Type::Named(at) => {
                let (path, fields) = self.constructor(*at);
                let rest = self.rarely(ty, 20);
                self.fields(&path, &fields, rest, |this, ty| {
                    this.refutable(ty, depth - 1, bound)
                })
            }
            _ => self.binding(ty, depth, bound),
        }
    }
}
