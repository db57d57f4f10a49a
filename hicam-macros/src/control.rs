//! The effects of control flow that contains no points, and of jumps out of it.

use proc_macro2::Ident;
use syn::spanned::Spanned;
use syn::{BinOp, Expr, Pat, parse_quote, parse_quote_spanned};

use crate::effects::binds_nothing;
use crate::ir::{Fx, How, Jump, Trust};
use crate::patterns::{self, TakenApart};
use crate::scope::Builder;

/// A jump whose put-backs the lowering fills in: `__hicam_jump!(mark; jump)`.
pub(crate) const JUMP: &str = "__hicam_jump";

impl Builder {
    pub(crate) fn choice(&mut self, expr: &mut Expr, fx: &mut Vec<Fx>) {
        match expr {
            Expr::If(branch) => self.scoped(|this| {
                let (mut then, mut otherwise) = (Vec::new(), Vec::new());
                this.condition(&mut branch.cond, fx);
                this.natural_block(None, &mut branch.then_branch, &mut then);
                if let Some((_, branch)) = &mut branch.else_branch {
                    this.expr(branch, How::Move, &mut otherwise);
                }
                fx.push(Fx::Branch(vec![then, otherwise]));
            }),
            Expr::Match(choice) => {
                self.taken_apart(&mut choice.expr, choice.arms.iter().map(|arm| &arm.pat), fx);
                let mut arms = Vec::new();
                for arm in &mut choice.arms {
                    let mut effects = Vec::new();
                    self.scoped(|this| {
                        this.arm_pattern(&mut arm.pat, &mut effects);
                        this.expr(&mut arm.body, How::Move, &mut effects);
                    });
                    arms.push(effects);
                }
                fx.push(Fx::Branch(arms));
            }
            _ => {}
        }
    }

