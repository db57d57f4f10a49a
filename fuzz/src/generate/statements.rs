//! Statements and blocks.

use super::Generator;
use super::expressions::{atom, head};
use super::scope::{Held, Mode, Variable};
use crate::tree::Node;
use crate::types::Type;

/// How a block ends.
#[derive(Debug, Clone)]
pub(super) enum Tail {
    /// With nothing.
    Unit,
    /// With a value.
    Value(Type),
    /// As the body of a function.
    Return(Type),
    /// With a jump, if one is possible.
    Jump,
}

#[derive(Clone, Copy)]
enum Kind {
    Let,
    Destructure,
    LetLate,
    LetBlock,
    LetElse,
    Assign,
    Log,
    Change,
    If,
    IfLet,
    Match,
    Loop,
    Call,
    Foreign,
    Jump,
    Drop,
    Swap,
    Recurse,
    Element,
    Borrow,
    Block,
    Peek,
}

impl Generator<'_> {
    /// A block in which these variables are bound; at the end of a loop's body, what the loop's next pass needs is
    /// given back.
    pub(super) fn block(
        &mut self,
        bound: Vec<Variable>,
        count: usize,
        tail: Tail,
        end_of: Option<usize>,
    ) -> Vec<Node> {
        let outer = std::mem::take(&mut self.pending);
        let base = self.scope.vars.len();
        for variable in bound {
            self.scope.declare(variable);
        }
        self.nesting += 1;
        let mut out = Vec::new();
        for _ in 0..count {
            if self.diverged || self.size == 0 {
                break;
            }
            self.size -= 1;
            self.statement(&mut out);
        }
        if !matches!(tail, Tail::Jump) {
            // The parameters are outside of the function's block.
            let base = match tail {
                Tail::Return(_) => 0,
                _ => base,
            };
            self.observe(base, &mut out);
            self.use_assigned(base, &mut out);
        }
        match tail {
            Tail::Value(ty) => {
                // Also where it is not reached: it gives the block its type.
                let value = self.value(&ty, 1);
                self.flush(&mut out);
                out.push(Node::line(value));
            }
            Tail::Return(Type::Unit) => {}
            // Where all ways return, no value is needed.
            Tail::Return(_) if self.diverged && out.last().is_some_and(Node::always_jumps) => {}
            Tail::Return(ty) => {
                let value = self.returned_value(&ty);
                self.flush(&mut out);
                out.push(Node::line(value));
            }
            Tail::Jump if !self.diverged => self.jump(&mut out),
            Tail::Jump | Tail::Unit => {}
        }
        if let Some(at) = end_of
            && !self.diverged
        {
            self.give_back(at, &mut out);
        }
        self.nesting -= 1;
        self.scope.truncate(base);
        self.pending = outer;
        out
    }

    /// Statements that the one to come needs.
    pub(super) fn flush(&mut self, out: &mut Vec<Node>) {
        out.append(&mut self.pending);
    }

    /// What a function returns: more often a success.
    pub(super) fn returned_value(&mut self, ty: &Type) -> String {
        if let Type::Result(inner, _) = ty
            && self.rng.chance(80)
        {
            return format!("Ok({})", self.value(inner, 2));
        }
        self.value(ty, 2)
    }

    fn statement(&mut self, out: &mut Vec<Node>) {
        let deep = self.nesting > 4;
        let when = |condition: bool, weight: usize| if condition { weight } else { 0 };
        let depth = self.group.is_some() && !self.deeper && self.recursive_calls < 2;
        let alone = self.times == 1 && self.points;
        let kind = self.rng.weighted(&[
            (20, Kind::Let),
            (5, Kind::Destructure),
            (when(!deep && self.features.late_values, 4), Kind::LetLate),
            (when(!deep, 9), Kind::LetBlock),
            (2, Kind::LetElse),
            (13, Kind::Assign),
            (12, Kind::Log),
            (12, Kind::Change),
            (when(!deep, 10), Kind::If),
            (when(!deep, 6), Kind::IfLet),
            (when(!deep, 8), Kind::Match),
            (when(!deep && self.affords(5), 20), Kind::Loop),
            (when(self.affords(2), 14), Kind::Call),
            (when(self.affords(1), 5), Kind::Foreign),
            (when(!self.loops.is_empty(), 6), Kind::Jump),
            (1, Kind::Jump),
            (2, Kind::Drop),
            (2, Kind::Swap),
            (when(depth && alone && !deep, 40), Kind::Recurse),
            (when(!deep && self.affords(2), 3), Kind::Element),
            (4, Kind::Borrow),
            (when(!deep, 3), Kind::Block),
            (3, Kind::Peek),
        ]);
        let Some(kind) = kind else { return };
        match kind {
            Kind::Let => self.let_value(out),
            Kind::Destructure => self.destructure(out),
            Kind::LetLate => self.let_late(out),
            Kind::LetBlock => self.let_block(out),
            Kind::LetElse => self.let_else(out),
            Kind::Assign => self.assign(out),
            Kind::Log => self.log(out),
            Kind::Change => self.change(out),
            Kind::If => self.if_statement(out),
            Kind::IfLet => self.if_let(out),
            Kind::Match => self.match_statement(out, None),
            Kind::Loop => self.loop_statement(out),
            Kind::Call => self.call_statement(out),
            Kind::Foreign => self.foreign(out),
            Kind::Jump => self.maybe_jump(out),
            Kind::Drop => self.drop_value(out),
            Kind::Swap => self.swap(out),
            Kind::Recurse => self.recurse(out),
            Kind::Element => self.element(out),
            Kind::Borrow => self.borrow_briefly(out),
            Kind::Block => {
                let count = self.rng.between(1, 4);
                let body = self.block(Vec::new(), count, Tail::Unit, None);
                self.flush(out);
                out.push(Node::new().body(body));
            }
            Kind::Peek => self.peek(out),
        }
    }

    pub(super) fn push(&mut self, out: &mut Vec<Node>, node: Node) {
        self.flush(out);
        out.push(node);
    }

    /// A name for a new variable: sometimes that of another, which it then hides.
    fn new_name(&mut self) -> String {
        let base = self
            .loops
            .iter()
            .rev()
            .find(|around| !around.block)
            .map_or(0, |around| around.base);
        let innermost = if self.features.hidden_at_jumps {
            0
        } else {
            base
        };
        let shadows = self.rng.chance(25);
        let names: Vec<_> = (self.scope.vars.iter().enumerate())
            .filter(|(at, var)| {
                // What the loop's next pass needs must be in reach at its end.
                let kept = *at >= base || var.held == Held::Yes && *at >= innermost;
                let kept = kept && (self.features.hidden_slots || self.types.is_copy(&var.ty));
                let special = ["self", "log", "depth", "like"].contains(&var.name.as_str());
                kept && !var.hidden && !special
            })
            .map(|(_, var)| var.name.clone())
            .collect();
        match self.rng.pick(&names) {
            Some(name) if shadows => name.clone(),
            _ => format!("v{}", self.number()),
        }
    }

    /// Declares a variable of a `let` that has just been written.
    fn introduce(&mut self, name: &str, ty: &Type, mutable: bool) {
        let variable = Variable::new(name.to_owned(), ty.clone(), Mode::Own, mutable);
        self.scope.declare(variable);
    }

    fn let_value(&mut self, out: &mut Vec<Node>) {
        let ty = self.some_type();
        let annotated = self.rng.chance(30);
        let value = if annotated {
            self.typed(|this| this.value(&ty, 3))
        } else {
            self.untyped(|this| this.value(&ty, 3))
        };
        let name = self.new_name();
        let mutable = self.rng.chance(55);
        let keyword = if mutable { "mut " } else { "" };
        let annotation = if annotated {
            format!(": {}", self.types.render(&ty))
        } else {
            String::new()
        };
        self.push(
            out,
            Node::line(format!("let {keyword}{name}{annotation} = {value};")),
        );
        self.introduce(&name, &ty, mutable);
    }

    fn destructure(&mut self, out: &mut Vec<Node>) {
        let wanted: Vec<_> = (self.pool.iter())
            .filter(|ty| !self.types.fields(ty).is_empty())
            .cloned()
            .collect();
        let ty = match self.rng.pick(&wanted) {
            Some(ty) => ty.clone(),
            None => Type::Tuple(vec![self.some_type(), self.some_type()]),
        };
        let value = self.untyped(|this| this.value(&ty, 2));
        let mut bound = Vec::new();
        let pattern = self.binding(&ty, 2, &mut bound);
        self.push(out, Node::line(format!("let {pattern} = {value};")));
        for variable in bound {
            self.scope.declare(variable);
        }
    }

    /// `let x; if … { x = …; } else { x = …; }`
    fn let_late(&mut self, out: &mut Vec<Node>) {
        let ty = self.some_type();
        let name = format!("v{}", self.number());
        let condition = self.untyped(|this| this.condition(1));
        self.flush(out);
        out.push(Node::line(format!(
            "let {name}: {};",
            self.types.render(&ty)
        )));
        let before = self.scope.held();
        let mut bodies = Vec::new();
        let mut paths = Vec::new();
        for _ in 0..2 {
            self.scope.set_held(&before);
            let count = self.rng.below(3);
            let mut body = self.block(Vec::new(), count, Tail::Value(ty.clone()), None);
            if let Some(last) = body.pop() {
                body.push(last.wrapped(&format!("{name} = "), ";"));
            }
            bodies.push(body);
            paths.push((self.scope.held(), self.take_diverged()));
        }
        self.meet(&paths);
        let mut node = Node::new().text(format!("if {} ", head(&condition)));
        for (at, body) in bodies.into_iter().enumerate() {
            if at == 1 {
                node = node.text(" else ");
            }
            node = node.body(body);
        }
        out.push(node);
        self.introduce(&name, &ty, false);
        if let Some(variable) = self.scope.vars.last_mut() {
            variable.assigned = true;
        }
    }

    /// `let x = if …`, `match …`, `loop …` or a block.
    fn let_block(&mut self, out: &mut Vec<Node>) {
        let ty = self.some_type();
        let name = format!("v{}", self.number());
        let mutable = self.rng.chance(40);
        let keyword = if mutable { "mut " } else { "" };
        let annotation = if self.rng.chance(50) {
            format!(": {}", self.types.render(&ty))
        } else {
            String::new()
        };
        let start = format!("let {keyword}{name}{annotation} = ");
        let typed = std::mem::replace(&mut self.typed, !annotation.is_empty());
        let mut inner = Vec::new();
        match self.rng.below(4) {
            0 => self.choice(&mut inner, Some(ty.clone())),
            1 => self.match_statement(&mut inner, Some(ty.clone())),
            2 if self.affords(8) => self.endless(&mut inner, Some(ty.clone())),
            _ => {
                let count = self.rng.between(1, 4);
                let body = self.block(Vec::new(), count, Tail::Value(ty.clone()), None);
                self.flush(&mut inner);
                inner.push(Node::new().body(body));
            }
        }
        self.typed = typed;
        if let Some(last) = inner.pop() {
            inner.push(last.wrapped(&start, ";"));
        }
        out.append(&mut inner);
        self.introduce(&name, &ty, mutable);
    }

    /// `let Some(x) = … else { … };`
    fn let_else(&mut self, out: &mut Vec<Node>) {
        let inner = self.some_type();
        let ty = Type::Option(Box::new(inner));
        let value = self.untyped(|this| this.value(&ty, 2));
        let mut bound = Vec::new();
        let pattern = self.refutable(&ty, 2, &mut bound);
        if bound.is_empty() {
            return self.push(out, Node::line(format!("let _ = {value};")));
        }
        self.flush(out);
        let before = self.scope.held();
        let points = self.points;
        self.points &= self.features.let_else_points;
        let count = self.rng.below(2);
        let body = self.block(Vec::new(), count, Tail::Jump, None);
        self.points = points;
        self.diverged = false;
        self.scope.set_held(&before);
        let value = match value.ends_with('}') {
            true => format!("({value})"),
            false => value,
        };
        out.push(
            Node::new()
                .text(format!("let {pattern} = {value} else "))
                .body(body)
                .text(";"),
        );
        for variable in bound {
            self.scope.declare(variable);
        }
    }

    fn assign(&mut self, out: &mut Vec<Node>) {
        let all = self.places(|var| var.assignable() && var.name != "log", |_| true);
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
            let value = self.value(&Type::U64, 2);
            let target = self.deref(&place);
            return self.push(out, Node::line(format!("{target} {operator} {value};")));
        }
        let value = self.typed(|this| this.value(&place.ty, 3));
        let target = self.deref(&place);
        self.scope.vars[place.var].assigned = true;
        if whole {
            self.scope.vars[place.var].held = Held::Yes;
        } else if self.scope.vars[place.var].held == Held::No {
            // The value took the variable away.
            return self.push(out, Node::line(format!("let _ = {value};")));
        }
        self.push(out, Node::line(format!("{target} = {value};")));
    }

    fn log(&mut self, out: &mut Vec<Node>) {
        let Some(log) =
            (self.scope.vars.iter()).position(|var| var.name == "log" && var.writable())
        else {
            return self.let_value(out);
        };
        let value = self.borrowed(log, |this| this.value(&Type::U64, 2));
        self.push(out, Node::line(format!("log.push({value});")));
    }

    /// Changes a collection.
    fn change(&mut self, out: &mut Vec<Node>) {
        let place = self.writable(|ty| {
            matches!(
                ty,
                Type::Vec(_) | Type::Deque(_) | Type::Map(_) | Type::Text | Type::Option(_)
            )
        });
        let Some(place) = place else {
            return self.let_value(out);
        };
        let path = self.path(&place);
        let var = place.var;
        let text = match &place.ty {
            Type::Vec(inner) => match self.rng.below(8) {
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

    fn if_statement(&mut self, out: &mut Vec<Node>) {
        self.choice(out, None);
    }

    /// `if … { … } else { … }`, with a value or without.
    fn choice(&mut self, out: &mut Vec<Node>, value: Option<Type>) {
        let condition = self.untyped(|this| this.condition(2));
        self.flush(out);
        let tail = |this: &mut Self| match &value {
            Some(ty) => Tail::Value(ty.clone()),
            None if this.rng.chance(12) => Tail::Jump,
            None => Tail::Unit,
        };
        let before = self.scope.held();
        let mut paths = Vec::new();
        let mut node = Node::new().text(format!("if {} ", head(&condition)));
        let count = self.rng.between(1, 4);
        let first = tail(self);
        node = node.body(self.block(Vec::new(), count, first, None));
        paths.push((self.scope.held(), self.take_diverged()));
        if value.is_some() || self.rng.chance(60) {
            if self.rng.chance(20) {
                self.scope.set_held(&before);
                let condition = self.simple_condition();
                let count = self.rng.between(1, 2);
                let tail = tail(self);
                let body = self.block(Vec::new(), count, tail, None);
                node = node
                    .text(format!(" else if {} ", head(&condition)))
                    .body(body);
                paths.push((self.scope.held(), self.take_diverged()));
            }
            self.scope.set_held(&before);
            let count = self.rng.between(1, 3);
            let tail = tail(self);
            node = node
                .text(" else ")
                .body(self.block(Vec::new(), count, tail, None));
            paths.push((self.scope.held(), self.take_diverged()));
        } else {
            paths.push((before, false));
        }
        self.meet(&paths);
        out.push(node);
    }

    fn if_let(&mut self, out: &mut Vec<Node>) {
        let ty = self.scrutinised();
        let value = self.untyped(|this| this.value(&ty, 2));
        self.flush(out);
        let before = self.scope.held();
        let mut bound = Vec::new();
        let pattern = self.refutable(&ty, 2, &mut bound);
        let chain = self.features.let_chains && self.rng.chance(25);
        let chain = if chain {
            let base = self.scope.vars.len();
            for variable in &bound {
                self.scope.declare(variable.clone());
            }
            let condition = self.pure(|this| this.simple_condition());
            self.scope.truncate(base);
            format!(" && {condition}")
        } else {
            String::new()
        };
        let count = self.rng.between(1, 4);
        let body = self.block(bound, count, Tail::Unit, None);
        let mut node = Node::new()
            .text(format!("if let {pattern} = {}{chain} ", head(&value)))
            .body(body);
        let mut paths = vec![(self.scope.held(), self.take_diverged())];
        self.scope.set_held(&before);
        if self.rng.chance(60) {
            let count = self.rng.between(1, 3);
            let tail = if self.rng.chance(15) {
                Tail::Jump
            } else {
                Tail::Unit
            };
            node = node
                .text(" else ")
                .body(self.block(Vec::new(), count, tail, None));
            paths.push((self.scope.held(), self.take_diverged()));
        } else {
            paths.push((before, false));
        }
        self.meet(&paths);
        out.push(node);
    }

    /// A type that is worth looking into.
    fn scrutinised(&mut self) -> Type {
        for _ in 0..3 {
            let ty = self.some_type();
            if matches!(
                ty,
                Type::Option(_) | Type::Named(_) | Type::Tuple(_) | Type::U64
            ) {
                return ty;
            }
        }
        let inner = self.some_type();
        match self.rng.below(3) {
            0 => Type::Result(Box::new(inner), self.rng.below(2)),
            _ => Type::Option(Box::new(inner)),
        }
    }

    /// A `match` with guards, with a value or without.
    fn match_statement(&mut self, out: &mut Vec<Node>, value: Option<Type>) {
        let ty = self.scrutinised();
        let on = self.untyped(|this| this.value(&ty, 2));
        self.flush(out);
        let before = self.scope.held();
        let mut arms = Vec::new();
        let mut paths = Vec::new();
        let count = self.rng.between(2, 4);
        for at in 0..count {
            self.scope.set_held(&before);
            let mut bound = Vec::new();
            let last = at + 1 == count;
            let pattern = if last {
                self.binding(&ty, 1, &mut bound)
            } else {
                self.refutable(&ty, 3, &mut bound)
            };
            let guard = if !last && self.rng.chance(35) {
                self.guard(&bound)
            } else {
                String::new()
            };
            let tail = match &value {
                Some(ty) => Tail::Value(ty.clone()),
                None if self.rng.chance(10) => Tail::Jump,
                None => Tail::Unit,
            };
            let size = self.rng.below(4);
            let body = self.block(bound, size, tail, None);
            paths.push((self.scope.held(), self.take_diverged()));
            arms.push(Node::new().text(format!("{pattern}{guard} => ")).body(body));
        }
        self.meet(&paths);
        self.flush(out);
        out.push(Node::new().text(format!("match {} ", head(&on))).arms(arms));
    }

    fn guard(&mut self, bound: &[Variable]) -> String {
        let base = self.scope.vars.len();
        for variable in bound {
            // A guard sees what the pattern will bind by reference.
            self.scope.declare(variable.clone());
        }
        let condition = if self.features.guard_points && self.rng.chance(40) {
            self.without_moves(|this| this.untyped(|this| this.call_value(&Type::Bool, 0)))
        } else {
            None
        };
        let condition = condition.unwrap_or_else(|| self.pure(|this| this.simple_condition()));
        self.scope.truncate(base);
        format!(" if {condition}")
    }

    fn call_statement(&mut self, out: &mut Vec<Node>) {
        let all = self.callable(|_| true);
        let Some(at) = self.rng.pick(&all).copied() else {
            return self.foreign(out);
        };
        let concrete = self.concrete_type();
        let ret = self.functions[at].ret.with(&concrete);
        let call = self.call(at, 2, &concrete);
        let question = match (&ret, &self.ret) {
            (Type::Result(_, from), Type::Result(_, into)) => from <= into,
            (Type::Option(_), Type::Option(_)) => true,
            _ => false,
        };
        let (ty, question) = match ret {
            Type::Result(inner, _) | Type::Option(inner) if question && self.rng.chance(80) => {
                (*inner, "?")
            }
            ret => (ret, ""),
        };
        match self.rng.below(10) {
            0..2 if !matches!(ty, Type::Result(..)) => {
                self.push(out, Node::line(format!("{call}.await{question};")));
            }
            0..3 => self.push(out, Node::line(format!("let _ = {call}.await{question};"))),
            _ if ty == Type::Unit => {
                self.push(out, Node::line(format!("{call}.await{question};")));
            }
            _ => {
                let name = self.new_name();
                let mutable = self.rng.chance(50);
                let keyword = if mutable { "mut " } else { "" };
                self.push(
                    out,
                    Node::line(format!("let {keyword}{name} = {call}.await{question};")),
                );
                self.introduce(&name, &ty, mutable);
            }
        }
    }

    fn foreign(&mut self, out: &mut Vec<Node>) {
        if !self.affords(1) {
            return self.log(out);
        }
        self.charge(1);
        let text = [
            "tokio::task::yield_now().await;",
            "hicam::point().await;",
            "std::future::ready(()).await;",
        ];
        let text = text[self.rng.below(3)];
        self.push(out, Node::line(text));
    }

    /// A jump under a condition, so that something comes after it.
    fn maybe_jump(&mut self, out: &mut Vec<Node>) {
        let condition = self.untyped(|this| this.condition(1));
        self.flush(out);
        let before = self.scope.held();
        let count = self.rng.below(2);
        let body = self.block(Vec::new(), count, Tail::Jump, None);
        self.diverged = false;
        self.scope.set_held(&before);
        out.push(
            Node::new()
                .text(format!("if {} ", head(&condition)))
                .body(body),
        );
    }

    /// `return`, `break` or `continue`. What a loop that goes on needs is given back first.
    fn jump(&mut self, out: &mut Vec<Node>) {
        let count = self.loops.len();
        if count > 0 && self.jumps && self.rng.chance(75) {
            let at = if self.rng.chance(70) {
                count - 1
            } else {
                self.rng.below(count)
            };
            // Without a label it would be the innermost loop, and inside of a labelled block there has to be one.
            let innermost = at + 1 == count && !self.loops[at].block;
            let plain = innermost && self.rng.chance(70);
            let label = self.loops[at].label.clone();
            if (plain || label.is_some()) && self.jump_to(at, plain, out) {
                return;
            }
        }
        let ret = self.ret.clone();
        if ret == Type::Unit {
            self.push(out, Node::line("return;"));
        } else {
            let value = self.typed(|this| this.returned_value(&ret));
            self.push(out, Node::line(format!("return {value};")));
        }
        self.diverged = true;
    }

    fn jump_to(&mut self, at: usize, plain: bool, out: &mut Vec<Node>) -> bool {
        let target = &self.loops[at];
        let (block, value, base) = (target.block, target.value.clone(), target.base);
        let label = match &target.label {
            Some(label) if !plain => format!(" {label}"),
            _ => String::new(),
        };
        if block || self.rng.chance(55) {
            let value = match value {
                Some(ty) => format!(" {}", self.value(&ty, 2)),
                None => String::new(),
            };
            self.push(out, Node::line(format!("break{label}{value};")));
            let mut held = self.scope.held();
            held.truncate(base);
            self.loops[at].breaks.push(held);
        } else {
            self.give_back(at, out);
            self.push(out, Node::line(format!("continue{label};")));
        }
        self.diverged = true;
        true
    }

    /// Puts new values into the variables that the next pass of this loop needs and that were moved in this one.
    pub(super) fn give_back(&mut self, at: usize, out: &mut Vec<Node>) {
        let head = self.loops[at].head.clone();
        for (var, held) in head.into_iter().enumerate() {
            if held == Held::Yes && self.scope.vars[var].held == Held::No {
                let ty = self.scope.vars[var].ty.clone();
                let value = self.without_moves(|this| this.typed(|this| this.value(&ty, 1)));
                let name = self.scope.vars[var].name.clone();
                self.push(out, Node::line(format!("{name} = {value};")));
                self.scope.vars[var].held = Held::Yes;
                self.scope.vars[var].assigned = true;
            }
        }
    }

    /// Writes into the log what some of the variables declared since `base` hold.
    fn observe(&mut self, base: usize, out: &mut Vec<Node>) {
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
    fn use_assigned(&mut self, base: usize, out: &mut Vec<Node>) {
        if self.features.dead_assignments || self.diverged {
            return;
        }
        let names = self.scope.vars[base..]
            .iter()
            .filter(|var| var.assigned && var.readable())
            .map(|var| Node::line(format!("let _ = &{};", var.name)));
        out.extend(names);
    }

    fn drop_value(&mut self, out: &mut Vec<Node>) {
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

    fn swap(&mut self, out: &mut Vec<Node>) {
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

    /// `if depth > 0 { … }`, with a call of this function.
    fn recurse(&mut self, out: &mut Vec<Node>) {
        let before = self.scope.held();
        self.deeper = true;
        let all = self.callable(|function| function.group == self.group);
        let mut body = Vec::new();
        if let Some(at) = self.rng.pick(&all).copied() {
            let outer = std::mem::take(&mut self.pending);
            let base = self.scope.vars.len();
            let ret = self.functions[at].ret.clone();
            let call = self.call(at, 1, &Type::U64);
            let name = format!("v{}", self.number());
            self.flush(&mut body);
            body.push(Node::line(format!("let {name} = {call}.await;")));
            let bound = vec![Variable::new(name, ret, Mode::Own, false)];
            let count = self.rng.between(1, 3);
            let more = self.block(bound, count, Tail::Unit, None);
            body.extend(more);
            self.scope.truncate(base);
            self.pending = outer;
        }
        let path = (self.scope.held(), self.take_diverged());
        self.deeper = false;
        self.meet(&[path, (before, false)]);
        self.push(out, Node::new().text("if depth > 0 ").body(body));
    }

    /// A call that borrows an element of a vector.
    fn element(&mut self, out: &mut Vec<Node>) {
        let wanted = |ty: &Type| matches!(ty, Type::Vec(_));
        let Some(place) = self.writable(wanted) else {
            return self.call_statement(out);
        };
        let Type::Vec(inner) = place.ty.clone() else {
            return;
        };
        let takes = self.callable(|function| {
            function.parameters.iter().any(|parameter| {
                parameter.ty == *inner
                    && parameter.pass == super::functions::Pass::Reference(Mode::Exclusive)
            })
        });
        let Some(at) = self.rng.pick(&takes).copied() else {
            return self.call_statement(out);
        };
        let path = self.path(&place);
        let index = format!("v{}", self.number());
        let number = self.without_moves(|this| this.untyped(|this| this.leaf(&Type::U64)));
        let before = self.scope.held();
        // The element is lent as if it were a variable.
        let base = self.scope.vars.len();
        self.scope.vars[place.var].exclusive += 1;
        let outer = std::mem::take(&mut self.pending);
        let mut variable = Variable::new(
            format!("{path}[{index}]"),
            (*inner).clone(),
            Mode::Own,
            true,
        );
        variable.held = Held::Yes;
        self.scope.declare(variable);
        let call = self.without_moves(|this| this.call(at, 0, &Type::U64));
        let mut body = std::mem::replace(&mut self.pending, outer);
        self.scope.truncate(base);
        self.scope.vars[place.var].exclusive -= 1;
        let after = self.scope.held();
        self.scope.join(&[before, after]);
        body.insert(
            0,
            Node::line(format!(
                "let {index} = {} as usize % {path}.len();",
                atom(&number)
            )),
        );
        body.push(Node::line(format!("let _ = {call}.await;")));
        self.flush(out);
        out.push(
            Node::new()
                .text(format!("if !{path}.is_empty() "))
                .body(body),
        );
    }

    /// A borrow that ends before the next point.
    fn borrow_briefly(&mut self, out: &mut Vec<Node>) {
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
    fn peek(&mut self, out: &mut Vec<Node>) {
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
