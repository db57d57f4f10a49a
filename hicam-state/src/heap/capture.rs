//! The writing side: values that share objects, and the contents of these.

use std::any;
use std::collections::{HashMap, VecDeque};
use std::mem;
use std::rc::Rc;
use std::sync::Arc;

use super::cells::Filling;
use super::content::{Content, WeakContent};
use super::frozen::{Frost, Frozen};
use super::knots::{self, Link};
use super::objects::{LatePart, Object, Objects};
use super::pins::{Pin, StrongPin, WeakPin};
use super::reach::{AllThreads, OneThread};
use crate::error::EncodeErrorKind;
use crate::{EncodeError, Encoder, State, TypeId, TypeTable, Value};

/// One capture: what its values have in common, which are their types and the objects they share.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use hicam_state::{Capture, Restore};
///
/// let one = Arc::new(Mutex::new(1));
/// let other = Arc::clone(&one);
/// let mut capture = Capture::new();
/// let values = [capture.value(&one)?, capture.value(&other)?];
/// let (types, objects) = capture.finish()?;
///
/// let restore = Restore::new(Arc::new(types), objects);
/// let one: Arc<Mutex<i32>> = restore.value(&values[0])?;
/// let other: Arc<Mutex<i32>> = restore.value(&values[1])?;
/// *one.lock().unwrap() = 2;
/// assert_eq!(*other.lock().unwrap(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Capture {
    types: TypeTable,
    /// With an encoder while a value is written.
    heap: Option<Box<Writer>>,
}

impl Capture {
    /// A capture with no values yet.
    pub fn new() -> Self {
        Capture::default()
    }

    /// Captures a value, and the objects it points to unless they have been captured already.
    ///
    /// # Errors
    /// It cannot be captured just now, or at all.
    pub fn value<T: State>(&mut self, value: &T) -> Result<Value, EncodeError> {
        self.value_with(T::describe, |out| value.encode(out))
    }

    /// As [`Capture::value`], with any functions that describe and encode.
    ///
    /// # Errors
    /// Those of `encode`, and of the contents of objects.
    pub fn value_with(
        &mut self,
        describe: impl FnOnce(&mut TypeTable) -> TypeId,
        encode: impl FnOnce(&mut Encoder) -> Result<(), EncodeError>,
    ) -> Result<Value, EncodeError> {
        let ty = describe(&mut self.types);
        let bytes = self.written(encode)?;
        Ok(Value { ty, bytes })
    }

    /// What `encode` writes. The contents of the objects that it points to are written too.
    fn written(
        &mut self,
        encode: impl FnOnce(&mut Encoder) -> Result<(), EncodeError>,
    ) -> Result<Vec<u8>, EncodeError> {
        let mut out = Encoder::new();
        out.heap = Some(Heap::Writing(self.heap.take().unwrap_or_default()));
        let written = encode(&mut out);
        let bytes = out.take_bytes();
        let written = written.and_then(|()| self.contents(&mut out));
        if let Some(Heap::Writing(heap)) = out.heap {
            self.heap = Some(heap);
        }
        written.map(|()| bytes)
    }

    /// Adds values that were frozen, in the order in which they were. The objects of their own get new numbers; those that are
    /// shared with other values have the same as there.
    ///
    /// # Errors
    /// A shared object cannot be captured just now, or at all.
    pub fn add(&mut self, frozen: &Frozen) -> Result<Vec<Value>, EncodeError> {
        let heap = self.heap.get_or_insert_default();
        let numbers = frozen.number(heap)?;
        frozen.fill(&numbers, heap, &mut self.types);
        // The contents of shared objects that nothing else has led to.
        self.written(|_| Ok(()))?;
        Ok(frozen.values(&numbers, &mut self.types))
    }

    /// Writes the contents of the objects that are waiting for it.
    fn contents(&mut self, out: &mut Encoder) -> Result<(), EncodeError> {
        while let Some(pin) = writer(out).and_then(Writer::begin) {
            let ty = pin.describer()(&mut self.types);
            pin.encode(out)?;
            let content = out.take_bytes();
            if let Some(heap) = writer(out) {
                heap.end(ty, content, &mut self.types);
            }
        }
        Ok(())
    }

    /// Whether a captured value points to this object.
    pub fn knows<T>(&self, object: &Arc<T>) -> bool {
        let address = Arc::as_ptr(object).cast::<()>().addr();
        let heap = self.heap.as_ref();
        heap.is_some_and(|heap| heap.known.contains_key(&address))
    }

    /// Ends the capture: the types and objects that its values refer to. It lets go of the objects.
    ///
    /// # Errors
    /// [`EncodeErrorKind::StrongCycle`].
    pub fn finish(self) -> Result<(TypeTable, Objects), EncodeError> {
        let Capture { mut types, heap } = self;
        let heap = heap.unwrap_or_default();
        let entries = &heap.entries;
        let links: Vec<Link> = heap
            .links
            .iter()
            .copied()
            .filter(|link| entries[link.to as usize - 1].content.is_some())
            .collect();
        let knots = knots::find(entries.len(), &links, |number| {
            entries[number as usize - 1].name
        })?;
        let list = heap
            .entries
            .into_iter()
            .map(|entry| Object {
                ty: entry.ty.unwrap_or_else(|| entry.describe(&mut types)),
                content: entry.content,
                late: entry.late,
            })
            .collect();
        Ok((types, Objects { list, knots }))
    }
}

