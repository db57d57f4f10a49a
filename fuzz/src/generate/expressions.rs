//! Expressions: values of a type wanted, with their effects on what variables hold, in evaluation order.

use super::functions::{Function, Pass};
use super::places::Place;
use super::scope::{Held, Mode, Variable};
use super::statements::Tail;
use super::{Generator, conditions::is_collection};
use crate::tree::{CLOSE_BOX, Node, OPEN_BOX, render_body};
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
    fn operand(&self, text: String) -> String {
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
            concrete.is_some_and(|concrete| !function.generic || concrete.is_concrete())
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
        let by_path = self.rng.chance(40);
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

    fn give_up(&mut self, borrows: Vec<(usize, bool)>) {
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
        let temporaries = temporaries && self.features.temporaries && self.rng.chance(30);
        let simple = temporaries && !self.features.hoisted_temporaries;
        let depth = if simple { 0 } else { depth };
        for (at, parameter) in function.parameters.iter().enumerate() {
            let last = at + 1 == function.parameters.len();
            let bare = self.features.bare_references || last;
            arguments.push(match parameter.pass {
                Pass::Value => self.typed(|this| this.value(&parameter.ty, depth)),
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
                            |letter: char| letter.is_alphanumeric() || "_.*".contains(letter);
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
    fn lent(&mut self, ty: &Type, mode: Mode) -> Place {
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
    fn reference_mut(&mut self, place: &Place, bare: bool) -> String {
        let path = self.path(place);
        match self.mode(place) {
            Mode::Exclusive if bare && self.rng.chance(80) => path,
            Mode::Exclusive => format!("&mut *{path}"),
            _ => format!("&mut {path}"),
        }
    }

    /// An expression made of others.
    fn compound(&mut self, ty: &Type, depth: usize) -> String {
        match ty {
            Type::U64 => self.number_value(depth),
            Type::I32 => {
                let left = self.untyped(|this| this.value(ty, depth));
                let right = self.value(ty, depth);
                let method = ["wrapping_add", "wrapping_mul", "wrapping_sub"][self.rng.below(3)];
                format!("{}.{method}({right})", atom(&left))
            }
            Type::Bool => self.untyped(|this| this.condition(depth)),
            Type::Text => self.text_value(depth),
            Type::Vec(inner) => self.vec_value(inner, depth),
            Type::Deque(inner) => {
                let values = self.values(inner, depth, 1, 3);
                format!("VecDeque::from([{values}])")
            }
            Type::Map(inner) => {
                let key = self.value(&Type::U64, depth);
                let value = self.value(inner, depth);
                format!("BTreeMap::from([({key}, {value})])")
            }
            Type::Option(inner) => self.option_value(inner, depth),
            Type::Result(inner, error) => {
                let value = if self.rng.chance(80) {
                    format!("Ok({})", self.value(inner, depth))
                } else if *error == 0 {
                    let code = self.value(&Type::U64, depth);
                    format!("Err(Refused({code}))")
                } else {
                    let code = self.value(&Type::U64, depth);
                    let why = self.value(&Type::Text, depth);
                    format!("Err(Failed::Late {{ code: {code}, why: {why} }})")
                };
                self.as_result(value, inner, *error)
            }
            Type::Tuple(all) => {
                let all: Vec<_> = all.iter().map(|ty| self.value(ty, depth)).collect();
                format!("({})", all.join(", "))
            }
            Type::Named(at) => {
                let (path, fields) = self.constructor(*at);
                fields.filled(&path, |_, ty| self.typed(|this| this.value(ty, depth)))
            }
            Type::Unit | Type::Str | Type::Param => self.leaf(ty),
        }
    }

    fn values(&mut self, ty: &Type, depth: usize, low: usize, high: usize) -> String {
        let count = self.rng.between(low, high);
        let all: Vec<_> = (0..count).map(|_| self.value(ty, depth)).collect();
        all.join(", ")
    }

    fn number_value(&mut self, depth: usize) -> String {
        let ty = Type::U64;
        let found = match self.rng.below(11) {
            0 => self
                .readable(is_collection)
                .map(|place| format!("({}.len() as u64)", self.path(&place))),
            1 => self
                .readable(|ty| matches!(ty, Type::Vec(inner) if **inner == Type::U64))
                .map(|place| {
                    let at = self.rng.below(4);
                    format!("{}.get({at}).copied().unwrap_or({at})", self.path(&place))
                }),
            2 => self
                .readable(|ty| matches!(ty, Type::Vec(inner) if **inner == Type::U64))
                .map(|place| {
                    let start = self.pure(|this| this.leaf(&Type::U64));
                    format!(
                        "{}.iter().fold({start}, |sum, item| sum.wrapping_mul(3) ^ *item)",
                        self.path(&place)
                    )
                }),
            3 => self
                .writable(|ty| matches!(ty, Type::Vec(inner) if **inner == Type::U64))
                .map(|place| format!("{}.pop().unwrap_or(4)", self.path(&place))),
            4 => self.writable(|ty| *ty == Type::U64).map(|place| {
                let target = self.reference_mut(&place, true);
                // A borrow that is alive while the value is made.
                let value = self.borrowed_mutably(place.var, |this| {
                    this.without_points(|this| this.value(&ty, depth))
                });
                format!("std::mem::replace({target}, {value})")
            }),
            5 => self
                .readable(|ty| *ty == Type::I32)
                .map(|place| format!("({} as u64)", self.deref(&place))),
            6 => {
                let wanted = Type::Option(Box::new(Type::U64));
                let value = self.untyped(|this| this.value(&wanted, depth));
                let other = self.leaf(&Type::U64);
                Some(format!("{}.unwrap_or({other})", atom(&value)))
            }
            _ => None,
        };
        if let Some(found) = found {
            return found;
        }
        let left = self.untyped(|this| this.value(&ty, depth));
        let left = atom(&left);
        match self.rng.below(7) {
            0 => format!("({left} % {})", self.rng.between(2, 9)),
            1 => format!("({left} / 2)"),
            2 => {
                let right = self.value(&ty, depth);
                format!("({left} ^ {})", atom(&right))
            }
            3 => {
                let right = self.value(&ty, depth);
                format!("{left}.wrapping_mul({right})")
            }
            4 => {
                let right = self.value(&ty, depth);
                format!("({left} & {})", atom(&right))
            }
            _ => {
                let right = self.value(&ty, depth);
                format!("{left}.wrapping_add({right})")
            }
        }
    }

    fn text_value(&mut self, depth: usize) -> String {
        match self.rng.below(6) {
            0 | 1 => self.format_text(depth),
            2 => {
                let left = self.untyped(|this| this.value(&Type::Text, depth));
                let place = self.lent(&Type::Text, Mode::Shared);
                format!("{} + {}", atom(&left), self.reference(&place, Mode::Shared))
            }
            3 => {
                let value = self.untyped(|this| this.value(&Type::U64, depth));
                format!("{}.to_string()", atom(&value))
            }
            4 => self
                .readable(|ty| *ty == Type::Text)
                .map(|place| format!("{}.chars().rev().collect::<String>()", self.path(&place)))
                .unwrap_or_else(|| self.literal(&Type::Text)),
            _ => self
                .writable(|ty| *ty == Type::Text)
                .map(|place| {
                    let target = self.reference_mut(&place, true);
                    format!("std::mem::take({target})")
                })
                .unwrap_or_else(|| self.leaf(&Type::Text)),
        }
    }

    /// `format!("…{x}…{}", …)`
    fn format_text(&mut self, depth: usize) -> String {
        let mut text = self.word().replace('{', "{{");
        let mut values = String::new();
        for _ in 0..self.rng.between(1, 3) {
            let place = self.readable(|_| true);
            match place {
                Some(place) if place.field.is_empty() => {
                    text.push_str(&format!("{{{}:?}}", self.path(&place)));
                }
                _ => {
                    let ty = if self.rng.chance(50) {
                        Type::U64
                    } else {
                        Type::Text
                    };
                    let value = if self.features.macro_points {
                        self.without_moves(|this| {
                            this.in_macro(|this| this.untyped(|this| this.value(&ty, depth)))
                        })
                    } else {
                        self.pure(|this| this.untyped(|this| this.leaf(&ty)))
                    };
                    text.push_str("{:?}");
                    values.push_str(", ");
                    values.push_str(&value);
                }
            }
            if self.rng.chance(40) {
                text.push('-');
            }
        }
        format!("format!(\"{text}\"{values})")
    }

    fn vec_value(&mut self, inner: &Type, depth: usize) -> String {
        let ty = Type::Vec(Box::new(inner.clone()));
        match self.rng.below(7) {
            0 | 1 => format!("Vec::from([{}])", self.values(inner, depth, 1, 3)),
            2 | 3 => {
                let values = self.in_macro(|this| this.values(inner, depth, 1, 3));
                format!("vec![{values}]")
            }
            4 if *inner == Type::U64 => {
                let end = self.rng.between(1, 4);
                let by = self.pure(|this| this.leaf(&Type::U64));
                format!("(0..{end}).map(|n: u64| n.wrapping_mul({by})).collect::<Vec<_>>()")
            }
            4 => {
                let value = self.untyped(|this| this.value(&ty, depth));
                format!("{}.into_iter().rev().collect::<Vec<_>>()", postfix(&value))
            }
            5 if *inner == Type::U64 => self
                .readable(|other| *other == ty)
                .map(|place| {
                    let by = self.pure(|this| this.leaf(&Type::U64));
                    let path = self.path(&place);
                    format!("{path}.iter().map(|item| item.wrapping_add({by})).collect::<Vec<_>>()")
                })
                .unwrap_or_else(|| self.leaf(&ty)),
            _ => self
                .writable(|other| *other == ty)
                .map(|place| {
                    let target = self.reference_mut(&place, true);
                    format!("std::mem::take({target})")
                })
                .unwrap_or_else(|| self.leaf(&ty)),
        }
    }

    fn option_value(&mut self, inner: &Type, depth: usize) -> String {
        let found = match self.rng.below(8) {
            0 => self
                .writable(|ty| matches!(ty, Type::Vec(item) if **item == *inner))
                .map(|place| format!("{}.pop()", self.path(&place))),
            1 => self
                .writable(|ty| matches!(ty, Type::Deque(item) if **item == *inner))
                .map(|place| format!("{}.pop_front()", self.path(&place))),
            2 => self
                .readable(|ty| matches!(ty, Type::Vec(item) if **item == *inner))
                .map(|place| {
                    let method = ["first", "last"][self.rng.below(2)];
                    format!("{}.{method}().cloned()", self.path(&place))
                }),
            3 => self
                .writable(|ty| matches!(ty, Type::Map(item) if **item == *inner))
                .map(|place| {
                    let path = self.path(&place);
                    let key = self.pure(|this| this.leaf(&Type::U64));
                    format!("{path}.remove(&{})", atom(&key))
                }),
            4 => self
                .readable(|ty| matches!(ty, Type::Map(item) if **item == *inner))
                .map(|place| {
                    let path = self.path(&place);
                    let key = self.borrowed(place.var, |this| this.value(&Type::U64, depth));
                    format!("{path}.get(&{}).cloned()", atom(&key))
                }),
            5 => self
                .writable(|ty| matches!(ty, Type::Option(item) if **item == *inner))
                .map(|place| format!("{}.take()", self.path(&place))),
            6 if *inner == Type::U64 => {
                let left = self.untyped(|this| this.value(inner, depth));
                let right = self.leaf(inner);
                Some(format!("{}.checked_sub({right})", atom(&left)))
            }
            _ => None,
        };
        found.unwrap_or_else(|| format!("Some({})", self.value(inner, depth)))
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
