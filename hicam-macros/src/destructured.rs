//! Destructuring assignments with points, as what they stand for (the Rust reference, "Destructuring assignments"):
//!
//! ```text
//! (_, Order { id: self.id, .. }) = next().await;
//! ```
//! →
//! ```text
//! { let (_, Order { id: assigned, .. }) = next().await; self.id = assigned; }
//! ```
//! So what is not assigned is dropped before what is replaced, and places are chosen after the value.

use quote::quote;
use syn::spanned::Spanned;
use syn::{Expr, ExprAssign, Pat, Stmt, Token, parse_quote, parse_quote_spanned};

use crate::ir::{Fx, Node};
use crate::patterns::is_upper;
use crate::scope::Builder;

impl Builder {
    pub(crate) fn destructured(&mut self, assign: ExprAssign, fx: &mut Vec<Fx>) -> Node {
        let (mut assigned, right) = (Vec::new(), assign.right);
        let pat = self.assigned_pattern(*assign.left, assign.eq_token, &mut assigned);
        let block = parse_quote!({ let #pat = #right; #(#assigned)* });
        Node::Block(Box::new(self.block(block, fx)))
    }

    /// The pattern that an assignment's left side is; its places are assigned later.
    fn assigned_pattern(&mut self, left: Expr, equals: Token![=], assigned: &mut Vec<Stmt>) -> Pat {
        if !destructures(&left) {
            let value = self.fresh("assigned", left.span());
            let stmt = parse_quote_spanned!(equals.span=> #left #equals #value;);
            assigned.push(stmt);
            return parse_quote!(#value);
        }
        let mut part = |left| self.assigned_pattern(left, equals, assigned);
        match left {
            Expr::Tuple(tuple) => {
                let parts = tuple.elems.into_iter().map(part);
                parse_quote!((#(#parts,)*))
            }
            Expr::Array(array) => {
                let parts = array.elems.into_iter().map(part);
                parse_quote!([#(#parts),*])
            }
            Expr::Call(call) => {
                let (of, parts) = (call.func, call.args.into_iter().map(part));
                parse_quote!(#of(#(#parts),*))
            }
            Expr::Struct(literal) => {
                let parts = literal.fields.into_iter().map(|field| {
                    let (member, pat) = (field.member, part(field.expr));
                    quote!(#member: #pat)
                });
                let (of, rest) = (literal.path, literal.dot2_token);
                parse_quote!(#of { #(#parts,)* #rest })
            }
            Expr::Paren(paren) => match *paren.expr {
                Expr::Range(_) => parse_quote!((..)),
                inner => part(inner),
            },
            Expr::Range(_) => parse_quote!(..),
            Expr::Path(unit) => parse_quote!(#unit),
            _ => parse_quote!(_),
        }
    }
}

/// Whether the left side of an assignment is a pattern, not a place.
pub(crate) fn destructures(left: &Expr) -> bool {
    match left {
        Expr::Infer(_) | Expr::Tuple(_) | Expr::Array(_) => true,
        // Of another value's parts nothing can be assigned; rustc says so.
        Expr::Struct(literal) => literal.rest.is_none(),
        Expr::Call(call) => matches!(&*call.func, Expr::Path(_)),
        // Variables that begin in upper case have other names by now.
        Expr::Path(unit) => unit
            .path
            .segments
            .last()
            .is_some_and(|last| is_upper(&last.ident)),
        Expr::Paren(paren) => destructures(&paren.expr),
        Expr::Range(range) => range.start.is_none() && range.end.is_none(),
        _ => false,
    }
}
