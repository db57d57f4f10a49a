//! The reading side: the table of objects that have been made, and the loop that makes what others need first.

use std::any;
use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::content::Content;
use super::objects::{Object, Objects};
use super::reach::{AllThreads, OneThread, Reach, Slots as _};
use crate::evolve::{Converted, Plan};
use crate::{DecodeError, STACK_CHUNK, STACK_RED_ZONE, TypeId, TypeTable};

/// How many objects deep fixed links are followed before what is at the depth is made first.
pub(super) const DEPTH: usize = 500;

/// The objects of one restore that pointers of one reach lead to.
pub(crate) struct Heap<R: Reach>(pub(super) Arc<Inner<R>>);

impl<R: Reach> Clone for Heap<R> {
    fn clone(&self) -> Self {
        Heap(Arc::clone(&self.0))
    }
}

/// What objects are made from.
pub(super) struct Source {
    pub(super) types: Arc<TypeTable>,
    pub(super) objects: Objects,
    /// The knot that an object is in, and its position there.
    pub(super) knot_of: HashMap<u32, (usize, usize)>,
}

pub(super) struct Inner<R: Reach> {
    pub(super) source: Arc<Source>,
    pub(super) outer: R::Outer,
    /// Which of the tables in `claimed` it is.
    pub(super) id: u64,
    /// Held by whoever reads a value, so that no object is seen in the making by another thread.
    pub(super) turn: Mutex<()>,
    pub(super) table: Mutex<Table<R>>,
}

pub(super) struct Table<R: Reach> {
    pub(super) slots: R::Slots,
    pub(super) knots: HashMap<usize, Knot<R>>,
    /// Contents and the types they turned out to have; how they are converted if another build captured them.
    pub(super) checked: HashMap<(any::TypeId, TypeId), Option<Arc<Plan>>>,
    /// Objects that have been converted.
    pub(super) converted: HashMap<u32, Arc<Converted>>,
    /// Of objects with cells that were not captured, where these come in between.
    pub(super) gaps: HashMap<u32, Vec<(u32, u32)>>,
    /// Objects of knots to which no link leads any more, because fields with links are gone.
    pub(super) released: HashSet<u32>,
    /// What stores late parts of objects that have been made.
    pub(super) fills: VecDeque<Step<R>>,
    /// An object that must be made before what is in progress can be read.
    pub(super) pending: Option<Step<R>>,
    pub(super) depth: usize,
    /// The knot whose objects are being read for the first time.
    pub(super) probing: Option<usize>,
    /// Objects that pointers of one thread lead to, and the number of the table that makes them.
    pub(super) claimed: HashMap<u32, u64>,
    /// How many such tables there have been.
    pub(super) threads: u64,
}

pub(crate) enum Slot<R: Reach> {
    Empty,
    /// Its content is being read.
    Making,
    /// Its content is being read, and this `Weak` points to it.
    MakingWith(R::Erased),
    /// The strong pointer.
    Made(R::Erased),
}

/// What has been learnt of a knot by reading it for the first time.
pub(super) struct Knot<R: Reach> {
    /// All have been read for the first time.
    pub(super) done: bool,
    /// Its objects are being made, or have been.
    pub(super) making: bool,
    /// Objects still to be read for the first time.
    pub(super) todo: Vec<Step<R>>,
    /// What was read, by number.
    pub(super) probes: HashMap<u32, R::Erased>,
    /// Being read.
    pub(super) open: HashSet<u32>,
    pub(super) make: HashMap<u32, Step<R>>,
    /// Objects to which a fixed weak link of the knot leads.
    pub(super) targets: HashSet<u32>,
}

impl<R: Reach> Default for Knot<R> {
    fn default() -> Self {
        Knot {
            done: false,
            making: false,
            todo: Vec::new(),
            probes: HashMap::new(),
            open: HashSet::new(),
            make: HashMap::new(),
            targets: HashSet::new(),
        }
    }
}

