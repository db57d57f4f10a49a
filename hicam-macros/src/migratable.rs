//! `#[hicam::migratable]`: on an `async fn`, or on an `impl` block or trait for all its `async fn`s.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{
    Attribute, ImplItem, Item, ItemFn, ItemImpl, ItemTrait, LitStr, Token, TraitItem, parse_quote,
};

use crate::errors::Errors;
use crate::evolution::Evolution;
use crate::function::{self, Function, Owner, with_errors};
use crate::impl_headers::name_lifetimes;
use crate::scope::PointSet;
use crate::show;

/// `points = "awaits"`, `"loops"` or `"all"`; on a function, what is said of its older builds.
pub(crate) struct Args {
    pub(crate) points: PointSet,
    evolution: Evolution,
}

impl Parse for Args {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut points = PointSet {
            awaits: true,
            loops: true,
        };
        let mut evolution = Evolution::default();
        while !input.is_empty() {
            let name: syn::Ident = input.parse()?;
            if name == "points" {
                input.parse::<Token![=]>()?;
                points = parse_points(&input.parse()?)?;
            } else if !evolution.setting(&name, input)? {
                return Err(syn::Error::new(
                    name.span(),
                    "unknown argument: `#[hicam::migratable]` takes `points = \"awaits\"` (none at loops), `points = \"loops\"` (none before awaits) or `points = \"all\"`; on a function also `upgrade = map_old_frame` and `alias = \"path::before\"`",
                ));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(Args { points, evolution })
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
    let Args { points, evolution } = args;
    match item {
        Item::Fn(mut item) => evolution
            .and(&mut item.attrs)
            .and_then(|evolution| free(points, &item, &evolution))
            .unwrap_or_else(|error| with_errors(&item, error)),
        Item::Impl(mut item) => {
            let taken = of_each(&evolution, item.items.iter_mut().filter_map(method_of_impl));
            taken
                .and_then(|evolutions| block(points, item.clone(), &evolutions))
                .unwrap_or_else(|error| with_errors(&item, error))
        }
        Item::Trait(mut item) => {
            let taken = of_each(
                &evolution,
                item.items.iter_mut().filter_map(method_of_trait),
            );
            taken
                .and_then(|evolutions| interface(points, &item, &evolutions))
                .unwrap_or_else(|error| with_errors(&item, error))
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

fn method_of_impl(member: &mut ImplItem) -> Option<&mut Vec<Attribute>> {
    match member {
        ImplItem::Fn(method) if method.sig.asyncness.is_some() => Some(&mut method.attrs),
        _ => None,
    }
}

fn method_of_trait(member: &mut TraitItem) -> Option<&mut Vec<Attribute>> {
    match member {
        TraitItem::Fn(method) if method.sig.asyncness.is_some() => Some(&mut method.attrs),
        _ => None,
    }
}

/// What the methods' own attributes say, in their order.
pub(crate) fn of_each<'m>(
    of_all: &Evolution,
    methods: impl Iterator<Item = &'m mut Vec<Attribute>>,
) -> syn::Result<Vec<Evolution>> {
    let mut errors = Errors::default();
    let mut evolutions = Vec::new();
    if let Err(error) = of_all.of_one_function() {
        errors.push(error);
    }
    for attrs in methods {
        match Evolution::take(attrs) {
            Ok(evolution) => evolutions.push(evolution),
            Err(error) => errors.push(error),
        }
    }
    errors.into_result()?;
    Ok(evolutions)
}

fn free(points: PointSet, item: &ItemFn, evolution: &Evolution) -> syn::Result<TokenStream> {
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
        points,
        evolution,
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

fn block(
    points: PointSet,
    mut item: ItemImpl,
    evolutions: &[Evolution],
) -> syn::Result<TokenStream> {
    let shown = show::impl_name(&item);
    name_lifetimes(&mut item);
    let owner = match &item.trait_ {
        Some((path, _)) => Owner::TraitImpl(&item.self_ty, path, &item.generics),
        None => Owner::Inherent(&item.self_ty, &item.generics),
    };
    let mut errors = Errors::default();
    let mut evolutions = evolutions.iter();
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
        let Some(evolution) = evolutions.next() else {
            continue;
        };
        let function = Function {
            attrs: &method.attrs,
            vis: &method.vis,
            sig: &method.sig,
            block: &method.block,
            owner,
            points,
            evolution,
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
    Ok(show::expansion(&shown, expansion))
}

/// In a trait a method gives its call, and its body is a hidden method of its own, which `impl`s provide.
fn interface(
    points: PointSet,
    item: &ItemTrait,
    evolutions: &[Evolution],
) -> syn::Result<TokenStream> {
    let mut errors = Errors::default();
    let mut evolutions = evolutions.iter();
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
        let Some(evolution) = evolutions.next() else {
            continue;
        };
        let empty = parse_quote!({});
        let function = Function {
            attrs: &method.attrs,
            vis: &item.vis,
            sig: &method.sig,
            block: method.default.as_ref().unwrap_or(&empty),
            owner: Owner::Trait(&item.ident, &item.generics),
            points,
            evolution,
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
