//! Calls, and what goes with them: receivers, arguments, borrows.

use super::Generator;
use super::expressions::{atom, postfix};
use super::functions::{Function, Pass};
use super::places::Place;
use super::scope::{Mode, Variable};
use crate::tree::{CLOSE_BOX, Node, OPEN_BOX};
use crate::types::Type;

impl Generator<'_> {
    /// The awaited value of a call, converted if need be.
    pub(super) fn call_value(&mut self, ty: &Type, depth: usize) -> Option<String> {
        let fits = |ret: &Type| {
            ret.matches(ty).or_else(|| match ret {
                Type::Result(inner, _) | Type::Option(inner) => inner.matches(ty),
                _ => None,
            })
        };
        let all = self.callable(|function| {
            let concrete = fits(&function.ret);
            concrete.is_some_and(|concrete| {
                !function.generic || self.is_concrete_for(function, &concrete)
            })
        });
        let at = *self.rng.pick(&all)?;
        let concrete = fits(&self.functions[at].ret)?;
        let ret = self.functions[at].ret.with(&concrete);
        let call = self.call(at, depth, &concrete);
        if ret == *ty {
            return Some(format!("{call}.await"));
        }
        let question = match (&ret, &self.ret) {
            (Type::Result(_, from), Type::Result(_, into)) => from <= into,
            (Type::Option(_), Type::Option(_)) => true,
            _ => false,
        };
        if question && self.rng.chance(75) {
            return Some(format!("{call}.await?"));
        }
        let other = self.without_moves(|this| this.leaf(ty));
        Some(match (&ret, self.rng.below(3)) {
            (_, 0) => format!("{call}.await.unwrap_or({other})"),
            (Type::Option(_), 1) => format!("{call}.await.unwrap_or_else(|| {other})"),
            (_, 1) => format!("{call}.await.unwrap_or_else(|_| {other})"),
            (Type::Option(_), _) => self.operand(format!(
                "match {call}.await {{ Some(value) => value, None => {other} }}"
            )),
            _ => self.operand(format!(
                "match {call}.await {{ Ok(value) => value, Err(_) => {other} }}"
            )),
        })
    }

    /// A call of this function, not awaited.
    pub(super) fn call(&mut self, at: usize, depth: usize, concrete: &Type) -> String {
        let mut function = self.functions[at].clone();
        for parameter in &mut function.parameters {
            parameter.ty = parameter.ty.with(concrete);
        }
        let again = function.group.is_some() && function.group == self.group;
        if again {
            self.recursive_calls += 1;
        }
        self.charge(function.cost + 1);
        let mut borrows = Vec::new();
        let mut reserved = None;
        let callee = match function.receiver {
            None => function.name.clone(),
            Some(receiver) => {
                let ty = Type::Named(receiver.definition);
                if receiver.mode == Mode::Own {
                    let value = self.untyped(|this| this.value(&ty, depth));
                    return self.call_of_value(&function, value, again, depth);
                }
                let place = self.receiver(&ty, receiver.mode);
                {
                    let mutable = self.scope.vars[place.var].writable();
                    let taken = receiver.mode == Mode::Exclusive
                        || mutable && !self.features.lent_receivers;
                    reserved = taken.then_some(place.var);
                    // The borrow of a method's receiver begins with the call.
                    self.borrow(&place, false, &mut borrows);
                    format!("{}.{}", self.path(&place), function.name)
                }
            }
        };
        if let Some(var) = reserved {
            self.scope.vars[var].reserved += 1;
        }
        let arguments = self.arguments(&function, again, depth, true, &mut borrows);
        if let Some(var) = reserved {
            self.scope.vars[var].reserved -= 1;
        }
        self.give_up(borrows);
        let call = format!("{callee}({})", arguments.join(", "));
        if again {
            format!("{OPEN_BOX}{call}{CLOSE_BOX}")
        } else {
            call
        }
    }

    /// A call of a method that takes `self`.
    fn call_of_value(
        &mut self,
        function: &Function,
        value: String,
        again: bool,
        depth: usize,
    ) -> String {
        let mut borrows = Vec::new();
        let temporaries = self.features.hoisted_temporaries || !value.contains('.');
        let mut arguments = self.arguments(function, again, depth, temporaries, &mut borrows);
        self.give_up(borrows);
        let name = &function.name;
        // Whether a method owns a field that it is called on is not to be seen, which is an error of rustc's.
        let field = value.contains('.') && !value.contains(['(', '{']);
        let by_path = self.rng.chance(40) || field;
        let call = match &function.receiver {
            Some(receiver) if by_path || !self.features.moved_receivers => {
                arguments.insert(0, value);
                let ty = self.types.render(&Type::Named(receiver.definition));
                format!("{ty}::{name}({})", arguments.join(", "))
            }
            _ => format!("{}.{name}({})", postfix(&value), arguments.join(", ")),
        };
        if again {
            format!("{OPEN_BOX}{call}{CLOSE_BOX}")
        } else {
            call
        }
    }

    pub(super) fn give_up(&mut self, mut borrows: Vec<(usize, bool)>) {
        if let Some(kept) = &mut self.borrows {
            return kept.append(&mut borrows);
        }
        for (var, exclusive) in borrows {
            let variable = &mut self.scope.vars[var];
            if exclusive {
                variable.exclusive -= 1;
            } else {
                variable.shared -= 1;
            }
        }
    }

    fn arguments(
        &mut self,
        function: &Function,
        again: bool,
        depth: usize,
        temporaries: bool,
        borrows: &mut Vec<(usize, bool)>,
    ) -> Vec<String> {
        let mut arguments = Vec::new();
        // Where a temporary is borrowed, the other arguments are simple, so that it needs not outlive a point.
        let temporaries =
            temporaries && self.temporaries && self.features.temporaries && self.rng.chance(30);
        let simple = temporaries && !self.features.hoisted_temporaries;
        let depth = if simple { 0 } else { depth };
        for (at, parameter) in function.parameters.iter().enumerate() {
            let last = at + 1 == function.parameters.len();
            let bare = self.features.bare_references || last;
            arguments.push(match parameter.pass {
                Pass::Value if parameter.ty == Type::Noted && self.instead.is_some() => {
                    self.instead.take().unwrap_or_default()
                }
                Pass::Value => self.typed(|this| this.value(&parameter.ty, depth)),
                Pass::Rounds => match &self.rounds {
                    Some(rounds) => rounds.clone(),
                    None => self.rng.below(3).to_string(),
                },
                Pass::Depth if again => "depth - 1".to_owned(),
                Pass::Depth => self.rng.below(4).to_string(),
                Pass::Reference(Mode::Exclusive) => {
                    let place = self.lent_mutably(&parameter.ty, parameter.name == "log");
                    self.borrow(&place, true, borrows);
                    self.reference_mut(&place, bare)
                }
                Pass::Reference(mode) => {
                    if temporaries && self.rng.chance(40) {
                        let value = if simple {
                            self.untyped(|this| this.pure(|this| this.compound(&parameter.ty, 0)))
                        } else {
                            self.untyped(|this| this.value(&parameter.ty, depth))
                        };
                        let place =
                            |letter: char| letter.is_alphanumeric() || "_.*[]".contains(letter);
                        if value.chars().all(place) {
                            // A variable's borrow would be one more to keep account of.
                            let literal = self.untyped(|this| this.literal(&parameter.ty));
                            format!("&{literal}")
                        } else {
                            format!("&{}", atom(&value))
                        }
                    } else {
                        let place = self.lent(&parameter.ty, mode);
                        self.borrow(&place, false, borrows);
                        let text = self.reference(&place, mode);
                        if bare || text.starts_with('&') {
                            text
                        } else {
                            format!("&*{text}")
                        }
                    }
                }
            });
        }
        arguments
    }

    fn borrow(&mut self, place: &Place, exclusive: bool, borrows: &mut Vec<(usize, bool)>) {
        let variable = &mut self.scope.vars[place.var];
        if exclusive {
            variable.exclusive += 1;
        } else {
            variable.shared += 1;
        }
        borrows.push((place.var, exclusive));
    }

    fn receiver(&mut self, ty: &Type, mode: Mode) -> Place {
        let found = match mode {
            Mode::Exclusive => self.writable(|other| other == ty),
            _ => self.readable(|other| other == ty),
        };
        found.unwrap_or_else(|| self.fresh(ty))
    }

    /// A place that may be borrowed.
    pub(super) fn lent(&mut self, ty: &Type, mode: Mode) -> Place {
        let found = self.readable(|other| other == ty);
        found
            .filter(|place| mode == Mode::Slice || self.mode(place) != Mode::Slice)
            .filter(|place| self.scope.vars[place.var].reserved == 0)
            .unwrap_or_else(|| self.fresh(ty))
    }

    fn lent_mutably(&mut self, ty: &Type, is_log: bool) -> Place {
        let log =
            (self.scope.vars.iter()).position(|var| var.name == "log" && var.writable() && is_log);
        if let Some(var) = log
            && self.rng.chance(90)
        {
            let (field, ty) = (String::new(), ty.clone());
            return Place { var, field, ty };
        }
        self.writable(|other| other == ty)
            .unwrap_or_else(|| self.fresh(ty))
    }

    /// A new variable, declared before the current statement.
    pub(super) fn fresh(&mut self, ty: &Type) -> Place {
        let name = format!("v{}", self.number());
        let literal = self.untyped(|this| this.literal(ty));
        self.pending
            .push(Node::line(format!("let mut {name} = {literal};")));
        let (field, ty) = (String::new(), ty.clone());
        let variable = Variable::new(name, ty.clone(), Mode::Own, true);
        let var = self.scope.declare(variable);
        Place { var, field, ty }
    }

    /// `&place`
    pub(super) fn reference(&mut self, place: &Place, wanted: Mode) -> String {
        let path = self.path(place);
        match self.mode(place) {
            Mode::Own if wanted == Mode::Slice => match self.rng.below(4) {
                0 => format!("&{path}[..]"),
                _ => format!("&{path}"),
            },
            Mode::Own => format!("&{path}"),
            Mode::Exclusive => format!("&*{path}"),
            Mode::Shared | Mode::Slice => path,
        }
    }

    /// `&mut place`
    pub(super) fn reference_mut(&mut self, place: &Place, bare: bool) -> String {
        let path = self.path(place);
        match self.mode(place) {
            Mode::Exclusive if bare && self.rng.chance(80) => path,
            Mode::Exclusive => format!("&mut *{path}"),
            _ => format!("&mut {path}"),
        }
    }
}
