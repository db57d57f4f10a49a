//! `#[hicam::migratable]`: on an `async fn`, or on an `impl` block or trait for all its `async fn`s.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{ImplItem, Item, ItemFn, ItemImpl, ItemTrait, LitStr, Token, TraitItem, parse_quote};

use crate::errors::Errors;
use crate::function::{self, Function, Owner, with_errors};
use crate::scope::PointSet;
use crate::show;

/// `points = "awaits"`, `"loops"` or `"all"`.
pub(crate) struct Args {
    pub(crate) points: PointSet,
}

impl Parse for Args {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut points = PointSet {
            awaits: true,
            loops: true,
        };
        while !input.is_empty() {
            let name: syn::Ident = input.parse()?;
            if name != "points" {
                return Err(syn::Error::new(
                    name.span(),
                    "unknown argument: `#[hicam::migratable]` takes `points = \"awaits\"` (none at loops), `points = \"loops\"` (none before awaits) or `points = \"all\"`",
                ));
            }
            input.parse::<Token![=]>()?;
            points = parse_points(&input.parse()?)?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(Args { points })
    }
}

pub(crate) fn parse_points(value: &LitStr) -> syn::Result<PointSet> {
    match value.value().as_str() {
        "awaits" => Ok(PointSet {
            awaits: true,
            loops: false,
        }),
        "all" => Ok(PointSet {
            awaits: true,
            loops: true,
        }),
        "loops" => Ok(PointSet {
            awaits: false,
            loops: true,
        }),
        _ => Err(syn::Error::new(
            value.span(),
            "`points` is \"awaits\" (none at loops), \"loops\" (none before awaits) or \"all\"",
        )),
    }
}

pub(crate) fn expand(args: Args, input: TokenStream) -> TokenStream {
    let item: Item = match syn::parse2(input.clone()) {
        Ok(item) => item,
        Err(error) => return with_errors(input, error),
    };
    match item {
        Item::Fn(item) => free(&args, &item).unwrap_or_else(|error| with_errors(&item, error)),
        Item::Impl(item) => block(&args, &item).unwrap_or_else(|error| with_errors(&item, error)),
        Item::Trait(item) => {
            interface(&args, &item).unwrap_or_else(|error| with_errors(&item, error))
        }
        other => {
            let error = syn::Error::new_spanned(
                &other,
                "`#[hicam::migratable]` goes on an `async fn`, an `impl` block or a trait",
            );
            with_errors(other, error)
        }
    }
}

fn free(args: &Args, item: &ItemFn) -> syn::Result<TokenStream> {
    if let Some(receiver) = item.sig.receiver() {
        return Err(syn::Error::new_spanned(
            receiver,
            "put `#[hicam::migratable]` on the `impl` block of this method",
        ));
    }
    let function = Function {
        attrs: &item.attrs,
        vis: &item.vis,
        sig: &item.sig,
        block: &item.block,
        owner: Owner::None,
        points: args.points,
    };
    let function::Expanded {
        constructor,
        body,
        items,
        ..
    } = function::expand(&function)?;
    let name = item.sig.ident.to_string();
    Ok(show::expansion(&name, quote!(#constructor #body #items)))
}

fn block(args: &Args, item: &ItemImpl) -> syn::Result<TokenStream> {
    let owner = match &item.trait_ {
        Some((path, _)) => Owner::TraitImpl(&item.self_ty, path),
        None => Owner::Inherent(&item.self_ty, &item.generics),
    };
    let mut errors = Errors::default();
    let (mut members, mut outside) = (TokenStream::new(), TokenStream::new());
    for member in &item.items {
        let ImplItem::Fn(method) = member else {
            member.to_tokens(&mut members);
            continue;
        };
        if method.sig.asyncness.is_none() {
            method.to_tokens(&mut members);
            continue;
        }
        let function = Function {
            attrs: &method.attrs,
            vis: &method.vis,
            sig: &method.sig,
            block: &method.block,
            owner,
            points: args.points,
        };
        match function::expand(&function) {
            // A trait's method has its constructor in the trait.
            Ok(expanded) if item.trait_.is_some() => members.extend(expanded.body),
            Ok(expanded) => {
                members.extend(expanded.constructor);
                members.extend(expanded.body);
                outside.extend(expanded.items);
            }
            Err(error) => errors.push(error),
        }
    }
    errors.into_result()?;
    let (attrs, self_ty) = (&item.attrs, &item.self_ty);
    let (impl_generics, _, where_clause) = item.generics.split_for_impl();
    let path = item
        .trait_
        .as_ref()
        .map(|(path, for_token)| quote!(#path #for_token));
    let expansion = quote! {
        #(#attrs)*
        impl #impl_generics #path #self_ty #where_clause { #members }
        #outside
    };
    Ok(show::expansion(&show::impl_name(item), expansion))
}

/// In a trait a method gives its call, and its body is a hidden method of its own, which `impl`s provide.
fn interface(args: &Args, item: &ItemTrait) -> syn::Result<TokenStream> {
    let mut errors = Errors::default();
    let (mut members, mut outside) = (TokenStream::new(), TokenStream::new());
    for member in &item.items {
        let TraitItem::Fn(method) = member else {
            member.to_tokens(&mut members);
            continue;
        };
        if method.sig.asyncness.is_none() {
            method.to_tokens(&mut members);
            continue;
        }
        let empty = parse_quote!({});
        let function = Function {
            attrs: &method.attrs,
            vis: &item.vis,
            sig: &method.sig,
            block: method.default.as_ref().unwrap_or(&empty),
            owner: Owner::Trait(&item.ident, &item.generics),
            points: args.points,
        };
        let expanded = match method.default {
            Some(_) => function::expand(&function),
            None => function::declare(&function),
        };
        match expanded {
            Ok(expanded) => {
                members.extend(expanded.constructor);
                members.extend(expanded.body);
                outside.extend(expanded.items);
            }
            Err(error) => errors.push(error),
        }
    }
    errors.into_result()?;
    let mut rest = item.clone();
    rest.items.clear();
    let ItemTrait {
        attrs,
        vis,
        unsafety,
        ident,
        generics,
        colon_token,
        supertraits,
        ..
    } = &rest;
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let expansion = quote! {
        #(#attrs)*
        #vis #unsafety trait #ident #impl_generics #colon_token #supertraits #where_clause { #members }
        #outside
    };
    Ok(show::expansion(&ident.to_string(), expansion))
}
