//! A function's parameters and types: which are references, every elided lifetime named, `impl Trait` as a type
//! parameter, a receiver that is a value as a parameter like any other.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{
    FnArg, GenericParam, Generics, Lifetime, Pat, ReceiverKind, ReturnType, Signature, Type,
    TypeReference, parse_quote,
};

use crate::errors::Errors;
use crate::function::Function;
use crate::impl_headers::as_written;

/// How the type parameters begin that stand for `impl Trait`.
const IMPL: &str = "__HicamImpl";

/// What `self` is called in a body that owns it.
pub(crate) const OWN_SELF: &str = "__hicam_self";

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
    /// How the constructor declares it, if it is the receiver.
    pub(crate) receiver: Option<TokenStream>,
}

impl Param {
    /// What the body's parameter is called: a reference by the user's name, which the compiler says where it must not leave.
    pub(crate) fn given(&self, at: usize) -> Ident {
        match &self.pat {
            Pat::Ident(pat) if self.reference.is_some() => pat.ident.clone(),
            _ => format_ident!("__hicam_arg_{at}"),
        }
    }
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
    /// `&self` or `&mut self`, which stays the receiver of the body.
    pub(crate) fn is_borrowed_self(&self) -> bool {
        self.receiver.is_some() && self.ident == "self"
    }
}

