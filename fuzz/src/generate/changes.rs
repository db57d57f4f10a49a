//! Statements that change, drop or look at what variables hold.

use super::Generator;
use super::expressions::atom;
use super::places::Place;
use super::scope::{Held, Mode};
use crate::tree::Node;
use crate::types::Type;

impl Generator<'_> {
    pub(super) fn assign(&mut self, out: &mut Vec<Node>) {
        let all = self.places(|var| var.assignable() && var.name != "log", |_| true);
        let begins = |place: &Place| {
            self.scope.vars[place.var].held == Held::Yes || self.may_begin(place.var)
        };
        let all: Vec<_> = all.into_iter().filter(begins).collect();
        let Some(place) = self.rng.pick(&all).cloned() else {
            return self.let_value(out);
        };
        let whole = place.field.is_empty();
        // A field can be assigned to only while its variable is whole.
        if !whole && self.scope.vars[place.var].held == Held::No {
            return self.let_value(out);
        }
        let number = whole && place.ty == Type::U64;
        if number && self.scope.vars[place.var].held == Held::Yes && self.rng.chance(35) {
            let operator = ["^=", "|=", "&="][self.rng.below(3)];
            let value = self.untyped(|this| this.value(&Type::U64, 2));
            let target = self.deref(&place);
            return self.push(out, Node::line(format!("{target} {operator} {value};")));
        }
        let value = self.typed(|this| this.value(&place.ty, 3));
        self.mention_replaced(place.var, out);
        let target = self.deref(&place);
        self.scope.vars[place.var].assigned = true;
        self.scope.vars[place.var].mentioned = true;
        if whole {
            self.scope.vars[place.var].held = Held::Yes;
        } else if self.scope.vars[place.var].held == Held::No {
            // The value took the variable away.
            let ty = self.types.render(&place.ty);
            return self.push(out, Node::line(format!("let _: {ty} = {value};")));
        }
        self.push(out, Node::line(format!("{target} = {value};")));
    }

    pub(super) fn log(&mut self, out: &mut Vec<Node>) {
        let Some(log) =
            (self.scope.vars.iter()).position(|var| var.name == "log" && var.writable())
        else {
            return self.let_value(out);
        };
        let value = self.borrowed(log, |this| this.value(&Type::U64, 2));
        self.push(out, Node::line(format!("log.push({value});")));
    }

    /// Changes a collection.
    pub(super) fn change(&mut self, out: &mut Vec<Node>) {
        let place = self.writable(|ty| {
            matches!(
                ty,
                Type::Vec(_)
                    | Type::Deque(_)
                    | Type::Map(_)
                    | Type::Text
                    | Type::Noted
                    | Type::Option(_)
            )
        });
        let Some(place) = place else {
            return self.let_value(out);
        };
        let path = self.path(&place);
        let var = place.var;
        let text = match &place.ty {
            Type::Vec(inner) => match self.rng.below(9) {
                8 => {
                    let value = self.borrowed_mutably(var, |this| this.value(inner, 2));
                    let at = self.borrowed_mutably(var, |this| {
                        this.untyped(|this| match this.features.orders {
                            true => this.order(&Type::U64, 0),
                            false => None,
                        })
                    });
                    let at = at.unwrap_or_else(|| "7".to_owned());
                    format!(
                        "if !{path}.is_empty() {{ let count = {path}.len(); {path}[{} as usize % count] = {value}; }}",
                        atom(&at)
                    )
                }
                0 => format!("{path}.pop();"),
                1 => format!("{path}.truncate({});", self.rng.below(3)),
                2 => format!("{path}.clear();"),
                3 => {
                    let value =
                        self.borrowed(var, |this| this.untyped(|this| this.value(&place.ty, 2)));
                    format!("{path}.extend({value});")
                }
                4 => format!("{path}.reverse();"),
                _ => {
                    let value = self.borrowed(var, |this| this.value(inner, 3));
                    format!("{path}.push({value});")
                }
            },
            Type::Deque(inner) => match self.rng.below(4) {
                0 => format!("{path}.pop_front();"),
                1 => {
                    let value = self.borrowed(var, |this| this.value(inner, 2));
                    format!("{path}.push_front({value});")
                }
                _ => {
                    let value = self.borrowed(var, |this| this.value(inner, 2));
                    format!("{path}.push_back({value});")
                }
            },
            Type::Map(inner) => {
                let entry = self.rng.chance(25);
                let points = self.points;
                self.points &= self.features.entry_points || !entry;
                let key = self.borrowed(var, |this| this.value(&Type::U64, 1));
                self.points = points;
                if entry {
                    // The entry borrows the map while the value is made.
                    let value = self.borrowed_mutably(var, |this| {
                        this.without_points(|this| this.value(inner, 1))
                    });
                    format!("{path}.entry({key}).or_insert({value});")
                } else {
                    let value = self.borrowed(var, |this| this.value(inner, 2));
                    format!("{path}.insert({key}, {value});")
                }
            }
            Type::Noted => format!("{path}.set({});", self.number()),
            Type::Text => {
                let place = self.lent_text(var);
                format!("{path}.push_str({place});")
            }
            Type::Option(inner) => {
                let value = self.borrowed(var, |this| this.value(inner, 2));
                match self.rng.below(2) {
                    // A reference parameter is assigned to through the reference.
                    0 if self.mode(&place) == Mode::Exclusive => {
                        format!("*{path} = Some({value});")
                    }
                    0 => format!("{path} = Some({value});"),
                    _ => format!("{path}.replace({value});"),
                }
            }
            _ => return,
        };
        self.push(out, Node::line(text));
    }

    fn lent_text(&mut self, except: usize) -> String {
        let place = self.readable(|ty| *ty == Type::Text);
        match place.filter(|place| place.var != except) {
            Some(place) => self.reference(&place, Mode::Slice),
            None => format!("{:?}", self.word()),
        }
    }

    /// Writes into the log what some of the variables declared since `base` hold.
    pub(super) fn observe(&mut self, base: usize, out: &mut Vec<Node>) {
        let log = self.scope.vars.iter().position(|var| var.name == "log");
        let Some(log) = log.filter(|log| self.scope.vars[*log].writable() && !self.diverged) else {
            return;
        };
        for at in base..self.scope.vars.len() {
            let var = &self.scope.vars[at];
            if at != log && var.readable() && self.rng.chance(25) {
                let name = &var.name;
                out.push(Node::line(format!("log.push(crate::digest(&{name}));")));
            }
        }
    }

    /// Mentions what was assigned since `base`, so that it is alive until here.
    pub(super) fn use_assigned(&mut self, base: usize, out: &mut Vec<Node>) {
        if self.features.dead_assignments || self.diverged {
            return;
        }
        let names = self.scope.vars[base..]
            .iter()
            .filter(|var| var.assigned && var.readable())
            .map(|var| Node::line(format!("let _ = &{};", var.name)));
        out.extend(names);
    }

    pub(super) fn drop_value(&mut self, out: &mut Vec<Node>) {
        let all = self.places(|var| var.readable(), |_| true);
        let movable: Vec<_> = all
            .into_iter()
            .filter(|place| self.movable(place) && !self.types.is_copy(&place.ty))
            .collect();
        let Some(place) = self.rng.pick(&movable).cloned() else {
            return self.let_value(out);
        };
        let path = self.path(&place);
        self.moved(&place);
        self.push(out, Node::line(format!("drop({path});")));
    }

    pub(super) fn swap(&mut self, out: &mut Vec<Node>) {
        let all = self.places(|var| var.writable() && var.name != "log", |_| true);
        let pairs: Vec<_> = (all.iter().enumerate())
            .flat_map(|(at, one)| all[at + 1..].iter().map(move |two| (one, two)))
            .filter(|(one, two)| one.ty == two.ty && one.var != two.var)
            .map(|(one, two)| (one.clone(), two.clone()))
            .collect();
        let Some((one, two)) = self.rng.pick(&pairs).cloned() else {
            return self.let_value(out);
        };
        let reference = |this: &Self, place| match this.mode(place) {
            Mode::Exclusive => this.path(place),
            _ => format!("&mut {}", this.path(place)),
        };
        let (one, two) = (reference(self, &one), reference(self, &two));
        self.push(out, Node::line(format!("std::mem::swap({one}, {two});")));
    }
}
