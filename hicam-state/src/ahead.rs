//! Asks for memory before it is needed.
//!
//! Encoding a large map waits for memory most of the time: each entry's text, lists and tables stand wherever the
//! allocator has put them, and the next one's are looked for only after the last one's are written. Here a few entries are
//! touched first, one level of pointers after the other. Those reads do not depend on each other, so the processor waits
//! for all of them at once.

use crate::EncodeError;

/// How many elements are touched before they are encoded: about as many reads as a processor has under way at once.
const GROUP: usize = 8;

/// How many levels of pointers are followed.
const LEVELS: u8 = 2;

/// Fewer elements than this are likely to be in the processor's caches.
const FEW: usize = 4 * GROUP;

/// Calls `encode` for each element in order, and `touch` for each some time before.
#[inline]
pub(crate) fn each<T>(
    mut elements: impl ExactSizeIterator<Item = T> + Clone,
    touch: impl Fn(&T, u8),
    mut encode: impl FnMut(T) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    while elements.len() >= FEW {
        for levels in 0..LEVELS {
            elements
                .clone()
                .take(GROUP)
                .for_each(|element| touch(&element, levels));
        }
        for element in elements.by_ref().take(GROUP) {
            encode(element)?;
        }
    }
    elements.try_for_each(encode)
}
