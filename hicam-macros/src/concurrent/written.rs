//! `join!`, `try_join!` and `select!` as expressions that all stages can see into.
//!
//! ```text
//! tokio::join!(f(a, &mut x), g(&y))
//! ```
//! →
//! ```text
//! __hicam_join(f(a, &mut x), g(&y))       // so that all stages see the operands as expressions
//! ```
//! and
//! ```text
//! tokio::select! { p = f(a) => A, q = g(&y) => B }
//! ```
//! →
//! ```text
//! match __hicam_select(f(a), g(&y)) { Chosen::This(p) => A, Chosen::Other(Chosen::This(q)) => B }
//! ```
//! A branch's condition and the test of its pattern stand around its operand; `else` is one alternative more:
//!
//! ```text
//! tokio::select! { Some(p) = f(a), if c => A, else => B }
//! ```
//! →
//! ```text
//! match __hicam_select_or(__hicam_if(c, __hicam_when(match &done { Some(_) => true, _ => false }, f(a)))) {
//!     Chosen::This(Some(p)) => A, Chosen::Other(Otherwise) => B, _ => unreachable!()
//! }
//! ```

use proc_macro2::Ident;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Arm, Expr, ExprCall, Macro, Pat, Token, parse_quote};

use crate::ir::Together;
use crate::patterns;

const JOIN: &str = "__hicam_join";
const TRY_JOIN: &str = "__hicam_try_join";
const SELECT: &str = "__hicam_select";
/// With `else`.
const SELECT_OR: &str = "__hicam_select_or";
/// `__hicam_if(condition, operand)`
pub(super) const CONDITION: &str = "__hicam_if";
/// `__hicam_when(test, operand)`: the test is of [`DONE`].
pub(super) const TEST: &str = "__hicam_when";
/// What a branch's operand has given.
pub(crate) const DONE: &str = "__hicam_done";
const BIASED: &str = "_biased";