/// What an encoder knows of shared objects.
#[derive(Debug)]
pub(crate) enum Heap {
    /// It captures values that share objects.
    Writing(Box<Writer>),
    /// Nothing is captured: the late parts of an object that exists are stored in its cells.
    Filling(Box<Filling<AllThreads>>),
    /// The same, of an object that `Rc`s lead to.
    FillingHere(Box<Filling<OneThread>>),
    /// Nothing is captured: the cells that can be late are counted.
    Counting(u32),
    /// Nothing is captured: cells let go of what they hold.
    Emptying,
}

pub(super) fn writer(out: &mut Encoder) -> Option<&mut Writer> {
    match &mut out.heap {
        Some(Heap::Writing(heap)) => Some(heap),
        _ => None,
    }
}

/// The objects of a capture.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    /// Numbers by address.
    known: HashMap<usize, u32>,
    pub(super) entries: Vec<Entry>,
    /// Objects whose content is to be written.
    queue: VecDeque<u32>,
    pub(super) links: Vec<Link>,
    /// Pointers written so far.
    pointers: u64,
    /// The object whose content is being written.
    current: Option<u32>,
    /// Its cells so far, not counting those that are never late.
    cells: u32,
    /// Above zero in a cell, or in a collection without order.
    inner: u32,
    late: Vec<LateDraft>,
    /// What is noted of the objects while values of one thread are frozen.
    pub(super) frost: Option<Frost>,
}

/// How a type is described.
pub(super) type Describe = fn(&mut TypeTable) -> TypeId;

#[derive(Debug)]
pub(super) struct LateDraft {
    pub(super) cell: u32,
    pub(super) position: u64,
    pub(super) describe: Describe,
    pub(super) bytes: Vec<u8>,
    /// Where the numbers of pointers stand in the bytes; known while values are frozen.
    pub(super) places: Vec<usize>,
}

#[derive(Debug)]
pub(super) struct Entry {
    /// The [`Content`] it is captured by.
    pub(super) kind: any::TypeId,
    pub(super) name: &'static str,
    /// None for one that was frozen.
    pub(super) pin: Option<Rc<dyn Pin>>,
    pub(super) strong: bool,
    pub(super) ty: Option<TypeId>,
    pub(super) content: Option<Vec<u8>>,
    pub(super) late: Vec<LatePart>,
}

impl Entry {
    fn describe(&self, types: &mut TypeTable) -> TypeId {
        match &self.pin {
            Some(pin) => pin.describer()(types),
            // It was described when it was added.
            None => TypeId(0),
        }
    }
}

/// Writes a strong pointer.
pub(crate) fn strong<C: Content>(
    pointer: &C::Strong,
    out: &mut Encoder,
) -> Result<(), EncodeError> {
    out.pointer::<C>(C::address(pointer), true, || {
        Rc::new(StrongPin::<C>(pointer.clone()))
    })
}

/// Writes a weak pointer.
pub(crate) fn weak<C: WeakContent>(
    pointer: &C::Weak,
    out: &mut Encoder,
) -> Result<(), EncodeError> {
    if C::is_dangling(pointer) {
        out.u32(0);
        return Ok(());
    }
    out.pointer::<C>(C::weak_address(pointer), false, || {
        Rc::new(WeakPin::<C>(pointer.clone()))
    })
}

impl Encoder {
    fn pointer<C: Content>(
        &mut self,
        address: usize,
        strong: bool,
        pin: impl FnOnce() -> Rc<dyn Pin>,
    ) -> Result<(), EncodeError> {
        let place = self.position();
        match &mut self.heap {
            None => Err(EncodeErrorKind::NoHeap.into()),
            Some(Heap::Filling(_) | Heap::FillingHere(_) | Heap::Counting(_) | Heap::Emptying) => {
                Ok(())
            }
            Some(Heap::Writing(heap)) => {
                let kind = any::TypeId::of::<C>();
                let name = any::type_name::<C::Of>();
                let number = heap.number(address, strong, kind, name, pin)?;
                if let Some(frost) = &mut heap.frost {
                    frost.found(number, strong, place);
                }
                self.u32(number);
                Ok(())
            }
        }
    }

    /// A cell: what is in it may be stored there after the object it is in has been made.
    pub(crate) fn cell<T: State>(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<(), EncodeError>,
        store: impl FnOnce(T) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        match &mut self.heap {
            None => write(self),
            Some(Heap::Writing(heap)) if heap.current.is_none() || heap.inner > 0 => write(self),
            Some(Heap::Writing(_)) => self.write_cell::<T>(write),
            Some(Heap::Filling(filling)) => filling.cell(store),
            Some(Heap::FillingHere(filling)) => filling.cell(store),
            Some(Heap::Counting(cells)) => {
                *cells += 1;
                Ok(())
            }
            Some(Heap::Emptying) => T::placeholder().map_or(Ok(()), store),
        }
    }

