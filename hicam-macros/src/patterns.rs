//! What patterns bind.

use proc_macro2::Ident;
use syn::visit::Visit;
use syn::visit_mut::VisitMut;
use syn::{Pat, PatIdent, parse_quote};

use crate::ir::BorrowKind;

/// A variable bound by a pattern.
pub(crate) struct Binding {
    pub(crate) ident: Ident,
    /// It can be assigned.
    pub(crate) mutable: bool,
    /// Under a `&` pattern: a copy of what is behind the reference.
    pub(crate) behind_reference: bool,
    /// `ref x`, or `ref mut x`.
    pub(crate) by_ref: Option<BorrowKind>,
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
        // Of an array: a slice is behind a reference.
        Pat::Slice(slice) => slice.elems.iter().all(takes_all),
        Pat::Or(or) => or.cases.iter().all(takes_all),
        Pat::Paren(paren) => takes_all(&paren.pat),
        Pat::Type(typed) => takes_all(&typed.pat),
        Pat::Guard(guarded) => takes_all(&guarded.pat),
        Pat::Path(_) | Pat::Lit(_) | Pat::Range(_) | Pat::Const(_) => true,
        _ => false,
    }
}

/// Whether a pattern takes whatever is in an `Option`: `Some(x)`. Nothing is left then for other arms to leave.
pub(crate) fn takes_some(pat: &Pat) -> bool {
    match pat {
        Pat::TupleStruct(tuple) => {
            let some = tuple.path.segments.last();
            some.is_some_and(|some| some.ident == "Some") && tuple.elems.iter().all(takes_any)
        }
        Pat::Paren(paren) => takes_some(&paren.pat),
        _ => false,
    }
}

/// Whether a pattern takes whatever it is given.
pub(crate) fn takes_any(pat: &Pat) -> bool {
    match pat {
        // A constant looks the same.
        Pat::Ident(_) => takes_all(pat) && !bindings(pat).is_empty(),
        Pat::Tuple(tuple) => tuple.elems.iter().all(takes_any),
        Pat::Paren(paren) => takes_any(&paren.pat),
        _ => false,
    }
}

/// Whether a pattern visibly matches whatever it is given.
pub(crate) fn matches_any(pat: &Pat) -> bool {
    match pat {
        Pat::Wild(_) | Pat::Rest(_) => true,
        Pat::Ident(ident) => ident.subpat.is_none() && !bindings(pat).is_empty(),
        Pat::Tuple(tuple) => tuple.elems.iter().all(matches_any),
        Pat::Paren(paren) => matches_any(&paren.pat),
        _ => false,
    }
}

/// Whether a pattern binds what it is given as it is: `x`, `x @ None`.
pub(crate) fn binds_whole(pat: &Pat) -> bool {
    match pat {
        Pat::Ident(ident) => ident.by_ref.is_none() && !bindings(pat).is_empty(),
        Pat::Or(or) => or.cases.iter().any(binds_whole),
        Pat::Paren(paren) => binds_whole(&paren.pat),
        Pat::Guard(guarded) => binds_whole(&guarded.pat),
        _ => false,
    }
}

/// What of a pattern binds by `ref`, without tests that bind nothing.
pub(crate) fn by_reference(pat: &Pat) -> Pat {
    struct Rest;
    impl VisitMut for Rest {
        fn visit_pat_mut(&mut self, pat: &mut Pat) {
            if matches!(pat, Pat::Rest(_)) {
                return;
            }
            if bindings(pat).iter().all(|binding| binding.by_ref.is_none()) {
                *pat = parse_quote!(_);
            } else {
                syn::visit_mut::visit_pat_mut(self, pat);
            }
        }
        fn visit_pat_ident_mut(&mut self, pat: &mut PatIdent) {
            pat.subpat = None;
        }
        fn visit_field_pat_mut(&mut self, field: &mut syn::FieldPat) {
            self.visit_pat_mut(&mut field.pat);
            if matches!(*field.pat, Pat::Wild(_)) {
                field.colon_token = Some(Default::default());
            }
        }
    }
    let mut pat = pat.clone();
    Rest.visit_pat_mut(&mut pat);
    pat
}

/// Whether a value may match a pattern in more than one way, through its alternatives: `(Some(x), _) | (_, Some(x))`.
pub(crate) fn is_ambiguous(pat: &Pat) -> bool {
    struct Find(bool);
    impl<'ast> Visit<'ast> for Find {
        fn visit_pat_or(&mut self, pat: &'ast syn::PatOr) {
            let mut cases = pat.cases.iter();
            while let Some(case) = cases.next() {
                self.0 |= cases.clone().any(|other| !are_disjoint(case, other));
            }
            syn::visit::visit_pat_or(self, pat);
        }
        fn visit_expr(&mut self, _: &'ast syn::Expr) {}
    }
    let mut find = Find(false);
    find.visit_pat(pat);
    find.0
}

/// Whether two patterns are visibly of different variants, or different literals.
fn are_disjoint(one: &Pat, other: &Pat) -> bool {
    let variant = |pat: &Pat| match pat {
        Pat::TupleStruct(pat) => pat.path.segments.last().map(|last| last.ident.clone()),
        Pat::Struct(pat) => pat.path.segments.last().map(|last| last.ident.clone()),
        _ => None,
    };
    match (one, other) {
        (Pat::Paren(one), other) | (other, Pat::Paren(one)) => are_disjoint(&one.pat, other),
        (Pat::Reference(one), Pat::Reference(other)) => are_disjoint(&one.pat, &other.pat),
        (Pat::Lit(one), Pat::Lit(other)) => one != other,
        (one, other) => {
            matches!((variant(one), variant(other)), (Some(one), Some(other)) if one != other)
        }
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
                mutable: pat.mutability.is_some() && pat.by_ref.is_none(),
                behind_reference: self.depth > 0,
                by_ref: pat.by_ref.map(|_| match pat.mutability {
                    Some(_) => BorrowKind::Mutable,
                    None => BorrowKind::Shared,
                }),
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