/// Makes the object of a number.
pub(super) type Make<C> =
    fn(&Heap<<C as Content>::Reach>, u32) -> Result<<C as Content>::Strong, DecodeError>;

/// Something to do with an object whose type only this function knows.
pub(super) struct Step<R: Reach> {
    pub(super) number: u32,
    pub(super) run: fn(&Heap<R>, u32) -> Result<(), DecodeError>,
}

impl<R: Reach> Clone for Step<R> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<R: Reach> Copy for Step<R> {}

impl<R: Reach> fmt::Debug for Heap<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Heap")
            .field("objects", &self.0.source.objects.len())
            .finish_non_exhaustive()
    }
}

impl Heap<AllThreads> {
    pub(super) fn new(types: Arc<TypeTable>, objects: Objects) -> Self {
        let knot_of = (0..)
            .zip(&objects.knots)
            .flat_map(|(at, knot)| {
                (0..)
                    .zip(knot)
                    .map(move |(place, tied)| (tied.number, (at, place)))
            })
            .collect();
        let source = Source {
            types,
            objects,
            knot_of,
        };
        Heap::over(Arc::new(source), (), 0)
    }

    /// The objects of the same restore that `Rc`s of one frame lead to.
    pub(super) fn on_thread(&self) -> Heap<OneThread> {
        let id = {
            let mut table = self.table();
            table.threads += 1;
            table.threads
        };
        Heap::over(Arc::clone(&self.0.source), self.clone(), id)
    }
}

impl<R: Reach> Heap<R> {
    fn over(source: Arc<Source>, outer: R::Outer, id: u64) -> Self {
        let table = Table {
            slots: R::Slots::of(source.objects.len()),
            knots: HashMap::new(),
            checked: HashMap::new(),
            converted: HashMap::new(),
            gaps: HashMap::new(),
            released: HashSet::new(),
            fills: VecDeque::new(),
            pending: None,
            depth: 0,
            probing: None,
            claimed: HashMap::new(),
            threads: 0,
        };
        Heap(Arc::new(Inner {
            source,
            outer,
            id,
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
    pub(super) fn table(&self) -> MutexGuard<'_, Table<R>> {
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
    fn first(&self, step: Step<R>) -> Result<(), DecodeError> {
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
            .source
            .objects
            .get(number)
            .ok_or_else(|| DecodeError::invalid("number of an object", number))
    }

    pub(super) fn slot<T>(
        &self,
        number: u32,
        look: impl FnOnce(&mut Slot<R>) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        self.object(number)?;
        let mut table = self.table();
        table.slots.slot(number).map_or_else(
            || Err(DecodeError::invalid("number of an object", number)),
            look,
        )
    }

    pub(super) fn made<C: Content<Reach = R>>(
        &self,
        number: u32,
    ) -> Result<Option<C::Strong>, DecodeError> {
        self.slot(number, |slot| match slot {
            Slot::Made(pointer) => R::any(pointer)
                .downcast_ref::<C::Strong>()
                .cloned()
                .map(Some)
                .ok_or_else(|| two_types(number)),
            _ => Ok(None),
        })
    }

    /// The knot that an object is in, unless no link of the knot leads to it any more.
    pub(super) fn knot_in_use(&self, number: u32) -> Option<usize> {
        let (knot, _) = self.0.source.knot_of.get(&number)?;
        let released = self.table().released.contains(&number);
        (!released).then_some(*knot)
    }
}

impl<R: Reach> Drop for Table<R> {
    fn drop(&mut self) {
        let objects = self.slots.count();
        let held = (
            std::mem::replace(&mut self.slots, R::Slots::of(0)),
            std::mem::take(&mut self.knots),
        );
        with_room(objects, || drop(held));
    }
}

/// A long chain that nothing else holds any more is dropped by recursion: that is how `Arc` and `Rc` are. So there is stack for it,
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
