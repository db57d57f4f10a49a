//! What an annotated function becomes, apart from its body.
//!
//! ```text
//! pub async fn step(n: u64, acc: &mut u64) -> u64 { … }
//! ```
//! →
//! ```text
//! pub fn step<'h>(n: u64, acc: &'h mut u64) -> Call<__HicamFn_step<…>> { Call::new((Arg::Value(n), acc)) }
//! pub struct __HicamFn_step<Signature>(…);
//! impl<'h> Migratable for __HicamFn_step<fn(Arg<u64>, &'h mut u64) -> u64> { type Args = (Arg<u64>, &'h mut u64); … }
//! async fn __hicam_body_step(n: Arg<u64>, acc: &mut u64, stack: &mut Stack) -> Flow<u64> { … }
//! ```

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{
    Attribute, Block, GenericParam, Generics, Lifetime, ReturnType, Signature, Type, Visibility,
    parse_quote,
};

use crate::build::Parameter;
use crate::classify::{self, Class};
use crate::ir::{Body, VarKind};
use crate::liveness;
use crate::lower::{Lower, SUSPENDED, handle};
use crate::scope::{Builder, PointSet, is_primitive};
use crate::signature::{Param, check, name_types, params, receiver, self_mutable, type_name};

/// A function to transform.
pub(crate) struct Function<'f> {
    pub(crate) attrs: &'f [Attribute],
    pub(crate) vis: &'f Visibility,
    pub(crate) sig: &'f Signature,
    pub(crate) block: &'f Block,
    /// For methods: the type whose `impl` this is, and the `impl`'s generics.
    pub(crate) owner: Option<(&'f Type, &'f Generics)>,
    pub(crate) points: PointSet,
}

/// What a function becomes.
pub(crate) struct Expanded {
    /// The type that stands for the function.
    pub(crate) def: Ident,
    /// The function itself, under its own name: gives a call.
    pub(crate) constructor: TokenStream,
    /// The body, beside the constructor.
    pub(crate) body: TokenStream,
    /// Items for the module.
    pub(crate) items: TokenStream,
}
const LIFETIME: &str = "'__hicam";

