//! `break`, `continue` and `return`, and what a variable must hold where they go.

use super::Generator;
use super::expressions::head;
use super::scope::Held;
use super::statements::Tail;
use crate::tree::Node;
use crate::types::Type;

impl Generator<'_> {
    /// A jump under a condition, so that something comes after it.
    pub(super) fn maybe_jump(&mut self, out: &mut Vec<Node>) {
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
    pub(super) fn jump(&mut self, out: &mut Vec<Node>) {
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
            let value = self.leaving(0, |this| this.typed(|this| this.returned_value(&ret)));
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
        let head = target.head.clone();
        self.settle(&head, out);
        if block || self.rng.chance(55) {
            let value = match value {
                Some(ty) => format!(" {}", self.leaving(base, |this| this.value(&ty, 2))),
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
}
