//! Statements about values whose drop is seen: several at a time, never mentioned again, moved on and made anew.

use super::Generator;
use super::functions::Pass;
use super::scope::Held;
use super::statements::Tail;
use crate::tree::Node;
use crate::types::Type;

impl Generator<'_> {
    /// A value of the type itself.
    pub(super) fn noted_value(&mut self, depth: usize) -> String {
        match self.rng.below(4) {
            0 => {
                let number = self.untyped(|this| this.value(&Type::U64, depth));
                format!("noted({} % 1000)", super::expressions::atom(&number))
            }
            1 => {
                let value = self.untyped(|this| this.value(&Type::Noted, depth));
                let number = self.number();
                // Of a variable the call does not show whether the method takes it.
                let simple = |letter: char| letter.is_alphanumeric() || "_.".contains(letter);
                match value.chars().all(simple) && self.rng.chance(95) {
                    true => format!("Noted::by({value}, {number})"),
                    false => format!("{}.by({number})", super::expressions::postfix(&value)),
                }
            }
            2 => match self.writable(|ty| *ty == Type::Noted) {
                Some(place) => {
                    let target = self.reference_mut(&place, true);
                    let number = self.number();
                    format!("std::mem::replace({target}, noted({number}))")
                }
                None => self.literal(&Type::Noted),
            },
            _ => self.literal(&Type::Noted),
        }
    }

    /// A type with such a value in it.
    pub(super) fn observed_type(&mut self) -> Type {
        let noted = || Box::new(Type::Noted);
        match self.rng.below(8) {
            0 => Type::Option(noted()),
            1 => Type::Vec(noted()),
            2 => Type::Tuple(vec![Type::Noted, Type::Noted]),
            3 => Type::Tuple(vec![Type::Text, Type::Noted]),
            _ => Type::Noted,
        }
    }

    pub(super) fn noted_statement(&mut self, out: &mut Vec<Node>) {
        match self.rng.below(12) {
            0..4 => self.hold(out),
            4..6 => self.end_at_once(out),
            6..8 => self.replace(out),
            8 if self.affords(8) => self.move_on(out),
            9 if self.affords(4) => self.take_apart(out),
            10 => {
                let number = self.number();
                self.push(out, Node::line(format!("mark({number});")));
            }
            _ => self.replace(out),
        }
    }

    /// Several variables, some of them never mentioned again.
    fn hold(&mut self, out: &mut Vec<Node>) {
        for _ in 0..self.rng.between(1, 3) {
            let ty = self.observed_type();
            let value = match self.rng.chance(60) {
                true => self.untyped(|this| this.literal(&ty)),
                false => self.untyped(|this| this.value(&ty, 1)),
            };
            if self.rng.chance(25) {
                let name = format!("_v{}", self.number());
                self.push(out, Node::line(format!("let {name} = {value};")));
                continue;
            }
            let name = self.new_name();
            let mutable = self.rng.chance(55);
            let keyword = if mutable { "mut " } else { "" };
            self.push(out, Node::line(format!("let {keyword}{name} = {value};")));
            self.introduce(&name, &ty, mutable);
        }
    }

    /// A value that no variable keeps, and patterns that take nothing.
    fn end_at_once(&mut self, out: &mut Vec<Node>) {
        let ty = self.observed_type();
        let held = self.readable(|other| *other == ty);
        let text = match (self.rng.below(5), held) {
            (0, Some(place)) => format!("let _ = {};", self.deref(&place)),
            (1, Some(place)) => format!("_ = {};", self.deref(&place)),
            (2, _) => format!("_ = {};", self.untyped(|this| this.value(&ty, 1))),
            (3, _) => format!("{};", self.untyped(|this| this.literal(&ty))),
            _ => format!("let _ = {};", self.untyped(|this| this.value(&ty, 1))),
        };
        self.push(out, Node::line(text));
    }

    /// Another value in a variable, which ends the one that is there.
    fn replace(&mut self, out: &mut Vec<Node>) {
        let all = self.places(|var| var.assignable(), |ty| *ty == Type::Noted);
        let all: Vec<_> = (all.into_iter())
            .filter(|place| self.scope.vars[place.var].held == Held::Yes)
            .collect();
        let Some(place) = self.rng.pick(&all).cloned() else {
            return self.hold(out);
        };
        let value = self.without_moves(|this| this.typed(|this| this.value(&Type::Noted, 2)));
        self.mention_replaced(place.var, out);
        self.scope.vars[place.var].assigned = true;
        self.scope.vars[place.var].mentioned = true;
        let target = self.deref(&place);
        self.push(out, Node::line(format!("{target} = {value};")));
    }

    /// `for … { f(v).await; v = noted(4); }`: a variable that is moved on in each pass.
    fn move_on(&mut self, out: &mut Vec<Node>) {
        let takes = self.callable(|function| {
            let mut all = function.parameters.iter();
            all.any(|parameter| parameter.pass == Pass::Value && parameter.ty == Type::Noted)
        });
        let first = self.untyped(|this| this.value(&Type::Noted, 1));
        let name = format!("v{}", self.number());
        // Either it has a value where the loop begins, or where each pass does.
        let early = self.rng.chance(99);
        let start = match early {
            true => format!("let mut {name} = {first};"),
            false => format!("let mut {name};"),
        };
        self.push(out, Node::line(start));
        let passes = self.rng.between(2, 3);
        let round = format!("n{}", self.number());
        let base = self.scope.vars.len();
        let times = self.times;
        self.times *= passes;
        self.charge(2);
        let jumps = std::mem::replace(&mut self.jumps, false);
        let held = self.scope.held();
        let moves = self.moves;
        self.moves = false;
        let count = self.rng.below(3);
        let mut body = self.block(Vec::new(), count, Tail::Unit, None);
        self.moves = moves;
        self.jumps = jumps;
        let outer = std::mem::take(&mut self.pending);
        let used = match self.rng.pick(&takes).copied() {
            Some(at) if self.affords(self.functions[at].cost + 1) => {
                self.instead = Some(name.clone());
                let call = self.without_moves(|this| this.call(at, 0, &Type::U64));
                // Where no argument was this variable, it ends here.
                match self.instead.take() {
                    None => format!("let _ = {call}.await;"),
                    Some(_) => format!("let _ = {call}.await; drop({name});"),
                }
            }
            _ => format!("drop({name});"),
        };
        let mut uses = std::mem::replace(&mut self.pending, outer);
        uses.push(Node::line(used));
        self.scope.truncate(base);
        self.times = times;
        let number = self.number();
        let anew = Node::line(format!("{name} = noted({round} + {number});"));
        let point = Node::line("hicam::point().await;");
        let diverged = self.take_diverged();
        self.scope.set_held(&held);
        match early {
            true => uses.push(anew),
            false => uses.splice(0..0, [anew, point]).for_each(drop),
        }
        let at = if early && !diverged { body.len() } else { 0 };
        body.splice(at..at, uses);
        self.push(
            out,
            Node::new()
                .text(format!("for {round} in 0..{passes}u64 "))
                .body(body),
        );
        if early {
            self.introduce(&name, &Type::Noted, true);
            if let Some(variable) = self.scope.vars.last_mut() {
                variable.mentioned = true;
                variable.ever_moved = true;
            }
        }
    }

    /// Parts of a tuple that go different ways. Where parts are left without a name, or a point follows, the transformation
    /// refuses most.
    fn take_apart(&mut self, out: &mut Vec<Node>) {
        let name = format!("v{}", self.number());
        let numbers: Vec<_> = (0..3).map(|_| self.number()).collect();
        let ty = Type::Tuple(vec![Type::Noted; 3]);
        let made = format!(
            "(noted({}), noted({}), noted({}))",
            numbers[0], numbers[1], numbers[2]
        );
        let first = self.rng.below(3);
        let second = (first + 1) % 3;
        let third = (first + 2) % 3;
        let (text, held) = match self.rng.below(60) {
            0 => (format!("let {name} = {made}; drop({name}.{first});"), false),
            1 => (format!("let ({name}, .., _) = {made};"), false),
            2 => (
                format!("let {name} = {made}; let _{name} = {name}.{first};"),
                false,
            ),
            3..25 => (format!("let ({name}, _{name}, {name}b) = {made};"), false),
            25..42 => {
                let parts = format!("{name}.{second}, {name}.{first}, {name}.{third}");
                (
                    format!("let {name} = {{ let {name} = {made}; ({parts}) }};"),
                    true,
                )
            }
            _ => (
                format!("let {name} = {made}; mark({name}.{first}.id());"),
                true,
            ),
        };
        self.push(out, Node::line(text));
        if held {
            self.introduce(&name, &ty, false);
            if let Some(variable) = self.scope.vars.last_mut() {
                variable.mentioned = true;
            }
        }
        self.foreign(out);
    }
}
