//! Iterators that a `for` loop owns: captured, with the standard adaptors around them as the few numbers that are their
//! state.

use syn::spanned::Spanned;
use syn::{Expr, parse_quote};

use crate::ir::{Fx, Item, Statement};
use crate::iterables::{ADAPTORS, strip_parens};
use crate::scope::Builder;

/// An iterator that is captured, and what an item is made of.
pub(crate) struct Owned {
    /// The expression that gives the next item.
    pub(crate) next: Expr,
    /// The captured iterator, if there are no adaptors.
    pub(crate) plain: Option<syn::Ident>,
}

impl Builder {
    /// `iterable` as an iterator in captured variables: adaptors become the few numbers that are their state.
    ///
    /// ```text
    /// for pat in vec.into_iter().enumerate() { … }
    /// ```
    /// →
    /// ```text
    /// let mut iter = into_iter(vec.into_iter()); let mut count = 0;
    /// loop { let Some(pat) = (match iter.next() { Some(item) => { count += 1; Some((count - 1, item)) } … }) …
    /// ```
    pub(crate) fn owned(
        &mut self,
        iterable: Expr,
        of_loop: &str,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> Owned {
        let (next, plain) = self.owned_next(iterable, of_loop, false, items, fx);
        Owned { next, plain }
    }

    fn owned_next(
        &mut self,
        iterable: Expr,
        of_loop: &str,
        back: bool,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> (Expr, Option<syn::Ident>) {
        if let Expr::MethodCall(call) = strip_parens(&iterable)
            && call.turbofish.is_none()
        {
            let call = call.clone();
            let receiver = *call.receiver.clone();
            match (call.method.to_string().as_str(), call.args.len()) {
                ("enumerate", 0) if !back => {
                    let (next, _) = self.owned_next(receiver, of_loop, false, items, fx);
                    let count = self.counter("count", parse_quote!(0usize), of_loop, items, fx);
                    return (
                        parse_quote! {
                            match #next {
                                ::core::option::Option::Some(__hicam_item) => {
                                    #count += 1;
                                    ::core::option::Option::Some((#count - 1, __hicam_item))
                                }
                                ::core::option::Option::None => ::core::option::Option::None,
                            }
                        },
                        None,
                    );
                }
                ("rev", 0) if is_source(&receiver) => {
                    let (next, _) = self.owned_next(receiver, of_loop, !back, items, fx);
                    return (next, None);
                }
                ("zip", 1) if !back => {
                    let (first, _) = self.owned_next(receiver, of_loop, false, items, fx);
                    let (second, _) =
                        self.owned_next(call.args[0].clone(), of_loop, false, items, fx);
                    return (
                        parse_quote! {
                            match #first {
                                ::core::option::Option::Some(__hicam_first) => match #second {
                                    ::core::option::Option::Some(__hicam_second) =>
                                        ::core::option::Option::Some((__hicam_first, __hicam_second)),
                                    ::core::option::Option::None => ::core::option::Option::None,
                                },
                                ::core::option::Option::None => ::core::option::Option::None,
                            }
                        },
                        None,
                    );
                }
                ("step_by", 1) if !back && is_source_or_rev(&receiver) => {
                    let (source, reversed) = match strip_parens(&receiver) {
                        Expr::MethodCall(inner)
                            if inner.method == "rev" && inner.args.is_empty() =>
                        {
                            (*inner.receiver.clone(), true)
                        }
                        _ => (receiver, false),
                    };
                    let iter = self.captured_iterator(source, of_loop, items, fx);
                    let step = call.args[0].clone();
                    let step = self.counter(
                        "step",
                        parse_quote!(::hicam::__private::iterate::step(#step)),
                        of_loop,
                        items,
                        fx,
                    );
                    let skip = self.counter("skip", parse_quote!(0usize), of_loop, items, fx);
                    let nth: Expr = if reversed {
                        parse_quote!(::core::iter::DoubleEndedIterator::nth_back)
                    } else {
                        parse_quote!(::core::iter::Iterator::nth)
                    };
                    return (
                        parse_quote!({
                            let __hicam_skipped = #skip;
                            #skip = #step - 1;
                            #nth(&mut #iter, __hicam_skipped)
                        }),
                        None,
                    );
                }
                ("chain", 1) if !back => {
                    let (first, _) = self.owned_next(receiver, of_loop, false, items, fx);
                    let (second, _) =
                        self.owned_next(call.args[0].clone(), of_loop, false, items, fx);
                    return (
                        parse_quote! {
                            match #first {
                                ::core::option::Option::None => #second,
                                __hicam_some => __hicam_some,
                            }
                        },
                        None,
                    );
                }
                ("take", 1) if !back => {
                    let (next, _) = self.owned_next(receiver, of_loop, false, items, fx);
                    let limit = call.args[0].clone();
                    let left = self.counter("left", limit, of_loop, items, fx);
                    return (
                        parse_quote! {
                            if #left == 0 {
                                ::core::option::Option::None
                            } else {
                                #left -= 1;
                                #next
                            }
                        },
                        None,
                    );
                }
                ("skip", 1) if !back && is_source(&receiver) => {
                    let iter = self.captured_iterator(receiver, of_loop, items, fx);
                    let count = call.args[0].clone();
                    let skip = self.counter("skip", count, of_loop, items, fx);
                    return (
                        parse_quote!(::core::iter::Iterator::nth(
                            &mut #iter,
                            ::core::mem::take(&mut #skip)
                        )),
                        None,
                    );
                }
                _ => {}
            }
        }
        let iter = self.captured_iterator(iterable, of_loop, items, fx);
        if back {
            (
                parse_quote!(::core::iter::DoubleEndedIterator::next_back(&mut #iter)),
                None,
            )
        } else {
            (
                parse_quote!(::core::iter::Iterator::next(&mut #iter)),
                Some(iter),
            )
        }
    }

    fn captured_iterator(
        &mut self,
        iterable: Expr,
        of_loop: &str,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> syn::Ident {
        let span = iterable.span();
        let iter = self.fresh("iter", span);
        // A range is its own iterator; of other types, some iterators cannot be looked into.
        let value: Expr = if matches!(strip_parens(&iterable), Expr::Range(_)) {
            parse_quote!(::core::iter::IntoIterator::into_iter(#iterable))
        } else {
            parse_quote! {
                (&mut &mut ::hicam::__private::iterate::Source::new(::core::iter::IntoIterator::into_iter(#iterable))).iterator()
            }
        };
        self.simple(
            Statement::Part(parse_quote!(let mut #iter = #value;)),
            items,
            fx,
        );
        self.name_last(&iter, format!("{of_loop}: iterator"));
        iter
    }

    fn counter(
        &mut self,
        what: &str,
        value: Expr,
        of_loop: &str,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> syn::Ident {
        let ident = self.fresh(what, value.span());
        self.simple(
            Statement::Part(parse_quote!(let mut #ident: usize = #value;)),
            items,
            fx,
        );
        self.name_last(&ident, format!("{of_loop}: {what}"));
        ident
    }
}

/// No adaptor whose own iteration a reversal or `nth` would have to know.
fn is_source(iterable: &Expr) -> bool {
    match strip_parens(iterable) {
        Expr::MethodCall(call) => !ADAPTORS.iter().any(|name| call.method == name),
        _ => true,
    }
}

fn is_source_or_rev(iterable: &Expr) -> bool {
    is_source(iterable)
        || matches!(strip_parens(iterable), Expr::MethodCall(call) if call.method == "rev" && is_source(&call.receiver))
}
