//! Expressions: values of a type wanted, with their effects on what variables hold, in evaluation order.

use super::Generator;
use super::places::Place;
use super::scope::{Held, Mode};
use super::statements::Tail;
use crate::tree::render_body;
use crate::types::Type;

/// An expression as an operand.
pub(super) fn atom(text: &str) -> String {
    let simple = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '.';
    if text.chars().all(simple) {
        text.to_owned()
    } else {
        format!("({text})")
    }
}

/// The scrutinee of an `if`, `while` or `match`, where a struct would be taken for the block.
pub(super) fn head(text: &str) -> String {
    if text.contains('{') {
        format!("({text})")
    } else {
        text.to_owned()
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Leaf,
    Compound,
    Call,
    Ready,
    If,
    Block,
    Match,
    Question,
    Async,
    Order,
    Iterated,
    Made,
}

impl Generator<'_> {
    /// An expression of this type.
    pub(super) fn value(&mut self, ty: &Type, depth: usize) -> String {
        if depth == 0 || !self.changes {
            return self.leaf(ty);
        }
        let awaits = self.affords(2);
        let when = |condition: bool, weight: usize| if condition { weight } else { 0 };
        let ready = awaits && (*ty != Type::Str || self.features.foreign_strings);
        let blocks = self.size > 0 && self.nesting < 4;
        let kind = self.rng.weighted(&[
            (40, Kind::Leaf),
            (25, Kind::Compound),
            (when(awaits, 22), Kind::Call),
            (when(ready, 4), Kind::Ready),
            (when(blocks, 4), Kind::If),
            (when(blocks, 3), Kind::Block),
            (when(blocks, 3), Kind::Match),
            (4, Kind::Question),
            (when(awaits && self.features.async_blocks, 3), Kind::Async),
            (when(self.features.orders, 10), Kind::Order),
            (when(self.features.iterator_temporaries, 6), Kind::Iterated),
            (when(self.makes(), 9), Kind::Made),
        ]);
        match kind {
            Some(Kind::Compound) => self.compound(ty, depth - 1),
            Some(Kind::Call) => self
                .call_value(ty, depth - 1)
                .unwrap_or_else(|| self.compound(ty, depth - 1)),
            Some(Kind::Ready) => {
                let value = self.untyped(|this| this.value(ty, depth - 1));
                self.charge(1);
                format!("std::future::ready({value}).await")
            }
            Some(Kind::If) => self.if_value(ty, depth - 1),
            Some(Kind::Block) => self.block_value(ty),
            Some(Kind::Match) => self.match_value(ty, depth - 1),
            Some(Kind::Question) => self
                .question(ty, depth - 1)
                .unwrap_or_else(|| self.leaf(ty)),
            Some(Kind::Order) => self.order(ty, depth - 1).unwrap_or_else(|| self.leaf(ty)),
            Some(Kind::Iterated) => self
                .iterated(ty, depth - 1)
                .unwrap_or_else(|| self.leaf(ty)),
            Some(Kind::Made) => self
                .made_value(ty, depth - 1)
                .unwrap_or_else(|| self.leaf(ty)),
            Some(Kind::Async) => {
                let value = self.without_moves(|this| {
                    this.without_points(|this| this.untyped(|this| this.leaf(ty)))
                });
                self.charge(1);
                format!("async {{ {value} }}.await")
            }
            _ => self.leaf(ty),
        }
    }

    /// A literal, or (part of) a variable.
    pub(super) fn leaf(&mut self, ty: &Type) -> String {
        if self.rng.chance(75)
            && let Some(place) = self.readable(|other| other == ty)
            // What is made of the log would grow with it, in loops without bound.
            && self.scope.vars[place.var].name != "log"
        {
            return self.taken(&place);
        }
        self.literal(ty)
    }

    /// A place's value: copied, moved or cloned.
    fn taken(&mut self, place: &Place) -> String {
        if self.mode(place) == Mode::Slice {
            let method = match place.ty {
                Type::Text => "to_string",
                _ => "to_vec",
            };
            return format!("{}.{method}()", self.path(place));
        }
        if self.types.is_copy(&place.ty) {
            return self.deref(place);
        }
        if self.movable(place) && self.rng.chance(60) {
            self.moved(place);
            return self.path(place);
        }
        format!("{}.clone()", self.path(place))
    }

    fn if_value(&mut self, ty: &Type, depth: usize) -> String {
        let condition = self.untyped(|this| this.condition(depth));
        let before = self.scope.held();
        let then = self.block_text(ty);
        let (one, one_diverged) = (self.scope.held(), self.take_diverged());
        self.scope.set_held(&before);
        let otherwise = self.block_text(ty);
        let (two, two_diverged) = (self.scope.held(), self.take_diverged());
        self.meet(&[(one, one_diverged), (two, two_diverged)]);
        self.operand(format!("if {} {then} else {otherwise}", head(&condition)))
    }

    fn match_value(&mut self, ty: &Type, depth: usize) -> String {
        let on = self.untyped(|this| this.value(&Type::U64, depth));
        let before = self.scope.held();
        let mut arms = Vec::new();
        let mut paths = Vec::new();
        for pattern in ["0", "1 | 2", "_"] {
            self.scope.set_held(&before);
            arms.push(format!("{pattern} => {}", self.block_text(ty)));
            paths.push((self.scope.held(), self.take_diverged()));
        }
        self.meet(&paths);
        self.operand(format!("match {} % 4 {{ {} }}", atom(&on), arms.join(" ")))
    }

    /// What ends in a brace and may become an operand.
    pub(super) fn operand(&self, text: String) -> String {
        if self.features.operands {
            text
        } else {
            format!("{{ {text} }}")
        }
    }

    fn block_value(&mut self, ty: &Type) -> String {
        let text = self.block_text(ty);
        if self.take_diverged() {
            self.diverged = true;
        }
        text
    }

    /// A small block that gives a value.
    fn block_text(&mut self, ty: &Type) -> String {
        let count = self.rng.below(3);
        let nodes = self.block(Vec::new(), count, Tail::Value(ty.clone()), None);
        let mut out = String::new();
        render_body(&nodes, 1, &mut out);
        out
    }

    pub(super) fn take_diverged(&mut self) -> bool {
        std::mem::take(&mut self.diverged)
    }

    /// Goes on where these paths meet; those that have jumped away do not arrive.
    pub(super) fn meet(&mut self, paths: &[(Vec<Held>, bool)]) {
        let arriving: Vec<_> = paths
            .iter()
            .filter(|(_, diverged)| !diverged)
            .map(|(held, _)| held.clone())
            .collect();
        if arriving.is_empty() {
            self.diverged = true;
        } else {
            self.scope.join(&arriving);
        }
    }

    /// Variables that were declared since hold what they hold.
    pub(super) fn padded(&self, mut before: Vec<Held>, after: &[Held]) -> Vec<Held> {
        before.extend(after.get(before.len()..).unwrap_or_default());
        before
    }

    /// `value?`, where this function can return the error.
    fn question(&mut self, ty: &Type, depth: usize) -> Option<String> {
        let wanted = match &self.ret {
            Type::Result(_, error) => {
                Type::Result(Box::new(ty.clone()), self.rng.below(*error + 1))
            }
            Type::Option(_) => Type::Option(Box::new(ty.clone())),
            _ => return None,
        };
        let value = self.untyped(|this| this.value(&wanted, depth));
        Some(format!("{}?", postfix(&value)))
    }
}

/// An expression before `.method()` or `?`.
pub(super) fn postfix(text: &str) -> String {
    let prefix = text.starts_with(['&', '*', '-', '!', '|']);
    let words = ["if ", "match ", "loop ", "async "];
    let inside = text.char_indices().scan(0_usize, |level, (_, letter)| {
        match letter {
            '(' | '[' | '{' => *level += 1,
            ')' | ']' | '}' => *level = level.saturating_sub(1),
            _ => {}
        }
        Some((*level, letter))
    });
    let operators = inside
        .into_iter()
        .any(|(level, letter)| level == 0 && letter == ' ');
    if prefix
        || operators
        || text.starts_with('{')
        || words.iter().any(|word| text.starts_with(word))
    {
        format!("({text})")
    } else {
        text.to_owned()
    }
}
