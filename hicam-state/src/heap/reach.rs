//! Who can hold a pointer to an object: every thread (`Arc`), or only the one that made it (`Rc`). All else is the same for
//! both, and is written once.

use std::any::Any;
use std::collections::HashMap;

use super::capture;
use super::cells::Filling;
use super::table::{Heap, Slot};
use crate::{DecodeError, Decoder};

/// Which threads the pointers to an object can be in.
pub(crate) trait Reach: Sized + 'static {
    /// A pointer, or what has been read of an object, whose type is not known here.
    type Erased: 'static;
    /// The objects of one restore, by number.
    type Slots: Slots<Self>;
    /// The table of the objects that objects of this reach point to besides those of their own.
    type Outer: 'static;

    /// What can be asked for its type.
    fn any(erased: &Self::Erased) -> &dyn Any;
    /// The table that a value's pointers of this reach are read from.
    fn table<'a>(input: &Decoder<'a>) -> Option<&'a Heap<Self>>;
    /// A decoder of the content of an object of this reach.
    fn decoder<'a>(heap: &'a Heap<Self>, input: Decoder<'a>) -> Decoder<'a>;
    /// Makes sure that this table is the only one that makes an object: one that is pointed to by an `Rc` of one function and
    /// from elsewhere too would become two.
    ///
    /// # Errors
    /// Another table has made it.
    fn claim(heap: &Heap<Self>, number: u32) -> Result<(), DecodeError>;
    /// Runs what reads an object of this reach where an object of any reach is being read.
    ///
    /// # Errors
    /// Those of `read`.
    fn nested<T>(
        heap: &Heap<Self>,
        input: &Decoder<'_>,
        read: impl FnMut() -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError>;
    /// What stores late parts, as an encoder takes it.
    fn filling(filling: Box<Filling<Self>>) -> capture::Heap;
    /// What stores late parts, as an encoder gives it back.
    fn filled(heap: capture::Heap) -> Option<Box<Filling<Self>>>;
}

/// `Arc`: one table for all threads.
#[derive(Debug)]
pub(crate) enum AllThreads {}

/// `Rc`: a table for each frame. What it has made points into the table for all threads, and is never pointed to from there.
#[derive(Debug)]
pub(crate) enum OneThread {}

impl Reach for AllThreads {
    type Erased = Box<dyn Any + Send>;
    type Slots = Vec<Slot<Self>>;
    type Outer = ();

    fn any(erased: &Self::Erased) -> &dyn Any {
        &**erased
    }

    fn table<'a>(input: &Decoder<'a>) -> Option<&'a Heap<Self>> {
        input.heap
    }

    fn decoder<'a>(heap: &'a Heap<Self>, mut input: Decoder<'a>) -> Decoder<'a> {
        input.heap = Some(heap);
        input
    }

    fn claim(heap: &Heap<Self>, number: u32) -> Result<(), DecodeError> {
        match heap.table().claimed.contains_key(&number) {
            false => Ok(()),
            true => Err(shared_with_a_thread(number)),
        }
    }

    fn nested<T>(
        heap: &Heap<Self>,
        input: &Decoder<'_>,
        mut read: impl FnMut() -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        if input.thread.is_none() {
            return read();
        }
        // No object of this table is in the making: what must be made first is made at once.
        heap.driven(read)
    }

    fn filling(filling: Box<Filling<Self>>) -> capture::Heap {
        capture::Heap::Filling(filling)
    }

    fn filled(heap: capture::Heap) -> Option<Box<Filling<Self>>> {
        match heap {
            capture::Heap::Filling(filling) => Some(filling),
            _ => None,
        }
    }
}

impl Reach for OneThread {
    type Erased = Box<dyn Any>;
    // There may be many frames, each of which reaches few of the objects.
    type Slots = HashMap<u32, Slot<Self>>;
    type Outer = Heap<AllThreads>;

    fn any(erased: &Self::Erased) -> &dyn Any {
        &**erased
    }

    fn table<'a>(input: &Decoder<'a>) -> Option<&'a Heap<Self>> {
        input.thread
    }

    fn decoder<'a>(heap: &'a Heap<Self>, mut input: Decoder<'a>) -> Decoder<'a> {
        input.heap = Some(&heap.0.outer);
        input.thread = Some(heap);
        input
    }

    fn claim(heap: &Heap<Self>, number: u32) -> Result<(), DecodeError> {
        let mut outer = heap.0.outer.table();
        let made = outer
            .slots
            .slot(number)
            .is_some_and(|slot| !matches!(slot, Slot::Empty));
        let claimed = *outer.claimed.entry(number).or_insert(heap.0.id);
        if made || claimed != heap.0.id {
            return Err(shared_with_a_thread(number));
        }
        Ok(())
    }

    fn nested<T>(
        _: &Heap<Self>,
        _: &Decoder<'_>,
        mut read: impl FnMut() -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        read()
    }

    fn filling(filling: Box<Filling<Self>>) -> capture::Heap {
        capture::Heap::FillingHere(filling)
    }

    fn filled(heap: capture::Heap) -> Option<Box<Filling<Self>>> {
        match heap {
            capture::Heap::FillingHere(filling) => Some(filling),
            _ => None,
        }
    }
}

#[cold]
fn shared_with_a_thread(number: u32) -> DecodeError {
    DecodeError::other(format_args!(
        "object {number} is pointed to by an `Rc`, and from outside of the function that holds it too: it was captured as an \
         `Arc`, so use `Arc` here as well"
    ))
}

/// Objects by number.
pub(crate) trait Slots<R: Reach> {
    /// Of so many objects.
    fn of(objects: usize) -> Self;
    /// One of them.
    fn slot(&mut self, number: u32) -> Option<&mut Slot<R>>;
    /// How many there may be.
    fn count(&self) -> usize;
}

impl<R: Reach> Slots<R> for Vec<Slot<R>> {
    fn of(objects: usize) -> Self {
        (0..objects).map(|_| Slot::Empty).collect()
    }

    fn slot(&mut self, number: u32) -> Option<&mut Slot<R>> {
        self.get_mut((number as usize).wrapping_sub(1))
    }

    fn count(&self) -> usize {
        self.len()
    }
}

impl<R: Reach> Slots<R> for HashMap<u32, Slot<R>> {
    fn of(_: usize) -> Self {
        HashMap::new()
    }

    fn slot(&mut self, number: u32) -> Option<&mut Slot<R>> {
        Some(self.entry(number).or_insert(Slot::Empty))
    }

    fn count(&self) -> usize {
        self.len()
    }
}
