//! Expressions of type `bool`.

use super::Generator;
use super::expressions::atom;
use super::scope::Mode;
use crate::types::Type;

impl Generator<'_> {
    /// A condition, which may contain calls if there is room.
    pub(super) fn condition(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.simple_condition();
        }
        match self.rng.below(100) {
            0..45 => self.simple_condition(),
            45..65 => {
                let left = self.value(&Type::U64, depth - 1);
                let operator = ["<", ">", "<=", "!=", "=="][self.rng.below(5)];
                let right = self.value(&Type::U64, depth - 1);
                format!("{} {operator} {}", atom(&left), atom(&right))
            }
            65..72 => format!("!{}", atom(&self.condition(depth - 1))),
            72..88 => {
                let operator = if self.rng.chance(50) { "&&" } else { "||" };
                let left = self.condition(depth - 1);
                // The right side may not be evaluated.
                let before = self.scope.held();
                let right = self.perhaps(|this| this.condition(depth - 1));
                let after = self.scope.held();
                self.scope
                    .join(&[self.padded(before, &after), after.clone()]);
                format!("{} {operator} {}", atom(&left), atom(&right))
            }
            _ => self
                .call_value(&Type::Bool, depth - 1)
                .unwrap_or_else(|| self.simple_condition()),
        }
    }

    /// One without calls.
    pub(super) fn simple_condition(&mut self) -> String {
        for _ in 0..4 {
            let found = match self.rng.below(8) {
                0 => self.readable(|ty| *ty == Type::Bool).map(|place| {
                    let text = self.deref(&place);
                    if self.rng.chance(30) {
                        format!("!{}", atom(&text))
                    } else {
                        text
                    }
                }),
                1 | 2 => self.readable(|ty| *ty == Type::U64).map(|place| {
                    let text = self.deref(&place);
                    let (divisor, rest) = (self.rng.between(2, 4), self.rng.below(3));
                    format!("{} % {divisor} == {rest}", atom(&text))
                }),
                3 => self.readable(|ty| *ty == Type::U64).map(|place| {
                    let text = self.deref(&place);
                    let operator = ["<", ">", ">="][self.rng.below(3)];
                    format!("{} {operator} {}", atom(&text), self.rng.below(12))
                }),
                4 => self
                    .readable(is_collection)
                    .map(|place| match self.rng.below(3) {
                        0 => format!("{}.is_empty()", self.path(&place)),
                        1 => format!("!{}.is_empty()", self.path(&place)),
                        _ => format!("{}.len() > {}", self.path(&place), self.rng.below(4)),
                    }),
                5 => self
                    .readable(|ty| matches!(ty, Type::Option(_)))
                    .map(|place| match self.rng.below(3) {
                        0 => format!("{}.is_none()", self.path(&place)),
                        1 => format!("matches!({}, Some(_))", self.deref(&place)),
                        _ => format!("{}.is_some()", self.path(&place)),
                    }),
                6 => self
                    .readable(|ty| matches!(ty, Type::Result(..)))
                    .map(|place| format!("{}.is_ok()", self.path(&place))),
                _ => {
                    let place = self.readable(|_| true);
                    place
                        .filter(|place| self.mode(place) != Mode::Slice)
                        .map(|place| {
                            let text = self.deref(&place);
                            let literal = self.untyped(|this| this.literal(&place.ty));
                            // In parentheses, because a struct would be taken for the block that follows.
                            format!("({text} == {literal})")
                        })
                }
            };
            if let Some(found) = found {
                return found;
            }
        }
        self.literal(&Type::Bool)
    }
}

/// Whether it has `len` and `is_empty`.
pub(super) fn is_collection(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Vec(_) | Type::Deque(_) | Type::Map(_) | Type::Text | Type::Str
    )
}
