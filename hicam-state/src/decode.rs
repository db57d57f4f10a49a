//! The reader of values: never trusts a length, a tag or a depth.

use crate::error::{DecodeError, DecodeErrorKind};
use crate::evolve::Absent;
use crate::heap::{AllThreads, Cursor, Heap, OneThread};
use crate::{LONG, MAX_DEPTH, STACK_CHUNK, STACK_LEVELS, STACK_RED_ZONE};

/// Reads values from bytes that may be damaged.
#[derive(Debug)]
pub struct Decoder<'a> {
    input: &'a [u8],
    position: usize,
    depth: usize,
    /// The shared objects of the restore that the value is part of.
    pub(crate) heap: Option<&'a Heap<AllThreads>>,
    /// Those that `Rc`s of the frame lead to which the value is part of.
    pub(crate) thread: Option<&'a Heap<OneThread>>,
    /// The object whose content this is.
    pub(crate) object: Option<Cursor<'a>>,
    /// What is absent in a value that was captured by another build.
    pub(crate) absent: Option<Absent<'a>>,
}

impl<'a> Decoder<'a> {
    /// A decoder at the start of `input`.
    pub fn new(input: &'a [u8]) -> Self {
        Decoder {
            input,
            position: 0,
            depth: 0,
            heap: None,
            thread: None,
            object: None,
            absent: None,
        }
    }

    /// How many bytes have been read.
    #[inline]
    pub fn position(&self) -> usize {
        self.position
    }

    /// How many bytes are left.
    #[inline]
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
    #[inline]
    pub fn raw(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        let rest = self.input.get(self.position..).unwrap_or_default();
        match rest.get(..length) {
            Some(bytes) => {
                self.position += length;
                Ok(bytes)
            }
            None => Err(self.truncated(length)),
        }
    }

    #[cold]
    fn truncated(&self, wanted: usize) -> DecodeError {
        DecodeErrorKind::Truncated {
            missing: wanted - self.left(),
        }
        .into()
    }

    /// The next `N` bytes.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`].
    #[inline]
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let rest = self.input.get(self.position..).unwrap_or_default();
        match rest.first_chunk() {
            Some(array) => {
                self.position += N;
                Ok(*array)
            }
            None => Err(self.truncated(N)),
        }
    }

    /// One byte.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`].
    #[inline]
    pub fn u8(&mut self) -> Result<u8, DecodeError> {
        self.array().map(|[byte]| byte)
    }

    /// Whether the field that comes next, which has a default, is absent.
    #[inline]
    pub(crate) fn is_absent(&mut self) -> bool {
        self.absent.as_mut().is_some_and(Absent::next)
    }

    /// Reads on from `position`.
    pub(crate) fn go_to(&mut self, position: usize) {
        self.position = position.min(self.input.len());
    }

    /// What was read since `position`.
    pub(crate) fn since(&self, position: usize) -> &'a [u8] {
        self.input.get(position..self.position).unwrap_or_default()
    }

    /// The next byte, which stays.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.input.get(self.position).copied()
    }

    /// Two bytes.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`].
    #[inline]
    pub fn u16(&mut self) -> Result<u16, DecodeError> {
        self.array().map(u16::from_le_bytes)
    }

    /// Four bytes.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`].
    #[inline]
    pub fn u32(&mut self) -> Result<u32, DecodeError> {
        self.array().map(u32::from_le_bytes)
    }

    /// Eight bytes.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`].
    #[inline]
    pub fn u64(&mut self) -> Result<u64, DecodeError> {
        self.array().map(u64::from_le_bytes)
    }

    /// A length or count: at most the bytes that are left, since every element takes one at least.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`], [`DecodeErrorKind::Length`].
    #[inline]
    pub fn length(&mut self) -> Result<usize, DecodeError> {
        let length = match self.u32()? {
            LONG => self.u64()?,
            length => length.into(),
        };
        self.check_length(length)
    }

    /// A count of elements that is known from elsewhere, checked against the bytes left.
    #[inline]
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
    #[inline]
    pub fn bytes(&mut self) -> Result<&'a [u8], DecodeError> {
        let length = self.length()?;
        self.raw(length)
    }

    /// A length and that many bytes of UTF-8.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`], [`DecodeErrorKind::Length`], [`DecodeErrorKind::Invalid`].
    #[inline]
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
        let length = self.u64()?;
        let end = self.position + self.check_length(length)?;
        let whole = self.input;
        self.input = whole.get(..end).unwrap_or(whole);
        let record = read(self);
        self.input = whole;
        self.position = end;
        record
    }

    /// How many of `count` elements of type `T` to make room for: no more memory than there is input.
    #[inline]
    pub fn capacity<T>(&self, count: usize) -> usize {
        count.min(self.left() / size_of::<T>().max(1))
    }

    /// One element of a collection; see [`Encoder::element`](crate::Encoder::element).
    ///
    /// # Errors
    /// Those of `read`.
    #[inline]
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
    #[inline]
    pub fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        self.enter()?;
        let done = if self.depth % STACK_LEVELS == 1 {
            stacker::maybe_grow(STACK_RED_ZONE, STACK_CHUNK, || read(self))
        } else {
            read(self)
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
    pub(crate) fn enter(&mut self) -> Result<(), DecodeError> {
        if self.depth >= MAX_DEPTH {
            return Err(DecodeErrorKind::TooDeep.into());
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

/// Bytes as UTF-8.
#[inline]
pub(crate) fn text(bytes: &[u8]) -> Result<&str, DecodeError> {
    std::str::from_utf8(bytes).map_err(|error| DecodeError::invalid("UTF-8 text", error))
}
