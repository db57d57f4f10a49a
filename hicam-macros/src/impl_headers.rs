//! The header of an `impl`: its elided lifetimes get names, since what is generated outside of it names them too.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Generics, ItemImpl, Lifetime, Type, TypeReference, parse_quote};

use crate::signature::mentions;

/// How the names begin.
const ELIDED: &str = "__hicam_impl_";

/// `impl Show for Page<'_>` → `impl<'__hicam_impl_0> Show for Page<'__hicam_impl_0>`
pub(crate) fn name_lifetimes(item: &mut ItemImpl) {
    let mut namer = Namer { made: Vec::new() };
    if let Some((path, _)) = &mut item.trait_ {
        namer.visit_path_mut(path);
    }
    namer.visit_type_mut(&mut item.self_ty);
    for (at, lifetime) in namer.made.into_iter().enumerate() {
        item.generics.params.insert(at, parse_quote!(#lifetime));
    }
}

/// Gives each elided lifetime a name of its own.
struct Namer {
    made: Vec<Lifetime>,
}

impl Namer {
    fn fresh(&mut self) -> Lifetime {
        let name = format!("'{ELIDED}{}", self.made.len());
        let lifetime = Lifetime::new(&name, Span::call_site());
        self.made.push(lifetime.clone());
        lifetime
    }
}

impl VisitMut for Namer {
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        if reference.lifetime.is_none() {
            reference.lifetime = Some(self.fresh());
        }
        visit_mut::visit_type_reference_mut(self, reference);
    }
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident == "_" {
            *lifetime = self.fresh();
        }
    }
    // In the signature of a function, elided lifetimes are its own.
    fn visit_type_fn_ptr_mut(&mut self, _: &mut syn::TypeFnPtr) {}
    fn visit_parenthesized_generic_arguments_mut(
        &mut self,
        _: &mut syn::ParenthesizedGenericArguments,
    ) {
    }
}

/// A header's tokens without the names that [`name_lifetimes`] has made: as the user wrote them.
pub(crate) fn as_written(tokens: TokenStream) -> TokenStream {
    let mut written: Vec<TokenTree> = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Ident(ident) if ident.to_string().starts_with(ELIDED) => {
                let mut before = written.iter().rev().skip(1);
                if matches!(before.next(), Some(TokenTree::Punct(punct)) if punct.as_char() == '&')
                {
                    written.pop();
                } else {
                    written.push(Ident::new("_", ident.span()).into());
                }
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), as_written(group.stream()));
                inner.set_span(group.span());
                written.push(inner.into());
            }
            token => written.push(token),
        }
    }
    written.into_iter().collect()
}

/// A type with `lifetime` for each of its lifetimes.
pub(crate) fn with_lifetime(mut ty: Type, lifetime: &str) -> Type {
    struct Put<'l>(&'l str);
    impl VisitMut for Put<'_> {
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            *lifetime = Lifetime::new(self.0, lifetime.span());
        }
        fn visit_type_fn_ptr_mut(&mut self, _: &mut syn::TypeFnPtr) {}
    }
    Put(lifetime).visit_type_mut(&mut ty);
    ty
}

/// Whether a type names a lifetime of an `impl`.
pub(crate) fn names_lifetime(ty: &Type, generics: &Generics) -> bool {
    let tokens = ty.to_token_stream();
    generics
        .lifetimes()
        .any(|param| mentions(&tokens, &param.lifetime.ident))
}
