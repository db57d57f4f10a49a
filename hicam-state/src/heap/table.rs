//! The reading side: the table of objects that have been made, and how each is made.

use std::any::{self, Any};
use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::content::Content;
use super::objects::{LatePart, Object, Objects};
use crate::error::{DecodeErrorKind, EncodeErrorKind};
use crate::evolve::{Absent, Converted, Plan, Source};
use crate::value::{first, read};
use crate::{
    DecodeError, Decoder, EncodeError, Encoder, STACK_CHUNK, STACK_RED_ZONE, State, TypeId,
    TypeTable,
};

/// How many objects deep fixed links are followed before what is at the depth is made first.
pub(super) const DEPTH: usize = 500;

/// The objects of one restore.
#[derive(Clone)]
pub(crate) struct Heap(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) types: Arc<TypeTable>,
    pub(super) objects: Objects,
    /// The knot that an object is in, and its position there.
    pub(super) knot_of: HashMap<u32, (usize, usize)>,
    /// Held by whoever reads a value, so that no object is seen in the making by another thread.
    pub(super) turn: Mutex<()>,
    pub(super) table: Mutex<Table>,
}

#[derive(Default)]
pub(super) struct Table {
    pub(super) slots: Vec<Slot>,
    pub(super) knots: Vec<Knot>,
    /// Contents and the types they turned out to have; how they are converted if another build captured them.
    pub(super) checked: HashMap<(any::TypeId, TypeId), Option<Arc<Plan>>>,
    /// Objects that have been converted.
    pub(super) converted: HashMap<u32, Arc<Converted>>,
    /// Of objects with cells that were not captured, where these come in between.
    pub(super) gaps: HashMap<u32, Vec<(u32, u32)>>,
    /// Objects of knots to which no link leads any more, because fields with links are gone.
    pub(super) released: HashSet<u32>,
    /// What stores late parts of objects that have been made.
    pub(super) fills: VecDeque<Step>,
    /// An object that must be made before what is in progress can be read.
    pub(super) pending: Option<Step>,
    pub(super) depth: usize,
    /// The knot whose objects are being read for the first time.
    pub(super) probing: Option<usize>,
}

pub(super) enum Slot {
    Empty,
    /// Its content is being read.
    Making,
    /// Its content is being read, and this `Weak` points to it.
    MakingWith(Box<dyn Any + Send>),
    /// The `Arc`.
    Made(Box<dyn Any + Send>),
}

/// What has been learnt of a knot by reading it for the first time.
#[derive(Default)]
pub(super) struct Knot {
    /// All have been read for the first time.
    pub(super) done: bool,
    /// Its objects are being made, or have been.
    pub(super) making: bool,
    /// Objects still to be read for the first time.
    pub(super) todo: Vec<Step>,
    /// What was read, by number.
    pub(super) probes: HashMap<u32, Box<dyn Any + Send>>,
    /// Being read.
    pub(super) open: HashSet<u32>,
    pub(super) make: HashMap<u32, Step>,
    /// Objects to which a fixed weak link of the knot leads.
    pub(super) targets: HashSet<u32>,
}

/// Makes the object of a number.
pub(super) type Make<C> = fn(&Heap, u32) -> Result<Arc<<C as Content>::Of>, DecodeError>;

/// Something to do with an object whose type only this function knows.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub(super) number: u32,
    pub(super) run: fn(&Heap, u32) -> Result<(), DecodeError>,
}

impl fmt::Debug for Heap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Heap")
            .field("objects", &self.0.objects.len())
            .finish_non_exhaustive()
    }
}

/// What a decoder of an object's content knows of it.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    late: &'a [LatePart],
    cells: u32,
    inner: u32,
    /// Where the cells of fields that are absent come in between: how many cells are before, and how many they are.
    gaps: Vec<(u32, u32)>,
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
pub(crate) struct Filling {
    heap: Heap,
    number: u32,
    cells: u32,
    next: usize,
    error: Option<DecodeError>,
}

