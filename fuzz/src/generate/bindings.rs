//! `let`, in its forms.

use super::Generator;
use super::expressions::head;
use super::scope::{Held, Mode, Variable};
use super::statements::Tail;
use crate::tree::Node;
use crate::types::Type;

impl Generator<'_> {
    /// A name for a new variable: sometimes that of another, which it then hides.
    pub(super) fn new_name(&mut self) -> String {
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
                let special =
                    ["self", "log", "depth", "like", "rounds"].contains(&var.name.as_str());
                kept && !var.hidden && !special && self.may_be_hidden(*at)
            })
            .map(|(_, var)| var.name.clone())
            .collect();
        match self.rng.pick(&names) {
            Some(name) if shadows => name.clone(),
            _ => format!("v{}", self.number()),
        }
    }

    /// Declares a variable of a `let` that has just been written.
    pub(super) fn introduce(&mut self, name: &str, ty: &Type, mutable: bool) {
        let variable = Variable::new(name.to_owned(), ty.clone(), Mode::Own, mutable);
        self.scope.declare(variable);
    }

    pub(super) fn let_value(&mut self, out: &mut Vec<Node>) {
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

    pub(super) fn destructure(&mut self, out: &mut Vec<Node>) {
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
    pub(super) fn let_late(&mut self, out: &mut Vec<Node>) {
        let ty = match self.some_type() {
            // Where it ends in relation to others is not known before it is there: mostly refused.
            ty if self.is_observed(&ty) && self.rng.chance(80) => Type::U64,
            ty => ty,
        };
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
    pub(super) fn let_block(&mut self, out: &mut Vec<Node>) {
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
    pub(super) fn let_else(&mut self, out: &mut Vec<Node>) {
        let inner = match self.rng.below(4) {
            0 => Type::U64,
            _ => self.some_type(),
        };
        let ty = Type::Option(Box::new(inner));
        let value = self
            .locked_value(&ty)
            .unwrap_or_else(|| self.untyped(|this| this.value(&ty, 2)));
        let mut bound = Vec::new();
        let pattern = self.refutable(&ty, 2, &mut bound);
        if bound.is_empty() {
            let ty = self.types.render(&ty);
            return self.push(out, Node::line(format!("let _: {ty} = {value};")));
        }
        self.flush(out);
        let before = self.scope.held();
        let points = self.points;
        self.points &= self.features.let_else_points;
        let count = self.rng.below(2);
        let seen = self.seen_after(&value);
        let body = self.block(Vec::new(), count, Tail::Jump, None);
        let body = seen.into_iter().chain(body).collect();
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
        out.extend(self.seen_after(&value));
        for variable in bound {
            self.scope.declare(variable);
        }
    }
}