    /// The effects of what is taken apart by patterns.
    pub(crate) fn taken_apart<'p>(
        &mut self,
        value: &mut Expr,
        pats: impl Iterator<Item = &'p Pat> + Clone,
        fx: &mut Vec<Fx>,
    ) -> How {
        let apart = pats.clone().map(patterns::taken_apart).max();
        let trust = match pats.clone().any(patterns::is_of_result) {
            true => Trust::Result,
            false => Trust::Pattern,
        };
        let how = match match_how(pats) {
            // What is within others is not asked; a value without a name is, where it is.
            How::Move if apart == Some(TakenApart::Within) && self.is_named(value) => How::Maybe,
            how => how,
        };
        self.expr(value, how, fx);
        if how == How::Move && apart > Some(TakenApart::None) {
            self.trust(value, trust, fx);
        }
        how
    }

    fn is_named(&self, value: &Expr) -> bool {
        let var = self.variable(value);
        var.is_some_and(|var| !self.vars[var].made)
    }

    /// Notes that a variable has been moved only if its type says so.
    pub(crate) fn trust(&self, value: &Expr, trust: Trust, fx: &mut Vec<Fx>) {
        fx.extend(self.variable(value).map(|var| Fx::Trust(var, trust)));
    }

    /// Declares what an arm's pattern binds, then the effects of its guard.
    pub(crate) fn arm_pattern(&mut self, pat: &mut Pat, fx: &mut Vec<Fx>) {
        self.declare_pattern(pat, fx);
        if let Pat::Guard(guarded) = pat {
            self.expr(&mut guarded.guard, How::Place, fx);
        }
    }

    /// A condition, with the variables of its `let`s.
    pub(crate) fn condition(&mut self, cond: &mut Expr, fx: &mut Vec<Fx>) {
        match cond {
            Expr::Let(binding) => {
                let otherwise: Pat = parse_quote!(_);
                let pats = [&*binding.pat, &otherwise].into_iter();
                self.taken_apart(&mut binding.expr, pats, fx);
                self.declare_pattern(&binding.pat, fx);
            }
            Expr::Binary(binary)
                if matches!(binary.op, BinOp::And(_))
                    && contains_let(&binary.left, &binary.right) =>
            {
                self.condition(&mut binary.left, fx);
                self.condition(&mut binary.right, fx);
            }
            cond => self.expr(cond, How::Move, fx),
        }
    }

    pub(crate) fn natural_loop(&mut self, expr: &mut Expr, fx: &mut Vec<Fx>) {
        let label = match expr {
            Expr::Loop(repeat) => &repeat.label,
            Expr::While(repeat) => &repeat.label,
            Expr::ForLoop(repeat) => &repeat.label,
            _ => return,
        };
        let label = label.as_ref().map(|label| label.name.clone());
        let target = self.target(label, true, true);
        let (id, mark) = (target.id, self.mark());
        if let Expr::ForLoop(repeat) = expr {
            self.expr(&mut repeat.expr, How::Move, fx);
        }
        let mut inside = Vec::new();
        self.jumping(target, |this| match expr {
            Expr::Loop(repeat) => this.natural_block(None, &mut repeat.body, &mut inside),
            Expr::While(repeat) => this.scoped(|this| {
                this.condition(&mut repeat.cond, &mut inside);
                inside.push(Fx::Branch(vec![vec![Fx::Break(id, mark)], Vec::new()]));
                this.natural_block(None, &mut repeat.body, &mut inside);
            }),
            Expr::ForLoop(repeat) => this.scoped(|this| {
                inside.push(Fx::Branch(vec![vec![Fx::Break(id, mark)], Vec::new()]));
                this.declare_pattern(&repeat.pat, &mut inside);
                this.natural_block(None, &mut repeat.body, &mut inside);
            }),
            _ => {}
        });
        fx.push(Fx::Loop(id, inside));
    }

    pub(crate) fn jump(&mut self, expr: &mut Expr, fx: &mut Vec<Fx>) {
        let (label, is_break) = match expr {
            Expr::Break(jump) => {
                if let Some(value) = &mut jump.expr {
                    self.expr(value, How::Move, fx);
                }
                (jump.label.clone(), true)
            }
            Expr::Continue(jump) => (jump.label.clone(), false),
            _ => return,
        };
        let target = self.jumps.iter().rev().find(|target| match &label {
            Some(label) => target.label.as_ref() == Some(label),
            None => target.is_loop,
        });
        // rustc reports a jump to nowhere.
        let Some(target) = target.cloned() else {
            return;
        };
        let mark = self.mark();
        self.jumps_made.push(Jump {
            mark,
            target: target.id,
        });
        fx.push(if is_break {
            Fx::Break(target.id, mark)
        } else {
            Fx::Continue(target.id, mark)
        });
        if target.natural {
            return;
        }
        match (&mut *expr, &target.label) {
            (Expr::Break(jump), label) => jump.label.clone_from(label),
            // Every pass of a lowered loop is a block of its own, which ends at the loop's point.
            (Expr::Continue(jump), Some(label)) => {
                let pass = pass_label(label);
                *expr = parse_quote_spanned!(jump.continue_token.span=> break #pass);
            }
            _ => {}
        }
        let jump = Ident::new(JUMP, expr.span());
        *expr = parse_quote!(#jump!(#mark; #expr));
    }
}

/// The label of one pass of a lowered loop.
pub(crate) fn pass_label(label: &syn::Lifetime) -> syn::Lifetime {
    syn::Lifetime {
        apostrophe: label.apostrophe,
        ident: quote::format_ident!("__hicam_pass_{}", label.ident),
    }
}

/// How a `match` uses its scrutinee.
pub(crate) fn match_how<'p>(mut pats: impl Iterator<Item = &'p Pat> + Clone) -> How {
    let option = pats.clone().any(patterns::takes_some);
    if pats.clone().all(binds_nothing) {
        How::Place
    } else if pats.all(|pat| patterns::takes_all(pat) || option && matches!(pat, Pat::Wild(_))) {
        How::Move
    } else {
        How::Maybe
    }
}

pub(crate) fn contains_let(left: &Expr, right: &Expr) -> bool {
    fn has(expr: &Expr) -> bool {
        match expr {
            Expr::Let(_) => true,
            Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) => {
                has(&binary.left) || has(&binary.right)
            }
            _ => false,
        }
    }
    has(left) || has(right)
}
