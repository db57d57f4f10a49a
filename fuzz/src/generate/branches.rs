//! `if`, `if let` and `match` as statements.

use super::Generator;
use super::expressions::{atom, head};
use super::scope::Variable;
use super::statements::Tail;
use crate::tree::Node;
use crate::types::Type;

impl Generator<'_> {
    pub(super) fn if_statement(&mut self, out: &mut Vec<Node>) {
        self.choice(out, None);
    }

    /// `if … { … } else { … }`, with a value or without.
    pub(super) fn choice(&mut self, out: &mut Vec<Node>, value: Option<Type>) {
        let condition = self.branch_condition();
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
        let seen = self.seen_after(&condition);
        let body = self.block(Vec::new(), count, first, None);
        node = node.body(seen.into_iter().chain(body).collect());
        paths.push((self.scope.held(), self.take_diverged()));
        if value.is_some() || self.rng.chance(60) {
            if self.rng.chance(20) {
                self.scope.set_held(&before);
                let condition = self
                    .locked_condition()
                    .unwrap_or_else(|| self.simple_condition());
                // What it needs must not be evaluated before the first condition.
                self.flush(out);
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
            let seen = self.seen_after(&condition);
            let body = self.block(Vec::new(), count, tail, None);
            node = node
                .text(" else ")
                .body(seen.into_iter().chain(body).collect());
            paths.push((self.scope.held(), self.take_diverged()));
        } else {
            paths.push((before, false));
        }
        self.meet(&paths);
        out.push(node);
        if value.is_none() {
            out.extend(self.seen_after(&condition));
        }
    }

    /// What decides between blocks.
    pub(super) fn branch_condition(&mut self) -> String {
        self.locked_condition()
            .unwrap_or_else(|| self.untyped(|this| this.condition(2)))
    }

    pub(super) fn if_let(&mut self, out: &mut Vec<Node>) {
        let ty = self.scrutinised();
        let locked = self.locked_value(&ty);
        let points = self.points && locked.is_none();
        let value = locked.unwrap_or_else(|| self.untyped(|this| this.value(&ty, 2)));
        self.flush(out);
        let before = self.scope.held();
        let mut bound = Vec::new();
        let mut pattern = self.refutable(&ty, 2, &mut bound);
        if bound.is_empty() && self.is_observed(&ty) && self.rng.chance(90) {
            // What no variable takes is refused.
            pattern = self.named(&ty, &mut bound);
        }
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
        let points = std::mem::replace(&mut self.points, points);
        let count = self.rng.between(1, 4);
        let seen = self.seen_after(&value);
        let body = self.block(bound, count, Tail::Unit, None);
        let body = seen.into_iter().chain(body).collect();
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
            let seen = self.seen_after(&value);
            let body = self.block(Vec::new(), count, tail, None);
            node = node
                .text(" else ")
                .body(seen.into_iter().chain(body).collect());
            paths.push((self.scope.held(), self.take_diverged()));
        } else {
            paths.push((before, false));
        }
        self.points = points;
        self.meet(&paths);
        out.push(node);
        out.extend(self.seen_after(&value));
    }

    /// A type that is worth looking into.
    fn scrutinised(&mut self) -> Type {
        for _ in 0..3 {
            let ty = self.some_type();
            // Where a pattern may leave some of it, it is refused.
            let parts = !self.types.fields(&ty).is_empty() || matches!(ty, Type::Named(_));
            if parts && self.is_observed(&ty) && self.rng.chance(95) {
                continue;
            }
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
    pub(super) fn match_statement(&mut self, out: &mut Vec<Node>, value: Option<Type>) {
        let ty = self.scrutinised();
        let locked = self.locked_value(&ty);
        let points = self.points && locked.is_none();
        let on = locked.unwrap_or_else(|| self.untyped(|this| this.value(&ty, 2)));
        self.flush(out);
        let points = std::mem::replace(&mut self.points, points);
        let before = self.scope.held();
        let mut arms = Vec::new();
        let mut paths = Vec::new();
        let count = self.rng.between(2, 4);
        for at in 0..count {
            self.scope.set_held(&before);
            let mut bound = Vec::new();
            let last = at + 1 == count;
            let by_ref =
                self.features.ref_bindings && self.rng.chance(15) && !self.is_observed(&ty);
            self.by_ref = by_ref;
            let pattern = if last {
                self.binding(&ty, 1, &mut bound)
            } else {
                self.refutable(&ty, 3, &mut bound)
            };
            self.by_ref = false;
            let mut arm = Node::new().text(pattern);
            if !last && self.rng.chance(35) {
                arm = self.matching(&on, |this| this.guard(arm, &bound));
            }
            let tail = match &value {
                Some(ty) => Tail::Value(ty.clone()),
                None if self.rng.chance(10) => Tail::Jump,
                None => Tail::Unit,
            };
            let size = self.rng.below(4);
            let seen = self.seen_after(&on);
            let body = if by_ref {
                self.matching(&on, |this| this.block(bound, size, tail, None))
            } else {
                self.block(bound, size, tail, None)
            };
            let body = seen.into_iter().chain(body).collect();
            paths.push((self.scope.held(), self.take_diverged()));
            arms.push(arm.text(" => ").body(body));
        }
        self.points = points;
        self.meet(&paths);
        self.flush(out);
        out.push(Node::new().text(format!("match {} ", head(&on))).arms(arms));
        if value.is_none() {
            out.extend(self.seen_after(&on));
        }
    }

    /// While what is matched may be read, and not changed.
    fn matching<T>(&mut self, on: &str, write: impl FnOnce(&mut Self) -> T) -> T {
        let names: Vec<&str> = on
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .collect();
        let vars = self.scope.vars.iter().enumerate();
        let matched = vars.filter(|(_, variable)| names.contains(&variable.name.as_str()));
        let matched: Vec<usize> = matched.map(|(at, _)| at).collect();
        for &at in &matched {
            self.scope.vars[at].shared += 1;
        }
        let written = write(self);
        for &at in &matched {
            self.scope.vars[at].shared -= 1;
        }
        written
    }

    /// ` if guard` after an arm's pattern.
    pub(super) fn guard(&mut self, arm: Node, bound: &[Variable]) -> Node {
        // A guard sees what the pattern will bind by shared reference.
        let mut bound = bound.to_vec();
        bound
            .iter_mut()
            .for_each(|variable| variable.mutable = false);
        let points = self.features.guard_points;
        if points && self.nesting < 4 && self.rng.chance(20) {
            let count = self.rng.between(1, 2);
            let tail = Tail::Value(Type::Bool);
            let body = self.without_moves(|this| this.block(bound, count, tail, None));
            self.take_diverged();
            return arm.text(" if ").body(body);
        }
        let base = self.scope.vars.len();
        for variable in bound {
            self.scope.declare(variable);
        }
        let call = (points && self.rng.chance(50))
            .then(|| {
                self.without_moves(|this| this.untyped(|this| this.call_value(&Type::Bool, 0)))
            })
            .flatten();
        let condition = match call {
            Some(call) if self.rng.chance(30) => {
                let first = self.pure(|this| this.simple_condition());
                format!("{} && {}", atom(&first), atom(&call))
            }
            Some(call) => call,
            None => self.pure(|this| this.simple_condition()),
        };
        self.scope.truncate(base);
        arm.text(format!(" if {condition}"))
    }
}
