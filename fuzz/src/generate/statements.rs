//! Statements and blocks.

use super::Generator;
use super::certain::Certain;
use super::scope::{Block, Variable};
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
    InParts,
    Noted,
    LeaveBehind,
    LastLet,
    Concurrent,
    Wait,
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
        // The parameters are outside of the function's block.
        let own = match tail {
            Tail::Return(_) => 0,
            _ => base,
        };
        let held = self.scope.held();
        self.blocks.push(Block {
            base: own,
            held: held[..own].to_vec(),
        });
        let certain = Certain {
            from: own,
            gives_back: true,
        };
        let certain = std::mem::replace(&mut self.certain, certain);
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
        if matches!(tail, Tail::Return(_)) && !self.diverged && self.may_wait() {
            self.wait(&mut out);
        }
        if !matches!(tail, Tail::Jump) {
            self.observe(own, &mut out);
            self.use_assigned(own, &mut out);
            if matches!(tail, Tail::Return(_)) {
                out.extend(self.seen());
            }
        }
        if matches!(tail, Tail::Unit | Tail::Value(_)) {
            self.settle(&held, &mut out);
        }
        if matches!(tail, Tail::Unit | Tail::Return(Type::Unit)) {
            let mentions = self.mentions(own);
            out.extend(mentions);
        }
        match tail {
            Tail::Value(ty) => {
                // Also where it is not reached: it gives the block its type.
                let value = self.leaving(own, |this| this.value(&ty, 1));
                self.end_with(value, &ty, own, &mut out);
            }
            Tail::Return(Type::Unit) => {}
            // Where all ways return, no value is needed.
            Tail::Return(_) if self.diverged && out.last().is_some_and(Node::always_jumps) => {}
            Tail::Return(ty) => {
                let value = self.returned_value(&ty);
                self.end_with(value, &ty, own, &mut out);
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
        self.blocks.pop();
        self.certain = certain;
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

    pub(super) fn statement(&mut self, out: &mut Vec<Node>) {
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
            (when(!deep && self.features.rest_patterns, 3), Kind::InParts),
            (when(self.features.noted, 13), Kind::Noted),
            (
                when(self.features.exits && !deep && self.affords(8), 7),
                Kind::LeaveBehind,
            ),
            (when(!deep && self.makes(), 3), Kind::LastLet),
            (
                when(
                    self.features.concurrency && self.macros && !deep && self.affords(20),
                    14,
                ),
                Kind::Concurrent,
            ),
            (when(self.may_wait(), 25), Kind::Wait),
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
            Kind::InParts => self.in_parts(out),
            Kind::Noted => self.noted_statement(out),
            Kind::LeaveBehind => self.leave_behind(out),
            Kind::LastLet => self.last_let(out),
            Kind::Concurrent => self.concurrent(out),
            Kind::Wait => self.wait(out),
        }
    }

    pub(super) fn push(&mut self, out: &mut Vec<Node>, node: Node) {
        self.flush(out);
        out.push(node);
    }
}
