//! What patterns bind.

use proc_macro2::Ident;
use syn::visit::Visit;
use syn::{Pat, PatIdent};

/// A variable bound by a pattern.
pub(crate) struct Binding {
    pub(crate) ident: Ident,
    pub(crate) mutable: bool,
    /// Under a `&` pattern: a copy of what is behind the reference.
    pub(crate) behind_reference: bool,
}

/// The variables a pattern binds, each once.
pub(crate) fn bindings(pat: &Pat) -> Vec<Binding> {
    let mut collect = Collect {
        found: Vec::new(),
        depth: 0,
    };
    collect.visit_pat(pat);
    collect.found
}

/// Whether a pattern leaves nothing behind in what it takes apart: no `_`, no `..`, no reference into it.
pub(crate) fn takes_all(pat: &Pat) -> bool {
    match pat {
        Pat::Ident(ident) => ident.by_ref.is_none() && ident.subpat.is_none(),
        Pat::Tuple(tuple) => tuple.elems.iter().all(takes_all),
        Pat::TupleStruct(tuple) => tuple.elems.iter().all(takes_all),
        Pat::Struct(fields) => {
            fields.rest.is_none() && fields.fields.iter().all(|field| takes_all(&field.pat))
        }
        Pat::Or(or) => or.cases.iter().all(takes_all),
        Pat::Paren(paren) => takes_all(&paren.pat),
        Pat::Type(typed) => takes_all(&typed.pat),
        Pat::Path(_) | Pat::Lit(_) => true,
        _ => false,
    }
}

struct Collect {
    found: Vec<Binding>,
    depth: usize,
}

impl<'ast> Visit<'ast> for Collect {
    fn visit_pat_ident(&mut self, pat: &'ast PatIdent) {
        let name = pat.ident.to_string();
        // A path pattern of one segment (a constant or unit variant) parses as a binding; case tells them apart.
        let constant = pat.by_ref.is_none()
            && pat.mutability.is_none()
            && pat.subpat.is_none()
            && name.chars().next().is_some_and(char::is_uppercase);
        if !constant && self.found.iter().all(|known| known.ident != pat.ident) {
            self.found.push(Binding {
                ident: pat.ident.clone(),
                mutable: pat.mutability.is_some(),
                behind_reference: self.depth > 0,
            });
        }
        syn::visit::visit_pat_ident(self, pat);
    }
    fn visit_pat_reference(&mut self, pat: &'ast syn::PatReference) {
        self.depth += 1;
        syn::visit::visit_pat_reference(self, pat);
        self.depth -= 1;
    }
    fn visit_expr(&mut self, _: &'ast syn::Expr) {}
}
