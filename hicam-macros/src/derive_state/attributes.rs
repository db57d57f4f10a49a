//! What `#[hicam(…)]` says of a type, a variant or a field.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Attribute, LitStr, Member, Path, Token, Type, parse_quote};

use super::item::Role;
use crate::errors::Errors;

/// What a type, variant or field is called in the state.
#[derive(Default)]
pub(super) struct Captured {
    /// `#[hicam(rename = "…")]`.
    pub(super) rename: Option<LitStr>,
    /// `#[hicam(alias = "…")]`: what it was called before.
    pub(super) aliases: Vec<LitStr>,
}

impl Captured {
    pub(super) fn is_empty(&self) -> bool {
        self.rename.is_none() && self.aliases.is_empty()
    }

    /// Its name in the schema; `name` is that in Rust.
    pub(super) fn name(&self, name: &str) -> String {
        let rename = self.rename.as_ref().map(LitStr::value);
        rename.unwrap_or_else(|| name.to_owned())
    }

    /// Takes a setting if it is one of these.
    pub(super) fn take(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<bool> {
        if meta.path.is_ident("rename") {
            let name = meta.value()?.parse()?;
            if self.rename.replace(name).is_some() {
                return Err(meta.error("it has one name; earlier ones are `alias`es"));
            }
        } else if meta.path.is_ident("alias") {
            self.aliases.push(meta.value()?.parse()?);
        } else {
            return Ok(false);
        }
        Ok(true)
    }
}

/// What a field is if the captured state lacks it.
#[derive(Clone)]
pub(super) enum FieldDefault {
    /// `#[hicam(default)]`: its type's default.
    OfType,
    /// `#[hicam(default = path)]`: what the function answers.
    Function(Path),
    /// `#[hicam(default)]` on the struct: the field of the struct's default.
    OfStruct,
}

impl FieldDefault {
    /// The expression for it.
    pub(super) fn lower(&self, member: &Member, ty: &Type) -> TokenStream {
        match self {
            FieldDefault::OfType => {
                quote_spanned!(ty.span()=> <#ty as ::core::default::Default>::default())
            }
            FieldDefault::Function(path) => quote!(#path()),
            FieldDefault::OfStruct => quote!(<Self as ::core::default::Default>::default().#member),
        }
    }
}

fn hicam(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("hicam"))
}

/// What is said of a type as a whole.
pub(super) struct ItemAttributes {
    /// The path of `hicam_state`.
    pub(super) state: Path,
    /// Whether the type is said to be plain data.
    pub(super) plain: bool,
    pub(super) names: Captured,
    /// Where a default of the whole type is said to stand in for fields.
    pub(super) default: Option<Path>,
}

pub(super) fn parse_item_attributes(
    attributes: &[Attribute],
    errors: &mut Errors,
) -> ItemAttributes {
    let mut item = ItemAttributes {
        state: parse_quote!(::hicam::__private::state),
        plain: false,
        names: Captured::default(),
        default: None,
    };
    for attribute in hicam(attributes) {
        let parsed = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("crate") {
                item.state = meta.value()?.parse()?;
                Ok(())
            } else if meta.path.is_ident("plain") {
                item.plain = true;
                Ok(())
            } else if meta.path.is_ident("default") {
                item.default = Some(meta.path);
                Ok(())
            } else if item.names.take(&meta)? {
                Ok(())
            } else if meta.path.is_ident("skip") || meta.path.is_ident("rebuild") {
                Err(meta.error("this goes on a field, not on the type"))
            } else {
                Err(meta.error(
                    "unknown setting; a type takes `#[hicam(rename = \"…\")]`, `#[hicam(alias = \"…\")]`, \
                     `#[hicam(default)]`, `#[hicam(plain)]` or `#[hicam(crate = path)]`",
                ))
            }
        });
        parsed.unwrap_or_else(|error| errors.push(error));
    }
    item
}

pub(super) fn parse_variant_attributes(attributes: &[Attribute], errors: &mut Errors) -> Captured {
    let mut names = Captured::default();
    for attribute in hicam(attributes) {
        let parsed = attribute.parse_nested_meta(|meta| {
            if names.take(&meta)? {
                Ok(())
            } else {
                Err(meta.error(
                    "a variant takes `#[hicam(rename = \"…\")]` or `#[hicam(alias = \"…\")]`; other settings go on its fields",
                ))
            }
        });
        parsed.unwrap_or_else(|error| errors.push(error));
    }
    names
}

/// Each name means one part.
pub(super) fn check_names<'a>(
    parts: impl Iterator<Item = (String, &'a Captured)>,
    what: &str,
    errors: &mut Errors,
) {
    let parts: Vec<_> = parts.collect();
    let mut taken: HashSet<String> = parts
        .iter()
        .filter(|(_, names)| names.rename.is_none())
        .map(|(name, _)| name.clone())
        .collect();
    for (_, names) in &parts {
        for name in names.rename.iter().chain(&names.aliases) {
            if !taken.insert(name.value()) {
                errors.at(name, format!("another {what} has this name in the state"));
            }
        }
    }
}

/// What is said of a field.
pub(super) struct FieldAttributes {
    pub(super) role: Role,
    pub(super) names: Captured,
    pub(super) default: Option<FieldDefault>,
}

pub(super) fn parse_field_attributes(
    attributes: &[Attribute],
    errors: &mut Errors,
) -> FieldAttributes {
    let mut field = FieldAttributes {
        role: Role::State,
        names: Captured::default(),
        default: None,
    };
    for attribute in hicam(attributes) {
        let parsed = attribute.parse_nested_meta(|meta| {
            let new = if meta.path.is_ident("skip") {
                Role::Skip
            } else if meta.path.is_ident("rebuild") {
                Role::Rebuild(meta.value()?.parse()?)
            } else if meta.path.is_ident("default") {
                field.default = Some(match meta.input.peek(Token![=]) {
                    true => FieldDefault::Function(meta.value()?.parse()?),
                    false => FieldDefault::OfType,
                });
                return Ok(());
            } else if field.names.take(&meta)? {
                return Ok(());
            } else {
                return Err(meta.error(
                    "unknown setting; a field takes `#[hicam(skip)]`, `#[hicam(rebuild = path::to::function)]`, \
                     `#[hicam(default)]`, `#[hicam(default = path::to::function)]`, `#[hicam(rename = \"…\")]` or \
                     `#[hicam(alias = \"…\")]`",
                ));
            };
            if !matches!(field.role, Role::State) {
                return Err(meta.error("a field is skipped or rebuilt once; keep one of the settings"));
            }
            field.role = new;
            Ok(())
        });
        parsed.unwrap_or_else(|error| errors.push(error));
        let named = field.default.is_some() || !field.names.is_empty();
        if named && !matches!(field.role, Role::State) {
            errors.at(
                attribute,
                "a field that is not captured has neither a name nor a default in the state",
            );
        }
    }
    field
}
