//! What a method is called on, where its type alone says whether it owns that (runtime `receivers.rs`).

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{Expr, ExprMethodCall, Lifetime, parse_quote, parse_quote_spanned};

use super::Lower;
use crate::concurrent;
use crate::ir::{Await, Driven, Receiver};

/// What goes with a call whose operand and arguments have been changed.
pub(super) struct Received {
    /// Before a first call and a resumed one.
    pub(super) before: TokenStream,
    /// Around a first call.
    pub(super) around: Box<dyn FnOnce(TokenStream) -> TokenStream>,
}

impl Received {
    fn after(before: TokenStream) -> Self {
        Received {
            before,
            around: Box::new(|call| call),
        }
    }

    /// What a call that is made gives has the type of what the one that is never made gives, which may be inferred from
    /// what follows.
    fn linked(self) -> Self {
        let Received { before, around } = self;
        Received {
            before: quote! {
                let __hicam_given = ::hicam::__private::Link::new();
                #before
            },
            around: Box::new(move |call| {
                let call = around(call);
                quote!(match #call { __hicam_flow => __hicam_given.same(__hicam_flow) })
            }),
        }
    }
}

impl Lower<'_> {
    /// A variable of unknown type is passed to a call that is made: if it is a reference to something static, it stays in
    /// its slot too. That is asked where the argument stands, once the parameter has told its type: asked before, a type that
    /// only the parameter tells would be taken for a reference. Where the variable has another type already, it is coerced.
    pub(super) fn pass(&self, call: &Await, operand: &mut Expr) {
        let (args, first) = match concurrent::inner(operand, call.driven) {
            Expr::Call(made) => (&mut made.args, 0),
            Expr::MethodCall(made) => (&mut made.args, 1),
            _ => return,
        };
        for &(at, var) in &call.passed {
            let taken = self.live.at_mark(call.operand.before, var)
                && !self.live.at_point(call.in_call, var);
            let arg = at.checked_sub(first).and_then(|at| args.get_mut(at));
            if let Some(arg) = arg
                && taken
                && self.rests(var)
            {
                let (slot, span) = (self.slot(var), arg.span().resolved_at(Span::call_site()));
                *arg = parse_quote_spanned! {span=>
                    if false {
                        let __hicam_never = ::hicam::__private::never(&#slot);
                        __hicam_never
                    } else {
                        (&mut &mut ::hicam::__private::Resting(&mut #slot)).stay(&#arg);
                        #arg
                    }
                };
            }
        }
    }

    /// What a resumed call is given for a variable of unknown type: if that is a reference to something static, the
    /// callee may borrow it.
    pub(super) fn rest(&self, call: &Await, resume: &mut [Expr], exit: &Lifetime) {
        for &(at, var) in &call.passed {
            let (ident, slot, name) = (self.ident(var), self.slot(var), &self.body.vars[var].name);
            let Some(given) = resume.get_mut(at) else {
                continue;
            };
            if self.live.at_mark(call.ended, var) {
                *given = crate::arguments::given(&parse_quote!(#ident));
            } else if self.rests(var) {
                *given = crate::arguments::given(&parse_quote! {
                    match (&mut &mut ::hicam::__private::Resting(&mut #slot)).rest() {
                        ::core::option::Option::Some(__hicam_rest) => __hicam_rest,
                        ::core::option::Option::None => {
                            __hicam_stack.missing(#name, &__HICAM_INFO);
                            break #exit
                        }
                    }
                });
            }
        }
    }

    /// A receiver that is a variable in its slot, or a temporary that a slot is to keep.
    pub(super) fn receive(
        &self,
        receiver: Receiver,
        call: &Await,
        operand: &mut Expr,
        resume: &mut [Expr],
        exit: &Lifetime,
    ) -> Received {
        let Expr::MethodCall(method) = concurrent::inner(operand, call.driven) else {
            return Received::after(TokenStream::new());
        };
        let (slot, name) = (self.slot(receiver.var), &self.body.vars[receiver.var].name);
        let found = |option: TokenStream| -> Expr {
            parse_quote! {
                match #option {
                    ::core::option::Option::Some(__hicam_found) => __hicam_found,
                    ::core::option::Option::None => {
                        __hicam_stack.missing(#name, &__HICAM_INFO);
                        break #exit
                    }
                }
            }
        };
        // Where the time of a call is limited, it gives something else.
        let owning = self.classes.owning.contains(&call.in_call);
        let linked = call.driven == Driven::Plainly && (receiver.temporary || owning);
        let (first, again, received) = if receiver.temporary {
            let value = (*method.receiver).clone();
            (
                parse_quote!(::hicam::__private::keep_receiver(&__hicam_kind, __hicam_made, &mut #slot)),
                found(
                    quote!(::hicam::__private::kept_again(&__hicam_kind, __hicam_like, &mut #slot)),
                ),
                of_temporary(method, value, linked),
            )
        } else if owning {
            let first = found(quote!(::hicam::__private::receiver(&__hicam_kind, &mut #slot)));
            (
                parse_quote!((#first)),
                found(quote!(::hicam::__private::receiver_again(&__hicam_kind, &mut #slot))),
                of_variable(method, &slot, linked),
            )
        } else {
            // It is used again: borrowed in its slot, or copied from there.
            let place = found(quote!(#slot.as_mut()));
            (
                parse_quote!((*#place)),
                parse_quote!((&&__hicam_tag).lent_mut(#place)),
                Received::after(TokenStream::new()),
            )
        };
        let received = if linked { received.linked() } else { received };
        *method.receiver = first;
        if let Some(receiver) = resume.first_mut() {
            *receiver = again;
        }
        received
    }
}

/// A variable that is not mentioned again.
///
/// ```text
/// v.run(a).await
/// ```
/// →
/// ```text
/// let link = Link::new();
/// let mut kind = None;
/// if false { let mut never = never(&slot); … shape.of(never.run(link.never())); kind = (&&shape).kind(); }
/// … tag.of(receiver(&kind, &mut slot)?.run(link.same(a))) …      // first
/// … resumer2()(receiver_again(&kind, &mut slot)?, Resumed) …     // resumed
/// ```
fn of_variable(method: &mut ExprMethodCall, slot: &Ident, linked: bool) -> Received {
    let (links, shape) = shape(method);
    let given = given(linked);
    Received::after(quote! {
        #links
        let mut __hicam_kind = ::core::option::Option::None;
        if false {
            ::hicam::__private::diverge();
            let mut __hicam_never = ::hicam::__private::never(&#slot);
            let __hicam_shape = ::hicam::__private::Tag::new();
            let __hicam_call = __hicam_shape.of(#shape);
            #given
            __hicam_kind = (&&__hicam_shape).kind();
        }
    })
}

/// A temporary, which lives until the statement's end if the method borrows it.
///
/// ```text
/// make().run(a).await
/// ```
/// →
/// ```text
/// let link = Link::new();
/// let (mut kind, like) = (None, Link::new());
/// … match make() { made => {
///       if false { let mut never = like.of(&made).never(); … kind = (&&shape).kind_of_temporary(); }
///       tag.of(keep_receiver(&kind, made, &mut slot).run(link.same(a))) … } }   // first
/// … resumer2()(kept_again(&kind, like, &mut slot)?, Resumed) …                  // resumed
/// ```
fn of_temporary(method: &mut ExprMethodCall, value: Expr, linked: bool) -> Received {
    let (links, shape) = shape(method);
    let given = given(linked);
    Received {
        before: quote! {
            #links
            let mut __hicam_kind = ::core::option::Option::None;
            let __hicam_like = ::hicam::__private::Link::new();
        },
        around: Box::new(move |call| {
            quote! {
                match (#value) {
                    mut __hicam_made => {
                        if false {
                            ::hicam::__private::diverge();
                            let mut __hicam_never = __hicam_like.of(&__hicam_made).never();
                            let __hicam_shape = ::hicam::__private::Tag::new();
                            let __hicam_call = __hicam_shape.of(#shape);
                            #given
                            __hicam_kind = (&&__hicam_shape).kind_of_temporary();
                        }
                        #call
                    }
                }
            }
        }),
    }
}

/// A call that is never made, of the same type; the arguments of the one that is made are linked to its.
fn shape(method: &mut ExprMethodCall) -> (TokenStream, ExprMethodCall) {
    let mut shape = method.clone();
    *shape.receiver = parse_quote!(__hicam_never);
    let mut links: Vec<Ident> = Vec::new();
    let args = method.args.iter_mut().zip(&mut shape.args);
    for (at, (arg, shape)) in args.enumerate() {
        // What has a type of its own needs no link.
        if matches!(arg, Expr::Lit(_)) {
            continue;
        }
        let link = format_ident!("__hicam_link_{at}");
        *shape = parse_quote!(#link.never());
        *arg = parse_quote!(#link.same(#arg));
        links.push(link);
    }
    (
        quote!(#(let #links = ::hicam::__private::Link::new();)*),
        shape,
    )
}

/// Fixes the type of what the call gives.
fn given(linked: bool) -> TokenStream {
    if linked {
        quote!(__hicam_given.of(&::hicam::__private::flow_of(&__hicam_call));)
    } else {
        TokenStream::new()
    }
}
