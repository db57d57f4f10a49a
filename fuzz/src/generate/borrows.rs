//! References in variables and scrutinees.

use super::Generator;
use super::scope::Mode;
use crate::tree::Node;
use crate::types::Type;

impl Generator<'_> {
    /// A borrow that ends before the next point.
    pub(super) fn borrow_briefly(&mut self, out: &mut Vec<Node>) {
        let Some(log) =
            (self.scope.vars.iter()).position(|var| var.name == "log" && var.writable())
        else {
            return self.let_value(out);
        };
        let wanted = |ty: &Type| matches!(ty, Type::Vec(_) | Type::Text | Type::U64);
        let Some(place) = self.readable(wanted).filter(|place| place.var != log) else {
            return self.let_value(out);
        };
        let name = format!("v{}", self.number());
        let path = self.path(&place);
        let var = &self.scope.vars[place.var];
        // What is moved somewhere cannot be borrowed again on resume, which is an error that says so.
        let whole = !var.ever_moved && !var.assigned && self.loops.is_empty();
        let again = var.mode == Mode::Own && whole && !self.types.is_copy(&var.ty);
        let across =
            again && self.features.borrowed_locals && self.rng.chance(50) && self.affords(1);
        let slot = var.mode == Mode::Own && (var.ever_moved || var.assigned);
        if !self.features.borrowed_slots {
            if slot {
                return self.let_value(out);
            }
            self.scope.vars[place.var].pinned = true;
        }
        self.scope.vars[place.var].pinned |= across;
        let form = if across { 2 } else { self.rng.below(3) };
        let (from, used) = match (&place.ty, form) {
            (Type::Vec(_), 0) => (
                format!("{path}.first()"),
                format!("{name}.is_some() as u64"),
            ),
            (Type::Vec(_), 1) => (format!("{path}.iter()"), format!("{name}.count() as u64")),
            (Type::Vec(_), _) => (
                self.reference(&place, Mode::Shared),
                format!("{name}.len() as u64"),
            ),
            (Type::Text, 0) => (format!("{path}.trim()"), format!("{name}.len() as u64")),
            (Type::Text, _) => (
                self.reference(&place, Mode::Shared),
                format!("{name}.len() as u64"),
            ),
            (_, 0) if self.scope.vars[place.var].writable() => {
                let target = match self.mode(&place) {
                    Mode::Exclusive => format!("&mut *{path}"),
                    _ => format!("&mut {path}"),
                };
                let line = format!("let {name} = {target};");
                self.push(out, Node::line(line));
                let line = format!("*{name} = {name}.wrapping_add(3);");
                return self.push(out, Node::line(line));
            }
            _ => (self.reference(&place, Mode::Shared), format!("*{name}")),
        };
        self.push(out, Node::line(format!("let {name} = {from};")));
        if across {
            self.charge(1);
            self.push(out, Node::line("hicam::point().await;"));
        }
        self.push(out, Node::line(format!("log.push({used});")));
    }

    /// A `match` on a reference, without points in its arms.
    pub(super) fn peek(&mut self, out: &mut Vec<Node>) {
        let Some(log) =
            (self.scope.vars.iter()).position(|var| var.name == "log" && var.writable())
        else {
            return self.let_value(out);
        };
        let wanted = |ty: &Type| matches!(ty, Type::Option(_) | Type::Map(_));
        let Some(place) = self.readable(wanted).filter(|place| place.var != log) else {
            return self.let_value(out);
        };
        let seen = self.rng.below(100);
        let path = self.path(&place);
        let text = match &place.ty {
            Type::Option(_) => {
                let place = self.reference(&place, Mode::Shared);
                format!(
                    "match {place} {{ Some(item) => log.push(format!(\"{{item:?}}\").len() as u64), None => log.push({seen}) }}"
                )
            }
            _ => format!(
                "if let Some((key, item)) = {path}.iter().next() {{ log.push(*key); log.push(format!(\"{{item:?}}\").len() as u64); }}"
            ),
        };
        self.push(out, Node::line(text));
    }
}