    fn write_cell<T: State>(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        let start = self.position();
        let Some(heap) = writer(self) else {
            return write(self);
        };
        let (cell, pointers, links) = (heap.cells, heap.pointers, heap.links.len());
        heap.cells += 1;
        heap.inner += 1;
        let written = write(self);
        let Some(heap) = writer(self) else {
            return written;
        };
        heap.inner -= 1;
        written?;
        if heap.pointers > pointers && T::placeholder().is_some() {
            heap.links.truncate(links);
            let bytes = self.split_off(start);
            if let Some(heap) = writer(self) {
                let frost = heap.frost.as_mut();
                heap.late.push(LateDraft {
                    cell,
                    position: start as u64,
                    describe: T::describe,
                    bytes,
                    places: frost.map_or_else(Vec::new, |frost| frost.places_from(start)),
                });
            }
        }
        Ok(())
    }

    /// A collection whose order is the same after a restore.
    pub(crate) fn ordered(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        write(self)
    }

    /// A collection whose order is another after a restore: no cell in it is filled late.
    pub(crate) fn unordered(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        match &mut self.heap {
            None => return write(self),
            Some(Heap::Filling(_) | Heap::FillingHere(_) | Heap::Counting(_) | Heap::Emptying) => {
                return Ok(());
            }
            Some(Heap::Writing(heap)) => heap.inner += 1,
        }
        let written = write(self);
        if let Some(heap) = writer(self) {
            heap.inner -= 1;
        }
        written
    }
}

impl Writer {
    /// The number of the object at `address`.
    pub(super) fn number(
        &mut self,
        address: usize,
        strong: bool,
        kind: any::TypeId,
        name: &'static str,
        pin: impl FnOnce() -> Rc<dyn Pin>,
    ) -> Result<u32, EncodeError> {
        let number = match self.known.get(&address) {
            Some(number) => *number,
            None => {
                let number = self.add(kind, name)?;
                self.known.insert(address, number);
                self.pin(number, address, strong, pin());
                return Ok(self.link(number, strong));
            }
        };
        let entry = &self.entries[number as usize - 1];
        if entry.kind != kind {
            return Err(EncodeErrorKind::TwoTypes(entry.name, name).into());
        }
        if strong && !entry.strong {
            self.pin(number, address, true, pin());
        }
        Ok(self.link(number, strong))
    }

    /// A new object.
    pub(super) fn add(
        &mut self,
        kind: any::TypeId,
        name: &'static str,
    ) -> Result<u32, EncodeError> {
        let number = u32::try_from(self.entries.len() + 1)
            .map_err(|_| EncodeError::other("there are more than 2³² shared objects"))?;
        self.entries.push(Entry {
            kind,
            name,
            pin: None,
            strong: false,
            ty: None,
            content: None,
            late: Vec::new(),
        });
        Ok(number)
    }

    /// Holds an object, by the first pointer to it or by the first strong one.
    fn pin(&mut self, number: u32, address: usize, strong: bool, pin: Rc<dyn Pin>) {
        let elsewhere = match &mut self.frost {
            Some(frost) => frost.pinned(number, address, &*pin),
            None => false,
        };
        let entry = &mut self.entries[number as usize - 1];
        entry.strong = strong;
        entry.pin = Some(pin);
        if strong && !elsewhere {
            self.queue.push_back(number);
        }
    }

    fn link(&mut self, to: u32, strong: bool) -> u32 {
        self.pointers += 1;
        if let Some(from) = self.current {
            self.links.push(Link { from, to, strong });
        }
        to
    }

    /// The next object whose content is to be written.
    pub(super) fn begin(&mut self) -> Option<Rc<dyn Pin>> {
        self.current = self.queue.pop_front();
        self.cells = 0;
        let entry = self.entries.get(self.current? as usize - 1)?;
        entry.pin.clone()
    }

    /// As [`Writer::end`], while values are frozen.
    pub(super) fn end_frozen(&mut self, content: Vec<u8>) {
        let late = mem::take(&mut self.late);
        if let Some(number) = self.current.take()
            && let Some(frost) = &mut self.frost
        {
            frost.written(number, content, late);
        }
    }

    fn end(&mut self, ty: TypeId, content: Vec<u8>, types: &mut TypeTable) {
        let late = mem::take(&mut self.late);
        let Some(entry) = self
            .current
            .take()
            .and_then(|number| self.entries.get_mut(number as usize - 1))
        else {
            return;
        };
        entry.ty = Some(ty);
        entry.content = Some(content);
        entry.late = late
            .into_iter()
            .map(|draft| LatePart {
                cell: draft.cell,
                position: draft.position,
                ty: (draft.describe)(types),
                bytes: draft.bytes,
            })
            .collect();
    }
}
