//! The writer of values: little-endian, fixed widths.

use crate::error::{EncodeError, EncodeErrorKind};
use crate::heap::EncoderHeap;
use crate::{LONG, MAX_DEPTH, STACK_CHUNK, STACK_LEVELS, STACK_RED_ZONE};

/// Collects the bytes of a value.
#[derive(Debug, Default)]
pub struct Encoder {
    bytes: Vec<u8>,
    depth: usize,
    /// The shared objects of the capture that the value is part of.
    pub(crate) heap: Option<EncoderHeap>,
}

impl Encoder {
    /// An empty encoder.
    pub fn new() -> Self {
        Encoder::default()
    }

    /// Makes room for so many more bytes.
    #[inline]
    pub(crate) fn reserve(&mut self, bytes: usize) {
        self.bytes.reserve(bytes);
    }

    /// The bytes written so far, taking the encoder.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The bytes written so far; what is written next is another value.
    pub(crate) fn take_bytes(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// The bytes written from `position` on, which are taken back.
    pub(crate) fn split_off(&mut self, position: usize) -> Vec<u8> {
        self.bytes.split_off(position)
    }

    /// Takes back what was written from `position` on.
    pub(crate) fn truncate(&mut self, position: usize) {
        self.bytes.truncate(position);
    }

    /// How many bytes have been written.
    #[inline]
    pub fn position(&self) -> usize {
        self.bytes.len()
    }

    /// Bytes as they are, with no length before them.
    #[inline]
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// One byte.
    #[inline]
    pub fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    /// Two bytes.
    #[inline]
    pub fn u16(&mut self, value: u16) {
        self.raw(&value.to_le_bytes());
    }

    /// Four bytes.
    #[inline]
    pub fn u32(&mut self, value: u32) {
        self.raw(&value.to_le_bytes());
    }

    /// Eight bytes.
    #[inline]
    pub fn u64(&mut self, value: u64) {
        self.raw(&value.to_le_bytes());
    }

    /// A length or count: 32 bits; one that does not fit there is all ones and 64 bits.
    #[inline]
    pub fn length(&mut self, length: usize) {
        match u32::try_from(length) {
            Ok(length) if length < LONG => self.u32(length),
            // No host has a `usize` of more than 64 bits.
            _ => self.long_length(length as u64),
        }
    }

    #[cold]
    fn long_length(&mut self, length: u64) {
        self.u32(LONG);
        self.u64(length);
    }

    /// A length and that many bytes.
    #[inline]
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.raw(bytes);
    }

    /// A length and that many bytes of UTF-8.
    #[inline]
    pub fn str(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// A record: a length in bytes, as 64 bits, and what `write` writes.
    pub(crate) fn record<T>(&mut self, write: impl FnOnce(&mut Encoder) -> T) -> T {
        let length_at = self.bytes.len();
        self.u64(0);
        let start = self.bytes.len();
        let written = write(self);
        let length = (self.bytes.len() - start) as u64;
        if let Some(place) = self.bytes.get_mut(length_at..start) {
            place.copy_from_slice(&length.to_le_bytes());
        }
        written
    }

    /// Overwrites the four bytes at `position`, for a count known only after what it counts.
    pub(crate) fn patch_u32(&mut self, position: usize, value: u32) {
        if let Some(place) = self.bytes.get_mut(position..position + 4) {
            place.copy_from_slice(&value.to_le_bytes());
        }
    }

    /// One element of a collection.
    ///
    /// An element that is encoded as nothing is followed by a zero byte, so that a collection
    /// never has more elements than bytes and a reader can check its length before allocating.
    ///
    /// # Errors
    /// Those of `write`.
    #[inline]
    pub fn element(
        &mut self,
        write: impl FnOnce(&mut Encoder) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        let start = self.bytes.len();
        write(self)?;
        if self.bytes.len() == start {
            self.u8(0);
        }
        Ok(())
    }

    /// A value behind a pointer or in a collection: where recursive types recurse.
    ///
    /// # Errors
    /// [`EncodeErrorKind::TooDeep`] beyond [`MAX_DEPTH`] levels; those of `write`.
    #[inline]
    pub fn nested(
        &mut self,
        write: impl FnOnce(&mut Encoder) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        self.enter()?;
        let done = if self.depth % STACK_LEVELS == 1 {
            stacker::maybe_grow(STACK_RED_ZONE, STACK_CHUNK, || write(self))
        } else {
            write(self)
        };
        self.leave();
        done
    }

    /// How many levels down it is.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// Goes one level down.
    #[inline]
    pub(crate) fn enter(&mut self) -> Result<(), EncodeError> {
        if self.depth >= MAX_DEPTH {
            return Err(EncodeErrorKind::TooDeep.into());
        }
        self.depth += 1;
        Ok(())
    }

    /// Comes back up.
    #[inline]
    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
    }
}
