//! How calls in progress find their way into a function that has changed: `upgrade = path` names the function that maps old
//! frames, `alias = "path"` a path that the function had before. Both stand in `#[hicam::migratable(…)]` of a function, or in
//! `#[hicam(…)]` of a function or method.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Expr, Lit, Path, Token};

use crate::function::{Function, Owner};
use crate::impl_headers::with_lifetime;

/// What an attribute says of one function's older builds.
#[derive(Default)]
pub(crate) struct Evolution {
    /// Paths by which frames of older builds name it.
    aliases: Vec<Expr>,
    /// Maps frames of older builds.
    upgrade: Option<Path>,
}

impl Evolution {
    /// Takes what follows `name`, if that is a setting of these.
    pub(crate) fn setting(&mut self, name: &Ident, input: ParseStream<'_>) -> syn::Result<bool> {
        if name == "alias" {
            input.parse::<Token![=]>()?;
            let alias: Expr = input.parse()?;
            let is_path = match &alias {
                Expr::Lit(literal) => {
                    matches!(&literal.lit, Lit::Str(path) if path.value().contains("::"))
                }
                // `concat!(module_path!(), "::before::settle")`
                Expr::Macro(_) => true,
                _ => false,
            };
            if !is_path {
                return Err(syn::Error::new_spanned(
                    alias,
                    "`alias` is the path that the function had before, as checkpoints show it: `alias = \"bank::ledger::settle\"`",
                ));
            }
            self.aliases.push(alias);
            return Ok(true);
        }
        if name != "upgrade" {
            return Ok(false);
        }
        input.parse::<Token![=]>()?;
        let path = input.call(Path::parse_mod_style).map_err(|error| {
            syn::Error::new(
                error.span(),
                "`upgrade` is the path of a function `fn(&hicam::upgrade::OldFrame<'_>) -> hicam::upgrade::Result`: `upgrade = map_settle`",
            )
        })?;
        if let Some(before) = self.upgrade.replace(path) {
            return Err(syn::Error::new_spanned(
                before,
                "`upgrade` is given twice: a function has one mapping, which can tell older builds apart by `old.fingerprint()`",
            ));
        }
        Ok(true)
    }

    /// Takes the attributes `#[hicam(…)]` off a function.
    pub(crate) fn take(attrs: &mut Vec<Attribute>) -> syn::Result<Self> {
        Evolution::default().and(attrs)
    }

    /// Adds what the attributes `#[hicam(…)]` say, and takes them off.
    pub(crate) fn and(mut self, attrs: &mut Vec<Attribute>) -> syn::Result<Self> {
        let (own, others) = std::mem::take(attrs)
            .into_iter()
            .partition::<Vec<_>, _>(|attr| attr.path().is_ident("hicam"));
        *attrs = others;
        for attr in own {
            let parser = |input: ParseStream<'_>| self.settings(input);
            parser.parse2(attr.meta.require_list()?.tokens.clone())?;
        }
        Ok(self)
    }

    fn settings(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        while !input.is_empty() {
            let name: Ident = input.parse()?;
            if !self.setting(&name, input)? {
                return Err(syn::Error::new(
                    name.span(),
                    "unknown setting: `#[hicam(…)]` on an annotated function takes `upgrade = map_old_frame` and `alias = \"path::before\"`",
                ));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    }

    /// If this is said of several functions at once.
    pub(crate) fn of_one_function(&self) -> syn::Result<()> {
        let upgrade = self.upgrade.iter().map(ToTokens::to_token_stream);
        let mut said = upgrade.chain(self.aliases.iter().map(ToTokens::to_token_stream));
        said.next().map_or(Ok(()), |said| {
            Err(syn::Error::new_spanned(
                said,
                "`upgrade` and `alias` are of one function: write `#[hicam(upgrade = …)]` on the method",
            ))
        })
    }

    pub(crate) fn aliases(&self) -> TokenStream {
        let aliases = &self.aliases;
        quote!(&[#(#aliases),*])
    }

    /// An option of the mapping, where `Self` is no longer known.
    pub(crate) fn upgrade(&self, function: &Function<'_>) -> TokenStream {
        let Some(path) = &self.upgrade else {
            return quote!(::core::option::Option::None);
        };
        let named = match function.owner {
            Owner::Inherent(ty, _) | Owner::TraitImpl(ty, ..)
                if path.leading_colon.is_none() && path.segments[0].ident == "Self" =>
            {
                let rest = path.segments.iter().skip(1);
                // A constant knows nothing of the `impl`'s lifetimes.
                let ty = with_lifetime(ty.clone(), "'static");
                quote!(<#ty> #(::#rest)*)
            }
            _ => path.to_token_stream(),
        };
        // On its own, so that the compiler says of another signature just what it should be.
        quote!({
            const MAPPING: ::hicam::__private::upgrade::Mapping = #named;
            ::core::option::Option::Some(MAPPING)
        })
    }
}
