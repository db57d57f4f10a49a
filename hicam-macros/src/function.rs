//! What an annotated function becomes: a constructor of calls, the type that stands for it (`definition`), and its body.
//!
//! ```text
//! pub async fn step(n: u64, acc: &mut u64) -> u64 { … }
//! ```
//! →
//! ```text
//! pub fn step<'h>(n: u64, acc: &'h mut u64) -> Call<__HicamFn_step<…>, (Arg<u64>, &'h mut u64)> { Call::new((Arg::Value(n), acc)) }
//! pub struct __HicamFn_step<'h, Types>(…);
//! impl<'h> Migratable for __HicamFn_step<'h, fn(*const u64)> { type Args = (Arg<u64>, &'h mut u64); … }
//! async fn __hicam_body_step(n: Arg<u64>, acc: &mut u64, stack: &mut Stack) -> Flow<u64> { … }
//! ```

use std::collections::BTreeSet;

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::visit::Visit;
use syn::{
    Attribute, Block, Generics, Lifetime, Path, ReturnType, Signature, Type, TypeParamBound,
    Visibility, WherePredicate, parse_quote,
};

use crate::build::Parameter;
use crate::classify::{self, Class, Classes};
use crate::definition::Definition;
use crate::effects::TAKEN_AGAIN;
use crate::evolution::Evolution;
use crate::ir::{Body, PointKind, VarId, VarKind};
use crate::liveness::{self, Liveness};
use crate::lower::{Lower, SUSPENDED, handle, handle_at, variable_span};
use crate::scope::{Builder, PointSet, is_primitive};
use crate::signature::{
    Param, check, elided, mentions, named_impls, params, rename_self, self_mutable, type_name,
};

/// Where a function stands.
#[derive(Clone, Copy)]
pub(crate) enum Owner<'f> {
    /// In a module.
    None,
    /// In an `impl` of a type, with the `impl`'s generics.
    Inherent(&'f Type, &'f Generics),
    /// In an `impl` of a trait.
    TraitImpl(&'f Type, &'f Path),
    /// In a trait.
    Trait(&'f Ident, &'f Generics),
}

/// A function to transform.
pub(crate) struct Function<'f> {
    pub(crate) attrs: &'f [Attribute],
    pub(crate) vis: &'f Visibility,
    pub(crate) sig: &'f Signature,
    pub(crate) block: &'f Block,
    pub(crate) owner: Owner<'f>,
    pub(crate) points: PointSet,
    pub(crate) evolution: &'f Evolution,
}

impl Function<'_> {
    /// What `Self` is in the definition; in a trait, a type parameter of it.
    pub(crate) fn self_type(&self) -> Option<&Type> {
        match self.owner {
            Owner::None | Owner::Trait(..) => None,
            Owner::Inherent(ty, _) | Owner::TraitImpl(ty, _) => Some(ty),
        }
    }

    /// As frames name it.
    pub(crate) fn name(&self) -> String {
        let own = &self.sig.ident;
        match self.owner {
            Owner::None => own.to_string(),
            Owner::Inherent(ty, _) => format!("{}::{own}", type_name(ty)),
            Owner::TraitImpl(ty, path) => {
                format!("<{} as {}>::{own}", type_name(ty), path.to_token_stream())
            }
            Owner::Trait(name, _) => format!("{name}::{own}"),
        }
    }

    pub(crate) fn body_name(&self) -> Ident {
        format_ident!("__hicam_body_{}", self.sig.ident)
    }
}

/// How deep a variable is split into parts that are moved one by one.
const MOST_PARTS: usize = 4;

/// What a function becomes.
pub(crate) struct Expanded {
    /// The type that stands for the function, with [`elided`] for its elided lifetimes.
    pub(crate) def: TokenStream,
    /// The function itself, under its own name: gives a call.
    pub(crate) constructor: TokenStream,
    /// The body, beside the constructor.
    pub(crate) body: TokenStream,
    /// Items for the module.
    pub(crate) items: TokenStream,
}

pub(crate) fn expand(function: &Function<'_>) -> syn::Result<Expanded> {
    check(function)?;
    let sig = &named_impls(function.sig);
    let lifetime = elided();
    let params = params(function, sig, &lifetime);
    let body = body(function, sig, &params)?;
    let definition = Definition::new(function, sig, &params);
    Ok(Expanded {
        def: definition.ty.clone(),
        constructor: definition.constructor(&params),
        items: definition.items(&params),
        body,
    })
}

