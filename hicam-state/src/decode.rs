//! The reader of values: never trusts a length, a tag or a depth.

use crate::error::{DecodeError, DecodeErrorKind};
use crate::heap::{Cursor, Heap};
use crate::{MAX_DEPTH, STACK_CHUNK, STACK_RED_ZONE};

/// Reads values from bytes that may be damaged.
#[derive(Debug)]
pub struct Decoder<'a> {
    input: &'a [u8],
    position: usize,
    depth: usize,
    /// The shared objects of the restore that the value is part of.
    pub(crate) heap: Option<&'a Heap>,
    /// The object whose content this is.
    pub(crate) object: Option<Cursor<'a>>,
}

impl<'a> Decoder<'a> {
    /// A decoder at the start of `input`.
    pub fn new(input: &'a [u8]) -> Self {
        Decoder {
            input,
            position: 0,
            depth: 0,
            heap: None,
            object: None,
        }
    }

    /// A decoder of a value that may point to shared objects.
    pub(crate) fn of_value(input: &'a [u8], heap: &'a Heap) -> Self {
        Decoder {
            heap: Some(heap),
            ..Decoder::new(input)
        }
    }

    /// How many bytes have been read.
    pub fn position(&self) -> usize {
        self.position
    }

    /// How many bytes are left.
    pub fn left(&self) -> usize {
        self.input.len() - self.position
    }

    /// Ends reading.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Trailing`] if bytes are left.
    pub fn finish(self) -> Result<(), DecodeError> {
        match self.left() {
            0 => Ok(()),
            left => Err(DecodeErrorKind::Trailing(left).into()),
        }
    }

    /// The next `length` bytes as they are.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`].
    pub fn raw(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        let rest = self.input.get(self.position..).unwrap_or_default();
        match rest.get(..length) {
            Some(bytes) => {
                self.position += length;
                Ok(bytes)
            }
            None => Err(DecodeErrorKind::Truncated {
                missing: length - rest.len(),
            }
            .into()),
        }
    }

    /// The next `N` bytes.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`].
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let mut array = [0; N];
        array.copy_from_slice(self.raw(N)?);
        Ok(array)
    }

    /// One byte.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`].
    pub fn u8(&mut self) -> Result<u8, DecodeError> {
        self.array().map(|[byte]| byte)
    }

    /// The next byte, which stays.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.input.get(self.position).copied()
    }

    /// Two bytes.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`].
    pub fn u16(&mut self) -> Result<u16, DecodeError> {
        self.array().map(u16::from_le_bytes)
    }

    /// Four bytes.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`].
    pub fn u32(&mut self) -> Result<u32, DecodeError> {
        self.array().map(u32::from_le_bytes)
    }

    /// Eight bytes.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`].
    pub fn u64(&mut self) -> Result<u64, DecodeError> {
        self.array().map(u64::from_le_bytes)
    }

    /// A length or count: at most the bytes that are left, since every element takes one at least.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`], [`DecodeErrorKind::Length`].
    pub fn length(&mut self) -> Result<usize, DecodeError> {
        let length = self.u64()?;
        self.check_length(length)
    }

    /// A count of elements that is known from elsewhere, checked against the bytes left.
    pub(crate) fn check_length(&self, length: u64) -> Result<usize, DecodeError> {
        let left = self.left();
        usize::try_from(length)
            .ok()
            .filter(|length| *length <= left)
            .ok_or_else(|| DecodeErrorKind::Length { length, left }.into())
    }

    /// A length and that many bytes.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`], [`DecodeErrorKind::Length`].
    pub fn bytes(&mut self) -> Result<&'a [u8], DecodeError> {
        let length = self.length()?;
        self.raw(length)
    }

    /// A length and that many bytes of UTF-8.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`], [`DecodeErrorKind::Length`], [`DecodeErrorKind::Invalid`].
    pub fn str(&mut self) -> Result<&'a str, DecodeError> {
        text(self.bytes()?)
    }

    /// A record: a length, and within it what `read` reads. What follows there is of a later version and passed over.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`], [`DecodeErrorKind::Length`]; those of `read`.
    pub(crate) fn record<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let length = self.length()?;
        let end = self.position + length;
        let whole = self.input;
        self.input = whole.get(..end).unwrap_or(whole);
        let record = read(self);
        self.input = whole;
        self.position = end;
        record
    }

    /// How many of `count` elements of type `T` to make room for: no more memory than there is input.
    pub fn capacity<T>(&self, count: usize) -> usize {
        count.min(self.left() / size_of::<T>().max(1))
    }

    /// One element of a collection; see [`Encoder::element`](crate::Encoder::element).
    ///
    /// # Errors
    /// Those of `read`.
    pub fn element<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let start = self.position;
        let value = read(self)?;
        if self.position == start {
            match self.u8()? {
                0 => {}
                byte => return Err(DecodeError::invalid("empty element", byte)),
            }
        }
        Ok(value)
    }

    /// A value behind a pointer or in a collection: where recursive types recurse.
    ///
    /// # Errors
    /// [`DecodeErrorKind::TooDeep`] beyond [`MAX_DEPTH`] levels; those of `read`.
    pub fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        self.enter()?;
        let done = stacker::maybe_grow(STACK_RED_ZONE, STACK_CHUNK, || read(self));
        self.leave();
        done
    }

    /// How many levels down it is.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// Goes one level down.
    pub(crate) fn enter(&mut self) -> Result<(), DecodeError> {
        if self.depth >= MAX_DEPTH {
            return Err(DecodeErrorKind::TooDeep.into());
        }
        self.depth += 1;
        Ok(())
    }

    /// Comes back up.
    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
    }
}

/// Bytes as UTF-8.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, DecodeError> {
    std::str::from_utf8(bytes).map_err(|error| DecodeError::invalid("UTF-8 text", error))
}