pub(crate) fn check(function: &Function<'_>) -> syn::Result<()> {
    let sig = function.sig;
    let mut errors = Errors::default();
    if let Some(constness) = &sig.constness {
        errors.at(
            constness,
            "a `const` function cannot be migratable: take the attribute away, it runs between two migration points",
        );
    } else if sig.asyncness.is_none() {
        errors.at(
            &sig.fn_token,
            "only an `async fn` can be migratable: take the attribute away, a function without `.await` runs between two \
             migration points",
        );
    }
    if let syn::Safety::Unsafe(unsafety) = &sig.safety {
        errors.at(
            unsafety,
            "an `unsafe` function cannot be migratable, because its caller's promise may not hold in another process: make it \
             safe, with the `unsafe` block around the operation inside",
        );
    }
    if let Some(abi) = &sig.abi {
        errors.at(
            abi,
            "an `extern` function cannot be migratable: annotate an ordinary function, and call that from this one",
        );
    }
    if let Some(variadic) = &sig.variadic {
        errors.at(variadic, "a variadic function cannot be migratable");
    }
    if let Some(more) = sig.inputs.iter().nth(12) {
        errors.at(
            more,
            "an annotated function has at most 12 parameters: group some into a struct",
        );
    }
    if let ReturnType::Type(_, ty) = &sig.output
        && contains_impl(ty)
    {
        errors.at(
            ty,
            "an annotated function cannot return `impl Trait`, whose type its caller could not restore: name the type, or return \
             a `Vec`",
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

/// The signature with a type parameter for each `impl Trait`.
pub(crate) fn named_impls(sig: &Signature) -> Signature {
    let mut sig = sig.clone();
    let mut name = NameImpls { made: Vec::new() };
    for input in &mut sig.inputs {
        if let FnArg::Typed(param) = input {
            name.visit_type_mut(&mut param.ty);
        }
    }
    sig.generics.params.extend(name.made);
    name_output(&mut sig);
    sendable(&mut sig);
    sig
}

/// Puts a type parameter in the place of each `impl Trait`.
struct NameImpls {
    made: Vec<GenericParam>,
}

impl VisitMut for NameImpls {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        // Those inside of it first: `impl Iterator<Item = impl Display>`.
        visit_mut::visit_type_mut(self, ty);
        if let Type::ImplTrait(opaque) = ty {
            let (name, bounds) = (format_ident!("{IMPL}{}", self.made.len()), &opaque.bounds);
            self.made.push(parse_quote!(#name: #bounds));
            *ty = parse_quote!(#name);
        }
        // `&(impl A + B)`: no parentheses around a name.
        if let Type::Paren(paren) = ty
            && matches!(&*paren.elem, Type::Path(path) if path.path.get_ident().is_some_and(|ident| ident.to_string().starts_with(IMPL)))
        {
            *ty = (*paren.elem).clone();
        }
    }
}

/// Names the lifetime of a returned reference that is elided: the body has a parameter more, which elision would count.
fn name_output(sig: &mut Signature) {
    let lifetime = Lifetime::new("'__hicam_out", Span::call_site());
    let ReturnType::Type(_, output) = &mut sig.output else {
        return;
    };
    let named = name_types((**output).clone(), None, &lifetime);
    if named == **output
        || sig
            .inputs
            .iter()
            .any(|input| matches!(input, FnArg::Receiver(_)))
    {
        return;
    }
    **output = named;
    for input in &mut sig.inputs {
        if let FnArg::Typed(param) = input {
            *param.ty = name_types((*param.ty).clone(), None, &lifetime);
        }
    }
    sig.generics.params.insert(0, parse_quote!(#lifetime));
}

/// A handler's future is sent between threads, so what it holds must be fit for that.
fn sendable(sig: &mut Signature) {
    let types: Vec<Type> = sig
        .inputs
        .iter()
        .filter_map(|input| match input {
            FnArg::Typed(param) => Some((*param.ty).clone()),
            FnArg::Receiver(_) => None,
        })
        .collect();
    let mut bounds: Vec<syn::WherePredicate> = Vec::new();
    for param in sig.generics.type_params() {
        let ident = &param.ident;
        for ty in types
            .iter()
            .filter(|ty| mentions(&ty.to_token_stream(), ident))
        {
            bounds.push(match ty {
                Type::Reference(reference) if reference.mutability.is_none() => {
                    parse_quote!(#ident: ::core::marker::Sync)
                }
                _ => parse_quote!(#ident: ::core::marker::Send),
            });
        }
    }
    if !bounds.is_empty() {
        sig.generics.make_where_clause().predicates.extend(bounds);
    }
}

pub(crate) fn self_mutable(sig: &Signature) -> Option<bool> {
    match &sig.receiver()?.kind {
        ReceiverKind::Reference(_, _, mutability) => Some(mutability.is_some()),
        _ => None,
    }
}

pub(crate) fn params(function: &Function<'_>, sig: &Signature, lifetime: &Lifetime) -> Vec<Param> {
    sig.inputs
        .iter()
        .enumerate()
        .map(|(at, input)| match input {
            FnArg::Typed(param) => {
                let ident = match &*param.pat {
                    Pat::Ident(pat) if pat.subpat.is_none() && pat.by_ref.is_none() => {
                        pat.ident.clone()
                    }
                    _ => format_ident!("__hicam_param_{at}"),
                };
                typed(
                    function,
                    ident,
                    (*param.pat).clone(),
                    (*param.ty).clone(),
                    None,
                    lifetime,
                )
            }
            FnArg::Receiver(receiver) => self_param(function, receiver, lifetime),
        })
        .collect()
}

fn typed(
    function: &Function<'_>,
    ident: Ident,
    pat: Pat,
    own_ty: Type,
    receiver: Option<TokenStream>,
    lifetime: &Lifetime,
) -> Param {
    // A reference to something static is a value: it is captured by what it refers to.
    let reference = match &own_ty {
        Type::Reference(TypeReference {
            lifetime: Some(lifetime),
            ..
        }) if lifetime.ident == "static" => None,
        Type::Reference(reference) => Some(reference.mutability.is_some()),
        _ => None,
    };
    Param {
        ident,
        pat,
        ty: name_types(own_ty.clone(), function.self_type(), lifetime),
        own_ty,
        reference,
        receiver,
    }
}

fn self_param(function: &Function<'_>, receiver: &syn::Receiver, lifetime: &Lifetime) -> Param {
    let ident = Ident::new("self", receiver.self_token.span);
    let own = Ident::new(OWN_SELF, receiver.self_token.span);
    let owned = |ty: Type| {
        let pat = if receiver.mutability.is_some() {
            parse_quote!(mut #own)
        } else {
            parse_quote!(#own)
        };
        let named = name_types(ty.clone(), function.self_type(), lifetime);
        let mut param = typed(
            function,
            own.clone(),
            pat,
            ty,
            Some(quote!(self: #named)),
            lifetime,
        );
        param.receiver = Some(quote!(self: #named));
        param
    };
    match &receiver.kind {
        ReceiverKind::Reference(_, own, _) => {
            let lifetime = own.as_ref().unwrap_or(lifetime);
            let (ty, declared): (Type, _) = if self_mutable(function.sig) == Some(true) {
                (
                    parse_quote!(&#lifetime mut Self),
                    quote!(&#lifetime mut self),
                )
            } else {
                (parse_quote!(&#lifetime Self), quote!(&#lifetime self))
            };
            let pat = parse_quote!(__hicam_unused);
            typed(function, ident, pat, ty, Some(declared), lifetime)
        }
        ReceiverKind::Typed(_, ty) => owned((**ty).clone()),
        _ => owned(parse_quote!(Self)),
    }
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

/// The bounds that a reference in a signature implies: `T: 'a` for `&'a [T]`, `'b: 'a` for `&'a Page<'b>`.
pub(crate) fn implied_bounds<'t>(
    types: impl Iterator<Item = &'t Type>,
    generics: &Generics,
) -> Vec<syn::WherePredicate> {
    struct Find<'g> {
        generics: &'g Generics,
        found: Vec<syn::WherePredicate>,
    }
    impl<'ast> syn::visit::Visit<'ast> for Find<'_> {
        fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
            if let Some(lifetime) = &reference.lifetime {
                let elem = reference.elem.to_token_stream();
                for param in self.generics.type_params() {
                    if mentions(&elem, &param.ident) {
                        let ident = &param.ident;
                        self.found.push(parse_quote!(#ident: #lifetime));
                    }
                }
                for param in self.generics.lifetimes() {
                    let longer = &param.lifetime;
                    if longer != lifetime && mentions(&elem, &longer.ident) {
                        self.found.push(parse_quote!(#longer: #lifetime));
                    }
                }
            }
            syn::visit::visit_type_reference(self, reference);
        }
    }
    let mut find = Find {
        generics,
        found: Vec::new(),
    };
    types.for_each(|ty| syn::visit::Visit::visit_type(&mut find, ty));
    find.found
}

pub(crate) fn mentions(tokens: &TokenStream, name: &Ident) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => mentions(&group.stream(), name),
        _ => false,
    })
}

/// A body that owns `self` calls it otherwise, because `self` can be a parameter only.
pub(crate) fn rename_self(tokens: TokenStream) -> TokenStream {
    let mut renamed = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        renamed.push(match token {
            TokenTree::Ident(ident) if ident == "self" => {
                let path = matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
                if path {
                    TokenTree::Ident(ident)
                } else {
                    TokenTree::Ident(Ident::new(OWN_SELF, ident.span()))
                }
            }
            TokenTree::Group(group) => {
                let mut inner =
                    proc_macro2::Group::new(group.delimiter(), rename_self(group.stream()));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            token => token,
        });
    }
    renamed.into_iter().collect()
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
            let text: String = as_written(ty.to_token_stream()).to_string();
            text.chars().filter(|c| c.is_alphanumeric()).collect()
        }
    }
}

/// The lifetime that stands for all elided ones.
pub(crate) fn elided() -> Lifetime {
    Lifetime::new("'__hicam", Span::call_site())
}
