//! The implementation that is written for a checked item.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Path, Type, parse_quote};

use super::item::{Body, Field, Item, Role, Shape, Variant};

// struct Pair<T> { left: T, #[hicam(skip)] cache: Cache }
//
// const _: () = {
//     use state::__private::ways::*;       // how a field is captured is found by its type
//     impl<T: state::State> state::State for Pair<T> {
//         fn describe(types: &mut state::TypeTable) -> state::TypeId {
//             types.define::<Self>(|types| …the schema…)
//         }
//         fn encode(&self, out: &mut state::Encoder) -> Result<(), state::EncodeError> { … }
//         fn decode(input: &mut state::Decoder<'_>) -> Result<Self, state::DecodeError> { … }
//         fn placeholder() -> Option<Self> { … }
//     }
//
//     trait CapturedTypesMustNotImplementDrop {}
//     impl<T: Drop> CapturedTypesMustNotImplementDrop for T {}
//     impl<T: state::State> CapturedTypesMustNotImplementDrop for Pair<T> {}
// };
//
// The last part is refused, at the type's name, where the two implementations overlap: for a type with `Drop`. Its
// values are dropped whenever they are captured or no longer needed, which must not be seen.
pub(super) fn lower(item: &Item) -> TokenStream {
    let Item {
        ident,
        generics,
        state,
        body,
        ..
    } = item;
    let owner = ident.unraw().to_string();
    let names = Names {
        state,
        owner: &owner,
        captured: item.names.name(&owner),
    };
    let (schema, encode, decode) = match body {
        Body::Struct(shape) => names.lower_struct(shape),
        Body::Enum(variants) => names.lower_enum(variants),
    };
    let placeholder = match body {
        Body::Struct(shape) => names.placeholder(quote!(Self), shape),
        Body::Enum(variants) => names.enum_placeholder(variants),
    };
    let (parameters, arguments, bounds) = generics.split_for_impl();
    let on_drop = names.on_drop(item);
    let behind_rc = names.behind_rc(item);
    let touched = names.touch(body);
    let [types, out, input] = [local("types"), local("out"), local("input")];
    let described = quote!(#types.define::<Self>(|#types| #schema));
    let describe = match names.reading(item) {
        None => described,
        Some(reading) => quote! {
            let described = #described;
            #types.read_as(described, #reading);
            described
        },
    };
    let unless_drop = quote_spanned! {ident.span()=>
        impl #parameters CapturedTypesMustNotImplementDrop for #ident #arguments #bounds {}
    };
    quote! {
        const _: () = {
        #[allow(unused_imports)]
        use #state::__private::ways::*;

        #[automatically_derived]
        impl #parameters #state::State for #ident #arguments #bounds {
            const ON_DROP: #state::OnDrop = #on_drop;
            #behind_rc

            fn describe(#types: &mut #state::TypeTable) -> #state::TypeId {
                #describe
            }

            fn encode(
                &self,
                #out: &mut #state::Encoder,
            ) -> ::core::result::Result<(), #state::EncodeError> {
                #encode
            }

            fn decode(
                #input: &mut #state::Decoder<'_>,
            ) -> ::core::result::Result<Self, #state::DecodeError> {
                #decode
            }

            fn placeholder() -> ::core::option::Option<Self> {
                #placeholder
            }

            #touched
        }

            trait CapturedTypesMustNotImplementDrop {}
            #[allow(drop_bounds, reason = "whether there is an implementation is the question")]
            impl<T: ::core::ops::Drop> CapturedTypesMustNotImplementDrop for T {}
            #unless_drop
        };
    }
}

/// All fields, with their types as far as they add to what the item itself is.
fn fields(item: &Item) -> impl Iterator<Item = (&Field, Type)> {
    let shapes: Vec<&Shape> = match &item.body {
        Body::Struct(shape) => vec![shape],
        Body::Enum(variants) => variants.iter().map(|variant| &variant.shape).collect(),
    };
    let fields = shapes.into_iter().flat_map(|shape| &shape.fields);
    fields.map(|field| {
        let mut ty = field.ty.clone();
        WithoutItself(&item.ident).visit_type_mut(&mut ty);
        (field, ty)
    })
}

/// Puts `()` where a type mentions the item itself.
struct WithoutItself<'a>(&'a Ident);

impl VisitMut for WithoutItself<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Path(path) = ty
            && path.qself.is_none()
            && let [segment] = &*path.path.segments.iter().collect::<Vec<_>>()
            && (segment.ident == *self.0 || segment.ident == "Self")
        {
            *ty = parse_quote!(());
        } else {
            visit_mut::visit_type_mut(self, ty);
        }
    }
}

/// A variable that no name of the user's can be confused with.
pub(super) fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

pub(super) struct Names<'a> {
    pub(super) state: &'a Path,
    /// The type's name in errors.
    pub(super) owner: &'a str,
    /// Its name in schemas.
    pub(super) captured: String,
}

/// The schema, the block that writes a value, the expression that reads one.
type Lowered = (TokenStream, TokenStream, TokenStream);

