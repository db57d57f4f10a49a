//! Iterators that a `for` loop owns: captured, with the standard adaptors around them as the few numbers that are their
//! state (`adapted.rs`).

use proc_macro2::{Ident, Span};
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::{Expr, ExprMethodCall, parse_quote};

use crate::adapted::Adapted;
use crate::ir::{Fx, Item, Statement};
use crate::iterables::{ADAPTORS, strip_parens};
use crate::scope::Builder;

/// An iterator that is captured, and what an item is made of.
pub(crate) struct Owned {
    /// The expression that gives the next item.
    pub(crate) next: Expr,
    /// The captured iterator, if there are no adaptors.
    pub(crate) plain: Option<Ident>,
}

/// The iterators of a loop's head, as they are evaluated.
struct Sources<'s> {
    of_loop: &'s str,
    /// Their variables, and whether they may have anything to drop.
    iters: Vec<(Ident, bool)>,
    items: &'s mut Vec<Item>,
    fx: &'s mut Vec<Fx>,
}

/// What is known of a part of a loop's head from what is around it.
#[derive(Clone, Default)]
struct Around {
    /// The methods that are called on it.
    methods: Vec<Ident>,
    /// It is iterated over from its end.
    back: bool,
    /// It is the first half of a chain, which ends before the second begins.
    ends: bool,
}

impl Around {
    fn by(&self, call: &ExprMethodCall) -> Self {
        Around {
            // Written out, `map(…).rev()` is `rev()`: both are called on the same.
            methods: if call.method == "rev" {
                let methods = self.methods.iter().chain([&call.method]);
                methods.cloned().collect()
            } else {
                vec![call.method.clone()]
            },
            ..self.clone()
        }
    }

    /// Of the argument of an adaptor.
    fn beside(&self) -> Self {
        Around {
            methods: Vec::new(),
            ..self.clone()
        }
    }
}

