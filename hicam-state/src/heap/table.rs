//! The reading side: the table of objects that have been made, and the loop that makes what others need first.

use std::any::{self, Any};
use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::content::Content;
use super::objects::{Object, Objects};
use crate::evolve::{Converted, Plan};
use crate::{DecodeError, STACK_CHUNK, STACK_RED_ZONE, TypeId, TypeTable};

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
    pub(super) fn driven<T>(
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

    pub(super) fn object(&self, number: u32) -> Result<&Object, DecodeError> {
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

    pub(super) fn made<C: Content>(&self, number: u32) -> Result<Option<Arc<C::Of>>, DecodeError> {
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
    pub(super) fn knot_in_use(&self, number: u32) -> Option<usize> {
        let (knot, _) = self.0.knot_of.get(&number)?;
        let released = self.table().released.contains(&number);
        (!released).then_some(*knot)
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
