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

use crate::{EncodeError, Encoder, ahead};

/// Writes a count and that many elements, each by `encode`.
pub(crate) fn encode_sequence_with<T>(
    elements: impl ExactSizeIterator<Item = T> + Clone,
    encode: impl Fn(T, &mut Encoder) -> Result<(), EncodeError>,
    out: &mut Encoder,
) -> Result<(), EncodeError> {
    encode_touched(elements, |_, _| {}, encode, out)
}

/// As [`encode_sequence_with`]; `touch` asks for an element's memory some time before.
pub(crate) fn encode_touched<T>(
    elements: impl ExactSizeIterator<Item = T> + Clone,
    touch: impl Fn(&T, u8),
    encode: impl Fn(T, &mut Encoder) -> Result<(), EncodeError>,
    out: &mut Encoder,
) -> Result<(), EncodeError> {
    out.length(elements.len());
    out.nested(|out| {
        ahead::each(elements, touch, |element| {
            out.element(|out| encode(element, out))
        })
    })
}
