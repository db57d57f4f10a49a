//! Values that come out of a call, and end with the statement or in the next call.

use super::Generator;
use super::expressions::atom;
use super::statements::Tail;
use crate::tree::{Item, Node};
use crate::types::Type;

/// What these expressions call. Programs that have none of them go without.
pub(super) fn makers() -> Vec<Item> {
    let function = |head: &str, body: &[&str]| Item {
        head: head.to_owned(),
        body: Some(body.iter().copied().map(Node::line).collect()),
        owner: None,
        annotated: true,
    };
    vec![
        function(
            "pub async fn made(number: u64) -> Noted",
            &["hicam::point().await;", "noted(number)"],
        ),
        function(
            "pub async fn shown(of: &Noted) -> u64",
            &["mark(of.id());", "hicam::point().await;", "of.id()"],
        ),
        function(
            "pub async fn passed(of: Noted, number: u64) -> Noted",
            &["hicam::point().await;", "of.by(number)"],
        ),
    ]
}

impl Generator<'_> {
    /// Whether there may be one more.
    pub(super) fn makes(&self) -> bool {
        self.features.noted && self.features.made && self.affords(6)
    }

    /// What another function makes of this value.
    pub(super) fn passed_on(&mut self, value: &str, number: usize) -> String {
        self.made = true;
        self.charge(2);
        format!("passed({value}, {number}).await")
    }

    /// A value of this type, by a call of one of [`makers`]; nothing if none gives it.
    pub(super) fn made_value(&mut self, ty: &Type, depth: usize) -> Option<String> {
        if !self.makes() {
            return None;
        }
        Some(match ty {
            Type::Noted => match self.rng.below(3) {
                0 => {
                    let value = self.typed(|this| this.value(ty, depth));
                    let number = self.number();
                    self.passed_on(&value, number)
                }
                1 => self.changed(depth),
                _ => self.awaited(depth),
            },
            Type::Bool => format!("(ended({}) % 2 == 1)", self.awaited(depth)),
            Type::Option(inner) if **inner == Type::U64 => {
                format!("Some({}).map(ended)", self.awaited(depth))
            }
            // Where a point follows in the statement, what ends with it is refused.
            Type::U64 if self.rng.chance(3) => self.lent_number(depth),
            Type::U64 => self.made_number(depth),
            _ => return None,
        })
    }

    fn awaited(&mut self, depth: usize) -> String {
        self.made = true;
        self.charge(2);
        let number = match self.rng.chance(60) {
            true => self.number().to_string(),
            false => {
                let number = self.untyped(|this| this.value(&Type::U64, depth));
                format!("{} % 1000", atom(&number))
            }
        };
        format!("made({number}).await")
    }

    /// Another in the place of what was awaited. Whether a method takes that is not to be seen, which is refused where a
    /// point follows.
    fn changed(&mut self, depth: usize) -> String {
        let (made, number) = (self.awaited(depth), self.number());
        match self.rng.chance(8) {
            true => format!("{made}.by({number})"),
            false => format!("Noted::by({made}, {number})"),
        }
    }

    /// A number of a value that ends before the next operand.
    fn made_number(&mut self, depth: usize) -> String {
        match self.rng.below(5) {
            0 => format!("ended({})", self.awaited(depth)),
            1 => format!("{{ let v = {}; v.id() }}", self.awaited(depth)),
            2 => format!("ended({})", self.changed(depth)),
            3 => format!(
                "(format!(\"{{:?}}\", {}).len() as u64)",
                self.awaited(depth)
            ),
            _ => self
                .replaced_in_passing(depth)
                .unwrap_or_else(|| format!("ended({})", self.awaited(depth))),
        }
    }

    /// A number of a value that ends with the statement.
    fn lent_number(&mut self, depth: usize) -> String {
        let borrowed = self.temporaries && self.features.temporaries;
        match self.rng.below(6) {
            0 => format!("crate::digest(&{})", self.awaited(depth)),
            1 if borrowed && self.affords(8) => {
                let made = self.awaited(depth);
                self.charge(3);
                format!("shown(&{made}).await")
            }
            2 if borrowed => {
                self.made = true;
                self.charge(3);
                format!("shown(&noted({})).await", self.number())
            }
            3 if self.affords(8) => {
                let (one, two) = (self.awaited(depth), self.awaited(depth));
                format!("({one}, {two}).1.id()")
            }
            _ => format!("{}.id()", self.awaited(depth)),
        }
    }

    /// `{ if … { x = noted(3); } 4 }`: a value that is another on one way through an operand.
    fn replaced_in_passing(&mut self, depth: usize) -> Option<String> {
        let all = self.places(|var| var.assignable(), |ty| *ty == Type::Noted);
        let all: Vec<_> = (all.into_iter())
            .filter(|place| self.scope.vars[place.var].readable())
            .collect();
        let place = self.rng.pick(&all)?.clone();
        let condition = self.pure(|this| this.untyped(|this| this.condition(0)));
        let target = self.deref(&place);
        let number = self.number();
        self.scope.vars[place.var].assigned = true;
        self.scope.vars[place.var].mentioned = true;
        let after = self.untyped(|this| this.value(&Type::U64, depth));
        let head = super::expressions::head(&condition);
        Some(format!(
            "{{ if {head} {{ {target} = noted({number}); }} {after} }}"
        ))
    }

    /// A block whose last statement keeps a value, and makes temporaries that end after it.
    pub(super) fn last_let(&mut self, out: &mut Vec<Node>) {
        let count = self.rng.below(3);
        self.flush(out);
        let mut body = self.block(Vec::new(), count, Tail::Unit, None);
        if !self.diverged {
            let outer = std::mem::take(&mut self.pending);
            let base = self.scope.vars.len();
            let value = match self.rng.chance(60) && self.makes() {
                true => Some(self.lent_number(1)),
                false => self.made_value(&Type::Noted, 1),
            };
            let name = ["_", "_v", "v"][self.rng.below(3)];
            let name = format!("{name}{}", self.number());
            if let Some(value) = value {
                self.flush(&mut body);
                body.push(Node::line(format!("let {name} = {value};")));
            }
            self.scope.truncate(base);
            self.pending = outer;
        }
        out.push(Node::new().body(body));
    }
}
