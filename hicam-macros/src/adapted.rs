//! Standard adaptors of an iterator that is captured, as the numbers that are their state: each gives an item exactly as
//! the one in the standard library does, and ends what that one ends.

use proc_macro2::Ident;
use syn::{Expr, parse_quote};

/// An iterator, with its adaptors' states in captured variables.
pub(crate) enum Adapted {
    /// One of the loop's iterators.
    Source {
        at: usize,
        /// From its end.
        back: bool,
        /// It is in an `Option`: it may end before the loop does.
        ends: bool,
    },
    Enumerate {
        of: Box<Adapted>,
        count: Ident,
    },
    /// `enumerate().rev()` of a source, which is given from its end.
    EnumerateBack {
        of: Box<Adapted>,
    },
    Zip {
        first: Box<Adapted>,
        second: Box<Adapted>,
    },
    Chain {
        first: Box<Adapted>,
        second: Box<Adapted>,
    },
    Take {
        of: Box<Adapted>,
        left: Ident,
    },
    Skip {
        of: Box<Adapted>,
        skip: Ident,
    },
    StepBy {
        of: Box<Adapted>,
        step: Ident,
        skip: Ident,
    },
}

impl Adapted {
    /// The next item, of iterators in these variables.
    pub(crate) fn next(&self, iters: &[Ident]) -> Expr {
        match self {
            Adapted::Source { back: false, .. } => self.call(
                iters,
                |iter| parse_quote!(::core::iter::Iterator::next(#iter)),
            ),
            Adapted::Source { .. } => self.call(
                iters,
                |iter| parse_quote!(::core::iter::DoubleEndedIterator::next_back(#iter)),
            ),
            Adapted::Enumerate { of, count } => {
                let next = of.next(iters);
                parse_quote! {
                    match #next {
                        ::core::option::Option::Some(__hicam_item) => {
                            #count += 1;
                            ::core::option::Option::Some((#count - 1, __hicam_item))
                        }
                        ::core::option::Option::None => ::core::option::Option::None,
                    }
                }
            }
            Adapted::EnumerateBack { of } => of.call(
                iters,
                |iter| parse_quote!(::hicam::__private::iterate::last_with_index(#iter)),
            ),
            Adapted::Zip { first, second } => {
                let (first, second) = (first.next(iters), second.next(iters));
                parse_quote! {
                    match #first {
                        ::core::option::Option::Some(__hicam_first) => match #second {
                            ::core::option::Option::Some(__hicam_second) =>
                                ::core::option::Option::Some((__hicam_first, __hicam_second)),
                            ::core::option::Option::None => ::core::option::Option::None,
                        },
                        ::core::option::Option::None => ::core::option::Option::None,
                    }
                }
            }
            Adapted::Chain { first, second } => {
                let mut ended = Vec::new();
                first.sources(&mut ended);
                let ended = ended.iter().map(|&at| &iters[at]);
                let (first, second) = (first.next(iters), second.next(iters));
                parse_quote! {
                    match #first {
                        ::core::option::Option::None => {
                            #(::core::mem::drop(::core::option::Option::take(&mut #ended));)*
                            #second
                        }
                        __hicam_some => __hicam_some,
                    }
                }
            }
            Adapted::Take { of, left } => {
                let next = of.next(iters);
                parse_quote! {
                    if #left == 0 {
                        ::core::option::Option::None
                    } else {
                        #left -= 1;
                        #next
                    }
                }
            }
            Adapted::Skip { of, skip } => {
                let next = of.next(iters);
                let nth = of.nth(iters, &parse_quote!(::core::mem::take(&mut #skip)));
                parse_quote!(if #skip > 0 { #nth } else { #next })
            }
            Adapted::StepBy { of, step, skip } => {
                let nth = of.nth(iters, &parse_quote!(__hicam_skipped));
                parse_quote!({
                    let __hicam_skipped = #skip;
                    #skip = #step - 1;
                    #nth
                })
            }
        }
    }

    /// The item after the next `count`, of those whose `nth` is not that of all iterators.
    fn nth(&self, iters: &[Ident], count: &Expr) -> Expr {
        match self {
            Adapted::Source { back, .. } => self.call(iters, |iter| {
                if *back {
                    parse_quote!(::core::iter::DoubleEndedIterator::nth_back(#iter, #count))
                } else {
                    parse_quote!(::core::iter::Iterator::nth(#iter, #count))
                }
            }),
            Adapted::Enumerate { of, count: given } => {
                let nth = of.nth(iters, &parse_quote!(__hicam_count));
                parse_quote!({
                    let __hicam_count = #count;
                    match #nth {
                        ::core::option::Option::Some(__hicam_item) => {
                            #given += __hicam_count + 1;
                            ::core::option::Option::Some((#given - 1, __hicam_item))
                        }
                        ::core::option::Option::None => ::core::option::Option::None,
                    }
                })
            }
            Adapted::Skip { of, skip } => {
                let count = parse_quote!(::core::mem::take(&mut #skip).saturating_add(#count));
                of.nth(iters, &count)
            }
            other => other.next(iters),
        }
    }

    /// What is done with a source.
    fn call(&self, iters: &[Ident], call: impl FnOnce(Expr) -> Expr) -> Expr {
        match self {
            Adapted::Source { at, ends: true, .. } => {
                let iter = &iters[*at];
                let call = call(parse_quote!(__hicam_iter));
                parse_quote! {
                    match &mut #iter {
                        ::core::option::Option::Some(__hicam_iter) => #call,
                        ::core::option::Option::None => ::core::option::Option::None,
                    }
                }
            }
            Adapted::Source { at, .. } => {
                let iter = &iters[*at];
                call(parse_quote!(&mut #iter))
            }
            other => other.next(iters),
        }
    }

    /// The sources within that may end before the loop, in the order in which they are dropped.
    fn sources(&self, into: &mut Vec<usize>) {
        match self {
            Adapted::Source { at, ends, .. } => into.extend(ends.then_some(*at)),
            Adapted::Enumerate { of, .. }
            | Adapted::EnumerateBack { of }
            | Adapted::Take { of, .. }
            | Adapted::Skip { of, .. }
            | Adapted::StepBy { of, .. } => of.sources(into),
            Adapted::Zip { first, second } | Adapted::Chain { first, second } => {
                first.sources(into);
                second.sources(into);
            }
        }
    }
}