impl Builder {
    /// `iterable` as an iterator in captured variables: adaptors become the few numbers that are their state. `step` is
    /// a method that is called on it in the source, and written out.
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
        step: Option<&Ident>,
        of_loop: &str,
        items: &mut Vec<Item>,
        fx: &mut Vec<Fx>,
    ) -> Owned {
        let mut sources = Sources {
            of_loop,
            iters: Vec::new(),
            items,
            fx,
        };
        let around = Around {
            methods: step.cloned().into_iter().collect(),
            ..Around::default()
        };
        let adapted = self.adapted(iterable, &around, &mut sources);
        let iters = self.in_order_of_drops(&mut sources);
        let plain = match adapted {
            Adapted::Source {
                at,
                back: false,
                ends: false,
            } => Some(iters[at].clone()),
            _ => None,
        };
        Owned {
            next: adapted.next(&iters),
            plain,
        }
    }

    /// Adaptors drop what they adapt in the order in which it is evaluated, but variables are dropped in the reverse
    /// order: so they are declared behind all values.
    fn in_order_of_drops(&mut self, sources: &mut Sources<'_>) -> Vec<Ident> {
        let dropped = sources.iters.iter().filter(|(_, drops)| *drops).count();
        let mut ordered = Vec::new();
        for (iter, drops) in sources.iters.iter().rev() {
            let mut name = iter.clone();
            if *drops && dropped > 1 {
                name = self.fresh("iter", iter.span());
                self.simple(
                    Statement::User(parse_quote!(let mut #name = #iter;)),
                    sources.items,
                    sources.fx,
                );
            }
            ordered.push(name);
        }
        ordered.reverse();
        for iter in &ordered {
            self.name_last(iter, format!("{}: iterator", sources.of_loop));
        }
        ordered
    }

    fn adapted(&mut self, iterable: Expr, around: &Around, sources: &mut Sources<'_>) -> Adapted {
        if let Expr::MethodCall(call) = strip_parens(&iterable)
            && call.turbofish.is_none()
            && call.args.len() < 2
            && let Some(adapted) = self.adaptor(&call.clone(), around, sources)
        {
            return adapted;
        }
        // A range that has ended stays so, and has nothing to drop.
        let ends = around.ends && !is_range(&iterable);
        let around = Around {
            ends,
            ..around.clone()
        };
        Adapted::Source {
            at: self.source(iterable, &around, sources),
            back: around.back,
            ends,
        }
    }

    /// A standard adaptor by its name; that it is one, the receiver's type is asked.
    fn adaptor(
        &mut self,
        call: &ExprMethodCall,
        around: &Around,
        sources: &mut Sources<'_>,
    ) -> Option<Adapted> {
        let receiver = &*call.receiver;
        let inner = around.by(call);
        let back = around.back;
        let adapted = match (call.method.to_string().as_str(), call.args.first()) {
            ("enumerate", None) if !back || is_source(receiver) => {
                let of = self.boxed(receiver, &inner, sources);
                if back {
                    return Some(Adapted::EnumerateBack { of });
                }
                let count = self.counter("count", parse_quote!(0usize), sources);
                Adapted::Enumerate { of, count }
            }
            ("rev", None) if is_source(receiver) || !back && is_enumerated_source(receiver) => {
                let inner = Around {
                    back: !back,
                    ..inner
                };
                self.adapted(receiver.clone(), &inner, sources)
            }
            ("zip", Some(second)) if !back => Adapted::Zip {
                first: self.boxed(receiver, &inner, sources),
                second: self.boxed(second, &around.beside(), sources),
            },
            ("chain", Some(second)) if !back => Adapted::Chain {
                first: self.boxed(
                    receiver,
                    &Around {
                        ends: true,
                        ..inner
                    },
                    sources,
                ),
                second: self.boxed(second, &around.beside(), sources),
            },
            ("take", Some(limit)) if !back => Adapted::Take {
                of: self.boxed(receiver, &inner, sources),
                left: self.counter("left", limit.clone(), sources),
            },
            ("skip", Some(count)) if !back && has_nth(receiver) => Adapted::Skip {
                of: self.boxed(receiver, &inner, sources),
                skip: self.counter("skip", count.clone(), sources),
            },
            ("step_by", Some(step)) if !back && has_nth(receiver) => Adapted::StepBy {
                of: self.boxed(receiver, &inner, sources),
                step: self.counter(
                    "step",
                    parse_quote!(::hicam::__private::iterate::step(#step)),
                    sources,
                ),
                skip: self.counter("skip", parse_quote!(0usize), sources),
            },
            _ => return None,
        };
        Some(adapted)
    }

    fn boxed(
        &mut self,
        iterable: &Expr,
        around: &Around,
        sources: &mut Sources<'_>,
    ) -> Box<Adapted> {
        Box::new(self.adapted(iterable.clone(), around, sources))
    }

    /// What is adapted, in a variable: gives its place among the sources.
    fn source(&mut self, iterable: Expr, around: &Around, sources: &mut Sources<'_>) -> usize {
        let iter = self.fresh("iter", iterable.span());
        // A range is its own iterator; of other types, some iterators cannot be looked into.
        let is_range = is_range(&iterable);
        let mut value: Expr = if is_range {
            parse_quote!(::core::iter::IntoIterator::into_iter(#iterable))
        } else {
            let iterable = (around.methods.iter())
                .fold(iterable, |iterable, method| checked(&iterable, method));
            parse_quote! {
                (&mut &mut ::hicam::__private::iterate::Source::new(::core::iter::IntoIterator::into_iter(#iterable))).iterator()
            }
        };
        if around.ends {
            value = parse_quote!(::core::option::Option::Some(#value));
        }
        self.simple(
            Statement::Part(parse_quote!(let mut #iter = #value;)),
            sources.items,
            sources.fx,
        );
        sources.iters.push((iter, !is_range));
        sources.iters.len() - 1
    }

    fn counter(&mut self, what: &str, value: Expr, sources: &mut Sources<'_>) -> Ident {
        let ident = self.fresh(what, value.span());
        self.simple(
            Statement::Part(parse_quote!(let mut #ident: usize = #value;)),
            sources.items,
            sources.fx,
        );
        self.name_last(&ident, format!("{}: {what}", sources.of_loop));
        ident
    }
}

/// A value on which a method of this name is the standard adaptor: a type may have a method of its own that is called so,
/// and the compiler says which it is, in a closure that never runs.
pub(crate) fn checked(value: &Expr, method: &Ident) -> Expr {
    let span = method.span().resolved_at(Span::call_site());
    let arguments = match method.to_string().as_str() {
        "take" | "skip" | "step_by" => quote_spanned!(span=> 1),
        "zip" => quote_spanned!(span=> ::core::iter::empty::<()>()),
        "chain" => quote_spanned!(span=> ::core::iter::empty()),
        "map" | "inspect" => quote_spanned!(span=> |_| ()),
        "filter" | "take_while" | "skip_while" => quote_spanned!(span=> |_| true),
        "flat_map" => quote_spanned!(span=> |_| ::core::iter::empty::<()>()),
        "filter_map" | "map_while" => {
            quote_spanned!(span=> |_| ::core::option::Option::None::<()>)
        }
        _ => quote_spanned!(span=> ),
    };
    let method = Ident::new(&method.to_string(), span);
    let checked = quote_spanned! {span=>
        ::hicam::__private::iterate::adaptor::standard(
            #value,
            ::hicam::__private::iterate::adaptor::named::#method,
            |__hicam_adapted| __hicam_adapted.#method(#arguments)
        )
    };
    parse_quote!(#checked)
}

fn is_range(iterable: &Expr) -> bool {
    matches!(strip_parens(iterable), Expr::Range(_))
}

/// No adaptor whose own iteration a reversal or `nth` would have to know.
fn is_source(iterable: &Expr) -> bool {
    match strip_parens(iterable) {
        Expr::MethodCall(call) => !ADAPTORS.iter().any(|name| call.method == name),
        _ => true,
    }
}

fn is_enumerated_source(iterable: &Expr) -> bool {
    matches!(strip_parens(iterable), Expr::MethodCall(call)
        if call.method == "enumerate" && call.args.is_empty() && is_source(&call.receiver))
}

/// Of these the `nth` is known.
fn has_nth(iterable: &Expr) -> bool {
    match strip_parens(iterable) {
        Expr::MethodCall(call) if call.method == "rev" => is_source(&call.receiver),
        Expr::MethodCall(call) if call.method == "skip" || call.method == "enumerate" => {
            has_nth(&call.receiver)
        }
        iterable => is_source(iterable),
    }
}