/// A trait's method without a default body.
pub(crate) fn declare(function: &Function<'_>) -> syn::Result<Expanded> {
    check(function)?;
    let sig = &named_impls(function.sig);
    let params = params(function, sig, &elided());
    let definition = Definition::new(function, sig, &params);
    let signature = body_signature(function, sig, &params);
    let output = output(sig);
    let (before, clause) = split_clause(signature);
    Ok(Expanded {
        def: definition.ty.clone(),
        constructor: definition.constructor(&params),
        items: definition.items(&params),
        body: quote! {
            #[doc(hidden)]
            #before -> impl ::core::future::Future<Output = ::hicam::__private::Flow<#output>> + ::core::marker::Send
            #clause;
        },
    })
}

pub(crate) fn output(sig: &Signature) -> Type {
    match &sig.output {
        ReturnType::Default => parse_quote!(()),
        ReturnType::Type(_, ty) => (**ty).clone(),
    }
}

/// `fn __hicam_body_step(n: Arg<u64>, acc: &mut u64, stack: &mut Stack)`
fn body_signature(function: &Function<'_>, sig: &Signature, params: &[Param]) -> TokenStream {
    let name = function.body_name();
    let declared = params.iter().enumerate().map(|(at, param)| {
        if param.is_borrowed_self() {
            let receiver = sig.receiver();
            return quote!(#receiver);
        }
        let (given, ty) = (format_ident!("__hicam_arg_{at}"), &param.own_ty);
        if param.reference.is_some() {
            quote!(#given: #ty)
        } else {
            quote!(#given: ::hicam::__private::Arg<#ty>)
        }
    });
    let (impl_generics, _, where_clause) = sig.generics.split_for_impl();
    let sync = matches!(function.owner, Owner::Trait(..)).then(|| {
        let predicates = where_clause.map(|clause| &clause.predicates);
        quote!(where Self: ::core::marker::Sized + ::core::marker::Send + ::core::marker::Sync, #predicates)
    });
    let where_clause = sync.unwrap_or_else(|| where_clause.to_token_stream());
    quote!(fn #name #impl_generics (#(#declared,)* __hicam_stack: &mut ::hicam::__private::Stack) #where_clause)
}

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

fn body(function: &Function<'_>, sig: &Signature, params: &[Param]) -> syn::Result<TokenStream> {
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
    let (classes, code, seen, kept) = loop {
        let classes = classify::classify(&body, &live, &whole);
        let mut lower = Lower::new(&body, &live, &classes);
        let code = lower.lower();
        let Lower {
            seen,
            kept,
            roots,
            errors,
            ..
        } = lower;
        if roots.is_subset(&whole) {
            errors.into_result()?;
            break (classes, code, seen, kept);
        }
        whole.extend(roots);
    };

    let captured: Vec<usize> = (0..body.vars.len())
        .filter(|&var| classes.of[var].is_captured())
        .collect();
    let handles = captured.iter().chain(&seen).chain(&kept).map(|&var| {
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
    let drops = seen.iter().map(|&var| {
        let (handle, span) = (handle(var), variable_span(&body, var));
        quote_spanned!(span=>
            (&&&&&&&&&&&&&&&#handle.probe()).drop_early();
            (&&&(&(&(&#handle.probe()).strip()).strip()).strip()).drops_itself();
        )
    });
    let keeps = kept.iter().map(|&var| {
        let (handle, span) = (handle(var), variable_span(&body, var));
        quote_spanned!(span=> (&&&&&&&&&&&&&&&#handle.probe()).kept(__hicam_stack, &#handle);)
    });
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
    let rebound = (0..params.len())
        .filter(|&at| !params[at].is_borrowed_self())
        .map(|at| format_ident!("__hicam_arg_{at}"));
    let signature = body_signature(function, sig, params);
    let info = info(function, &body, &live, &classes, &kept);
    let suspended = Lifetime::new(SUSPENDED, Span::call_site());
    let (before, clause) = split_clause(signature);
    let (header, open) = match function.owner {
        // In a trait the future must be known to be `Send`.
        Owner::Trait(..) => (
            quote! {
                #before -> impl ::core::future::Future<Output = ::hicam::__private::Flow<#output>> + ::core::marker::Send
                #clause
            },
            Some(quote!(async move)),
        ),
        _ => (
            quote!(async #before -> ::hicam::__private::Flow<#output> #clause),
            None,
        ),
    };
    // Frames of the same program are told apart by name; a frame is restored into the same source only.
    let code = quote! {
        use ::hicam::__private::{
            AsMade as _, AsWritten as _, CodecByInnerContainers as _, CodecByInnerMessages as _, CodecByInnerSerdes as _, CodecByMessage as _,
            CodecByMessages as _, CodecBySerde as _, CodecBySerdes as _, CodecBySharedContainers as _,
            CodecBySharedMessageContainers as _, CodecBySharedMessages as _, CodecBySharedSerdes as _,
            CodecByState as _, CodecOnThread as _, DropQuietly as _, DropsFields as _, DropsItself as _, IntervalRefused as _, NoCodec as _, NotInFrame as _, SaysItself as _,
            Strip as _, StripNothing as _, TaskRefused as _,
            iterate::{
                BlockOfPasses as _, Collected as _, HashValues as _, HashValuesMut as _, OnePass as _, OtherValues as _, Uncollected as _,
            },
        };
        #info
        #(let mut #rebound = #rebound;)*
        #(#lent)*
        #(#handles)*
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
            #(#drops)*
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

/// A function's output stands before its `where` clause.
fn split_clause(signature: TokenStream) -> (TokenStream, TokenStream) {
    let mut before = TokenStream::new();
    let mut clause = TokenStream::new();
    for token in signature {
        let starts = matches!(&token, TokenTree::Ident(ident) if ident == "where");
        if starts || !clause.is_empty() {
            clause.extend([token]);
        } else {
            before.extend([token]);
        }
    }
    (before, clause)
}

/// What the runtime is told of the function.
fn info(
    function: &Function<'_>,
    body: &Body,
    live: &Liveness,
    classes: &Classes,
    kept: &[VarId],
) -> TokenStream {
    let name = function.name();
    let fingerprint = fingerprint(function);
    let (aliases, upgrade) = (
        function.evolution.aliases(),
        function.evolution.upgrade(function),
    );
    let captured = (0..body.vars.len()).filter(|&var| classes.of[var].is_captured());
    let locals = captured.chain(kept.iter().copied()).map(|var| {
        let (id, name) = (var as u16, &body.vars[var].name);
        quote!((#id, #name))
    });
    let points = (1..).zip(&body.points).map(|(id, point)| {
        let start = point.span.start();
        let (line, column, kind) = (
            start.line as u32,
            start.column as u32 + 1,
            point.kind.ident(),
        );
        let name = &point.name;
        // A frame at this point has all of these, and of those that are kept what is captured for its drop. In a call, what was
        // passed to it may be there too: a reference to something static stays where it is, a receiver if it is borrowed.
        let captured = |var| matches!(classes.of[var], Class::Slot { captured: true });
        let needs = point.in_scope.iter().filter(|&&var| {
            classes.of[var] == Class::Direct
                || captured(var) && live.at_point(id, var) && !classes.owned_in.contains(&(id, var))
        });
        let needs = needs.map(|&var| var as u16);
        let passed = point.in_scope.iter().filter(|&&var| {
            let gone = !live.at_point(id, var) || classes.owned_in.contains(&(id, var));
            point.kind == PointKind::InCall && captured(var) && gone
        });
        let keeps = kept.iter().filter(|var| point.in_scope.contains(var));
        let keeps = keeps.chain(passed).map(|&var| var as u16);
        quote!(::hicam::__private::PointInfo {
            name: #name, line: #line, column: #column, kind: ::hicam::__private::PointKind::#kind,
            needs: &[#(#needs),*], keeps: &[#(#keeps),*],
        })
    });
    quote! {
        static __HICAM_INFO: ::hicam::__private::FnInfo = ::hicam::__private::FnInfo {
            name: ::core::concat!(::core::module_path!(), "::", #name),
            aliases: #aliases,
            file: ::core::file!(),
            fingerprint: #fingerprint,
            locals: &[#(#locals),*],
            points: &[#(#points),*],
            upgrade: #upgrade,
        };
    }
}

/// FNV-1a over the function's tokens but its name: the same for the same source, whatever its layout and the compiler's
/// version.
pub(crate) fn fingerprint(function: &Function<'_>) -> u64 {
    fn text(text: &str, hash: &mut u64) {
        for byte in text.bytes().chain([0]) {
            *hash = (*hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    fn mix(tokens: TokenStream, hash: &mut u64) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => {
                    text(&format!("{:?}", group.delimiter()), hash);
                    mix(group.stream(), hash);
                    text("end", hash);
                }
                token => text(&token.to_string(), hash),
            }
        }
    }
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let sig = Signature {
        ident: format_ident!("function"),
        ..function.sig.clone()
    };
    mix(sig.to_token_stream(), &mut hash);
    mix(function.block.to_token_stream(), &mut hash);
    hash
}

/// The user's item again, next to the errors: one mistake gives one message, and the editor keeps working.
pub(crate) fn with_errors(item: impl ToTokens, error: syn::Error) -> TokenStream {
    let error = error.into_compile_error();
    quote!(#item #error)
}
