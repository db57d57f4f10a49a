//! The type that stands for an annotated function, and the function itself under its own name, which gives a call.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::visit::Visit;
use syn::{
    GenericParam, Generics, Lifetime, Signature, Type, Visibility, WherePredicate, parse_quote,
};

use crate::function::{Function, Owner, output};
use crate::impl_headers::with_lifetime;
use crate::info::fingerprint;
use crate::signature::{Param, elided, implied_bounds, mentions, name_types, type_name};

/// The type that stands for a function. It names the types of the signature, so that it is as private as they are, each
/// lifetime once, because futures are checked to be `Send` without regard to which lifetimes are the same.
/// ```text
/// pub struct __HicamFn_step<'h, Types>(…);
/// impl<'h> Migratable for __HicamFn_step<'h, fn(*const u64)> { … }
/// ```
pub(crate) struct Definition<'f> {
    function: &'f Function<'f>,
    sig: &'f Signature,
    name: Ident,
    /// With its arguments.
    pub(crate) ty: TokenStream,
    generics: Generics,
    /// The lifetimes that its last type parameter names.
    told: Vec<Lifetime>,
    output: Type,
}

impl<'f> Definition<'f> {
    pub(crate) fn new(function: &'f Function<'f>, sig: &'f Signature, params: &[Param]) -> Self {
        let lifetime = elided();
        let name = match function.owner {
            Owner::None => format_ident!("__HicamFn_{}", sig.ident),
            Owner::Inherent(ty, _) | Owner::TraitImpl(ty, ..) => {
                format_ident!("__HicamFn_{}_{}", type_name(ty), sig.ident)
            }
            Owner::Trait(name, _) => format_ident!("__HicamFn_{}_{}", name, sig.ident),
        };
        let output = name_types(output(sig), function.self_type(), &lifetime);
        // The definition has the generics of the impl and of the function, and one lifetime for all elided ones.
        let mut generics = match function.owner {
            Owner::Inherent(_, generics) => generics.clone(),
            Owner::Trait(name, generics) => {
                let (_, arguments, _) = generics.split_for_impl();
                let (bounds, mut generics) = (function.self_bounds(), generics.clone());
                generics
                    .params
                    .push(parse_quote!(Self_: #name #arguments + #bounds));
                generics
            }
            Owner::None | Owner::TraitImpl(..) => Generics::default(),
        };
        generics.params.extend(sig.generics.params.iter().cloned());
        if let Some(clause) = &sig.generics.where_clause {
            let predicates = clause.predicates.iter().cloned();
            generics.make_where_clause().predicates.extend(predicates);
        }
        let types = params.iter().map(|param| &param.ty).chain([&output]);
        let mut bounds = implied_bounds(types, &generics);
        bounds.extend(outlives(&generics, &lifetime));
        if !bounds.is_empty() {
            generics.make_where_clause().predicates.extend(bounds);
        }
        // What is elided lasts as long as the call: that parameters outlive it is said above.
        let mut told = vec![lifetime.clone(), Lifetime::new("'static", lifetime.span())];
        let types = params.iter().map(|param| &param.ty).chain([&output]);
        let named: Vec<Type> = types
            .filter_map(|ty| nameable(ty, &generics, &mut told))
            .collect();
        generics.params.insert(0, parse_quote!(#lifetime));
        let told = told.split_off(2);
        let own: Vec<TokenStream> = generics
            .params
            .iter()
            .filter(|param| match param {
                GenericParam::Lifetime(param) => !told.contains(&param.lifetime),
                GenericParam::Type(_) => true,
                GenericParam::Const(_) => false,
            })
            .map(|param| match param {
                GenericParam::Lifetime(param) => param.lifetime.to_token_stream(),
                GenericParam::Type(param) => param.ident.to_token_stream(),
                GenericParam::Const(param) => param.ident.to_token_stream(),
            })
            .collect();
        let consts = generics
            .const_params()
            .map(|param| param.ident.to_token_stream());
        let ty = quote!(#name<#(#own,)* fn(#(*const #named),*), #(#consts,)*>);
        let output = match function.owner {
            Owner::Trait(..) => {
                syn::parse2(rename(output.to_token_stream(), "Self", "Self_")).unwrap_or(output)
            }
            _ => output,
        };
        Definition {
            function,
            sig,
            name,
            ty,
            generics,
            told,
            output,
        }
    }

    /// In a trait, `Self` of the definition is a type parameter.
    fn own(&self, tokens: TokenStream) -> TokenStream {
        match self.function.owner {
            Owner::Trait(..) => rename(tokens, "Self", "Self_"),
            _ => tokens,
        }
    }

    pub(crate) fn items(&self, params: &[Param]) -> TokenStream {
        let Definition {
            function,
            sig,
            name,
            ty,
            generics,
            told,
            output,
        } = self;
        let lifetime = elided();
        let args = params.iter().map(|param| self.own(param.arg_type()));
        let resumes: Vec<_> = params
            .iter()
            .map(|param| self.own(param.resume_type()))
            .collect();
        let idents: Vec<Ident> = (0..params.len())
            .map(|at| format_ident!("__hicam_arg_{at}"))
            .collect();
        let resumed = params.iter().zip(&idents).map(|(param, ident)| {
            if param.reference.is_some() {
                quote!(#ident)
            } else {
                quote!({ let _ = #ident; ::hicam::__private::Arg::Resumed })
            }
        });
        let indices = (0..params.len()).map(syn::Index::from);
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
        let body_name = function.body_name();
        let body = match function.owner {
            Owner::None => quote!(#body_name #turbofish),
            Owner::Inherent(owner, _) | Owner::TraitImpl(owner, ..) => {
                quote!(<#owner>::#body_name #turbofish)
            }
            Owner::Trait(name, generics) => {
                let (_, arguments, _) = generics.split_for_impl();
                quote!(<Self_ as #name #arguments>::#body_name #turbofish)
            }
        };
        // A method of a type may be called from wherever the type is known.
        let vis = match (function.vis, function.owner) {
            (Visibility::Inherited, Owner::Inherent(..)) => &parse_quote!(pub(crate)),
            (vis, _) => vis,
        };
        let (impl_generics, _, where_clause) = generics.split_for_impl();
        let lifetimes = generics.lifetimes().map(|param| &param.lifetime);
        let lifetimes: Vec<_> = lifetimes
            .filter(|lifetime| !told.contains(lifetime))
            .collect();
        let phantoms = lifetimes.iter().map(|lifetime| quote!(&#lifetime ()));
        let types: Vec<_> = generics.type_params().map(|param| &param.ident).collect();
        let consts = generics.const_params();
        let task = self.task(params);
        quote! {
            #task
            #[doc(hidden)]
            #[allow(non_camel_case_types, missing_docs, missing_debug_implementations, unreachable_pub, dead_code, clippy::all, clippy::pedantic)]
            #vis struct #name<#(#lifetimes,)* #(#types,)* Types, #(#consts,)*>(
                ::core::marker::PhantomData<fn() -> (#(#phantoms,)* #(::core::marker::PhantomData<#types>,)* Types)>
            );

            #[allow(non_camel_case_types, private_bounds, private_interfaces, clippy::all, clippy::pedantic, unused_qualifications)]
            impl #impl_generics ::hicam::__private::Migratable for #ty #where_clause {
                type Args = (#(#args,)*);
                type Resumer = fn(#(#resumes),*) -> ::core::option::Option<::hicam::__private::Call<Self, Self::Args>>;
                type Output = #output;
                type Plain = ::core::pin::Pin<::std::boxed::Box<
                    dyn ::core::future::Future<Output = Self::Output> + ::core::marker::Send + #lifetime
                >>;
                fn plain(args: Self::Args) -> Self::Plain {
                    ::std::boxed::Box::pin(::hicam::__private::plain::<Self>(args))
                }
                #[inline]
                fn resumer() -> Self::Resumer {
                    |#(#idents),*| ::core::option::Option::Some(::hicam::__private::Call::new((#(#resumed,)*)))
                }
                #[inline]
                fn run(
                    args: Self::Args,
                    stack: &mut ::hicam::__private::Stack,
                ) -> impl ::core::future::Future<Output = ::hicam::__private::Flow<Self::Output>> + ::core::marker::Send {
                    #body(#(args.#indices,)* stack)
                }
            }
        }
    }

    /// Registers the function as one that a task can run, if one can: a task has nobody who would give it a reference or
    /// a type again.
    fn task(&self, params: &[Param]) -> Option<TokenStream> {
        let lifetime = elided();
        let own = match self.function.owner {
            Owner::None => true,
            Owner::Inherent(_, generics) => generics.params.is_empty(),
            Owner::Trait(..) | Owner::TraitImpl(..) => false,
        };
        let generics = &self.sig.generics;
        if !own || !generics.params.is_empty() || generics.where_clause.is_some() {
            return None;
        }
        let types = params.iter().map(|param| &param.ty).chain([&self.output]);
        let borrows = |ty: &Type| mentions(&ty.to_token_stream(), &lifetime.ident);
        if params.iter().any(|param| param.reference.is_some()) || types.into_iter().any(borrows) {
            return None;
        }
        let ty = rename(self.ty.clone(), &lifetime.ident.to_string(), "static");
        let (output, name, fingerprint) = (
            &self.output,
            self.function.name(),
            fingerprint(self.function),
        );
        let resumed = params
            .iter()
            .map(|_| quote!(::hicam::__private::Arg::Resumed));
        let how = if mentions(&output.to_token_stream(), &format_ident!("static")) {
            quote!(state)
        } else {
            quote!(any)
        };
        let aliases = self.function.evolution.aliases();
        Some(quote! {
            ::hicam::__private::task!(
                #how #ty, #output, ::core::concat!(::core::module_path!(), "::", #name), #aliases, #fingerprint, (#(#resumed,)*)
            );
        })
    }

    pub(crate) fn constructor(&self, params: &[Param]) -> TokenStream {
        let (attrs, sig) = (self.function.attrs, self.sig);
        // A trait's methods have its visibility.
        let vis = match self.function.owner {
            Owner::Trait(..) => &Visibility::Inherited,
            _ => self.function.vis,
        };
        let (name, lifetime) = (&sig.ident, elided());
        let mut generics = sig.generics.clone();
        generics.params.insert(0, parse_quote!(#lifetime));
        let clause = generics.make_where_clause();
        // Those of the `impl` are bounded here too, because the call names them.
        clause.predicates.extend(
            outlives(&self.generics, &lifetime)
                .into_iter()
                .filter(|predicate| {
                    !mentions(&predicate.to_token_stream(), &format_ident!("Self_"))
                }),
        );
        let mut ty = self.ty.clone();
        if let Owner::Trait(..) = self.function.owner {
            let bounds = self.function.self_bounds();
            clause
                .predicates
                .push(parse_quote!(Self: ::core::marker::Sized + #bounds + #lifetime));
            ty = rename(ty, "Self_", "Self");
        }
        let (impl_generics, _, where_clause) = generics.split_for_impl();
        let declared = params.iter().map(|param| {
            let (ident, ty) = (&param.ident, &param.ty);
            param
                .receiver
                .clone()
                .unwrap_or_else(|| quote!(#ident: #ty))
        });
        let types = params.iter().map(Param::arg_type);
        let args = params.iter().map(|param| {
            let ident = if param.receiver.is_some() {
                quote!(self)
            } else {
                param.ident.to_token_stream()
            };
            if param.reference.is_some() {
                ident
            } else {
                quote!(::hicam::__private::Arg::Value(#ident))
            }
        });
        quote! {
            #(#attrs)*
            #[allow(
                clippy::needless_lifetimes, clippy::extra_unused_lifetimes, clippy::multiple_bound_locations, private_interfaces,
                private_bounds, clippy::wrong_self_convention
            )]
            #vis fn #name #impl_generics (#(#declared),*) -> ::hicam::__private::Call<#ty, (#(#types,)*)> #where_clause {
                ::hicam::__private::Call::new((#(#args,)*))
            }
        }
    }
}

/// A type of a signature without lifetimes, as the function's own type names it; `None` if it begins with `Self` or a type
/// parameter, which are as public as they can be. A type with parameters may demand that they outlive its lifetimes: of
/// those that are `told` by the first such type it has all, so that rustc knows this of the function's own type.
fn nameable(ty: &Type, generics: &Generics, told: &mut Vec<Lifetime>) -> Option<Type> {
    if let Type::Reference(reference) = ty {
        return nameable(&reference.elem, generics, told);
    }
    let tokens = ty.to_token_stream();
    let mut own = generics.params.iter().filter_map(|param| match param {
        GenericParam::Type(param) => Some(&param.ident),
        GenericParam::Const(param) => Some(&param.ident),
        GenericParam::Lifetime(_) => None,
    });
    if mentions(&tokens, &format_ident!("Self")) {
        return None;
    }
    if !own.any(|own| mentions(&tokens, own)) {
        return Some(with_lifetime(ty.clone(), "'static"));
    }
    let is_own = |path: &syn::Path| {
        let first = path.segments.first();
        first.is_some_and(|first| {
            let mut types = generics.type_params();
            types.any(|param| param.ident == first.ident)
        })
    };
    match ty {
        Type::Path(path) if path.qself.is_none() && !is_own(&path.path) => {
            let within = lifetimes(ty);
            let mut own = generics.lifetimes().map(|param| &param.lifetime);
            let bound = own.any(|own| within.contains(own) && !told.contains(own));
            let once = |lifetime: &Lifetime| {
                let same = within.iter().filter(|other| *other == lifetime);
                same.count() == 1 && !told.contains(lifetime)
            };
            if bound && within.iter().all(once) {
                told.extend(within);
                return Some(ty.clone());
            }
            // A function pointer for all lifetimes asks no parameter to outlive one.
            Some(with_lifetime(ty.clone(), "'_"))
        }
        _ => None,
    }
}

fn lifetimes(ty: &Type) -> Vec<Lifetime> {
    struct Find(Vec<Lifetime>);
    impl<'ast> Visit<'ast> for Find {
        fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
            self.0.push(lifetime.clone());
        }
        fn visit_type_fn_ptr(&mut self, _: &'ast syn::TypeFnPtr) {}
    }
    let mut find = Find(Vec::new());
    find.visit_type(ty);
    find.0
}

fn outlives(generics: &Generics, lifetime: &Lifetime) -> Vec<WherePredicate> {
    generics
        .params
        .iter()
        .filter_map(|param| match param {
            GenericParam::Lifetime(param) if param.lifetime != *lifetime => {
                let longer = &param.lifetime;
                Some(parse_quote!(#longer: #lifetime))
            }
            GenericParam::Type(param) => {
                let ident = &param.ident;
                Some(parse_quote!(#ident: #lifetime))
            }
            _ => None,
        })
        .collect()
}

fn rename(tokens: TokenStream, from: &str, to: &str) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Ident(ident) if ident == from => {
                TokenTree::Ident(Ident::new(to, ident.span()))
            }
            TokenTree::Group(group) => {
                let mut inner =
                    proc_macro2::Group::new(group.delimiter(), rename(group.stream(), from, to));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            token => token,
        })
        .collect()
}
