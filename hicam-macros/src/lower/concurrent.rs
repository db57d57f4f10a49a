//! `join!`, `try_join!` and `select!`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Lifetime;

use super::sites::Site;
use super::slots::Held;
use super::{Lower, handle};
use crate::concurrent::DONE;
use crate::ir::{Branch, Concurrent, Driven, Together};

/// The identifiers of a branch.
struct Names {
    tag: Ident,
    stack: Ident,
    own: Ident,
    block: Ident,
    result: Ident,
}

impl Names {
    fn of(number: usize) -> Self {
        Names {
            tag: format_ident!("__hicam_tag_{number}"),
            stack: format_ident!("__hicam_stack_{number}"),
            own: format_ident!("__hicam_own_{number}"),
            block: format_ident!("__hicam_block_{number}"),
            result: format_ident!("__hicam_result_{number}"),
        }
    }
}

impl Lower<'_> {
    /// ```text
    /// join!(f(a, &mut x), g(&y))      // point 4 in the calls
    /// ```
    /// →
    /// ```text
    /// { let fresh = pc != 4;
    ///   let (mut arg,) = if fresh { (Some(a),) } else { pc = 0; (None,) };
    ///   let (mut result_0, mut result_1) = (None, None);
    ///   let [mut stack_0, mut stack_1] = stack.branches();
    ///   let branches = Branches::new(stack.flag());
    ///   let ended = {
    ///       let own_1 = branches.own(&mut stack_1);
    ///       let mut block_1 = pin!(async { … });
    ///       let own_0 = branches.own(&mut stack_0);
    ///       let mut block_0 = pin!(async { … });           // dropped before block_1, as in the source
    ///       poll_fn(|cx| turns.poll(&branches, cx, |number, cx| match number {
    ///           0 => block_0.as_mut().poll(cx), … })).await
    ///   };
    ///   if !fresh { restore the results of the branches that had finished }
    ///   if ended == Suspended { save the results; stack.suspended_in_branches(4, [stack_0, stack_1], …); break 'exit }
    ///   (result_0?, result_1?) }
    /// ```
    /// where each branch runs its call until it is done, and again from its frames if the capture is given up:
    /// ```text
    /// async {
    ///     let mut own_1 = own_1;
    ///     let mut fresh = fresh;
    ///     if !fresh && !own_1.is_resuming() { return }
    ///     loop {
    ///         let flow = if fresh { fresh = false; let call = tag_1.of(g(&y)); branches.evaluated().await; drive(call) }
    ///                    else { drive(tag_1.resumer1()(&y)) };
    ///         match flow { Done(value) => { result_1 = Some(value); return } Suspended => branches.rest(1, &mut own_1).await }
    ///     }
    /// }
    /// ```
    pub(super) fn concurrent_node(&mut self, several: &Concurrent, exit: &Lifetime) -> TokenStream {
        let point = several.in_call;
        let (mut held, mut taken) = (Held::default(), Vec::new());
        for &var in several.args.mentions.iter().chain(&several.mentions) {
            if self.rests(var) && !taken.contains(&var) {
                let marks = (several.args.before, several.args.after, point);
                self.hold(var, marks, &mut held, exit);
                taken.push(var);
            }
        }
        let values = self.expr(&several.args, &taken);
        let names: Vec<Names> = (0..several.branches.len()).map(Names::of).collect();
        let count = names.len();
        let branches = several.branches.iter();
        // What a branch takes by value may borrow from what is put back.
        let ended = branches.clone().flat_map(taken_by);
        let (args, nothing): (Vec<TokenStream>, Vec<TokenStream>) = branches
            .map(|branch| {
                let args: Vec<TokenStream> = taken_by(branch).collect();
                let nothing = args.iter().map(|_| quote!(::core::option::Option::None));
                (quote!((#(mut #args,)*)), quote!((#(#nothing,)*)))
            })
            .unzip();
        let (stacks, results): (Vec<_>, Vec<_>) = names
            .iter()
            .map(|names| (&names.stack, &names.result))
            .collect();
        // What is evaluated on both paths has its type from itself.
        let tags = several
            .branches
            .iter()
            .zip(&names)
            .filter(|(branch, _)| branch.driven != Driven::Again)
            .map(|(_, names)| &names.tag);
        let order = match several.kind {
            _ if several.biased => quote!(Biased),
            Together::Select => quote!(Random),
            Together::Join | Together::TryJoin => quote!(Fair),
        };
        let mut judgements = TokenStream::new();
        let given: Vec<TokenStream> = several
            .branches
            .iter()
            .map(|branch| {
                if branch.condition.is_none() {
                    return TokenStream::new();
                }
                let (notes, outlived) = self.held_by_disabled(&branch.args);
                let any = quote!(__hicam_any);
                judgements.extend(outlived.iter().map(|held| held.judgement(&any)));
                notes
            })
            .collect();
        let blocks: Vec<TokenStream> = several
            .branches
            .iter()
            .zip(names.iter().zip(&given))
            .enumerate()
            .map(|(number, (branch, (names, given)))| {
                block(several.kind, number, branch, names, given)
            })
            // What is declared last is dropped first.
            .rev()
            .collect();
        let polls = names.iter().enumerate().map(|(number, names)| {
            let block = &names.block;
            quote!(#number => ::core::future::Future::poll(#block.as_mut(), __hicam_cx),)
        });
        let any = several.branches.iter().zip(&names).fold(
            quote!(::hicam::__private::Cannot),
            |any, (branch, names)| {
                let one = suspends(branch, names, Span::call_site());
                quote!(::hicam::__private::Or::or(#any, #one))
            },
        );
        let kept: Vec<_> = several
            .branches
            .iter()
            .zip(&names)
            .filter_map(|(branch, names)| Some((handle(branch.result?), &names.result)))
            .collect();
        let restores = kept.iter().map(|(handle, result)| {
            quote! {
                if #result.is_none() {
                    #result = ::hicam::__private::Keep::back(__hicam_any, __hicam_stack.restore_slot(&#handle));
                }
            }
        });
        let saves = kept.iter().map(|(handle, result)| {
            quote!(__hicam_stack.save_slot(&#handle, ::hicam::__private::Keep::keep(__hicam_any, #result));)
        });
        let beside = several
            .branches
            .iter()
            .zip(&names)
            .filter(|_| several.kind == Together::Select)
            .map(|(branch, names)| {
                let span = branch.span.resolved_at(Span::call_site());
                let one = suspends(branch, names, span);
                quote_spanned!(span=> ::hicam::__private::beside(__hicam_any, #one);)
            });
        // A branch of `select!` that is finished while others are not was never on.
        let finished = results
            .iter()
            .enumerate()
            .map(|(number, result)| match several.kind {
                Together::Select => quote!(__hicam_turns.is_finished(#number)),
                Together::Join | Together::TryJoin => quote!(#result.is_some()),
            });
        let value = value(several, &names, exit);
        let Held {
            around,
            declare,
            fresh,
            spent,
            resumed,
            back,
        } = held;
        let values = if spent.is_empty() {
            quote!(#values)
        } else {
            quote!(let __hicam_values = #values; #spent __hicam_values)
        };
        quote! {{
            #[allow(unused_imports)]
            use ::hicam::__private::{
                Annotated as _, CanSuspend as _, CannotSuspend as _, DriveAnnotated as _, DriveForeign as _,
                ForeignResumer as _,
            };
            __hicam_stack.at(&__HICAM_INFO, #point);
            #around
            #declare
            let __hicam_fresh = __hicam_pc != #point;
            let (#(#args,)*) = if __hicam_fresh {
                #fresh
                #values
            } else {
                __hicam_pc = 0;
                #resumed
                (#(#nothing,)*)
            };
            #(let #tags = ::hicam::__private::Tag::new();)*
            #(let mut #results = ::core::option::Option::None;)*
            let [#(mut #stacks),*] = __hicam_stack.branches::<#count>();
            let __hicam_branches = ::hicam::__private::Branches::new(__hicam_stack.flag());
            let mut __hicam_turns = ::hicam::__private::Turns::new(::hicam::__private::Order::#order, #count, __hicam_fresh);
            let __hicam_ended = {
                #(#blocks)*
                ::core::future::poll_fn(|__hicam_cx| {
                    __hicam_turns.poll(&__hicam_branches, __hicam_cx, |__hicam_number, __hicam_cx| match __hicam_number {
                        #(#polls)*
                        _ => ::core::task::Poll::Ready(()),
                    })
                }).await
            };
            let __hicam_any = #any;
            #judgements
            #(#beside)*
            if !__hicam_fresh { #(#restores)* }
            #(::core::mem::drop(#ended);)*
            #back
            if __hicam_ended == ::hicam::__private::Ended::Suspended {
                let __hicam_finished = [#(#finished),*];
                #(#saves)*
                __hicam_stack.suspended_in_branches(#point, [#(#stacks),*], __hicam_finished, &__HICAM_INFO);
                break #exit;
            }
            #value
        }}
    }
}

/// The identifiers of what is evaluated before any branch runs.
fn taken_by(branch: &Branch) -> impl Iterator<Item = TokenStream> {
    let condition = branch.condition.iter().map(|ident| quote!(#ident));
    condition.chain(branch.args.iter().map(|ident| quote!(#ident)))
}

/// One branch.
fn block(
    kind: Together,
    number: usize,
    branch: &Branch,
    names: &Names,
    given: &TokenStream,
) -> TokenStream {
    let Names {
        tag,
        stack,
        own,
        block,
        result,
    } = names;
    let site = Site {
        driven: branch.driven,
        tag: tag.clone(),
        stack: quote!((&mut *#own)),
        span: branch.span,
        captured: false,
    };
    let (evaluate, drive) = site.fresh_parts(&branch.operand);
    let resumed = site.resumed(&branch.operand, &branch.resume);
    let args = &branch.args;
    // Resumed arguments name the tag.
    let own_tag = (branch.driven != Driven::Again).then(|| quote!(let __hicam_tag = #tag;));
    let number = number as u32;
    let disabled = branch.condition.as_ref().map(
        |condition| quote! {
            if #condition.take() != ::core::option::Option::Some(true) { __hicam_branches.disable(#number).await; }
        },
    );
    let test = branch
        .test
        .as_ref()
        .map(|test| quote!(if !(#test) { return; }));
    let done = Ident::new(DONE, Span::call_site());
    let end = match kind {
        Together::Join => TokenStream::new(),
        Together::TryJoin => {
            quote!(if ::core::result::Result::is_err(&#done) {
                __hicam_branches.end();
            })
        }
        Together::Select => quote!(__hicam_branches.end();),
    };
    quote! {
        let #own = __hicam_branches.own(&mut #stack);
        let mut #block = ::core::pin::pin!(async {
            let mut #own = #own;
            let mut __hicam_first = __hicam_fresh;
            if !__hicam_first && !#own.is_resuming() { return; }
            loop {
                let __hicam_flow = if __hicam_first {
                    __hicam_first = false;
                    let (#(::core::option::Option::Some(mut #args),)*) = (#(#args.take(),)*) else { return };
                    #given
                    #evaluate
                    #disabled
                    __hicam_branches.evaluated().await;
                    #drive
                } else {
                    #own_tag
                    #resumed
                };
                match __hicam_flow {
                    ::hicam::__private::Flow::Done(#done) => {
                        #test
                        #end
                        #result = ::core::option::Option::Some(#done);
                        return;
                    }
                    ::hicam::__private::Flow::Suspended => __hicam_branches.rest(#number, &mut #own).await,
                }
            }
        });
    }
}

/// Whether a branch can be suspended; what rustc says about that points at `span`.
fn suspends(branch: &Branch, names: &Names, span: Span) -> TokenStream {
    let tag = Ident::new(&names.tag.to_string(), span);
    match branch.driven {
        Driven::Again => quote_spanned!(span=> ::hicam::__private::Can),
        _ => quote_spanned!(span=> (&&#tag).suspends()),
    }
}

/// The value of the whole, from the branches' results.
fn value(several: &Concurrent, names: &[Names], exit: &Lifetime) -> TokenStream {
    let results: Vec<&Ident> = names.iter().map(|names| &names.result).collect();
    let missing = quote! {
        __hicam_stack.missing("result of a branch", &__HICAM_INFO);
        break #exit;
    };
    match several.kind {
        Together::Join => quote! {
            let (#(::core::option::Option::Some(#results),)*) = (#(#results,)*) else { #missing };
            (#(#results,)*)
        },
        Together::TryJoin => quote! {
            '__hicam_tried: {
                #(
                    if let ::core::option::Option::Some(::core::result::Result::Err(__hicam_error)) = #results {
                        break '__hicam_tried ::core::result::Result::Err(__hicam_error);
                    }
                )*
                let (#(::core::option::Option::Some(::core::result::Result::Ok(#results)),)*) = (#(#results,)*) else {
                    #missing
                };
                ::core::result::Result::Ok((#(#results,)*))
            }
        },
        Together::Select => {
            let last = if several.otherwise {
                quote!(::hicam::__private::Otherwise)
            } else {
                quote!(::core::convert::Infallible)
            };
            let ty = names.iter().fold(
                last,
                |other, _| quote!(::hicam::__private::Chosen<_, #other>),
            );
            let number = |at: usize, value: TokenStream| {
                (0..at).fold(
                    value,
                    |value, _| quote!(::hicam::__private::Chosen::Other(#value)),
                )
            };
            let chosen = results.iter().enumerate().map(|(at, result)| {
                let value = number(at, quote!(::hicam::__private::Chosen::This(__hicam_chosen)));
                quote!(if let ::core::option::Option::Some(__hicam_chosen) = #result { #value } else)
            });
            let none = if several.otherwise {
                number(results.len(), quote!(::hicam::__private::Otherwise))
            } else {
                quote!(::core::panic!(
                    "all branches are disabled and there is no else branch"
                ))
            };
            quote! {
                let __hicam_chosen: #ty = #(#chosen)* { #none };
                __hicam_chosen
            }
        }
    }
}
