//! Evolution: what an older build has captured is restored by a newer one whose types have changed.
//!
//! The schema of the captured state is resolved against the program's own by the names of types, fields and variants, once for each pair of
//! types ([`plan`]). If the two are the same, values are decoded as they are. Otherwise the plan turns the bytes of a value as it
//! was captured into those that the program would have written ([`convert`]), and these are decoded: so no
//! [`State`](crate::State) implementation, derived or written by hand, knows of other layouts than its own.
//!
//! One thing bytes cannot say: that a field is to have its default, which may be anything, a new `Arc` too. Fields with
//! `#[hicam(default)]` are counted in the order in which they are decoded, and the numbers of those that are absent go to the
//! [`Decoder`](crate::Decoder) beside the bytes.

mod convert;
mod plan;

pub(crate) use convert::{Converted, Source};
pub(crate) use plan::Plan;

/// How captured names find their way to a type's own: what `#[hicam(alias = "…")]` and `#[hicam(default)]` say.
///
/// It is known to this program alone and never written.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// Names that the type had before.
    pub aliases: &'static [&'static str],
    /// For each variant; of a struct there is one.
    pub variants: &'static [VariantReading],
}

/// See [`Reading`].
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct VariantReading {
    /// Names that the variant had before.
    pub aliases: &'static [&'static str],
    /// For each captured field.
    pub fields: &'static [FieldReading],
}

/// See [`Reading`].
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct FieldReading {
    /// Names that the field had before.
    pub aliases: &'static [&'static str],
    /// It may be absent.
    pub default: bool,
}

/// The fields with a default in what a decoder reads, and which of them are absent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Absent<'a> {
    /// How many fields with a default came before.
    pub(crate) seen: u64,
    /// The numbers of those that are still to come and absent, ascending.
    pub(crate) left: &'a [u64],
}

impl<'a> Absent<'a> {
    pub(crate) fn new(left: &'a [u64]) -> Self {
        Absent { seen: 0, left }
    }

    /// Whether the next field with a default is absent.
    pub(crate) fn next(&mut self) -> bool {
        let number = self.seen;
        self.seen += 1;
        match self.left.split_first() {
            Some((first, rest)) if *first == number => {
                self.left = rest;
                true
            }
            _ => false,
        }
    }
}
