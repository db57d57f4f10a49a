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
    /// In `Vacant(x)` or `Occupied(x)`.
    pub(crate) entry: bool,
}

/// The variables a pattern binds, each once.
pub(crate) fn bindings(pat: &Pat) -> Vec<Binding> {
    let mut collect = Collect {
        found: Vec::new(),
        depth: 0,
        entry: false,
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

/// Which values of named types a pattern takes apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum TakenApart {
    None,
    /// The value itself, or what is in an `Option` or `Result`.
    Own,
    /// What is within others.
    Within,
}

/// Of patterns that leave nothing behind: of a value with a `Drop` of its own they only copy.
pub(crate) fn taken_apart(pat: &Pat) -> TakenApart {
    let within = |pats: &mut dyn Iterator<Item = &Pat>| match pats.map(taken_apart).max() {
        Some(TakenApart::Own | TakenApart::Within) => TakenApart::Within,
        _ => TakenApart::None,
    };
    match pat {
        Pat::Paren(paren) => taken_apart(&paren.pat),
        Pat::Type(typed) => taken_apart(&typed.pat),
        Pat::Guard(guarded) => taken_apart(&guarded.pat),
        Pat::Or(or) => {
            let cases = or.cases.iter().map(taken_apart);
            cases.max().unwrap_or(TakenApart::None)
        }
        Pat::Tuple(tuple) => within(&mut tuple.elems.iter()),
        Pat::Slice(slice) => within(&mut slice.elems.iter()),
        Pat::TupleStruct(tuple) => {
            let name = tuple.path.segments.last().map(|last| &last.ident);
            let standard = ["Some", "Ok", "Err"];
            if name.is_some_and(|name| standard.iter().any(|known| name == known)) {
                let inner = tuple.elems.iter().map(taken_apart);
                return inner.max().unwrap_or(TakenApart::None);
            }
            TakenApart::Own.max(within(&mut tuple.elems.iter()))
        }
        Pat::Struct(fields) => {
            let inner = within(&mut fields.fields.iter().map(|field| &*field.pat));
            TakenApart::Own.max(inner)
        }
        _ => TakenApart::None,
    }
}

/// Whether a pattern is visibly one of a `Result`.
pub(crate) fn is_of_result(pat: &Pat) -> bool {
    match pat {
        Pat::Paren(paren) => is_of_result(&paren.pat),
        Pat::Guard(guarded) => is_of_result(&guarded.pat),
        Pat::Or(or) => or.cases.iter().any(is_of_result),
        Pat::TupleStruct(tuple) => {
            let last = tuple.path.segments.last();
            last.is_some_and(|last| last.ident == "Ok" || last.ident == "Err")
        }
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
            without_subpattern(pat);
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

/// `x @ P` → `x`; `x @ ..`, which binds many, stays.
pub(crate) fn without_subpattern(pat: &mut PatIdent) {
    pat.subpat
        .take_if(|(_, within)| !matches!(**within, Pat::Rest(_)));
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
    entry: bool,
}

/// The names in a pattern that are taken for constants or unit variants: by their case, for nothing else tells them from
/// variables.
pub(crate) fn constants(pat: &Pat) -> Vec<Ident> {
    struct Constants(Vec<Ident>);
    impl<'ast> Visit<'ast> for Constants {
        fn visit_pat_ident(&mut self, pat: &'ast PatIdent) {
            if is_constant(pat) && !self.0.contains(&pat.ident) {
                self.0.push(pat.ident.clone());
            }
            syn::visit::visit_pat_ident(self, pat);
        }
        fn visit_expr(&mut self, _: &'ast syn::Expr) {}
    }
    let mut constants = Constants(Vec::new());
    constants.visit_pat(pat);
    constants.0
}

/// A path of one segment parses as a variable.
fn is_constant(pat: &PatIdent) -> bool {
    let plain = pat.by_ref.is_none() && pat.mutability.is_none() && pat.subpat.is_none();
    plain && is_upper(&pat.ident)
}

pub(crate) fn is_upper(ident: &Ident) -> bool {
    ident.to_string().starts_with(char::is_uppercase)
}

/// `N`, `MOST`: so a variable may be called, too, though no unit struct or variant.
pub(crate) fn is_constant_name(ident: &Ident) -> bool {
    is_upper(ident) && !ident.to_string().contains(char::is_lowercase)
}

impl<'ast> Visit<'ast> for Collect {
    fn visit_pat_ident(&mut self, pat: &'ast PatIdent) {
        let constant = is_constant(pat);
        if !constant && self.found.iter().all(|known| known.ident != pat.ident) {
            self.found.push(Binding {
                ident: pat.ident.clone(),
                mutable: pat.mutability.is_some() && pat.by_ref.is_none(),
                behind_reference: self.depth > 0,
                by_ref: pat.by_ref.map(|_| match pat.mutability {
                    Some(_) => BorrowKind::Mutable,
                    None => BorrowKind::Shared,
                }),
                entry: self.entry,
            });
        }
        syn::visit::visit_pat_ident(self, pat);
    }
    fn visit_pat_tuple_struct(&mut self, pat: &'ast syn::PatTupleStruct) {
        let last = pat.path.segments.last();
        let entry = last.is_some_and(|last| last.ident == "Vacant" || last.ident == "Occupied");
        let outer = std::mem::replace(&mut self.entry, entry);
        syn::visit::visit_pat_tuple_struct(self, pat);
        self.entry = outer;
    }
    fn visit_pat_reference(&mut self, pat: &'ast syn::PatReference) {
        self.depth += 1;
        syn::visit::visit_pat_reference(self, pat);
        self.depth -= 1;
    }
    fn visit_expr(&mut self, _: &'ast syn::Expr) {}
}