pub(crate) fn expand(function: &Function<'_>) -> syn::Result<Expanded> {
    check(function)?;
    let sig = function.sig;
    let name = &sig.ident;
    let lifetime = Lifetime::new(LIFETIME, Span::call_site());
    let params = params(function, &lifetime);
    let receiver = receiver(function, &lifetime);
    let def = match function.owner {
        Some((owner, _)) => format_ident!("__HicamFn_{}_{}", type_name(owner), name),
        None => format_ident!("__HicamFn_{}", name),
    };
    let body_name = format_ident!("__hicam_body_{}", name);
    let output: Type = match &sig.output {
        ReturnType::Default => parse_quote!(()),
        ReturnType::Type(_, ty) => (**ty).clone(),
    };
    let named_output = name_types(
        output.clone(),
        function.owner.map(|(owner, _)| owner),
        &lifetime,
    );

    // The definition has the generics of the impl and of the function, and one lifetime for all elided ones.
    let mut generics = function
        .owner
        .map(|(_, generics)| generics.clone())
        .unwrap_or_default();
    generics.params.extend(sig.generics.params.iter().cloned());
    if let Some(clause) = &sig.generics.where_clause {
        generics
            .make_where_clause()
            .predicates
            .extend(clause.predicates.iter().cloned());
    }
    let outlives: Vec<syn::WherePredicate> = generics
        .params
        .iter()
        .filter_map(|param| match param {
            GenericParam::Lifetime(param) => {
                let longer = &param.lifetime;
                Some(parse_quote!(#longer: #lifetime))
            }
            GenericParam::Type(param) => {
                let ident = &param.ident;
                Some(parse_quote!(#ident: #lifetime))
            }
            GenericParam::Const(_) => None,
        })
        .collect();
    if !outlives.is_empty() {
        generics
            .make_where_clause()
            .predicates
            .extend(outlives.clone());
    }
    generics.params.insert(0, parse_quote!(#lifetime));
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let phantom = generics.params.iter().filter_map(|param| match param {
        GenericParam::Lifetime(param) => {
            let lifetime = &param.lifetime;
            Some(quote!(&#lifetime ()))
        }
        GenericParam::Type(param) => {
            let ident = &param.ident;
            Some(quote!(::core::marker::PhantomData<#ident>))
        }
        GenericParam::Const(_) => None,
    });

    let arg_types: Vec<TokenStream> = receiver
        .iter()
        .map(|(ty, _)| quote!(#ty))
        .chain(params.iter().map(Param::arg_type))
        .collect();
    let resume_types: Vec<TokenStream> = receiver
        .iter()
        .map(|(ty, _)| quote!(#ty))
        .chain(params.iter().map(Param::resume_type))
        .collect();
    let resume_idents: Vec<Ident> = (0..resume_types.len())
        .map(|at| format_ident!("__hicam_arg_{at}"))
        .collect();
    let references = receiver
        .iter()
        .map(|_| true)
        .chain(params.iter().map(|param| param.reference.is_some()));
    let resumed = references.zip(&resume_idents).map(|(reference, ident)| {
        if reference {
            quote!(#ident)
        } else {
            quote!({ let _ = #ident; ::hicam::__private::Arg::Resumed })
        }
    });
    let indices = (0..arg_types.len()).map(syn::Index::from);
    let type_args: Vec<_> = sig
        .generics
        .params
        .iter()
        .filter_map(|param| match param {
            GenericParam::Type(param) => Some(param.ident.to_token_stream()),
            GenericParam::Const(param) => Some(param.ident.to_token_stream()),
            GenericParam::Lifetime(_) => None,
        })
        .collect();
    let turbofish = (!type_args.is_empty()).then(|| quote!(::<#(#type_args),*>));
    let body_path = match function.owner {
        Some((owner, _)) => quote!(<#owner>::#body_name #turbofish),
        None => quote!(#body_name #turbofish),
    };
    let vis = function.vis;
    let vis_def = if matches!(vis, Visibility::Inherited) && function.owner.is_some() {
        quote!(pub(crate))
    } else {
        quote!(#vis)
    };
    let items = quote! {
        #[doc(hidden)]
        #[allow(non_camel_case_types, missing_docs, missing_debug_implementations, unreachable_pub, dead_code, clippy::all, clippy::pedantic)]
        #vis_def struct #def #impl_generics (::core::marker::PhantomData<fn() -> (#(#phantom,)*)>) #where_clause;

        #[allow(clippy::all, clippy::pedantic, unused_qualifications)]
        impl #impl_generics ::hicam::__private::Migratable for #def #ty_generics #where_clause {
            type Args = (#(#arg_types,)*);
            type Resumer = fn(#(#resume_types),*) -> ::core::option::Option<::hicam::__private::Call<Self>>;
            type Output = #named_output;
            type Plain = ::core::pin::Pin<::std::boxed::Box<
                dyn ::core::future::Future<Output = Self::Output> + ::core::marker::Send + #lifetime
            >>;
            fn plain(args: Self::Args) -> Self::Plain {
                ::std::boxed::Box::pin(::hicam::__private::plain::<Self>(args))
            }
            #[inline]
            fn resumer() -> Self::Resumer {
                |#(#resume_idents),*| ::core::option::Option::Some(::hicam::__private::Call::new((#(#resumed,)*)))
            }
            #[inline]
            fn run(
                args: Self::Args,
                stack: &mut ::hicam::__private::Stack,
            ) -> impl ::core::future::Future<Output = ::hicam::__private::Flow<Self::Output>> + ::core::marker::Send {
                #body_path(#(args.#indices,)* stack)
            }
        }
    };

    let constructor = constructor(
        function,
        &def,
        &params,
        receiver.is_some(),
        &lifetime,
        &ty_generics.to_token_stream(),
        &outlives,
    );
    let body = body(function, &body_name, &params, &output)?;
    Ok(Expanded {
        def,
        constructor,
        body,
        items,
    })
}

fn constructor(
    function: &Function<'_>,
    def: &Ident,
    params: &[Param],
    receiver: bool,
    lifetime: &Lifetime,
    ty_generics: &TokenStream,
    outlives: &[syn::WherePredicate],
) -> TokenStream {
    let Function {
        attrs, vis, sig, ..
    } = function;
    let name = &sig.ident;
    let mut generics = sig.generics.clone();
    generics.params.insert(0, parse_quote!(#lifetime));
    if !outlives.is_empty() {
        // Those of the `impl` are bounded here too, because the call names them.
        generics
            .make_where_clause()
            .predicates
            .extend(outlives.iter().cloned());
    }
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let self_param = receiver.then(|| match self_mutable(sig) {
        Some(true) => quote!(&#lifetime mut self,),
        _ => quote!(&#lifetime self,),
    });
    let idents: Vec<_> = params.iter().map(|param| &param.ident).collect();
    let types: Vec<_> = params.iter().map(|param| &param.ty).collect();
    let args = params.iter().map(|param| {
        let ident = &param.ident;
        if param.reference.is_some() {
            quote!(#ident)
        } else {
            quote!(::hicam::__private::Arg::Value(#ident))
        }
    });
    let self_arg = receiver.then(|| quote!(self,));
    quote! {
        #(#attrs)*
        #[allow(clippy::needless_lifetimes, clippy::extra_unused_lifetimes, clippy::multiple_bound_locations, private_interfaces)]
        #vis fn #name #impl_generics (#self_param #(#idents: #types),*) -> ::hicam::__private::Call<#def #ty_generics> #where_clause {
            ::hicam::__private::Call::new((#self_arg #(#args,)*))
        }
    }
}

fn body(
    function: &Function<'_>,
    name: &Ident,
    params: &[Param],
    output: &Type,
) -> syn::Result<TokenStream> {
    let sig = function.sig;
    let mut builder = Builder::new(function.points);
    builder.self_mutable = self_mutable(sig);
    let mut by_value = Vec::new();
    let mut fx = Vec::new();
    for (at, param) in params.iter().enumerate() {
        match param.reference {
            Some(mutable) => {
                for binding in crate::patterns::bindings(&param.pat) {
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
            }),
        }
    }
    let body = builder.body(by_value, sig.ident.span(), function.block.clone())?;
    let live = liveness::analyse(&body);
    let classes = classify::classify(&body, &live);
    let mut lower = Lower::new(&body, &live, &classes);
    let code = lower.lower();
    let Lower { seen, errors, .. } = lower;
    errors.into_result()?;

    let captured: Vec<usize> = (0..body.vars.len())
        .filter(|&var| classes.of[var].is_captured())
        .collect();
    let handles = captured.iter().chain(&seen).map(|&var| {
        let (handle, name, id) = (handle(var), &body.vars[var].name, var as u16);
        quote!(let #handle = ::hicam::__private::Var::new(#id, #name);)
    });
    // With the variable's span, so that what rustc says of its type points there.
    let codecs = captured.iter().map(|&var| {
        let (handle, span) = (
            handle(var),
            body.vars[var].ident.span().resolved_at(Span::call_site()),
        );
        quote_spanned!(span=> __hicam_stack.local(&#handle, (&&&&&&#handle.probe()).codec());)
    });
    let drops = seen.iter().map(|&var| {
        let (handle, span) = (
            handle(var),
            body.vars[var].ident.span().resolved_at(Span::call_site()),
        );
        quote_spanned!(span=> (&&&&&&#handle.probe()).drop_early();)
    });
    debug_assert!(
        classes
            .of
            .iter()
            .all(|class| *class != Class::Free || !class.is_captured())
    );

    // The body may be entered more than once: references are borrowed again, values are in the frame by then.
    let args = params.iter().enumerate().map(|(at, param)| {
        let given = format_ident!("__hicam_arg_{at}");
        let (pat, ty) = (&param.pat, &param.own_ty);
        match param.reference {
            Some(true) => quote!(let #pat: #ty = &mut *#given;),
            Some(false) => quote!(let #pat: #ty = #given;),
            None => quote!(let #given = ::core::mem::replace(&mut #given, ::hicam::__private::Arg::Resumed);),
        }
    });
    let given: Vec<_> = (0..params.len())
        .map(|at| format_ident!("__hicam_arg_{at}"))
        .collect();
    let types = params.iter().map(|param| {
        let ty = &param.own_ty;
        if param.reference.is_some() {
            quote!(#ty)
        } else {
            quote!(::hicam::__private::Arg<#ty>)
        }
    });
    let self_param = sig.receiver().map(|receiver| quote!(#receiver,));
    let (impl_generics, _, where_clause) = sig.generics.split_for_impl();
    let info = info(function, &body);
    let suspended = Lifetime::new(SUSPENDED, Span::call_site());
    // Frames of the same program are told apart by name; a frame is restored into the same source only.
    Ok(quote! {
        #[doc(hidden)]
        #[allow(
            unused_labels, unused_mut, unused_variables, unused_assignments, unused_parens, unused_braces, unused_imports,
            unreachable_code, unused_must_use, dead_code, path_statements, redundant_semicolons, non_snake_case,
            clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction
        )]
        async fn #name #impl_generics (
            #self_param
            #(mut #given: #types,)*
            __hicam_stack: &mut ::hicam::__private::Stack,
        ) -> ::hicam::__private::Flow<#output> #where_clause {
            use ::hicam::__private::{
                CodecByMessage as _, CodecByMessages as _, CodecBySerde as _, CodecBySerdes as _, CodecByState as _, NoCodec as _,
                iterate::{BlockOfPasses as _, Collected as _, OnePass as _, Uncollected as _},
            };
            #info
            #(#handles)*
            loop {
                #suspended: {
                    if __hicam_stack.must_decode() { break #suspended; }
                    let ::core::option::Option::Some(mut __hicam_pc) = __hicam_stack.enter(&__HICAM_INFO) else {
                        break #suspended;
                    };
                    #(#args)*
                    let __hicam_value: #output = #code;
                    return ::hicam::__private::Flow::Done(__hicam_value);
                }
                #(#codecs)*
                #(#drops)*
                if let ::hicam::__private::Next::Suspended = __hicam_stack.close(&__HICAM_INFO) {
                    return ::hicam::__private::Flow::Suspended;
                }
            }
        }
    })
}

fn info(function: &Function<'_>, body: &Body) -> TokenStream {
    let name = match function.owner {
        Some((owner, _)) => format!("{}::{}", type_name(owner), function.sig.ident),
        None => function.sig.ident.to_string(),
    };
    let fingerprint = fingerprint(function);
    let points = body.points.iter().map(|point| {
        let start = point.span.start();
        let (line, column, kind) = (start.line as u32, start.column as u32 + 1, point.kind.ident());
        quote!(::hicam::__private::PointInfo { line: #line, column: #column, kind: ::hicam::__private::PointKind::#kind })
    });
    quote! {
        static __HICAM_INFO: ::hicam::__private::FnInfo = ::hicam::__private::FnInfo {
            name: ::core::concat!(::core::module_path!(), "::", #name),
            file: ::core::file!(),
            fingerprint: #fingerprint,
            points: &[#(#points),*],
        };
    }
}

/// FNV-1a over the function's tokens: the same for the same source, whatever its layout and the compiler's version.
fn fingerprint(function: &Function<'_>) -> u64 {
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
    mix(function.sig.to_token_stream(), &mut hash);
    mix(function.block.to_token_stream(), &mut hash);
    hash
}

/// The user's item again, next to the errors: one mistake gives one message, and the editor keeps working.
pub(crate) fn with_errors(item: impl ToTokens, error: syn::Error) -> TokenStream {
    let error = error.into_compile_error();
    quote!(#item #error)
}
