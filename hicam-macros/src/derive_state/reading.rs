//! How a type reads what other builds have captured: its aliases and defaults, for the schema.

use proc_macro2::TokenStream;
use quote::quote;

use super::attributes::Captured;
use super::item::{Body, Item, Shape};
use super::lower::Names;

impl Names<'_> {
    // struct Account { #[hicam(alias = "total")] balance: i64, #[hicam(default)] limit: u32 }
    //
    // __private::Reading {
    //     aliases: &[],
    //     variants: &[__private::VariantReading {
    //         aliases: &[],
    //         fields: &[
    //             __private::FieldReading { aliases: &["total"], default: false },
    //             __private::FieldReading { aliases: &[], default: true },
    //         ],
    //     }],
    // }
    //
    // None if nothing was called otherwise or has a default.
    pub(super) fn reading(&self, item: &Item) -> Option<TokenStream> {
        let state = self.state;
        let none = Captured::default();
        let variants: Vec<(&Captured, &Shape)> = match &item.body {
            Body::Struct(shape) => vec![(&none, shape)],
            Body::Enum(variants) => variants
                .iter()
                .map(|variant| (&variant.names, &variant.shape))
                .collect(),
        };
        let fields = || variants.iter().flat_map(|(_, shape)| shape.captured());
        let plain = item.names.aliases.is_empty()
            && variants.iter().all(|(names, _)| names.aliases.is_empty())
            && fields().all(|(_, field)| field.names.aliases.is_empty() && field.default.is_none());
        if plain {
            return None;
        }
        let variants = variants.iter().map(|(names, shape)| {
            let aliases = &names.aliases;
            let fields = shape.captured().map(|(_, field)| {
                let aliases = &field.names.aliases;
                let default = field.default.is_some();
                quote!(#state::__private::FieldReading { aliases: &[#(#aliases),*], default: #default })
            });
            quote! {
                #state::__private::VariantReading { aliases: &[#(#aliases),*], fields: &[#(#fields),*] }
            }
        });
        let aliases = &item.names.aliases;
        Some(quote! {
            #state::__private::Reading { aliases: &[#(#aliases),*], variants: &[#(#variants),*] }
        })
    }
}