impl Filling {
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
                let object = heap.0.objects.get(self.number);
                (object.and_then(|object| object.late.get(self.next)), None)
            }
        };
        let late = late.filter(|part| heap.visited_as(self.number, part.cell) == cell);
        let Some(part) = late else { return Ok(()) };
        self.next += 1;
        let read = heap.driven(|| {
            let mut input = Decoder::of_value(&part.bytes, &heap);
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

impl Heap {
    pub(super) fn new(types: Arc<TypeTable>, objects: Objects) -> Self {
        let knot_of = (0..)
            .zip(&objects.knots)
            .flat_map(|(at, knot)| {
                (0..)
                    .zip(knot)
                    .map(move |(place, tied)| (tied.number, (at, place)))
            })
            .collect();
        let mut table = Table::default();
        table.slots.extend(objects.list.iter().map(|_| Slot::Empty));
        table
            .knots
            .extend(objects.knots.iter().map(|_| Knot::default()));
        Heap(Arc::new(Inner {
            types,
            objects,
            knot_of,
            turn: Mutex::default(),
            table: Mutex::new(table),
        }))
    }

    /// Runs `read` and stores all late parts of the objects it makes.
    pub(super) fn read<T>(
        &self,
        read: impl FnMut() -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let _turn = self.0.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let value = self.driven(read)?;
        loop {
            // Taken out first: the table is used while it runs.
            let step = self.table().fills.pop_front();
            let Some(Step { number, run }) = step else {
                return Ok(value);
            };
            run(self, number)?;
        }
    }

    /// Whoever panicked in a user's code while reading has left no slot half written.
    pub(super) fn table(&self) -> MutexGuard<'_, Table> {
        self.0.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `read` until nothing has to be made first.
    fn driven<T>(
        &self,
        mut read: impl FnMut() -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        loop {
            self.table().depth = 0;
            let value = read();
            let pending = self.table().pending.take();
            let Some(step) = pending else { return value };
            drop(value);
            self.first(step)?;
        }
    }

    /// Makes an object, and before it whatever it needs.
    fn first(&self, step: Step) -> Result<(), DecodeError> {
        let mut waiting = vec![step];
        let mut numbers = HashSet::from([step.number]);
        while let Some(Step { number, run }) = waiting.last().copied() {
            self.table().depth = 0;
            let made = run(self, number);
            let pending = self.table().pending.take();
            match pending {
                None => {
                    made?;
                    waiting.pop();
                    numbers.remove(&number);
                }
                Some(step) => {
                    if !numbers.insert(step.number) {
                        return Err(circle(step.number));
                    }
                    waiting.push(step);
                }
            }
        }
        Ok(())
    }

    fn object(&self, number: u32) -> Result<&Object, DecodeError> {
        self.0
            .objects
            .get(number)
            .ok_or_else(|| DecodeError::invalid("number of an object", number))
    }

    pub(super) fn slot<R>(
        &self,
        number: u32,
        look: impl FnOnce(&mut Slot) -> Result<R, DecodeError>,
    ) -> Result<R, DecodeError> {
        let mut table = self.table();
        let slot = table.slots.get_mut((number as usize).wrapping_sub(1));
        slot.map_or_else(
            || Err(DecodeError::invalid("number of an object", number)),
            look,
        )
    }

    fn made<C: Content>(&self, number: u32) -> Result<Option<Arc<C::Of>>, DecodeError> {
        self.slot(number, |slot| match slot {
            Slot::Made(pointer) => pointer
                .downcast_ref::<Arc<C::Of>>()
                .cloned()
                .map(Some)
                .ok_or_else(|| two_types(number)),
            _ => Ok(None),
        })
    }

    /// The knot that an object is in, unless no link of the knot leads to it any more.
    fn knot_in_use(&self, number: u32) -> Option<usize> {
        let (knot, _) = self.0.knot_of.get(&number)?;
        let released = self.table().released.contains(&number);
        (!released).then_some(*knot)
    }

    /// The object of this number.
    pub(super) fn strong<C: Content>(&self, number: u32) -> Result<Arc<C::Of>, DecodeError> {
        if let Some(pointer) = self.made::<C>(number)? {
            return Ok(pointer);
        }
        match self.knot_in_use(number) {
            Some(knot) => {
                if self.table().probing == Some(knot) {
                    return self.probe_strong::<C>(number);
                }
                self.probe_knot::<C>(knot, number)?;
                self.make_knot(knot)?;
            }
            None => self.make_plain::<C>(number)?,
        }
        self.made::<C>(number)?.ok_or_else(|| circle(number))
    }

    /// A weak pointer to the object of this number.
    pub(super) fn weak<C: Content<Of: Sized>>(
        &self,
        number: u32,
    ) -> Result<Weak<C::Of>, DecodeError> {
        if number == 0 || self.object(number)?.content.is_none() {
            return Ok(Weak::new());
        }
        if let Some(knot) = self.knot_in_use(number) {
            let mut table = self.table();
            if table.probing == Some(knot)
                && let Some(knot) = table.knots.get_mut(knot)
            {
                knot.targets.insert(number);
                knot.make.insert(number, member::<C>(number));
                knot.todo.push(probe::<C>(number));
                return Ok(Weak::new());
            }
        }
        let making = self.slot(number, |slot| match slot {
            Slot::MakingWith(pointer) => pointer
                .downcast_ref::<Weak<C::Of>>()
                .cloned()
                .map(Some)
                .ok_or_else(|| two_types(number)),
            _ => Ok(None),
        })?;
        match making {
            Some(pointer) => Ok(pointer),
            None => self
                .strong::<C>(number)
                .map(|pointer| Arc::downgrade(&pointer)),
        }
    }

    /// Reads the content of an object into a new one.
    pub(super) fn make<C: Content>(&self, number: u32) -> Result<Arc<C::Of>, DecodeError> {
        self.content(number, C::make)
    }

    pub(super) fn content<T>(
        &self,
        number: u32,
        read: fn(&mut Decoder<'_>) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let object = self.object(number)?;
        let Some(content) = &object.content else {
            return Err(DecodeError::invalid("object with content", number));
        };
        let converted = self.converted(number);
        let (mut input, late) = match &converted {
            Some(converted) => (converted.decoder(), &converted.late),
            None => (Decoder::new(content), &object.late),
        };
        input.heap = Some(self);
        input.object = Some(Cursor {
            late,
            cells: 0,
            inner: 0,
            gaps: Vec::new(),
        });
        let value = stacker::maybe_grow(STACK_RED_ZONE, STACK_CHUNK, || read(&mut input))?;
        if input
            .object
            .as_ref()
            .is_some_and(|object| !object.late.is_empty())
        {
            return Err(DecodeError::other(
                "an object has fewer cells than late parts",
            ));
        }
        let gaps = input.object.take().map(|object| object.gaps);
        input.finish()?;
        if let Some(gaps) = gaps.filter(|gaps| !gaps.is_empty()) {
            self.table().gaps.insert(number, gaps);
        }
        // A user's code may have made a value in spite of an error.
        if self.table().pending.is_some() {
            return Err(DecodeErrorKind::Pending.into());
        }
        Ok(value)
    }

    /// Whether the type it is read as is the one it was captured as, or one that it can be converted to, which is then done.
    pub(super) fn check<C: Content>(&self, number: u32) -> Result<(), DecodeError> {
        let object = self.object(number)?;
        let key = (any::TypeId::of::<C>(), object.ty);
        let known = self.table().checked.get(&key).cloned();
        let plan = match known {
            Some(plan) => plan,
            None => {
                let mut ours = TypeTable::new();
                let id = C::describe(&mut ours);
                let plan = match ours.same(id, &self.0.types, object.ty) {
                    Ok(()) => None,
                    Err(_) => {
                        let theirs = (&*self.0.types, object.ty);
                        Some(Arc::new(Plan::new((&ours, id), theirs).map_err(first)?))
                    }
                };
                self.table().checked.insert(key, plan.clone());
                plan
            }
        };
        if let (Some(plan), Some(bytes)) = (plan, &object.content)
            && self.converted(number).is_none()
        {
            let converted = plan.convert(Source {
                bytes,
                late: &object.late,
            })?;
            self.table().converted.insert(number, Arc::new(converted));
        }
        Ok(())
    }

    /// The object as this program would have captured it, if it has been converted.
    fn converted(&self, number: u32) -> Option<Arc<Converted>> {
        self.table().converted.get(&number).cloned()
    }

    /// The number under which a captured cell is visited: with the cells before it that were not captured.
    fn visited_as(&self, number: u32, cell: u32) -> u32 {
        let table = self.table();
        let gaps = table.gaps.get(&number).map_or(&[][..], Vec::as_slice);
        let before = gaps.iter().take_while(|(at, _)| *at <= cell);
        cell + before.map(|(_, cells)| cells).sum::<u32>()
    }

    /// How many late parts an object has.
    fn late_parts(&self, number: u32) -> Result<usize, DecodeError> {
        match self.converted(number) {
            Some(converted) => Ok(converted.late.len()),
            None => self.object(number).map(|object| object.late.len()),
        }
    }

    /// Makes an object that is in no knot.
    fn make_plain<C: Content>(&self, number: u32) -> Result<(), DecodeError> {
        if self.made::<C>(number)?.is_some() {
            return Ok(());
        }
        let probing = {
            let mut table = self.table();
            if table.depth >= DEPTH {
                table.pending = Some(Step {
                    number,
                    run: Heap::make_plain::<C>,
                });
                return Err(DecodeErrorKind::Pending.into());
            }
            table.depth += 1;
            table.probing.take()
        };
        let made = self.make_into_slot::<C>(number, Heap::make::<C>);
        let mut table = self.table();
        table.probing = probing;
        table.depth = table.depth.saturating_sub(1);
        made
    }

    pub(super) fn make_into_slot<C: Content>(
        &self,
        number: u32,
        make: Make<C>,
    ) -> Result<(), DecodeError> {
        self.check::<C>(number)?;
        self.slot(number, |slot| match slot {
            Slot::Empty => {
                *slot = Slot::Making;
                Ok(())
            }
            _ => Err(circle(number)),
        })?;
        let made = make(self, number);
        let late = self.late_parts(number)? > 0;
        let mut table = self.table();
        let fill = made.is_ok() && late;
        if let Some(slot) = table.slots.get_mut((number as usize).wrapping_sub(1)) {
            *slot = match &made {
                Ok(pointer) => Slot::Made(Box::new(Arc::clone(pointer))),
                Err(_) => Slot::Empty,
            };
        }
        if fill {
            table.fills.push_back(Step {
                number,
                run: Heap::fill::<C>,
            });
        }
        drop(table);
        made.map(drop)
    }

    /// Stores the late parts of an object.
    fn fill<C: Content>(&self, number: u32) -> Result<(), DecodeError> {
        let pointer = self.made::<C>(number)?.ok_or_else(|| circle(number))?;
        let mut out = Encoder::new();
        out.heap = Some(super::EncoderHeap::Filling(Box::new(Filling {
            heap: self.clone(),
            number,
            cells: 0,
            next: 0,
            error: None,
        })));
        let visited = C::encode(&pointer, &mut out);
        let Some(super::EncoderHeap::Filling(filling)) = out.heap else {
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

impl Drop for Table {
    fn drop(&mut self) {
        let objects = self.slots.len();
        let held = (
            std::mem::take(&mut self.slots),
            std::mem::take(&mut self.knots),
        );
        with_room(objects, || drop(held));
    }
}

/// A long chain that nothing else holds any more is dropped by recursion: that is how `Arc` is. So there is stack for it,
/// which takes memory only as it is used.
pub(super) fn with_room(objects: usize, work: impl FnOnce()) {
    const A_LEVEL: usize = 1024;
    const MOST: usize = 256 << 20;
    let room = objects.saturating_mul(A_LEVEL).min(MOST);
    stacker::maybe_grow(STACK_RED_ZONE + room, STACK_CHUNK + room, work);
}

pub(super) fn member<C: Content>(number: u32) -> Step {
    Step {
        number,
        run: Heap::make_typed_member::<C>,
    }
}

pub(super) fn probe<C: Content>(number: u32) -> Step {
    Step {
        number,
        run: Heap::probe::<C>,
    }
}

pub(super) fn circle(number: u32) -> DecodeError {
    DecodeError::other(format_args!(
        "object {number} is needed to make itself; the state was not written by HiCaM"
    ))
}

pub(super) fn two_types(number: u32) -> DecodeError {
    DecodeError::other(format_args!(
        "object {number} is pointed to as two different types"
    ))
}
