//! What the patterns of a `match` leave behind in a value that has no name: it lives until the end of the `match`.
//!
//! What `_` stands for is left, and what `..` does where a pattern takes nothing else. Where it takes a part (`Order { id, .. }`)
//! the types of the others cannot be named, so the type of the whole is asked: whether it has a drop of its own, with which
//! it is never taken apart but copied from, and what it says of its parts as a `State`.

use proc_macro2::Ident;
use quote::format_ident;
use syn::{Expr, Pat, Stmt, parse_quote};

use crate::patterns::{bindings, matches_any, takes_all};

/// A pattern that binds what another one leaves behind.
#[derive(Clone, Debug)]
pub(crate) struct Leftover {
    pub(crate) pat: Pat,
    pub(crate) parts: Vec<Ident>,
    /// Of a value that the pattern takes apart: how much of it.
    pub(crate) apart: Option<Apart>,
}

/// How much a pattern takes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Apart {
    /// Each of its parts has a pattern.
    Wholly,
    /// The rest is `..`.
    Partly,
}

/// What arms leave behind that do anything at all.
pub(crate) fn leftovers<'a>(arms: impl Iterator<Item = (&'a Pat, &'a Expr)>) -> Vec<Leftover> {
    let cases: Vec<(Case<'a>, bool)> = arms
        .flat_map(|(pat, body)| {
            let acts = !does_nothing(body);
            cases(pat, false).into_iter().map(move |case| (case, acts))
        })
        .collect();
    let variants: Vec<&str> = cases
        .iter()
        .filter_map(|(case, _)| case.variant())
        .collect();
    let (mut matched, mut left) = (Vec::new(), Vec::new());
    let mut apart: Vec<(Pat, Apart)> = Vec::new();
    for (case, acts) in &cases {
        if *acts {
            for (pat, how) in taken_apart(case.pat) {
                match apart.iter_mut().find(|(known, _)| *known == pat) {
                    Some((_, known)) if how == Apart::Partly => *known = how,
                    Some(_) => {}
                    None => apart.push((pat, how)),
                }
            }
        }
        if *acts && !takes_all(case.pat) {
            let rest = siblings(&variants).filter(|variant| !matched.contains(variant));
            if matches!(case.pat, Pat::Wild(_)) && !variants.is_empty() {
                left.extend(rest.map(|variant| {
                    let variant = format_ident!("{variant}");
                    Leftover::of(&parse_quote!(#variant(_)))
                }));
            } else {
                left.push(Leftover::of(case.pat));
            }
        }
        // What comes after it is not of that variant.
        matched.extend(
            case.variant()
                .filter(|_| !case.guarded && case.matches_any()),
        );
    }
    left.retain(|leftover| !leftover.parts.is_empty());
    left.extend(apart.into_iter().map(|(pat, how)| Leftover {
        pat,
        parts: vec![part_ident(0)],
        apart: Some(how),
    }));
    left
}

/// What is left of a value of which nothing is taken.
pub(crate) fn whole() -> Leftover {
    Leftover::of(&parse_quote!(_))
}

impl Leftover {
    fn of(pat: &Pat) -> Self {
        let mut parts = Vec::new();
        let pat = left_by(pat, &mut parts);
        Leftover {
            pat,
            parts,
            apart: None,
        }
    }
}

fn part_ident(number: usize) -> Ident {
    format_ident!("__hicam_left_{number}")
}

/// Patterns that bind, instead of taking it apart, each value that `pat` takes apart and that may have a drop of its own.
fn taken_apart(pat: &Pat) -> Vec<(Pat, Apart)> {
    let own = |rest: bool| {
        let ident = part_ident(0);
        let how = if rest { Apart::Partly } else { Apart::Wholly };
        (parse_quote!(#ident), how)
    };
    let mut found = Vec::new();
    match pat {
        Pat::Paren(inner) => found = taken_apart(&inner.pat),
        Pat::Type(typed) => found = taken_apart(&typed.pat),
        Pat::Tuple(tuple) => {
            for (at, elem) in tuple.elems.iter().enumerate() {
                for (inner, how) in taken_apart(elem) {
                    let mut outer = tuple.clone();
                    keep_one(outer.elems.iter_mut(), at, &inner);
                    found.push((Pat::Tuple(outer), how));
                }
            }
        }
        Pat::TupleStruct(tuple) => {
            let variant = tuple.path.segments.last();
            if !variant.is_some_and(|last| VARIANTS.iter().any(|name| last.ident == name)) {
                found.push(own(tuple.elems.iter().any(is_rest)));
            }
            for (at, elem) in tuple.elems.iter().enumerate() {
                for (inner, how) in taken_apart(elem) {
                    let mut outer = tuple.clone();
                    keep_one(outer.elems.iter_mut(), at, &inner);
                    found.push((Pat::TupleStruct(outer), how));
                }
            }
        }
        Pat::Struct(fields) => {
            found.push(own(fields.rest.is_some()));
            for (at, field) in fields.fields.iter().enumerate() {
                for (inner, how) in taken_apart(&field.pat) {
                    let mut outer = fields.clone();
                    for field in &mut outer.fields {
                        field.colon_token = Some(Default::default());
                    }
                    let pats = outer.fields.iter_mut().map(|field| &mut *field.pat);
                    keep_one(pats, at, &inner);
                    found.push((Pat::Struct(outer), how));
                }
            }
        }
        Pat::Or(or) => {
            let cases: Vec<(Pat, Apart)> = or.cases.iter().flat_map(taken_apart).collect();
            if !cases.is_empty() {
                found.push(own(cases.iter().any(|(_, how)| *how == Apart::Partly)));
            }
        }
        Pat::Path(path) if path.path.segments.len() > 1 => found.push(own(false)),
        _ => {}
    }
    found
}

/// One of several patterns, and `_` for the others.
fn keep_one<'p>(pats: impl Iterator<Item = &'p mut Pat>, kept: usize, inner: &Pat) {
    for (at, pat) in pats.enumerate() {
        if at == kept {
            *pat = inner.clone();
        } else if !is_rest(pat) {
            *pat = parse_quote!(_);
        }
    }
}

/// A pattern that binds what `pat` does not take.
fn left_by(pat: &Pat, parts: &mut Vec<Ident>) -> Pat {
    let mut part = || -> Pat {
        let ident = part_ident(parts.len());
        parts.push(ident.clone());
        parse_quote!(#ident)
    };
    let open = |pat: &Pat| bindings(pat).is_empty();
    match pat {
        Pat::Wild(_) => part(),
        Pat::Ident(ident) if ident.by_ref.is_some() => part(),
        Pat::Paren(inner) => left_by(&inner.pat, parts),
        Pat::Type(typed) => left_by(&typed.pat, parts),
        Pat::Tuple(tuple) => {
            if tuple.elems.iter().any(is_rest) && open(pat) {
                return part();
            }
            let mut tuple = tuple.clone();
            for elem in &mut tuple.elems {
                *elem = left_by(elem, parts);
            }
            Pat::Tuple(tuple)
        }
        Pat::TupleStruct(tuple) => {
            if tuple.elems.iter().any(is_rest) && open(pat) {
                return part();
            }
            let mut tuple = tuple.clone();
            for elem in &mut tuple.elems {
                *elem = left_by(elem, parts);
            }
            Pat::TupleStruct(tuple)
        }
        Pat::Struct(fields) => {
            if fields.rest.is_some() && open(pat) {
                return part();
            }
            let mut fields = fields.clone();
            for field in &mut fields.fields {
                *field.pat = left_by(&field.pat, parts);
                field.colon_token = Some(Default::default());
            }
            Pat::Struct(fields)
        }
        Pat::Rest(_) => pat.clone(),
        _ => parse_quote!(_),
    }
}

fn is_rest(pat: &Pat) -> bool {
    matches!(pat, Pat::Rest(_))
}

/// An alternative of an arm's pattern.
struct Case<'a> {
    pat: &'a Pat,
    guarded: bool,
}

fn cases(pat: &Pat, guarded: bool) -> Vec<Case<'_>> {
    match pat {
        Pat::Guard(inner) => cases(&inner.pat, true),
        Pat::Paren(inner) => cases(&inner.pat, guarded),
        Pat::Or(or) => {
            let each = or.cases.iter();
            each.flat_map(|case| cases(case, guarded)).collect()
        }
        pat => vec![Case { pat, guarded }],
    }
}

const VARIANTS: &[&str] = &["Some", "Ok", "Err"];

impl Case<'_> {
    /// The variant of `Option` or `Result` that it is of.
    fn variant(&self) -> Option<&'static str> {
        let Pat::TupleStruct(pat) = self.pat else {
            return None;
        };
        let name = &pat.path.segments.last()?.ident;
        VARIANTS.iter().copied().find(|variant| name == variant)
    }

    /// Whether it matches whatever is in its variant.
    fn matches_any(&self) -> bool {
        matches!(self.pat, Pat::TupleStruct(pat) if pat.elems.iter().all(matches_any))
    }
}

