//! `State` for the types of the standard library, tokio and tonic.

mod collections;
mod pointers;
mod primitives;
mod small;
mod std_types;
mod sync;
mod time;
mod tonic;

pub(crate) use sync::unlocked;

use crate::{EncodeError, Encoder};

/// Writes a count and that many elements, each by `encode`.
pub(crate) fn encode_sequence_with<T>(
    elements: impl ExactSizeIterator<Item = T>,
    encode: impl Fn(T, &mut Encoder) -> Result<(), EncodeError>,
    out: &mut Encoder,
) -> Result<(), EncodeError> {
    out.length(elements.len());
    out.nested(|out| {
        for element in elements {
            out.element(|out| encode(element, out))?;
        }
        Ok(())
    })
}
