//! Temporaries of a statement that points cut. They end where it is cut, though in the source they live until its end: that
//! is judged by their types (runtime `temporaries.rs`).

mod walk;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Expr;

use self::walk::Walk;
pub(super) use self::walk::{compares, holds, is_made, is_note, lends, values_in};
use super::Lower;
use super::tails::{Locals, by_edition};
use crate::ir::{Code, Driven};
use crate::leftovers::{Apart, Leftover};

/// What is known of a function's temporaries.
#[derive(Default)]
pub(crate) struct Temporaries {
    /// Identifiers that have their types.
    handles: Vec<Ident>,
    /// Identifiers that tie the type of a call to that of the same call in a closure.
    links: Vec<Ident>,
    /// What is asked at the function's end.
    pub(crate) judgements: TokenStream,
}

impl Temporaries {
    /// What the type of a variable is to be made known to, whose drop must not be observed.
    pub(super) fn variable(&mut self, span: Span) -> Ident {
        let handle = format_ident!("__hicam_lent_{}", self.handles.len());
        self.handles.push(handle.clone());
        let span = span.resolved_at(Span::call_site());
        self.judgements
            .extend(drop_early(&quote!(#handle.probe()), span));
        handle
    }

    pub(crate) fn declarations(&self) -> TokenStream {
        let (handles, links) = (&self.handles, &self.links);
        quote! {
            #(let #handles = ::hicam::__private::Lent::new();)*
            #(let #links = ::hicam::__private::Link::new();)*
        }
    }
}

/// A temporary that is judged.
pub(super) struct Outlived {
    handle: Ident,
    taken: Taken,
    span: Span,
    /// The line of a point that it lives across.
    line: u32,
    at_end: Option<AtEnd>,
}

/// Where a temporary is that is at the end of a block: before the edition of 2024 it outlives that.
#[derive(Clone, Copy)]
enum AtEnd {
    /// The statement goes on behind the block.
    Within,
    /// It ends with the block: it only matters whether its variables are dropped before or after.
    Last,
}

/// How a method has a temporary that it is called on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    /// It borrows it, or there is no method.
    No,
    /// By its name it takes an `Option`, a `Result` or an iterator by value.
    ByName,
    /// The compiler is asked.
    Unknown,
    /// A pattern takes it apart.
    Apart(Apart),
}

impl Outlived {
    /// The judgement, where all types are known; `lasts` says whether a suspension can come while the temporary is there.
    pub(super) fn judgement(&self, lasts: &TokenStream) -> TokenStream {
        let before = match self.at_end {
            Some(AtEnd::Last) => quote!(::hicam::__private::Outlives),
            _ => lasts.clone(),
        };
        let by_edition = by_edition(&quote!(::hicam::__private::Cannot), &before);
        let lasts = if self.at_end.is_some() {
            &by_edition
        } else {
            lasts
        };
        let handle = &self.handle;
        let span = self.span.resolved_at(Span::call_site());
        let line = Literal::u32_unsuffixed(self.line);
        let probe = match self.taken {
            Taken::Apart(Apart::Wholly) => {
                return quote_spanned! {span=>
                    (&&#handle.probe()).taken_apart(#lasts);
                };
            }
            Taken::Apart(Apart::Partly) => {
                return quote_spanned! {span=>
                    (&&#handle.probe()).taken_apart(#lasts);
                    (&&#handle.probe()).taken_partly(#lasts);
                };
            }
            Taken::No | Taken::Unknown => quote!(#handle.probe()),
            Taken::ByName => quote!((&&&#handle.probe()).taken()),
        };
        quote_spanned! {span=>
            (&&&&&&&&&&&&&&&&#probe).temporary::<#line, _, _>(#handle.borrower(), #lasts);
            (&&&&&(&(&(&#probe).strip()).strip()).strip()).drops_temporary(#handle.borrower(), #lasts);
        }
    }
}

/// Asks the type behind a probe whether it allows that a value is dropped early.
pub(crate) fn drop_early(probe: &TokenStream, span: Span) -> TokenStream {
    quote_spanned! {span=>
        (&&&&&&&&&&&&&&&#probe).drop_early();
        (&&&&&(&(&(&#probe).strip()).strip()).strip()).drops_itself();
    }
}

impl Lower<'_> {
    /// What a part of a statement does with an awaited value, which is in the variable `temp`, with its temporaries judged.
    pub(super) fn part(&mut self, temp: &Ident, part: &Code<Expr>) -> Code<Expr> {
        self.with_judgement(part, |walk, expr| walk.behind(temp, expr))
    }

    /// The selection of an arm, with what it matches judged: `left` is what the patterns leave behind.
    pub(super) fn part_matched(&mut self, select: &Code<Expr>, left: &[Leftover]) -> Code<Expr> {
        self.with_judgement(select, |walk, select| {
            if let Expr::Match(choice) = select {
                walk.scrutinee(&mut choice.expr, left);
            }
        })
    }

    fn with_judgement(
        &mut self,
        code: &Code<Expr>,
        judge: impl FnOnce(&mut Walk<'_>, &mut Expr),
    ) -> Code<Expr> {
        let mut part = code.code.clone();
        let found = self.walk(|walk| judge(walk, &mut part));
        self.judge(&found);
        Code {
            code: part,
            before: code.before,
            after: code.after,
            mentions: code.mentions.clone(),
        }
    }

    /// The same of the expression at the end of a block.
    pub(super) fn judge_tail(&mut self, tail: &mut Expr) {
        let found = self.walk(|walk| walk.at_end(tail));
        self.judge(&found);
    }

    /// The same of one that is in a variable: gives what it is to be made known to.
    pub(super) fn judge_lent(&mut self, span: Span, last: bool) -> Ident {
        let mut walk = Walk::new(&self.body.points, &mut self.temporaries);
        let handle = walk.handle(span, Taken::No);
        for outlived in &mut walk.found {
            outlived.at_end = Some(if last { AtEnd::Last } else { AtEnd::Within });
        }
        let found = walk.found;
        self.judge(&found);
        handle
    }

    /// The same, where others get places.
    pub(super) fn kept_tail(&mut self, tail: &mut Expr, locals: &Locals) {
        let mut walk = Walk::new(&self.body.points, &mut self.temporaries);
        walk.kept(tail, locals);
        let found = walk.found;
        self.asks_edition |= !found.is_empty();
        self.judge(&found);
    }

    /// The same of a value.
    pub(super) fn part_value(&mut self, value: &mut Expr) {
        let found = self.walk(|walk| walk.value(value));
        self.judge(&found);
    }

    /// What gives an item, with what the item's pattern leaves behind judged.
    pub(super) fn item_value(&mut self, next: &mut Expr, left: &[Leftover]) {
        let found = self.walk(|walk| walk.scrutinee(next, left));
        self.judge(&found);
    }

    /// The temporaries of an awaited call, made known. What it is called on is kept by the call, if it is `kept`.
    pub(super) fn outlived_by(
        &mut self,
        operand: &mut Expr,
        driven: Driven,
        kept: bool,
    ) -> Vec<Outlived> {
        self.walk(|walk| match operand {
            Expr::Call(limited) if matches!(driven, Driven::After | Driven::Until) => {
                walk.value(&mut limited.args[0]);
                walk.value(&mut limited.args[1]);
            }
            Expr::MethodCall(call) => {
                if kept || call.method.to_string().starts_with("into_") {
                    walk.value(&mut call.receiver);
                } else {
                    walk.place(&mut call.receiver);
                }
                call.args.iter_mut().for_each(|arg| walk.value(arg));
            }
            call => walk.value(call),
        })
    }

    /// What a branch holds to the end of its `select!` if its precondition disables it: what makes the types known, and the
    /// judgements. A suspended branch that was never begun has no frame for its arguments.
    pub(super) fn held_by_disabled(&mut self, arguments: &[Ident]) -> (TokenStream, Vec<Outlived>) {
        let mut notes = TokenStream::new();
        let found = self.walk(|walk| {
            for argument in arguments {
                let handle = walk.handle(argument.span(), Taken::No);
                notes.extend(quote!(#handle.value(&#argument);));
            }
        });
        let notes = (!found.is_empty()).then(|| {
            quote! {
                if false {
                    ::hicam::__private::diverge();
                    #notes
                }
            }
        });
        (notes.unwrap_or_default(), found)
    }

    fn walk(&mut self, inside: impl FnOnce(&mut Walk<'_>)) -> Vec<Outlived> {
        let mut walk = Walk::new(&self.body.points, &mut self.temporaries);
        inside(&mut walk);
        let found = walk.found;
        self.asks_edition |= found.iter().any(|outlived| outlived.at_end.is_some());
        found
    }

    /// A suspension can always come.
    fn judge(&mut self, found: &[Outlived]) {
        let can = quote!(::hicam::__private::Can);
        let judgements = found.iter().map(|outlived| outlived.judgement(&can));
        self.temporaries.judgements.extend(judgements);
    }
}
