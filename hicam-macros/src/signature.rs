//! A function's parameters and types: which are references, and every elided lifetime named.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::visit_mut::VisitMut;
use syn::{
    FnArg, GenericParam, Lifetime, Pat, ReceiverKind, ReturnType, Signature, Type, TypeReference,
    parse_quote,
};

use crate::errors::Errors;
use crate::function::Function;

/// A parameter, classified.
pub(crate) struct Param {
    /// What the constructor calls it.
    pub(crate) ident: Ident,
    pub(crate) pat: Pat,
    /// With every elided lifetime named.
    pub(crate) ty: Type,
    /// As the user wrote it.
    pub(crate) own_ty: Type,
    /// `Some(mutable)` for a reference.
    pub(crate) reference: Option<bool>,
}
impl Param {
    pub(crate) fn arg_type(&self) -> TokenStream {
        let ty = &self.ty;
        if self.reference.is_some() {
            quote!(#ty)
        } else {
            quote!(::hicam::__private::Arg<#ty>)
        }
    }
    pub(crate) fn resume_type(&self) -> TokenStream {
        let ty = &self.ty;
        if self.reference.is_some() {
            quote!(#ty)
        } else {
            quote!(::hicam::__private::Resumed)
        }
    }
}

pub(crate) fn check(function: &Function<'_>) -> syn::Result<()> {
    let sig = function.sig;
    let mut errors = Errors::default();
    if sig.asyncness.is_none() {
        errors.at(&sig.fn_token, "only an `async fn` can be migratable: a function without `.await` runs between two migration points");
    }
    if let Some(constness) = &sig.constness {
        errors.at(constness, "a `const` function cannot be migratable");
    }
    if let Some(abi) = &sig.abi {
        errors.at(abi, "an `extern` function cannot be migratable");
    }
    if let Some(variadic) = &sig.variadic {
        errors.at(variadic, "a variadic function cannot be migratable");
    }
    for param in &sig.generics.params {
        if let GenericParam::Const(param) = param {
            errors.at(
                param,
                "const generics are not supported in an annotated function",
            );
        }
    }
    if sig.inputs.len() > 12 {
        errors.at(
            &sig.inputs,
            "an annotated function has at most 12 parameters: group some into a struct",
        );
    }
    for input in &sig.inputs {
        match input {
            FnArg::Receiver(receiver) => match &receiver.kind {
                ReceiverKind::Reference(..) => {}
                _ => errors.at(receiver, "an annotated method takes `&self` or `&mut self`; other receivers are not supported"),
            },
            FnArg::Typed(param) => {
                if contains_impl(&param.ty) {
                    errors.at(&param.ty, "`impl Trait` parameters are not supported in an annotated function: use a type");
                }
            }
        }
    }
    if let ReturnType::Type(_, ty) = &sig.output
        && contains_impl(ty)
    {
        errors.at(
            ty,
            "an annotated function cannot return `impl Trait`: name the type",
        );
    }
    errors.into_result()
}

fn contains_impl(ty: &Type) -> bool {
    fn any(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => ident == "impl",
            TokenTree::Group(group) => any(group.stream()),
            _ => false,
        })
    }
    any(ty.to_token_stream())
}

pub(crate) fn self_mutable(sig: &Signature) -> Option<bool> {
    match &sig.receiver()?.kind {
        ReceiverKind::Reference(_, _, mutability) => Some(mutability.is_some()),
        _ => None,
    }
}

pub(crate) fn params(function: &Function<'_>, lifetime: &Lifetime) -> Vec<Param> {
    let owner = function.owner.map(|(owner, _)| owner);
    let typed = function.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(param) => Some(param),
        FnArg::Receiver(_) => None,
    });
    typed
        .enumerate()
        .map(|(at, param)| {
            let ident = match &*param.pat {
                Pat::Ident(pat) if pat.subpat.is_none() && pat.by_ref.is_none() => {
                    pat.ident.clone()
                }
                _ => format_ident!("__hicam_param_{at}"),
            };
            let reference = match &*param.ty {
                Type::Reference(reference) => Some(is_mutable(reference)),
                _ => None,
            };
            Param {
                ident,
                pat: (*param.pat).clone(),
                ty: name_types((*param.ty).clone(), owner, lifetime),
                own_ty: (*param.ty).clone(),
                reference,
            }
        })
        .collect()
}

fn is_mutable(reference: &TypeReference) -> bool {
    reference.mutability.is_some()
}

pub(crate) fn receiver(function: &Function<'_>, lifetime: &Lifetime) -> Option<(Type, bool)> {
    let (owner, _) = function.owner?;
    let mutable = self_mutable(function.sig)?;
    let ty = if mutable {
        parse_quote!(&#lifetime mut #owner)
    } else {
        parse_quote!(&#lifetime #owner)
    };
    Some((ty, mutable))
}

/// Names elided lifetimes, and `Self`.
pub(crate) fn name_types(mut ty: Type, owner: Option<&Type>, lifetime: &Lifetime) -> Type {
    Namer { owner, lifetime }.visit_type_mut(&mut ty);
    ty
}

struct Namer<'n> {
    owner: Option<&'n Type>,
    lifetime: &'n Lifetime,
}

impl VisitMut for Namer<'_> {
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        reference
            .lifetime
            .get_or_insert_with(|| self.lifetime.clone());
        syn::visit_mut::visit_type_reference_mut(self, reference);
    }
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident == "_" {
            *lifetime = self.lifetime.clone();
        }
    }
    // Elided lifetimes in a function pointer's or closure bound's own signature are its own.
    fn visit_type_fn_ptr_mut(&mut self, _: &mut syn::TypeFnPtr) {}
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let (Type::Path(path), Some(owner)) = (&*ty, self.owner)
            && path.qself.is_none()
            && path
                .path
                .segments
                .first()
                .is_some_and(|first| first.ident == "Self")
        {
            let rest: Vec<_> = path.path.segments.iter().skip(1).cloned().collect();
            *ty = if rest.is_empty() {
                owner.clone()
            } else {
                parse_quote!(<#owner>::#(#rest)::*)
            };
            return;
        }
        syn::visit_mut::visit_type_mut(self, ty);
    }
}

/// A type's last path segment, for making names.
pub(crate) fn type_name(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .map(|segment| segment.ident.to_string())
            .unwrap_or_default(),
        ty => {
            let text: String = ty.to_token_stream().to_string();
            text.chars().filter(|c| c.is_alphanumeric()).collect()
        }
    }
}
