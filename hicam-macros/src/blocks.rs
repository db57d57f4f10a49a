//! Blocks that jumps leave: labelled blocks, chains of conditions with `let`, `let … else`, `async` blocks awaited where
//! they stand.

use proc_macro2::{Ident, Span};
use quote::format_ident;
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{
    BinOp, Block as SynBlock, Expr, ExprAsync, ExprIf, Lifetime, Local, Pat, parse_quote,
    parse_quote_spanned,
};

use crate::ir::{Fx, Item, Loop, Node, Statement, VarId};
use crate::patterns;
use crate::scope::Builder;

impl Builder {
    /// ```text
    /// 'a: { body }
    /// ```
    /// →
    /// ```text
    /// 'a: loop { break 'a { body } }
    /// ```
    /// of which no unlabelled jump is one.
    pub(crate) fn labelled_block(
        &mut self,
        label: Lifetime,
        block: SynBlock,
        fx: &mut Vec<Fx>,
    ) -> Node {
        let target = self.target(Some(label.clone()), false, false);
        let id = target.id;
        let mut inside = Vec::new();
        let body: SynBlock = parse_quote!({ break #label #block; });
        let body = self.jumping(target, |this| this.block(body, &mut inside));
        fx.push(Fx::Labelled(id, inside));
        Node::Loop(Box::new(Loop {
            label,
            head: None,
            body,
        }))
    }

    /// ```text
    /// if let P = a && b { then } else { otherwise }
    /// ```
    /// →
    /// ```text
    /// 'chain: { if let P = a { if b { break 'chain then } } otherwise }
    /// ```
    pub(crate) fn chain(&mut self, branch: ExprIf, fx: &mut Vec<Fx>) -> Node {
        let label = self.fresh_label("chain", branch.if_token.span);
        let mut conditions = Vec::new();
        flatten(*branch.cond, &mut conditions);
        let then = branch.then_branch;
        let mut nested: Expr = parse_quote!(break #label #then);
        for condition in conditions.into_iter().rev() {
            nested = parse_quote!(if #condition { #nested });
        }
        let otherwise = branch
            .else_branch
            .map_or_else(|| parse_quote!({}), |(_, otherwise)| *otherwise);
        let block = parse_quote!({ #nested; #otherwise });
        self.labelled_block(label, block, fx)
    }

    /// ```text
    /// let P(a, mut b) = value else { otherwise };
    /// ```
    /// →
    /// ```text
    /// let (a, mut b) = match value { P(a, b) => (a, b), _ => otherwise };
    /// ```
    /// whose temporaries end before `otherwise`.
    pub(crate) fn let_else(&mut self, local: Local, items: &mut Vec<Item>, fx: &mut Vec<Fx>) {
        let (mut pat, ty) = match local.pat {
            Pat::Type(typed) => (*typed.pat, Some(typed.ty)),
            pat => (pat, None),
        };
        let Some((value, otherwise)) = local
            .init
            .and_then(|init| Some((init.expr, init.diverge?.1)))
        else {
            return;
        };
        let bindings = patterns::bindings(&pat);
        let idents: Vec<&Ident> = bindings.iter().map(|binding| &binding.ident).collect();
        let bound = bindings.iter().map(|binding| -> Pat {
            let ident = &binding.ident;
            if binding.mutable {
                parse_quote_spanned!(ident.span()=> mut #ident)
            } else {
                parse_quote!(#ident)
            }
        });
        Unmut.visit_pat_mut(&mut pat);
        let value: Expr = match ty {
            Some(ty) => parse_quote!({ let __hicam_value: #ty = #value; __hicam_value }),
            None if self.has_points(&value) => crate::normal::condition(*value),
            None => *value,
        };
        let choice: Expr = parse_quote!(match #value { #pat => (#(#idents,)*), _ => #otherwise });
        let stmt = parse_quote!(let (#(#bound,)*) = #choice;);
        let outer = std::mem::replace(&mut self.in_let, true);
        self.statement(stmt, items, fx);
        self.in_let = outer;
    }

    /// An `async` block that is awaited where it stands is a block that `return` and `?` leave. What it takes by value
    /// is dropped at its end.
    pub(crate) fn async_block(&mut self, block: ExprAsync, fx: &mut Vec<Fx>) -> Node {
        let label = self.fresh_label("async", block.async_token.span);
        let mut judged = match block.capture {
            Some(_) => Vec::new(),
            None => self.judged_in(&block),
        };
        let whole = self.taken_whole(&Expr::Async(block.clone()));
        let mut body = block.block;
        Returns { label: &label }.visit_block_mut(&mut body);
        if block.capture.is_some() {
            let taken = self.mentioned(&parse_quote!(#body));
            let (mut moves, mut names): (Vec<syn::Stmt>, Vec<_>) = (Vec::new(), Vec::new());
            for var in taken {
                if !self.is_own(var) {
                    continue;
                }
                // It takes parts, and leaves the others.
                if !whole.contains(&var) {
                    judged.push(var);
                }
                let ident = self.vars[var].ident.clone();
                // Like one that the user declares again: it lasts as long as the block.
                let own = self.called.again(&ident);
                let mutability = self.vars[var].mutable.then(<syn::Token![mut]>::default);
                moves.push(parse_quote!(let #mutability #own = #ident;));
                names.push((ident, own));
            }
            crate::rename::substitute(&mut body, &names);
            if !moves.is_empty() {
                // Before the label, so that they are surely gone after it. What the block has taken is dropped in the
                // order in which it mentions it.
                moves.reverse();
                let mut block: SynBlock = parse_quote!({ #(#moves)* #label: #body });
                let split = names.iter().map(|(_, own)| own);
                let split = split.filter(|own| self.split.contains(own));
                let split: Vec<Ident> = split.cloned().collect();
                crate::split::split(&mut block, &split, &[], &mut self.called.shown);
                return self.judged_block(&judged, block, fx);
            }
        } else if !judged.is_empty() {
            return self.judged_block(&judged, parse_quote!({ #label: #body }), fx);
        }
        self.labelled_block(label, body, fx)
    }

    /// A block, with variables whose types must allow that they end at another time.
    fn judged_block(&mut self, judged: &[VarId], block: SynBlock, fx: &mut Vec<Fx>) -> Node {
        let block = self.scoped(|this| {
            let first = this.points.len() as u32 + 1;
            let mut items = Vec::new();
            for &var in judged {
                this.simple(Statement::Judged(var), &mut items, fx);
            }
            this.block_with(items, first, block.stmts, fx)
        });
        Node::Block(Box::new(block))
    }

    /// Variables that a block may have taken by value, because it moves them on one of its ways, but not on all: on the
    /// others they end with it.
    fn judged_in(&mut self, block: &ExprAsync) -> Vec<VarId> {
        let declared = self.vars.len();
        let jumps = std::mem::take(&mut self.jumps);
        let inside = self.aside(|this, fx| this.natural_block(None, &mut block.block.clone(), fx));
        self.jumps = jumps;
        let mut moved = vec![false; self.vars.len()];
        crate::classify::find_moves(&inside, &mut moved);
        let own = (0..declared).filter(|&var| moved[var] && self.is_own(var));
        let own = own.filter(|&var| !self.vars[var].copy);
        let own = own.filter(|&var| crate::endings::may_stay(&inside, var));
        let own = own.collect();
        self.vars.truncate(declared);
        own
    }

    pub(crate) fn fresh_label(&mut self, what: &str, span: Span) -> Lifetime {
        let name = self.fresh(what, span);
        Lifetime {
            apostrophe: span,
            ident: format_ident!("{name}"),
        }
    }
}

fn flatten(condition: Expr, conditions: &mut Vec<Expr>) {
    match condition {
        Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) => {
            flatten(*binary.left, conditions);
            flatten(*binary.right, conditions);
        }
        condition => conditions.push(condition),
    }
}

/// A pattern whose bindings are not `mut`.
struct Unmut;

impl VisitMut for Unmut {
    fn visit_pat_ident_mut(&mut self, pat: &mut syn::PatIdent) {
        if pat.by_ref.is_none() {
            pat.mutability = None;
        }
        syn::visit_mut::visit_pat_ident_mut(self, pat);
    }
}

/// `return` and `?` of an `async` block.
struct Returns<'l> {
    label: &'l Lifetime,
}

impl VisitMut for Returns<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if matches!(expr, Expr::Closure(_) | Expr::Async(_)) {
            return;
        }
        syn::visit_mut::visit_expr_mut(self, expr);
        let label = self.label;
        match expr {
            Expr::Return(jump) => {
                let value = jump
                    .expr
                    .take()
                    .map_or_else(|| parse_quote!(()), |value| *value);
                *expr = parse_quote!(break #label #value);
            }
            Expr::Try(question) => {
                let (value, span) = (&question.expr, question.question_token.span());
                *expr = parse_quote_spanned! {span=>
                    (match ::hicam::__private::Question::branch(#value) {
                        ::core::ops::ControlFlow::Continue(__hicam_value) => __hicam_value,
                        ::core::ops::ControlFlow::Break(__hicam_residual) =>
                            break #label ::hicam::__private::FromResidual::from_residual(__hicam_residual),
                    })
                };
            }
            _ => {}
        }
    }
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}
