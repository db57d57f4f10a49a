//! The body of an annotated function: analysed, lowered, and put into the loop in which it is entered.
//!
//! ```text
//! async fn __hicam_body_step(n: Arg<u64>, acc: &mut u64, stack: &mut Stack) -> Flow<u64> {
//!     static INFO: FnInfo = …;
//!     loop {
//!         'suspended: { …; return Flow::Done(value) }
//!         …                                            // how locals are encoded: by now, their types are known
//!         if let Next::Suspended = stack.close(&INFO) { return Flow::Suspended }
//!     }
//! }
//! ```

use std::collections::BTreeSet;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::visit::Visit;
use syn::{Block, Generics, Lifetime, Signature, Type, TypeParamBound, WherePredicate};

use crate::build::Parameter;
use crate::classify::{self, Class};
use crate::effects::TAKEN_AGAIN;
use crate::function::{Function, Owner, body_signature, output, split_clause};
use crate::impl_headers::names_lifetime;
use crate::info::info;
use crate::ir::{Body, Trust, VarId, VarKind};
use crate::liveness::{self, Liveness};
use crate::lower::{Lower, SUSPENDED, drop_early, edition, handle, handle_at, variable_span};
use crate::scope::{Builder, is_primitive};
use crate::signature::{Param, mentions, rename_self, self_mutable};

/// How deep a variable is split into parts that are moved one by one.
const MOST_PARTS: usize = 4;

/// Whether a parameter's type is a type parameter that nothing says can be captured: then entry to the function is no
/// point, because there it would be.
fn is_opaque(param: &Param, generics: &Generics) -> bool {
    if param.reference.is_some() {
        return false;
    }
    generics.type_params().any(|generic| {
        let capturable = |bounds: Vec<&TypeParamBound>| {
            bounds.into_iter().any(|bound| {
                let text = bound.to_token_stream().to_string();
                ["State", "Serialize", "Message", "Copy"].iter().any(|name| text.contains(name))
            })
        };
        let in_clause = generics.where_clause.iter().flat_map(|clause| &clause.predicates).any(|predicate| {
            matches!(predicate, WherePredicate::Type(predicate)
                if mentions(&predicate.bounded_ty.to_token_stream(), &generic.ident) && capturable(predicate.bounds.iter().collect()))
        });
        mentions(&param.own_ty.to_token_stream(), &generic.ident)
            && !in_clause
            && !capturable(generic.bounds.iter().collect())
    })
}

/// The body as intermediate representation; the variables in `split` as their parts.
fn cut(
    function: &Function<'_>,
    sig: &Signature,
    params: &[Param],
    split: &[Ident],
) -> syn::Result<Body> {
    let mut builder = Builder::new(function.points);
    builder.self_mutable = self_mutable(sig);
    let mut by_value = Vec::new();
    let mut fx = Vec::new();
    let mut entry = function.points.awaits.then(|| sig.ident.span());
    for (at, param) in params.iter().enumerate() {
        if param.is_borrowed_self() {
            continue;
        }
        if is_opaque(param, &sig.generics) {
            entry = None;
        }
        match param.reference {
            Some(mutable) => {
                for binding in crate::patterns::bindings(&param.pat) {
                    if binding.mutable {
                        builder.errors.at(&binding.ident, TAKEN_AGAIN);
                    }
                    builder.declare(
                        binding.ident,
                        binding.mutable,
                        VarKind::Reference { mutable },
                        &mut fx,
                    );
                }
            }
            None => by_value.push(Parameter {
                pat: param.pat.clone(),
                arg: format_ident!("__hicam_arg_{at}"),
                primitive: is_primitive(&param.own_ty),
                reference: matches!(param.own_ty, Type::Reference(_)),
                ty: matches!(param.pat, syn::Pat::Ident(_)).then(|| param.own_ty.clone()),
            }),
        }
    }
    let owns_self = params
        .iter()
        .any(|param| param.receiver.is_some() && !param.is_borrowed_self());
    let block: Block = if owns_self {
        syn::parse2(rename_self(function.block.to_token_stream()))?
    } else {
        function.block.clone()
    };
    builder.body(by_value, entry, block, split)
}

