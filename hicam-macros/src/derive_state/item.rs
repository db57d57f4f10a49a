//! The item as it is checked: its fields, what becomes of each, what they are and were called.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::visit::{self, Visit};
use syn::{Data, DeriveInput, Fields, GenericParam, Generics, Lifetime, Path, Type, parse_quote};

use super::attributes::{
    Captured, FieldDefault, ItemAttributes, check_names, parse_field_attributes,
    parse_item_attributes, parse_variant_attributes,
};
use super::lower::local;
use crate::errors::Errors;

pub(super) struct Item {
    pub(super) ident: Ident,
    /// With `T: State` for each type parameter.
    pub(super) generics: Generics,
    /// The path of `hicam_state`.
    pub(super) state: Path,
    /// `#[hicam(plain)]`: its drop only frees memory, whatever its fields are.
    pub(super) plain: bool,
    pub(super) names: Captured,
    pub(super) body: Body,
}

pub(super) enum Body {
    Struct(Shape),
    Enum(Vec<Variant>),
}

pub(super) struct Variant {
    pub(super) ident: Ident,
    pub(super) names: Captured,
    pub(super) shape: Shape,
}

pub(super) struct Shape {
    pub(super) fields: Vec<Field>,
}

pub(super) struct Field {
    /// What it is called in Rust: a name or a position.
    pub(super) member: syn::Member,
    /// What it is called in the schema.
    pub(super) name: String,
    pub(super) ty: Type,
    pub(super) role: Role,
    pub(super) names: Captured,
    pub(super) default: Option<FieldDefault>,
}

/// What becomes of a field.
pub(super) enum Role {
    /// Captured and restored.
    State,
    /// `#[hicam(skip)]`: its default.
    Skip,
    /// `#[hicam(rebuild = path)]`: what the function answers.
    Rebuild(Path),
}

pub(super) fn parse(input: DeriveInput) -> syn::Result<Item> {
    let mut errors = Errors::default();
    let ItemAttributes {
        state,
        plain,
        names,
        default,
    } = parse_item_attributes(&input.attrs, &mut errors);
    let body = match input.data {
        Data::Struct(data) => {
            let default = default.map(|_| FieldDefault::OfStruct);
            Body::Struct(parse_fields(data.fields, default.as_ref(), &mut errors))
        }
        Data::Enum(data) => {
            if let Some(default) = default {
                errors.at(
                    &default,
                    "an enum has no fields of its own; put it on fields of its variants",
                );
            }
            let variants = data.variants.into_iter().map(|variant| {
                let names = parse_variant_attributes(&variant.attrs, &mut errors);
                let shape = parse_fields(variant.fields, None, &mut errors);
                Variant {
                    ident: variant.ident,
                    names,
                    shape,
                }
            });
            let variants: Vec<Variant> = variants.collect();
            check_names(
                variants
                    .iter()
                    .map(|variant| (variant.ident.unraw().to_string(), &variant.names)),
                "variant",
                &mut errors,
            );
            Body::Enum(variants)
        }
        Data::Union(data) => {
            errors.at(
                &data.union_token,
                "the state of a union cannot be captured: nothing tells which of its fields is set; \
                 use an enum",
            );
            Body::Enum(Vec::new())
        }
    };
    // A lifetime is reported at the fields that borrow for it, or here if none does.
    if errors.is_empty()
        && let Some(lifetime) = input.generics.lifetimes().next()
    {
        errors.at(
            lifetime,
            "a type with a lifetime cannot be restored elsewhere; own the data",
        );
    }
    errors.into_result()?;

    let mut generics = input.generics;
    for parameter in &mut generics.params {
        if let GenericParam::Type(parameter) = parameter {
            parameter.bounds.push(parse_quote!(#state::State));
        }
    }
    Ok(Item {
        ident: input.ident,
        generics,
        state,
        plain,
        names,
        body,
    })
}

fn parse_fields(fields: Fields, default: Option<&FieldDefault>, errors: &mut Errors) -> Shape {
    let fields = fields.into_iter().enumerate().map(|(position, field)| {
        let attributes = parse_field_attributes(&field.attrs, errors);
        check_type(&field.ty, &attributes.role, errors);
        let (member, name) = match field.ident {
            Some(ident) => {
                let name = ident.unraw().to_string();
                (ident.into(), name)
            }
            None => (position.into(), position.to_string()),
        };
        Field {
            member,
            name,
            ty: field.ty,
            role: attributes.role,
            names: attributes.names,
            default: attributes.default.or_else(|| default.cloned()),
        }
    });
    let shape = Shape {
        fields: fields.collect(),
    };
    let captured = shape.captured();
    check_names(
        captured.map(|(_, field)| (field.name.clone(), &field.names)),
        "field",
        errors,
    );
    shape
}

/// Reports what in a field's type can be seen not to outlive the process.
fn check_type(ty: &Type, role: &Role, errors: &mut Errors) {
    let captured = matches!(role, Role::State);
    Borrows { errors, captured }.visit_type(ty);
}

struct Borrows<'e> {
    errors: &'e mut Errors,
    captured: bool,
}

impl<'ast> Visit<'ast> for Borrows<'_> {
    fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
        match &reference.lifetime {
            Some(lifetime) if lifetime.ident == "static" => {
                if self.captured && (reference.mutability.is_some() || !is_str(&reference.elem)) {
                    self.errors.at(
                        reference,
                        "of the borrows that last forever only `&'static str` can be captured; own the \
                         data, or make the field anew with `#[hicam(rebuild = path::to::function)]`",
                    );
                } else {
                    visit::visit_type(self, &reference.elem);
                }
            }
            _ => self.errors.at(
                reference,
                "a borrow cannot be captured: what it points to stays behind; own the data",
            ),
        }
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        if lifetime.ident != "static" {
            self.errors.at(
                lifetime,
                "a type that borrows cannot be captured: what it points to stays behind; own the data",
            );
        }
    }

    // The arguments of functions borrow for each call only.
    fn visit_type_fn_ptr(&mut self, _: &'ast syn::TypeFnPtr) {}
    fn visit_parenthesized_generic_arguments(
        &mut self,
        _: &'ast syn::ParenthesizedGenericArguments,
    ) {
    }
}

fn is_str(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident("str"))
}

impl Shape {
    /// The captured fields, each with the variable for it.
    pub(super) fn captured(&self) -> impl Iterator<Item = (Ident, &Field)> {
        self.fields
            .iter()
            .enumerate()
            .filter(|(_, field)| matches!(field.role, Role::State))
            .map(|(position, field)| (local(&format!("part_{position}")), field))
    }
}
