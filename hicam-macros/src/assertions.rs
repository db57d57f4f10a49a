//! Macros of the standard library that do not evaluate all of their arguments, written out where these contain awaits:
//! the message of an assertion, which is put together only when that fails, the guard in `matches!`, and all of
//! `debug_assert!`.

use quote::quote;
use syn::parse::{ParseStream, Parser};
use syn::{Arm, Expr, Macro, Token, parse_quote};

use crate::iterables::strip_parens;
use crate::macro_args::contains_await;

/// What such a macro stands for, if its arguments contain awaits that could not be told from its syntax.
pub(crate) fn written(mac: &Macro) -> Option<Expr> {
    if !contains_await(mac.tokens.clone()) {
        return None;
    }
    let name = mac.path.segments.last()?.ident.to_string();
    let tokens = &mac.tokens;
    match name.as_str() {
        "assert" => assertion(mac),
        "assert_eq" | "assert_ne" => comparison(mac, name == "assert_eq"),
        "debug_assert" => debug(&quote!(::core::assert!(#tokens))),
        "debug_assert_eq" => debug(&quote!(::core::assert_eq!(#tokens))),
        "debug_assert_ne" => debug(&quote!(::core::assert_ne!(#tokens))),
        "matches" => matched(mac),
        _ => None,
    }
}

/// ```text
/// debug_assert!(a)
/// ```
/// →
/// ```text
/// if cfg!(debug_assertions) { assert!(a); }
/// ```
fn debug(assertion: &proc_macro2::TokenStream) -> Option<Expr> {
    Some(parse_quote!(if ::core::cfg!(debug_assertions) { #assertion; }))
}

/// ```text
/// assert!(a, "{}", f().await)
/// ```
/// →
/// ```text
/// if !(a) { panic!("{}", f().await) }
/// ```
fn assertion(mac: &Macro) -> Option<Expr> {
    let (operands, message) = arguments::<1>(mac)?;
    let [condition] = &operands[..] else {
        return None;
    };
    Some(parse_quote! {
        if !(#condition) {
            ::core::panic!(#message);
        }
    })
}

/// ```text
/// assert_eq!(a, b, "{}", f().await)
/// ```
/// →
/// ```text
/// match (&a, &b) {
///     (left, right) => if !(*left == *right) {
///         let message = format!("{}", f().await);
///         assert_eq!(*left, *right, "{}", message);
///     }
/// }
/// ```
fn comparison(mac: &Macro, equal: bool) -> Option<Expr> {
    let (operands, message) = arguments::<2>(mac)?;
    let (mut borrows, mut bound, mut sides) = (Vec::new(), Vec::new(), Vec::<Expr>::new());
    for (operand, name) in operands.into_iter().zip(["__hicam_left", "__hicam_right"]) {
        let ident = proc_macro2::Ident::new(name, proc_macro2::Span::call_site());
        match strip_parens(&operand) {
            // The same wherever it stands.
            Expr::Lit(_) => {
                sides.push(operand);
                continue;
            }
            Expr::Reference(_) => {
                borrows.push(operand);
                sides.push(parse_quote!(#ident));
            }
            _ => {
                borrows.push(parse_quote!(&(#operand)));
                sides.push(parse_quote!(*#ident));
            }
        }
        bound.push(ident);
    }
    let [left, right] = &sides[..] else {
        return None;
    };
    let (passes, assertion): (Expr, _) = if equal {
        (parse_quote!(#left == #right), quote!(::core::assert_eq!))
    } else {
        (parse_quote!(#left != #right), quote!(::core::assert_ne!))
    };
    Some(parse_quote! {
        match (#(#borrows,)*) {
            (#(#bound,)*) => {
                if !(#passes) {
                    let __hicam_message = ::std::format!(#message);
                    #assertion(#left, #right, "{}", __hicam_message);
                }
            }
        }
    })
}

/// ```text
/// matches!(a, P if f().await)
/// ```
/// →
/// ```text
/// match a { P if f().await => true, _ => false }
/// ```
fn matched(mac: &Macro) -> Option<Expr> {
    let (operands, rest) = arguments::<1>(mac)?;
    let [scrutinee] = &operands[..] else {
        return None;
    };
    let arm: Arm = syn::parse2(quote!(#rest => true)).ok()?;
    Some(parse_quote! {
        match #scrutinee {
            #arm,
            _ => false,
        }
    })
}

/// The first `N` arguments, and the tokens of the others if there are awaits in these.
fn arguments<const N: usize>(mac: &Macro) -> Option<(Vec<Expr>, proc_macro2::TokenStream)> {
    let parse = |input: ParseStream<'_>| {
        let mut first = Vec::new();
        for _ in 0..N {
            first.push(input.parse::<Expr>()?);
            input.parse::<Token![,]>()?;
        }
        Ok((first, input.parse::<proc_macro2::TokenStream>()?))
    };
    let found = parse.parse2(mac.tokens.clone()).ok();
    found.filter(|(_, rest)| contains_await(rest.clone()))
}