/// The variants that hold something, of the type that some of its variants show.
fn siblings(shown: &[&str]) -> impl Iterator<Item = &'static str> {
    let option = shown.contains(&"Some");
    VARIANTS
        .iter()
        .copied()
        .filter(move |variant| (*variant == "Some") == option)
}

/// Whether an arm's body runs no code, so that nothing can see what is dropped before it instead of after it.
fn does_nothing(body: &Expr) -> bool {
    match body {
        Expr::Block(block) => block.block.stmts.iter().all(|stmt| match stmt {
            Stmt::Expr(expr, _) => does_nothing(expr),
            Stmt::Item(_) => true,
            _ => false,
        }),
        Expr::Paren(paren) => does_nothing(&paren.expr),
        Expr::Tuple(tuple) => tuple.elems.iter().all(does_nothing),
        Expr::Lit(_) | Expr::Path(_) | Expr::Continue(_) => true,
        Expr::Break(jump) => jump.expr.as_ref().is_none_or(|value| does_nothing(value)),
        Expr::Return(jump) => jump.expr.as_ref().is_none_or(|value| does_nothing(value)),
        Expr::Call(call) => {
            // `Some(value)`, `Err(Error::Variant)`
            let constructs = matches!(&*call.func, Expr::Path(path)
                if path.path.segments.last().is_some_and(|last| last.ident.to_string().starts_with(char::is_uppercase)));
            constructs && call.args.iter().all(does_nothing)
        }
        _ => false,
    }
}
