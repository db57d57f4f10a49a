//! Values whose drop is seen. Whether a variable holds one must be certain at every point, or the transformation refuses
//! it: what a block has moved of those around it, it gives back at its end.

use super::Generator;
use super::scope::{Held, Mode};
use crate::tree::Node;
use crate::types::Type;

/// What may be moved where we are, of what is seen to end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Certain {
    /// Variables from this one on: they end with the code around us, moved or not.
    pub(super) from: usize,
    /// Others too, because they are given back.
    pub(super) gives_back: bool,
}

impl Generator<'_> {
    pub(super) fn is_observed(&self, ty: &Type) -> bool {
        self.types.is_observed(ty, self.observed_parameter)
    }

    /// Whether this variable may be moved here.
    pub(super) fn may_end(&self, var: usize) -> bool {
        let variable = &self.scope.vars[var];
        self.features.maybe_moved
            || !self.is_observed(&variable.ty)
            || var >= self.certain.from
            || self.certain.gives_back && variable.mutable
    }

    /// Whether a value may be put into this variable here, which holds none.
    pub(super) fn may_begin(&self, var: usize) -> bool {
        let Some(block) = self.blocks.last() else {
            return true;
        };
        self.features.maybe_moved
            || !self.is_observed(&self.scope.vars[var].ty)
            || var >= block.base
            || block.held.get(var) == Some(&Held::Yes)
    }

    /// Whether a later variable may have the name of this one: not if it is still to be given back.
    pub(super) fn may_be_hidden(&self, var: usize) -> bool {
        let variable = &self.scope.vars[var];
        if !self.is_observed(&variable.ty) {
            return true;
        }
        let inner = self.blocks.last().is_none_or(|block| var >= block.base);
        // What is mentioned once more at its scope's end must be in reach there.
        (inner || variable.held == Held::Yes) && !(variable.mentioned && variable.held == Held::Yes)
    }

    /// Mentions once more most of what has been mentioned: where a method was called, a part was taken or a value set, the
    /// transformation often cannot tell whether the variable holds one, and refuses it if a point follows and no mention.
    pub(super) fn mentions(&mut self, base: usize) -> Vec<Node> {
        let mut mentions = Vec::new();
        if self.diverged {
            return mentions;
        }
        for at in base..self.scope.vars.len() {
            let var = &self.scope.vars[at];
            let own = var.mode == Mode::Own && var.readable() && var.mentioned;
            if own && self.is_observed(&var.ty) && self.rng.chance(95) {
                let name = &self.scope.vars[at].name;
                mentions.push(Node::line(format!("mark(crate::digest(&{name}));")));
            }
        }
        mentions
    }

    /// The value of a block, and such mentions behind its last point.
    pub(super) fn end_with(&mut self, value: String, ty: &Type, base: usize, out: &mut Vec<Node>) {
        let mentions = self.mentions(base);
        self.flush(out);
        let points = [".await", "for ", "loop ", "while "];
        if mentions.is_empty() || !points.iter().any(|point| value.contains(point)) {
            out.extend(mentions);
            return out.push(Node::line(value));
        }
        let name = format!("v{}", self.number());
        let ty = self.types.render(ty);
        out.push(Node::line(format!("let {name}: {ty} = {value};")));
        out.extend(mentions);
        out.push(Node::line(name));
    }

    /// Mentions a value that is to be replaced, if its variable is one that is moved somewhere: from its last mention on
    /// the transformation refuses it.
    pub(super) fn mention_replaced(&mut self, var: usize, out: &mut Vec<Node>) {
        let variable = &self.scope.vars[var];
        let held = variable.ever_moved && variable.readable() && variable.mode == Mode::Own;
        if held && self.is_observed(&variable.ty) && self.rng.chance(90) {
            let name = &self.scope.vars[var].name;
            let mention = Node::line(format!("mark(crate::digest(&{name}));"));
            self.push(out, mention);
        }
    }

    /// Code that may be left out when it runs.
    pub(super) fn perhaps<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        self.leaving(usize::MAX, write)
    }

    /// Code after which the scopes of the variables from `base` on are left.
    pub(super) fn leaving<T>(&mut self, base: usize, write: impl FnOnce(&mut Self) -> T) -> T {
        let certain = Certain {
            from: base,
            gives_back: false,
        };
        let before = std::mem::replace(&mut self.certain, certain);
        let result = write(self);
        self.certain = before;
        result
    }

    /// Makes variables hold what they held before: new values for those that were moved, an end for those that were set.
    pub(super) fn settle(&mut self, held: &[Held], out: &mut Vec<Node>) {
        if self.diverged || self.features.maybe_moved {
            return;
        }
        for (var, held) in held.iter().enumerate() {
            let variable = &self.scope.vars[var];
            let own = variable.mode == Mode::Own && !variable.hidden;
            if !own || variable.held == *held || !self.is_observed(&variable.ty) {
                continue;
            }
            let (name, ty) = (variable.name.clone(), variable.ty.clone());
            let text = match held {
                Held::Yes => {
                    let value = self.without_moves(|this| this.typed(|this| this.value(&ty, 1)));
                    self.scope.vars[var].assigned = true;
                    format!("{name} = {value};")
                }
                Held::No => format!("drop({name});"),
            };
            self.push(out, Node::line(text));
            self.scope.vars[var].held = *held;
        }
    }
}
