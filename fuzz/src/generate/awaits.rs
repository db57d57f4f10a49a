//! Statements that wait: calls of the program's own functions, and foreign futures.

use super::Generator;
use super::expressions::atom;
use super::functions::Pace;
use super::scope::{Held, Mode, Variable};
use super::statements::Tail;
use crate::tree::Node;
use crate::types::Type;

impl Generator<'_> {
    pub(super) fn call_statement(&mut self, out: &mut Vec<Node>) {
        let all = self.callable(|_| true);
        let Some(at) = self.rng.pick(&all).copied() else {
            return self.foreign(out);
        };
        let concrete = self.concrete_type(at);
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

    pub(super) fn foreign(&mut self, out: &mut Vec<Node>) {
        if !self.affords(1) {
            return self.log(out);
        }
        self.charge(1);
        let text = [
            "hicam::point().await;",
            "std::future::ready(()).await;",
            "tokio::task::yield_now().await;",
        ];
        let all = if self.pace == Pace::Any { 3 } else { 2 };
        let text = text[self.rng.below(all)];
        self.push(out, Node::line(text));
    }

    /// `if depth > 0 { … }`, with a call of this function.
    pub(super) fn recurse(&mut self, out: &mut Vec<Node>) {
        let before = self.scope.held();
        self.deeper = true;
        let all = self.callable(|function| function.group == self.group);
        let mut body = Vec::new();
        if let Some(at) = self.rng.pick(&all).copied() {
            let outer = std::mem::take(&mut self.pending);
            let base = self.scope.vars.len();
            let ret = self.functions[at].ret.clone();
            let call = self.perhaps(|this| this.call(at, 1, &Type::U64));
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
    pub(super) fn element(&mut self, out: &mut Vec<Node>) {
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
}