impl Names<'_> {
    // struct Pair<T> { left: T, #[hicam(skip)] cache: Cache }
    //
    // schema:  __private::structure("Pair", vec![part::<T>().describe("left", types)])
    // encode:  let Self { left: part_0, .. } = self;
    //          part::<T>().encode(part_0, "Pair", "left", out)?;
    //          Ok(())
    // decode:  Ok(Self {
    //              left: part::<T>().decode("Pair", "left", input)?,
    //              cache: <Cache as Default>::default(),
    //          })
    fn lower_struct(&self, shape: &Shape) -> Lowered {
        let Names {
            state, captured, ..
        } = self;
        let described = self.describe_fields(shape);
        let pattern = self.pattern(shape);
        let written = self.encode_fields(shape);
        let read = self.decode_fields(shape);
        (
            quote!(#state::__private::structure(#captured, #described)),
            quote! {
                let Self #pattern = self;
                #written
                ::core::result::Result::Ok(())
            },
            quote!(::core::result::Result::Ok(Self #read)),
        )
    }

    // enum Step { Idle, Move(u32) }
    //
    // schema:  __private::enumeration("Step", vec![
    //              __private::variant("Idle", vec![]),
    //              __private::variant("Move", vec![part::<u32>().describe("0", types)]),
    //          ])
    // encode:  match self {
    //              Self::Idle {} => { out.u32(0); }
    //              Self::Move { 0: part_0 } => {
    //                  out.u32(1);
    //                  part::<u32>().encode(part_0, "Step", "0", out)?;
    //              }
    //          }
    //          Ok(())
    // decode:  match input.u32()? {
    //              0 => Ok(Self::Idle {}),
    //              1 => Ok(Self::Move { 0: part::<u32>().decode("Step", "0", input)? }),
    //              other => Err(__private::no_such_variant("Step", other)),
    //          }
    fn lower_enum(&self, variants: &[Variant]) -> Lowered {
        let Names {
            state,
            owner,
            captured,
        } = self;
        let [out, input, other] = [local("out"), local("input"), local("other")];
        let mut schemas = Vec::new();
        let mut writers = Vec::new();
        let mut readers = Vec::new();
        for (position, variant) in (0u32..).zip(variants) {
            let Variant { ident, shape, .. } = variant;
            let name = variant.names.name(&ident.unraw().to_string());
            let described = self.describe_fields(shape);
            schemas.push(quote!(#state::__private::variant(#name, #described)));
            let pattern = self.pattern(shape);
            let written = self.encode_fields(shape);
            writers.push(quote! {
                Self::#ident #pattern => {
                    #out.u32(#position);
                    #written
                }
            });
            let read = self.decode_fields(shape);
            readers.push(quote!(#position => ::core::result::Result::Ok(Self::#ident #read),));
        }
        let written = if writers.is_empty() {
            // There is no value to write.
            quote!(match *self {})
        } else {
            quote! {
                match self { #(#writers)* }
                ::core::result::Result::Ok(())
            }
        };
        (
            quote!(#state::__private::enumeration(#captured, ::std::vec![#(#schemas),*])),
            written,
            quote! {
                match #input.u32()? {
                    #(#readers)*
                    #other => ::core::result::Result::Err(
                        #state::__private::no_such_variant(#owner, #other),
                    ),
                }
            },
        )
    }

    // struct Pair<T> { left: T, right: String, #[hicam(skip)] cache: Cache }
    //
    // fn glance(&self) { part::<T>().glance(&self.left); }
    // fn touch(&self, levels: u8) {
    //     let Self { left: part_0, right: part_1, .. } = self;
    //     part::<T>().touch(part_0, levels);
    //     part::<String>().touch(part_1, levels);
    // }
    //
    // Of an enum the variant is read at a glance; nothing else of it is asked for before it is known.
    fn touch(&self, body: &Body) -> TokenStream {
        let Body::Struct(shape) = body else {
            return quote! {
                #[inline]
                fn glance(&self) {
                    ::core::hint::black_box(::core::mem::discriminant(self));
                }
            };
        };
        let levels = local("levels");
        let glance = shape.captured().next().map(|(_, field)| {
            let (part, member) = (self.part(field), &field.member);
            quote!(#part.glance(&self.#member);)
        });
        let fields = shape.captured().map(|(place, field)| {
            let part = self.part(field);
            quote!(#part.touch(#place, #levels);)
        });
        let pattern = self.pattern(shape);
        quote! {
            #[inline]
            fn glance(&self) {
                #glance
            }

            #[inline]
            fn touch(&self, #levels: u8) {
                let Self #pattern = self;
                #(#fields)*
            }
        }
    }

    // struct List { text: String, next: Option<Box<List>>, #[hicam(skip)] cache: Cache }
    //
    // OnDrop::any(&[PartOf::<String>::ON_DROP, PartOf::<Option<Box<()>>>::ON_DROP, OnDrop::of::<Cache>()])
    //
    // The type itself, which adds nothing to its other fields, is left out: asking for it would have no end.
    fn on_drop(&self, item: &Item) -> TokenStream {
        let state = self.state;
        if item.plain {
            return quote!(#state::OnDrop::Silent);
        }
        let parts = fields(item).map(|(field, ty)| {
            let span = field.ty.span();
            match field.role {
                Role::State => quote_spanned!(span=> #state::__private::PartOf::<#ty>::ON_DROP),
                Role::Skip | Role::Rebuild(_) => quote_spanned!(span=> #state::OnDrop::of::<#ty>()),
            }
        });
        quote!(#state::OnDrop::any(&[#(#parts),*]))
    }

    // The same of what the `Rc`s in its fields point to; what is in other fields is never captured through an `Rc`.
    fn behind_rc(&self, item: &Item) -> Option<TokenStream> {
        let state = self.state;
        let parts = fields(item).filter(|(field, _)| matches!(field.role, Role::State));
        let parts = parts.map(|(field, ty)| {
            quote_spanned!(field.ty.span()=> #state::__private::PartOf::<#ty>::BEHIND_RC)
        });
        (!item.plain)
            .then(|| quote!(const BEHIND_RC: #state::OnDrop = #state::OnDrop::any(&[#(#parts),*]);))
    }

    // struct Pair<T> { left: T, #[hicam(skip)] cache: Cache }
    //
    // Some(Self { left: part::<T>().placeholder()?, cache: <Cache as Default>::default() })
    //
    // Nothing is rebuilt for a value that is soon replaced.
    fn placeholder(&self, name: TokenStream, shape: &Shape) -> TokenStream {
        let rebuilt = |field: &Field| matches!(field.role, Role::Rebuild(_));
        if shape.fields.iter().any(rebuilt) {
            return quote!(::core::option::Option::None);
        }
        let fields = shape.fields.iter().map(|field| {
            let Field { member, ty, .. } = field;
            let value = match field.role {
                Role::State | Role::Rebuild(_) => {
                    let part = self.part(field);
                    quote!(#part.placeholder()?)
                }
                Role::Skip => {
                    quote_spanned!(ty.span()=> <#ty as ::core::default::Default>::default())
                }
            };
            quote!(#member: #value,)
        });
        quote!(::core::option::Option::Some(#name { #(#fields)* }))
    }

    /// A variant without fields, else the first one.
    fn enum_placeholder(&self, variants: &[Variant]) -> TokenStream {
        let empty = variants
            .iter()
            .find(|variant| variant.shape.fields.is_empty());
        match empty.or(variants.first()) {
            None => quote!(::core::option::Option::None),
            Some(Variant { ident, shape, .. }) => self.placeholder(quote!(Self::#ident), shape),
        }
    }

    fn describe_fields(&self, shape: &Shape) -> TokenStream {
        let types = local("types");
        let fields = shape.captured().map(|(_, field)| {
            let part = self.part(field);
            let name = field.names.name(&field.name);
            quote!(#part.describe(#name, #types))
        });
        quote!(::std::vec![#(#fields),*])
    }

    /// Names what is captured; a tuple struct's fields are named by position, so one form does for all.
    fn pattern(&self, shape: &Shape) -> TokenStream {
        let fields = shape.captured().map(|(place, field)| {
            let member = &field.member;
            quote!(#member: #place,)
        });
        let rest = (shape.captured().count() < shape.fields.len()).then(|| quote!(..));
        quote!({ #(#fields)* #rest })
    }

    fn encode_fields(&self, shape: &Shape) -> TokenStream {
        let (owner, out) = (self.owner, local("out"));
        let fields = shape.captured().map(|(place, field)| {
            let part = self.part(field);
            let name = &field.name;
            quote!(#part.encode(#place, #owner, #name, #out)?;)
        });
        quote!(#(#fields)*)
    }

    fn decode_fields(&self, shape: &Shape) -> TokenStream {
        let (owner, input) = (self.owner, local("input"));
        let fields = shape.fields.iter().map(|field| {
            let Field {
                member,
                name,
                ty,
                role,
                default,
                ..
            } = field;
            let value = match role {
                Role::State => {
                    let part = self.part(field);
                    match default {
                        None => quote!(#part.decode(#owner, #name, #input)?),
                        Some(default) => {
                            let default = default.lower(member, ty);
                            quote!(#part.decode_or(|| #default, #owner, #name, #input)?)
                        }
                    }
                }
                Role::Skip => {
                    quote_spanned!(ty.span()=> <#ty as ::core::default::Default>::default())
                }
                Role::Rebuild(path) => quote!(#path()),
            };
            quote!(#member: #value,)
        });
        quote!({ #(#fields)* })
    }

    /// The helper that stands for a field's type. All three methods name it alike at the user's type,
    /// so that a type without `State` is reported once.
    fn part(&self, field: &Field) -> TokenStream {
        let Names { state, .. } = self;
        let ty = &field.ty;
        quote_spanned!(ty.span()=> (&&&&&&&&&&&&&#state::__private::PartOf::<#ty>::TYPE).part())
    }
}
