//! The cells of objects that are read: which are late, and how late parts find their way into them.

use super::content::Content;
use super::objects::LatePart;
use super::reach::Reach;
use super::table::{Heap, circle};
use crate::error::EncodeErrorKind;
use crate::evolve::Absent;
use crate::value::read;
use crate::{DecodeError, Decoder, EncodeError, Encoder, State};

/// What a decoder of an object's content knows of it.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    pub(super) late: &'a [LatePart],
    cells: u32,
    inner: u32,
    /// Where the cells of fields that are absent come in between: how many cells are before, and how many they are.
    pub(super) gaps: Vec<(u32, u32)>,
}

impl<'a> Cursor<'a> {
    /// At the beginning of the content of an object with these late parts.
    pub(super) fn new(late: &'a [LatePart]) -> Self {
        Cursor {
            late,
            cells: 0,
            inner: 0,
            gaps: Vec::new(),
        }
    }
}

impl Decoder<'_> {
    /// See [`Encoder::cell`].
    pub(crate) fn cell<T: State>(&mut self) -> Result<T, DecodeError> {
        let position = self.position() as u64;
        let Some(object) = self.object.as_mut().filter(|object| object.inner == 0) else {
            return T::decode(self);
        };
        let cell = object.cells;
        object.cells += 1;
        if let Some((part, rest)) = object.late.split_first()
            && part.cell == cell
        {
            object.late = rest;
            if part.position != position {
                return Err(DecodeError::invalid(
                    "position of a late part",
                    part.position,
                ));
            }
            return T::placeholder().ok_or_else(|| {
                DecodeError::other("a cell that is filled late can hold nothing before")
            });
        }
        self.inner(T::decode)
    }

    /// A value that was not captured is in the place of one: its cells are counted where they are visited, but not
    /// where they are read.
    pub(crate) fn made_anew(
        &mut self,
        encode: impl FnOnce(&mut Encoder) -> Result<(), EncodeError>,
    ) -> Result<(), DecodeError> {
        let Some(object) = self.object.as_mut().filter(|object| object.inner == 0) else {
            return Ok(());
        };
        let mut out = Encoder::new();
        out.heap = Some(super::EncoderHeap::Counting(0));
        encode(&mut out).map_err(DecodeError::other)?;
        if let Some(super::EncoderHeap::Counting(cells)) = out.heap
            && cells > 0
        {
            object.gaps.push((object.cells, cells));
        }
        Ok(())
    }

    /// See [`Encoder::ordered`].
    pub(crate) fn ordered<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        read(self)
    }

    /// See [`Encoder::unordered`].
    pub(crate) fn unordered<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        if self.object.is_some() {
            self.inner(read)
        } else {
            read(self)
        }
    }

    fn inner<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        if let Some(object) = &mut self.object {
            object.inner += 1;
        }
        let value = read(self);
        if let Some(object) = &mut self.object {
            object.inner -= 1;
        }
        value
    }
}

/// The late parts of one object on their way into its cells.
#[derive(Debug)]
pub(crate) struct Filling<R: Reach> {
    heap: Heap<R>,
    number: u32,
    cells: u32,
    next: usize,
    error: Option<DecodeError>,
}

impl<R: Reach> Filling<R> {
    pub(super) fn cell<T: State>(
        &mut self,
        store: impl FnOnce(T) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        let heap = self.heap.clone();
        let cell = self.cells;
        self.cells += 1;
        let converted = heap.converted(self.number);
        let (late, absent) = match &converted {
            Some(converted) => (
                converted.late.get(self.next),
                converted.late_absent.get(self.next),
            ),
            None => {
                let object = heap.0.source.objects.get(self.number);
                (object.and_then(|object| object.late.get(self.next)), None)
            }
        };
        let late = late.filter(|part| heap.visited_as(self.number, part.cell) == cell);
        let Some(part) = late else { return Ok(()) };
        self.next += 1;
        let read = heap.driven(|| {
            let mut input = R::decoder(&heap, Decoder::new(&part.bytes));
            input.absent = absent.map(|absent| Absent::new(absent));
            read(input, T::decode)
        });
        match read {
            Ok(value) => store(value),
            Err(error) => {
                self.error = Some(error);
                Err(EncodeErrorKind::Other("a late part cannot be read".to_owned()).into())
            }
        }
    }
}

impl<R: Reach> Heap<R> {
    /// The number under which a captured cell is visited: with the cells before it that were not captured.
    fn visited_as(&self, number: u32, cell: u32) -> u32 {
        let table = self.table();
        let gaps = table.gaps.get(&number).map_or(&[][..], Vec::as_slice);
        let before = gaps.iter().take_while(|(at, _)| *at <= cell);
        cell + before.map(|(_, cells)| cells).sum::<u32>()
    }

    /// How many late parts an object has.
    pub(super) fn late_parts(&self, number: u32) -> Result<usize, DecodeError> {
        match self.converted(number) {
            Some(converted) => Ok(converted.late.len()),
            None => self.object(number).map(|object| object.late.len()),
        }
    }

    /// Stores the late parts of an object.
    pub(super) fn fill<C: Content<Reach = R>>(&self, number: u32) -> Result<(), DecodeError> {
        let pointer = self.made::<C>(number)?.ok_or_else(|| circle(number))?;
        let mut out = Encoder::new();
        out.heap = Some(R::filling(Box::new(Filling {
            heap: self.clone(),
            number,
            cells: 0,
            next: 0,
            error: None,
        })));
        let visited = C::encode(&pointer, &mut out);
        let Some(filling) = out.heap.and_then(R::filled) else {
            return Err(DecodeError::other("an encoder has lost its late parts"));
        };
        if let Some(error) = filling.error {
            return Err(error);
        }
        visited.map_err(DecodeError::other)?;
        if filling.next < self.late_parts(number)? {
            return Err(DecodeError::other(
                "the cells of an object are not visited in the order in which they were captured",
            ));
        }
        Ok(())
    }
}
