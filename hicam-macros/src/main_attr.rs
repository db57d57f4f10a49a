//! `#[hicam::main(Bank, durability = "replies", interval = "1s")]`: the binary's `main`.
//!
//! ```text
//! async fn main(server: hicam::Server<Bank>) -> anyhow::Result<()> { … }
//! ```
//! →
//! ```text
//! fn main() -> std::process::ExitCode {
//!     async fn main(server: hicam::Server<Bank>) -> anyhow::Result<()> { … }
//!     ::hicam::__private::run_main::<Bank, _, _, _>(options, main)
//! }
//! ```

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{ItemFn, LitStr, Token, Type};

use crate::function::with_errors;

pub(crate) struct Args {
    server: Type,
    durability: TokenStream,
    interval: TokenStream,
}

impl Parse for Args {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let server = input.parse().map_err(|error| {
            syn::Error::new(
                error.span(),
                "the server's type is missing: `#[hicam::main(Bank)]`",
            )
        })?;
        let mut args = Args {
            server,
            durability: quote!(::hicam::Durability::Periodic),
            interval: quote!(::core::option::Option::None),
        };
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            let name: syn::Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            let value: LitStr = input.parse()?;
            if name == "durability" {
                args.durability = durability(&value)?;
            } else if name == "interval" {
                let millis = interval(&value)?;
                args.interval = quote!(::core::option::Option::Some(::core::time::Duration::from_millis(#millis)));
            } else {
                return Err(syn::Error::new(
                    name.span(),
                    "unknown argument: `#[hicam::main]` takes the server's type, `durability = \"…\"` and `interval = \"…\"`",
                ));
            }
        }
        Ok(args)
    }
}

fn durability(value: &LitStr) -> syn::Result<TokenStream> {
    match value.value().as_str() {
        "periodic" => Ok(quote!(::hicam::Durability::Periodic)),
        "replies" => Ok(quote!(::hicam::Durability::Replies)),
        _ => Err(syn::Error::new(
            value.span(),
            "`durability` is \"periodic\" (replies since the last checkpoint may be undone by a crash) or \"replies\" (no acknowledged effect is lost)",
        )),
    }
}

/// Milliseconds of `250ms`, `5s`, `2m`, `1h`; 0 for none.
fn interval(value: &LitStr) -> syn::Result<u64> {
    let text = value.value();
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit {
        "ms" => Some(1),
        "s" => Some(1_000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        _ => None,
    };
    number
        .parse::<u64>()
        .ok()
        .zip(factor)
        .and_then(|(number, factor)| number.checked_mul(factor))
        .ok_or_else(|| {
            syn::Error::new(
                value.span(),
                "an interval is a number with a unit: \"250ms\", \"5s\", \"2m\" or \"1h\"; \"0s\" for none",
            )
        })
}

/// The user's `main` inside of one that is allowed to be `main`, next to the error: one mistake gives one message.
pub(crate) fn with_error(input: TokenStream, error: syn::Error) -> TokenStream {
    match syn::parse2::<ItemFn>(input.clone()) {
        Ok(main) => {
            let name = &main.sig.ident;
            with_errors(
                quote! {
                    fn #name() {
                        #[allow(dead_code)]
                        #main
                    }
                },
                error,
            )
        }
        Err(_) => with_errors(input, error),
    }
}

pub(crate) fn expand(args: &Args, input: TokenStream) -> TokenStream {
    let main: ItemFn = match syn::parse2(input.clone()) {
        Ok(main) => main,
        Err(error) => return with_errors(input, error),
    };
    if main.sig.asyncness.is_none() || main.sig.inputs.len() != 1 {
        let error = syn::Error::new_spanned(
            &main.sig,
            "`main` has this form: `async fn main(server: hicam::Server<Bank>) -> anyhow::Result<()>`",
        );
        return with_error(input, error);
    }
    let Args {
        server,
        durability,
        interval,
    } = args;
    let (name, attrs) = (&main.sig.ident, &main.attrs);
    let mut inner = main.clone();
    inner.attrs.clear();
    quote! {
        #(#attrs)*
        fn #name() -> ::std::process::ExitCode {
            #inner
            ::hicam::__private::run_main::<#server, _, _, _>(
                ::hicam::__private::MainOptions { durability: #durability, interval: #interval },
                #name,
            )
        }
    }
}
