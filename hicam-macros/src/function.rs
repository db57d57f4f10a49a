//! What an annotated function becomes: a constructor of calls, the type that stands for it (`definition`), and its body (`body`).
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

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{
    Attribute, Block, FnArg, Generics, Path, ReceiverKind, ReturnType, Signature, Type, Visibility,
    parse_quote,
};

use crate::body::body;
use crate::definition::Definition;
use crate::evolution::Evolution;
use crate::impl_headers::as_written;
use crate::rename::lower_parameters;
use crate::scope::PointSet;
use crate::signature::{Param, check, elided, mentions, named_impls, params, type_name};

/// Where a function stands.
#[derive(Clone, Copy)]
pub(crate) enum Owner<'f> {
    /// In a module.
    None,
    /// In an `impl` of a type, with the `impl`'s generics.
    Inherent(&'f Type, &'f Generics),
    /// In an `impl` of a trait, with the `impl`'s generics.
    TraitImpl(&'f Type, &'f Path, &'f Generics),
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
            Owner::Inherent(ty, _) | Owner::TraitImpl(ty, ..) => Some(ty),
        }
    }

    /// As frames name it.
    pub(crate) fn name(&self) -> String {
        let own = &self.sig.ident;
        match self.owner {
            Owner::None => own.to_string(),
            Owner::Inherent(ty, _) => format!("{}::{own}", type_name(ty)),
            Owner::TraitImpl(ty, path, _) => {
                let path = as_written(path.to_token_stream());
                format!("<{} as {path}>::{own}", type_name(ty))
            }
            Owner::Trait(name, _) => format!("{name}::{own}"),
        }
    }

    /// What a method of a trait demands of `Self`, beside the trait: its future is sent between threads. It holds a shared
    /// `Self` if the method takes one, or if the method has a body that may borrow its own.
    pub(crate) fn self_bounds(&self) -> TokenStream {
        let own = format_ident!("Self");
        let shared = self.sig.inputs.iter().any(|input| match input {
            FnArg::Receiver(receiver) => match &receiver.kind {
                ReceiverKind::Reference(_, _, mutability) => mutability.is_none(),
                ReceiverKind::Typed(_, ty) => **ty != parse_quote!(Self),
                _ => false,
            },
            FnArg::Typed(param) => mentions(&param.ty.to_token_stream(), &own),
        });
        let body = self.block.to_token_stream();
        let may_share = mentions(&body, &format_ident!("self")) || mentions(&body, &own);
        let sync = (shared || may_share).then(|| quote!(+ ::core::marker::Sync));
        quote!(::core::marker::Send #sync)
    }

    pub(crate) fn body_name(&self) -> Ident {
        format_ident!("__hicam_body_{}", self.sig.ident)
    }
}

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
    let (sig, block) = lower_parameters(&named_impls(function.sig), function.block);
    let function = &Function {
        block: &block,
        ..*function
    };
    let sig = &sig;
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
pub(crate) fn body_signature(
    function: &Function<'_>,
    sig: &Signature,
    params: &[Param],
) -> TokenStream {
    let name = function.body_name();
    let declared = params.iter().enumerate().map(|(at, param)| {
        if param.is_borrowed_self() {
            let receiver = sig.receiver();
            return quote!(#receiver);
        }
        let (given, ty) = (param.given(at), &param.own_ty);
        if param.reference.is_some() {
            quote!(#given: #ty)
        } else {
            quote!(#given: ::hicam::__private::Arg<#ty>)
        }
    });
    let (impl_generics, _, where_clause) = sig.generics.split_for_impl();
    let sync = matches!(function.owner, Owner::Trait(..)).then(|| {
        let predicates = where_clause.map(|clause| &clause.predicates);
        let bounds = function.self_bounds();
        quote!(where Self: ::core::marker::Sized + #bounds, #predicates)
    });
    let where_clause = sync.unwrap_or_else(|| where_clause.to_token_stream());
    quote!(fn #name #impl_generics (#(#declared,)* __hicam_stack: &mut ::hicam::__private::Stack) #where_clause)
}

/// A function's output stands before its `where` clause.
pub(crate) fn split_clause(signature: TokenStream) -> (TokenStream, TokenStream) {
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

/// The user's item again, next to the errors: one mistake gives one message, and the editor keeps working.
pub(crate) fn with_errors(item: impl ToTokens, error: syn::Error) -> TokenStream {
    let error = error.into_compile_error();
    quote!(#item #error)
}
