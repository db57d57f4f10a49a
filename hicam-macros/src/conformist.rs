//! `#[hicam::conformist(class = "…")]` on the `impl` of a tonic service trait: each RPC becomes a handler whose frames
//! can be captured.
//!
//! ```text
//! #[tonic::async_trait]
//! impl bank_server::Bank for Bank {
//!     async fn open(&self, request: Request<A>) -> Result<Response<B>, Status> { … }
//! }
//! ```
//! →
//! ```text
//! #[tonic::async_trait]
//! impl bank_server::Bank for Bank {
//!     async fn open(&self, request: Request<A>) -> Result<Response<B>, Status> {
//!         Self::__hicam_handle_open(self, request).await
//!     }
//! }
//! impl ::hicam::Conformist for Bank { const CLASS: &'static str = "bank"; }
//! impl Bank { async fn __hicam_body_open(…) … }
//! // … and the definition of `__HicamFn_Bank_open`
//! ```

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{FnArg, ImplItem, ImplItemFn, ItemImpl, LitStr, Pat, Token, Visibility, parse_quote};

use crate::errors::Errors;
use crate::evolution::Evolution;
use crate::function::{self, Function, Owner, with_errors};
use crate::migratable::{of_each, parse_points};
use crate::scope::PointSet;
use crate::show;

/// `class = "…"`, and optionally `points = "…"`.
pub(crate) struct Args {
    class: LitStr,
    points: PointSet,
}

impl Parse for Args {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut class = None;
        let mut points = PointSet {
            awaits: true,
            loops: true,
        };
        while !input.is_empty() {
            let name: syn::Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            let value: LitStr = input.parse()?;
            if name == "class" {
                check_class(&value)?;
                class = Some(value);
            } else if name == "points" {
                points = parse_points(&value)?;
            } else {
                return Err(syn::Error::new(
                    name.span(),
                    "unknown argument: `#[hicam::conformist]` takes `class = \"…\"` and `points = \"…\"`",
                ));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        let class = class.ok_or_else(|| {
            syn::Error::new(
                input.span(),
                "the class is missing: `#[hicam::conformist(class = \"bank\")]`",
            )
        })?;
        Ok(Args { class, points })
    }
}

/// The class is part of names and paths.
fn check_class(class: &LitStr) -> syn::Result<()> {
    let value = class.value();
    let good = !value.is_empty()
        && value
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_');
    if good {
        Ok(())
    } else {
        Err(syn::Error::new(
            class.span(),
            "a class name has lower-case letters, digits, `-` and `_` only",
        ))
    }
}

pub(crate) fn expand(args: &Args, input: TokenStream) -> TokenStream {
    let mut item: ItemImpl = match syn::parse2(input.clone()) {
        Ok(item) => item,
        Err(error) => return with_errors(input, error),
    };
    let methods = item.items.iter_mut().filter_map(|member| match member {
        ImplItem::Fn(method) => Some(&mut method.attrs),
        _ => None,
    });
    let evolutions = of_each(&Evolution::default(), methods);
    let expanded = evolutions.and_then(|evolutions| implementation(args, &item, &evolutions));
    expanded.unwrap_or_else(|error| {
        let (self_ty, class) = (&item.self_ty, &args.class);
        // Of the methods alone there is something to be said, not of the server that they belong to.
        let conformist = (item.trait_.is_some() && item.generics.params.is_empty()).then(|| {
            quote! {
                impl ::hicam::Conformist for #self_ty {
                    const CLASS: &'static str = #class;
                }
            }
        });
        with_errors(quote!(#item #conformist), error)
    })
}

fn implementation(
    args: &Args,
    item: &ItemImpl,
    evolutions: &[Evolution],
) -> syn::Result<TokenStream> {
    let mut errors = Errors::default();
    let mut evolutions = evolutions.iter();
    let Some((trait_path, _)) = &item.trait_ else {
        return Err(syn::Error::new_spanned(
            &item.self_ty,
            "`#[hicam::conformist]` goes on the `impl` of a tonic service trait; for other methods there is `#[hicam::migratable]`",
        ));
    };
    if !item.generics.params.is_empty() {
        errors.at(
            &item.generics,
            "a conformist server's type cannot be generic",
        );
    }
    let (mut handlers, mut bodies, mut outside) =
        (Vec::new(), TokenStream::new(), TokenStream::new());
    for member in &item.items {
        match member {
            ImplItem::Fn(method) => {
                let Some(evolution) = evolutions.next() else {
                    continue;
                };
                match handler(args, item, method, evolution) {
                    Ok((handler, expanded)) => {
                        handlers.push(handler);
                        bodies.extend(expanded.body);
                        outside.extend(expanded.items);
                    }
                    Err(error) => errors.push(error),
                }
            }
            ImplItem::Type(stream) => {
                errors.at(&stream.ident, "streaming RPCs are not supported in a conformist server: serve them from a service of their own");
            }
            other => errors.at(other, "only RPC methods are supported here"),
        }
    }
    errors.into_result()?;
    let (attrs, self_ty, class) = (&item.attrs, &item.self_ty, &args.class);
    let expansion = quote! {
        #(#attrs)*
        impl #trait_path for #self_ty { #(#handlers)* }
        impl ::hicam::Conformist for #self_ty {
            const CLASS: &'static str = #class;
        }
        impl #self_ty { #bodies }
        #outside
    };
    Ok(show::expansion(&show::impl_name(item), expansion))
}

fn handler(
    args: &Args,
    item: &ItemImpl,
    method: &ImplItemFn,
    evolution: &Evolution,
) -> syn::Result<(TokenStream, function::Expanded)> {
    let sig = &method.sig;
    let (Some(FnArg::Receiver(_)), Some(FnArg::Typed(request)), 2) =
        (sig.inputs.first(), sig.inputs.get(1), sig.inputs.len())
    else {
        return Err(syn::Error::new_spanned(
            sig,
            "an RPC method has the parameters `&self` and `request: Request<…>`",
        ));
    };
    let ty = &request.ty;
    if quote!(#ty).to_string().contains("Streaming") {
        return Err(syn::Error::new_spanned(
            ty,
            "streaming RPCs are not supported in a conformist server: serve them from a service of their own",
        ));
    }
    let vis = Visibility::Inherited;
    let function = Function {
        attrs: &[],
        vis: &vis,
        sig,
        block: &method.block,
        owner: Owner::Inherent(&item.self_ty, &item.generics),
        points: args.points,
        evolution,
    };
    let mut expanded = function::expand(&function)?;
    let mut plain = sig.clone();
    let pat: Pat = parse_quote!(__hicam_request);
    if let Some(FnArg::Typed(request)) = plain.inputs.get_mut(1) {
        *request.pat = pat;
    }
    let (attrs, def) = (&method.attrs, &expanded.def);
    let start = quote::format_ident!("__hicam_handle_{}", sig.ident);
    let handler = quote! {
        #(#attrs)*
        #plain {
            Self::#start(self, __hicam_request).await
        }
    };
    let output = function::output(sig);
    expanded.body.extend(quote! {
        #[doc(hidden)]
        async fn #start<'__hicam>(&'__hicam self, __hicam_request: #ty) -> #output {
            ::hicam::__private::handle::<#def, _, _, _>(self, __hicam_request).await
        }
    });
    Ok((handler, expanded))
}