/// `join!`, `try_join!` and `select!` as expressions that can be cut.
pub(crate) fn written(mac: &Macro) -> Option<syn::Result<Expr>> {
    let segments: Vec<String> = mac
        .path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let name = match segments.as_slice() {
        ["join"] | ["tokio" | "futures", "join"] => JOIN,
        ["try_join"] | ["tokio" | "futures", "try_join"] => TRY_JOIN,
        ["select"] | ["tokio", "select"] => return Some(select(mac)),
        _ => return None,
    };
    // What cannot be parsed is left to the macro itself.
    let joined: Joined = mac.parse_body().ok()?;
    if joined.operands.is_empty() {
        return None;
    }
    let name = call_name(name, joined.biased, mac);
    let operands = joined.operands;
    Some(Ok(parse_quote!(#name(#(#operands),*))))
}

fn call_name(name: &str, biased: bool, mac: &Macro) -> Ident {
    let biased = if biased { BIASED } else { "" };
    Ident::new(&format!("{name}{biased}"), mac.path.span())
}

struct Joined {
    biased: bool,
    operands: Vec<Expr>,
}

impl Parse for Joined {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let biased = parse_biased(input)?;
        let operands = input.parse_terminated(Expr::parse, Token![,])?;
        Ok(Joined {
            biased,
            operands: operands.into_iter().collect(),
        })
    }
}

fn parse_biased(input: ParseStream<'_>) -> syn::Result<bool> {
    let ahead = input.fork();
    let biased = ahead.parse::<Ident>().is_ok_and(|word| word == "biased") && ahead.peek(Token![;]);
    if biased {
        input.parse::<Ident>()?;
        input.parse::<Token![;]>()?;
    }
    Ok(biased)
}

/// A branch of a `select!`: `pattern = operand, if condition => body,`
struct Alternative {
    pat: Pat,
    operand: Expr,
    /// `, if condition`
    condition: Option<Expr>,
    body: Expr,
}

struct Selected {
    biased: bool,
    alternatives: Vec<Alternative>,
    /// `else => body`
    otherwise: Option<Expr>,
}

impl Parse for Selected {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let biased = parse_biased(input)?;
        let (mut alternatives, mut otherwise) = (Vec::new(), None);
        while !input.is_empty() {
            if input.peek(Token![else]) {
                input.parse::<Token![else]>()?;
                input.parse::<Token![=>]>()?;
                otherwise = Some(input.parse()?);
                input.parse::<Option<Token![,]>>()?;
                if !input.is_empty() {
                    return Err(input.error("`else` is the last branch of a `select!`"));
                }
                break;
            }
            let pat = Pat::parse_multi_with_leading_vert(input)?;
            input.parse::<Token![=]>()?;
            let operand = input.parse()?;
            let mut condition = None;
            if input.peek(Token![,]) {
                input.parse::<Token![,]>()?;
                input.parse::<Token![if]>()?;
                condition = Some(input.parse()?);
            }
            input.parse::<Token![=>]>()?;
            let body = Expr::parse_with_earlier_boundary_rule(input)?;
            if !input.is_empty() && (input.peek(Token![,]) || !matches!(body, Expr::Block(_))) {
                input.parse::<Token![,]>()?;
            }
            alternatives.push(Alternative {
                pat,
                operand,
                condition,
                body,
            });
        }
        Ok(Selected {
            biased,
            alternatives,
            otherwise,
        })
    }
}

fn select(mac: &Macro) -> syn::Result<Expr> {
    let selected: Selected = mac.parse_body()?;
    if selected.alternatives.is_empty() {
        return Err(syn::Error::new_spanned(
            &mac.path,
            "`select!` without a branch never ends",
        ));
    }
    let name = match selected.otherwise {
        Some(_) => SELECT_OR,
        None => SELECT,
    };
    let name = call_name(name, selected.biased, mac);
    let count = selected.alternatives.len();
    let (mut operands, mut irrefutable) = (Vec::new(), true);
    let mut arms: Vec<Arm> = Vec::new();
    for (
        at,
        Alternative {
            mut pat,
            operand,
            condition,
            body,
        },
    ) in selected.alternatives.into_iter().enumerate()
    {
        let operand = if is_irrefutable(&pat) {
            operand
        } else {
            irrefutable = false;
            let (name, test) = (Ident::new(TEST, operand.span()), test(&pat));
            parse_quote!(#name(#test, #operand))
        };
        operands.push(match condition {
            Some(condition) => {
                let name = Ident::new(CONDITION, operand.span());
                parse_quote!(#name(#condition, #operand))
            }
            None => operand,
        });
        pat = chosen(at, parse_quote!(::hicam::__private::Chosen::This(#pat)));
        arms.push(parse_quote!(#pat => #body,));
    }
    if let Some(body) = selected.otherwise {
        let pat = chosen(count, parse_quote!(::hicam::__private::Otherwise));
        arms.push(parse_quote!(#pat => #body,));
    }
    if !irrefutable {
        arms.push(parse_quote! {
            #[allow(unreachable_patterns)]
            __hicam_other => ::core::unreachable!("a branch of `select!` was chosen whose pattern does not match"),
        });
    }
    Ok(parse_quote!(match #name(#(#operands),*) { #(#arms)* }))
}

/// The pattern of what branch `at` has given.
fn chosen(at: usize, mut pat: Pat) -> Pat {
    for _ in 0..at {
        pat = parse_quote!(::hicam::__private::Chosen::Other(#pat));
    }
    pat
}

/// Whether a pattern always matches, as far as the syntax shows.
fn is_irrefutable(pat: &Pat) -> bool {
    match pat {
        Pat::Ident(ident) => ident.subpat.is_none() && !patterns::bindings(pat).is_empty(),
        Pat::Tuple(tuple) => tuple.elems.iter().all(is_irrefutable),
        Pat::Paren(paren) => is_irrefutable(&paren.pat),
        Pat::Wild(_) | Pat::Rest(_) => true,
        _ => false,
    }
}

/// Whether what a branch has given matches its pattern.
fn test(pat: &Pat) -> Expr {
    let (done, mut pat) = (Ident::new(DONE, pat.span()), pat.clone());
    Unbound.visit_pat_mut(&mut pat);
    parse_quote!(match &#done {
        #[allow(unreachable_patterns)]
        #pat => true,
        #[allow(unreachable_patterns)]
        _ => false,
    })
}

/// Takes the variables out of a pattern: what is tested is only looked at.
struct Unbound;

impl VisitMut for Unbound {
    fn visit_pat_mut(&mut self, pat: &mut Pat) {
        visit_mut::visit_pat_mut(self, pat);
        if let Pat::Ident(ident) = pat
            && !patterns::bindings(&Pat::Ident(ident.clone())).is_empty()
        {
            *pat = match ident.subpat.take() {
                Some((_, inner)) => *inner,
                None => parse_quote!(_),
            };
        }
    }
    fn visit_field_pat_mut(&mut self, field: &mut syn::FieldPat) {
        visit_mut::visit_field_pat_mut(self, field);
        // `P { x }` has become `P { _ }`.
        field.colon_token.get_or_insert_default();
    }
}

/// What a call stands for that [`written`] has made; whether it is biased.
pub(crate) fn kind(call: &ExprCall) -> Option<(Together, bool)> {
    let name = made_name(call)?;
    let (name, biased) = match name.strip_suffix(BIASED) {
        Some(name) => (name, true),
        None => (name.as_str(), false),
    };
    match name {
        JOIN => Some((Together::Join, biased)),
        TRY_JOIN => Some((Together::TryJoin, biased)),
        SELECT | SELECT_OR => Some((Together::Select, biased)),
        _ => None,
    }
}

/// Whether a `select!` has an `else`.
pub(super) fn has_else(call: &ExprCall) -> bool {
    made_name(call).is_some_and(|name| name.starts_with(SELECT_OR))
}

fn made_name(call: &ExprCall) -> Option<String> {
    let Expr::Path(path) = &*call.func else {
        return None;
    };
    Some(path.path.get_ident()?.to_string())
}

/// An operand of `select!`, and what [`select`] has written before it under this name.
pub(super) fn wrapped(name: &str, operand: Expr) -> (Option<Expr>, Expr) {
    match operand {
        Expr::Call(mut call)
            if call.args.len() == 2
                && matches!(&*call.func, Expr::Path(path) if path.path.is_ident(name)) =>
        {
            let operand = call.args.pop();
            let before = call.args.pop();
            (before, operand.unwrap_or_else(|| parse_quote!(())))
        }
        operand => (None, operand),
    }
}
