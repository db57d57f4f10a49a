//! `#[derive(hicam::State)]`: parse the item, check its fields, write the methods.

mod attributes;
mod item;
mod lower;
mod reading;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, parse_quote};

use self::attributes::{ItemAttributes, parse_item_attributes};
use self::item::parse;
use self::lower::lower;
use crate::errors::Errors;

/// The expansion: the implementation, or every error of the input at its place.
pub(crate) fn expand(input: DeriveInput) -> TokenStream {
    let stand_in = stand_in(&input);
    match parse(input) {
        Ok(item) => lower(&item),
        Err(error) => {
            let error = error.into_compile_error();
            quote!(#stand_in #error)
        }
    }
}

/// An implementation that goes with an error, so that the type's users are not told as well that it has none. A type that
/// borrows cannot have one.
fn stand_in(input: &DeriveInput) -> Option<TokenStream> {
    if input.generics.lifetimes().next().is_some() {
        return None;
    }
    let ItemAttributes { state, .. } = parse_item_attributes(&input.attrs, &mut Errors::default());
    let mut generics = input.generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(parse_quote!(#state::State));
    }
    let (ident, (impl_generics, arguments, clause)) = (&input.ident, generics.split_for_impl());
    Some(quote! {
        impl #impl_generics #state::State for #ident #arguments #clause {
            fn describe(_: &mut #state::TypeTable) -> #state::TypeId { loop {} }
            fn encode(&self, _: &mut #state::Encoder) -> ::core::result::Result<(), #state::EncodeError> { loop {} }
            fn decode(_: &mut #state::Decoder<'_>) -> ::core::result::Result<Self, #state::DecodeError> { loop {} }
        }
    })
}
