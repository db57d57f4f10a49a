//! What the expansion of `#[derive(State)]` calls.

pub use crate::evolve::{FieldReading, Reading, VariantReading};
pub use crate::part::*;
use crate::{DecodeError, Field, State, Type, TypeTable, Variant};

/// The schema of one field.
pub(crate) fn field<T: State>(name: &str, types: &mut TypeTable) -> Field {
    Field {
        name: name.to_owned(),
        ty: T::describe(types),
    }
}

/// The schema of one variant.
pub fn variant(name: &str, fields: Vec<Field>) -> Variant {
    Variant {
        name: name.to_owned(),
        fields,
    }
}

/// The schema of a struct.
pub fn structure(name: &str, fields: Vec<Field>) -> Type {
    Type::Struct {
        name: name.to_owned(),
        fields,
    }
}

/// The schema of an enum.
pub fn enumeration(name: &str, variants: Vec<Variant>) -> Type {
    Type::Enum {
        name: name.to_owned(),
        variants,
    }
}

/// The error of a position that no variant of `owner` has.
#[cold]
pub fn no_such_variant(owner: &'static str, position: u32) -> DecodeError {
    DecodeError::other(format_args!("`{owner}` has no variant number {position}"))
}

/// What the derive accepts:
///
/// ```
/// #[derive(hicam_macros::State)]
/// #[hicam(crate = ::hicam_state)]
/// struct Data { list: Vec<u8> }
/// ```
///
/// A type whose drop can be seen is refused:
///
/// ```compile_fail,E0119
/// #[derive(hicam_macros::State)]
/// #[hicam(crate = ::hicam_state)]
/// struct Data { list: Vec<u8> }
/// impl Drop for Data { fn drop(&mut self) {} }
/// ```
///
/// A field may also be of a serde type or a prost message, or be a pointer to one or a standard container of them:
///
/// ```
/// # use std::{collections::HashMap, sync::{Arc, Mutex}};
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Price { cents: u64 }
/// #[derive(Clone, PartialEq, prost::Message)]
/// struct Order { #[prost(string, tag = "1")] item: String }
///
/// #[derive(hicam_macros::State)]
/// #[hicam(crate = ::hicam_state)]
/// struct Shop {
///     prices: Mutex<HashMap<String, Price>>,
///     orders: Mutex<Vec<Order>>,
///     last: Option<Arc<Order>>,
/// }
/// ```
///
/// Any other field is refused:
///
/// ```compile_fail,E0277
/// struct Connection;
/// #[derive(hicam_macros::State)]
/// #[hicam(crate = ::hicam_state)]
/// struct Data { list: Vec<Connection> }
/// ```
#[cfg(doctest)]
pub struct DeriveRefusals;
