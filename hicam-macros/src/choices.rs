//! Borrows of one of several places: which of them is decided once, and kept as a number.
//!
//! ```text
//! let child = if value < self.value { &mut self.left } else { &mut self.right };
//! ```
//! →
//! ```text
//! let chosen: u32 = if value < self.value { 0 } else { 1 };
//! let child = if chosen == 0 { &mut self.left } else { &mut self.right };      // taken again so on resume
//! ```

use syn::spanned::Spanned;
use syn::{Block, Expr, Pat, Stmt, parse_quote};

use crate::build::diverges;
use crate::effects::binds_nothing;
use crate::ir::{Fx, Item, Statement};
use crate::iterables::strip_parens;
use crate::scope::Builder;

impl Builder {
    /// An `if` or `match` whose alternatives are borrows of places that are the same whenever they are looked up, or
    /// leave.
    pub(crate) fn is_choice(&self, init: &Expr) -> bool {
        let mut init = init.clone();
        let mut places = Vec::new();
        matches!(strip_parens(&init), Expr::If(_) | Expr::Match(_))
            && alternatives(&mut init, &mut places)
            && !places.is_empty()
            && places.iter().all(|place| self.is_steady_borrow(place))
    }

    fn is_steady_borrow(&self, borrow: &Expr) -> bool {
        match strip_parens(borrow) {
            Expr::Reference(reference) => self.is_steady_place(&reference.expr),
            Expr::Tuple(tuple) => {
                !tuple.elems.is_empty()
                    && tuple.elems.iter().all(|elem| self.is_steady_borrow(elem))
            }
            Expr::Path(_) => self.is_view(borrow),
            Expr::MethodCall(_) => self.is_reborrow(borrow) && self.is_steady_projection(borrow),
            _ => false,
        }
    }

    /// Decides, and leaves the borrow that goes with the number.
    pub(crate) fn choose(&mut self, init: &mut Expr, items: &mut Vec<Item>, fx: &mut Vec<Fx>) {
        let mut places = Vec::new();
        if !alternatives(init, &mut places) {
            return;
        }
        let chosen = self.fresh("chosen", init.span());
        let decided = init.clone();
        let decision = parse_quote!(let #chosen: u32 = #decided;);
        self.simple(Statement::User(decision), items, fx);
        let mut places = places.into_iter().enumerate().rev();
        let Some((_, last)) = places.next() else {
            return;
        };
        *init = places.fold(last, |others, (number, place)| {
            let number = number as u32;
            parse_quote!(if #chosen == #number { #place } else { #others })
        });
    }
}

/// Replaces the value of each alternative by its number; `false` if there is one that is more than a value.
fn alternatives(expr: &mut Expr, places: &mut Vec<Expr>) -> bool {
    match expr {
        Expr::Paren(paren) => alternatives(&mut paren.expr, places),
        Expr::If(branch) => {
            let plain = !has_let(&branch.cond);
            let Some((_, otherwise)) = &mut branch.else_branch else {
                return false;
            };
            plain && block(&mut branch.then_branch, places) && alternative(otherwise, places)
        }
        Expr::Match(choice) => choice.arms.iter_mut().all(|arm| {
            let pat = match &arm.pat {
                Pat::Guard(guarded) => &*guarded.pat,
                pat => pat,
            };
            binds_nothing(pat) && alternative(&mut arm.body, places)
        }),
        _ => false,
    }
}

fn alternative(expr: &mut Expr, places: &mut Vec<Expr>) -> bool {
    match expr {
        Expr::If(_) | Expr::Match(_) => alternatives(expr, places),
        Expr::Block(inner) if inner.label.is_none() && inner.attrs.is_empty() => {
            block(&mut inner.block, places)
        }
        expr if diverges(&Stmt::Expr(expr.clone(), Some(Default::default()))) => true,
        expr => {
            let number = places.len() as u32;
            places.push(std::mem::replace(expr, parse_quote!(#number)));
            true
        }
    }
}

fn block(block: &mut Block, places: &mut Vec<Expr>) -> bool {
    if block.stmts.last().is_some_and(diverges) {
        return true;
    }
    match &mut block.stmts[..] {
        [Stmt::Expr(value, None)] => alternative(value, places),
        _ => false,
    }
}

fn has_let(cond: &Expr) -> bool {
    match cond {
        Expr::Let(_) => true,
        Expr::Binary(binary) => crate::control::contains_let(&binary.left, &binary.right),
        _ => false,
    }
}
