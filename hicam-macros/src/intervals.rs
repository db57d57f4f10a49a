//! `let timer = tokio::time::interval(period);` gives an interval that can be captured. That the function is tokio's is
//! found by type, so only its name is looked at here.
//!
//! ```text
//! let timer = tokio::time::interval(period);
//! let timer = tokio::time::interval_at(start, period);
//! ```
//! →
//! ```text
//! let timer = Made(tokio::time::interval(period)).ours();
//! let timer = MakeAt(tokio::time::interval_at).make(start, period);
//! ```
//!
//! Only where a variable without a type is initialised: anywhere else tokio's type may be what is asked for.

use syn::spanned::Spanned;
use syn::visit_mut::{VisitMut, visit_local_mut};
use syn::{Block, Expr, ExprAsync, ExprClosure, Item, Local, Pat, parse_quote_spanned};

pub(crate) fn write_out(block: &mut Block) {
    Intervals.visit_block_mut(block);
}

struct Intervals;

impl VisitMut for Intervals {
    fn visit_local_mut(&mut self, local: &mut Local) {
        visit_local_mut(self, local);
        if let (Pat::Ident(_), Some(init)) = (&local.pat, &mut local.init)
            && let Some(made) = made(&init.expr)
        {
            *init.expr = made;
        }
    }

    // What is in there is never captured.
    fn visit_expr_closure_mut(&mut self, _: &mut ExprClosure) {}
    fn visit_expr_async_mut(&mut self, _: &mut ExprAsync) {}
    fn visit_item_mut(&mut self, _: &mut Item) {}
}

fn made(expr: &Expr) -> Option<Expr> {
    let Expr::Call(call) = expr else { return None };
    let Expr::Path(path) = &*call.func else {
        return None;
    };
    let mut names = path.path.segments.iter().rev();
    let name = names.next()?.ident.to_string();
    if names.next().is_some_and(|module| module.ident != "time") {
        return None;
    }
    let (function, span) = (&call.func, call.span());
    match (name.as_str(), call.args.len()) {
        ("interval", 1) => {
            Some(parse_quote_spanned!(span=> ::hicam::__private::Made(#call).ours()))
        }
        ("interval_at", 2) => {
            let args = &call.args;
            Some(parse_quote_spanned!(span=> ::hicam::__private::MakeAt(#function).make(#args)))
        }
        _ => None,
    }
}