pub(crate) fn body(
    function: &Function<'_>,
    sig: &Signature,
    params: &[Param],
) -> syn::Result<TokenStream> {
    let output = output(sig);
    let mut split: Vec<Ident> = Vec::new();
    let mut body = cut(function, sig, params, &split)?;
    let mut live = liveness::analyse(&body);
    // A variable that is alive at a point although a part of it may be gone; and then such parts of it.
    for _ in 0..MOST_PARTS {
        let known = split.len();
        for (var, facts) in body.vars.iter().enumerate() {
            let alive = (1..=body.points.len() as u32).any(|point| live.at_point(point, var));
            let own = facts.kind == VarKind::Local && facts.again.is_none() && facts.initialised;
            if facts.partial
                && own
                && alive
                && live.is_used_on(var)
                && !split.contains(&facts.ident)
            {
                split.push(facts.ident.clone());
            }
        }
        if split.len() == known {
            break;
        }
        body = cut(function, sig, params, &split)?;
        live = liveness::analyse(&body);
    }
    // What is borrowed across a point is tried again as a variable that is never moved.
    let mut whole = BTreeSet::new();
    let (classes, code, seen, kept, trusted, early, lasting, temporaries, asks_edition) = loop {
        let classes = classify::classify(&body, &live, &whole);
        let mut lower = Lower::new(&body, &live, &classes);
        let code = lower.lower();
        let Lower {
            seen,
            kept,
            trusted,
            early,
            lasting,
            roots,
            temporaries,
            asks_edition,
            errors,
            ..
        } = lower;
        if roots.is_subset(&whole) {
            errors.into_result()?;
            break (
                classes,
                code,
                seen,
                kept,
                trusted,
                early,
                lasting,
                temporaries,
                asks_edition,
            );
        }
        whole.extend(roots);
    };

    let captured: Vec<usize> = (0..body.vars.len())
        .filter(|&var| classes.of[var].is_captured())
        .collect();
    let noted = trusted.iter().filter(|(_, trust)| *trust != Trust::Call);
    let known = noted.map(|(var, _)| var);
    let known = captured.iter().chain(&seen).chain(&kept).chain(known);
    let mut named = BTreeSet::new();
    let handles = known.copied().filter(|&var| named.insert(var)).map(|var| {
        let (handle, name, id) = (handle(var), &body.vars[var].name, var as u16);
        quote!(let #handle = ::hicam::__private::Var::new(#id, #name);)
    });
    // With the variable's span, so that what rustc says of its type points there.
    let codecs = captured.iter().map(|&var| {
        let (handle, span) = (handle_at(&body, var), variable_span(&body, var));
        let mut line = Literal::u32_unsuffixed(first_point(&body, &live, var));
        line.set_span(span);
        quote_spanned!(span=> __hicam_stack.local(&#handle, (&&&&&&&&&&&&&&#handle.probe()).codec::<#line>());)
    });
    let copied = classes.copied.iter().map(|&var| {
        let (handle, span) = (handle_at(&body, var), variable_span(&body, var));
        quote_spanned!(span=> #handle.copied();)
    });
    let drops = seen.iter().chain(&early).map(|&var| {
        let (handle, span) = (handle(var), variable_span(&body, var));
        drop_early(&quote!(#handle.probe()), span)
    });
    let trusts = trusted.iter().filter_map(|&(var, trust)| {
        let (handle, span) = (handle(var), variable_span(&body, var));
        // Nothing is to be judged where the type says that the value has been moved.
        let probe = match trust {
            Trust::Call => return None,
            Trust::Taken => quote!(#handle.probe()),
            Trust::Method => quote!((&&&#handle.probe()).taken()),
            Trust::Pattern => quote!((&&(&#handle.probe()).strip()).copied_from()),
            Trust::Result => {
                let given = quote!((&&(&#handle.probe()).given()).copied_from());
                let failed = quote!((&&(&#handle.probe()).failed()).copied_from());
                let (given, failed) = (drop_early(&given, span), drop_early(&failed, span));
                return Some(quote!(#given #failed));
            }
        };
        Some(drop_early(&probe, span))
    });
    let keeps = kept.iter().map(|&var| {
        let (handle, span) = (handle(var), variable_span(&body, var));
        quote_spanned!(span=> (&&&&&&&&&&&&&&&#handle.probe()).kept(__hicam_stack, &#handle);)
    });
    let lasts = lasting.iter().map(|&var| {
        let (handle, span) = (handle(var), variable_span(&body, var));
        quote_spanned!(span=> (&&&&&&&&&&&&&&&#handle.probe()).lasting(__hicam_stack, &#handle, &__HICAM_INFO);)
    });
    let edition = asks_edition.then(|| edition(sig.ident.span()));
    let (types, judgements) = (temporaries.declarations(), temporaries.judgements);
    debug_assert!(
        classes
            .of
            .iter()
            .all(|class| *class != Class::Free || !class.is_captured())
    );

    // The body may be entered more than once: references are borrowed again, values are in the frame by then. What is
    // returned may be borrowed through a reference, and rustc would have that last into the next time.
    let lends = may_borrow(&output);
    let kept_out = |param: &Param| lends && param.reference == Some(true);
    let borrowed = || {
        let all = params.iter().enumerate();
        all.filter(|(_, param)| !param.is_borrowed_self())
    };
    let lent = borrowed()
        .filter(|(_, param)| kept_out(param))
        .map(|(at, param)| {
            let (given, pat) = (format_ident!("__hicam_arg_{at}"), &param.pat);
            quote!(let #pat = #given;)
        });
    let args = borrowed().filter(|(_, param)| !kept_out(param)).map(|(at, param)| {
        let given = format_ident!("__hicam_arg_{at}");
        let pat = &param.pat;
        match param.reference {
            Some(true) => quote!(let #pat = &mut *#given;),
            Some(false) => quote!(let #pat = #given;),
            None => quote!(let #given = ::core::mem::replace(&mut #given, ::hicam::__private::Arg::Resumed);),
        }
    });
    let rebound = borrowed().map(|(at, param)| {
        let (arg, given) = (format_ident!("__hicam_arg_{at}"), param.given(at));
        quote!(let mut #arg = #given;)
    });
    let signature = body_signature(function, sig, params);
    let info = info(function, &body, &live, &classes, &kept, &lasting);
    let suspended = Lifetime::new(SUSPENDED, Span::call_site());
    let (before, clause) = split_clause(signature);
    let sendable = || {
        (
            quote! {
                #before -> impl ::core::future::Future<Output = ::hicam::__private::Flow<#output>> + ::core::marker::Send
                #clause
            },
            Some(quote!(async move)),
        )
    };
    let (header, open) = match function.owner {
        // In a trait the future must be known to be `Send`. So must that of a type with lifetimes: where the trait's method
        // demands a `Self` that is `Send`, rustc would have that of these very lifetimes.
        Owner::Trait(..) => sendable(),
        Owner::TraitImpl(ty, _, generics) if names_lifetime(ty, generics) => sendable(),
        _ => (
            quote!(async #before -> ::hicam::__private::Flow<#output> #clause),
            None,
        ),
    };
    // Frames of the same program are told apart by name; a frame is restored into the same source only.
    let code = quote! {
        use ::hicam::__private::{
            AsMade as _, AsWritten as _, BorrowedBefore as _, BorrowedFirst as _, BothWays as _, CopiedFirst as _, CopiedFrom as _, CodecByInnerContainers as _, CodecByInnerMessages as _, CodecByInnerSerdes as _, CodecByMessage as _,
            CodecByMessages as _, CodecBySerde as _, CodecBySerdes as _, CodecBySharedContainers as _,
            CodecBySharedMessageContainers as _, CodecBySharedMessages as _, CodecBySharedSerdes as _,
            CodecByState as _, CodecOnThread as _, DropQuietly as _, DropsFields as _, DropsItself as _, EndsAsError as _, GivesBack as _,
            Guards as _, HasNoOwnDrop as _, HasOwnDrop as _, IntervalRefused as _, MovedApart as _, NoCodec as _, NotInFrame as _, NumberBefore as _, OneWay as _, QuietItself as _, ReferenceFirst as _,
            SaysItself as _, SaysNothingOfParts as _, SaysOfParts as _,
            Strip as _, StripNothing as _, TakenFromEntry as _, TakenFromIterator as _, TakenFromOption as _, TakenFromOther as _, TakenFromResult as _,
            TaskRefused as _,
            iterate::{
                BlockOfPasses as _, Collected as _, HashValues as _, HashValuesMut as _, OnePass as _, OtherValues as _, Uncollected as _,
            },
        };
        #edition
        #info
        #(#rebound)*
        #(#lent)*
        #(#handles)*
        #types
        loop {
            #suspended: {
                if __hicam_stack.must_decode(&__HICAM_INFO) { break #suspended; }
                let ::core::option::Option::Some(mut __hicam_pc) = __hicam_stack.enter(&__HICAM_INFO) else {
                    break #suspended;
                };
                #(#args)*
                let __hicam_value: #output = #code;
                return ::hicam::__private::Flow::Done(__hicam_value);
            }
            #(#codecs)*
            #(#copied)*
            #(#keeps)*
            #(#lasts)*
            #(#drops)*
            #(#trusts)*
            #judgements
            if let ::hicam::__private::Next::Suspended = __hicam_stack.close(&__HICAM_INFO) {
                return ::hicam::__private::Flow::Suspended;
            }
        }
    };
    let code = match open {
        Some(open) => quote!(#open { #code }),
        None => code,
    };
    Ok(quote! {
        #[doc(hidden)]
        #[allow(
            unused_labels, unused_mut, unused_variables, unused_assignments, unused_parens, unused_braces, unused_imports,
            unreachable_code, unused_must_use, dead_code, path_statements, redundant_semicolons, non_snake_case,
            private_interfaces, private_bounds, refining_impl_trait,
            clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction
        )]
        #header { #code }
    })
}

/// Whether a type names a lifetime.
fn may_borrow(ty: &Type) -> bool {
    struct Lifetimes(bool);
    impl<'ast> Visit<'ast> for Lifetimes {
        fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
            self.0 |= lifetime.ident != "static";
        }
    }
    let mut lifetimes = Lifetimes(false);
    lifetimes.visit_type(ty);
    lifetimes.0
}

/// The line of the first point, in the order of the source, at which a variable is alive.
fn first_point(body: &Body, live: &Liveness, var: VarId) -> u32 {
    let points = body.points.iter().zip(1..);
    let alive = points.filter(|&(_, point)| live.at_point(point, var));
    alive
        .map(|(point, _)| point.span.start().line as u32)
        .next()
        .unwrap_or_default()
}
