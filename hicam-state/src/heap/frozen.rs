//! Values of one thread (`Rc` and what holds them) in a form that other threads can have.
//!
//! A frame is saved in one thread and may be encoded in another, or be gone on with in a third; an `Rc` stays where it is.
//! So what a frame holds by `Rc` is *frozen* as it is saved: written into bytes as a capture would write it, with numbers of
//! its own for the objects. What an `Arc` points to is not written, because other threads may still change it: the `Arc`
//! itself is kept. [`Capture::add`](super::Capture::add) then moves everything into a capture; [`Frozen::thaw`] makes it again in the
//! same process, where each `Arc` points to what it pointed to.
//!
//! The objects are made anew in either case, so nobody else may hold any of them: [`Freeze::finish`] counts.

use std::any;
use std::mem;
use std::rc::Rc;
use std::sync::Arc;

use super::capture::{Describe, Heap as Writing, LateDraft, Writer, writer};
use super::knots::{self, Link};
use super::objects::{LatePart, Object, Objects, Tied};
use super::pins::{Pin, SharedPin};
use super::reach::Slots as _;
use super::restore::ThreadRestore;
use super::table::Heap;
use crate::error::EncodeErrorKind;
use crate::{EncodeError, Encoder, TypeId, TypeTable, Value};

/// What a writer notes while values are frozen.
#[derive(Debug, Default)]
pub(crate) struct Frost {
    /// Where numbers of pointers stand in what is being written, in order.
    places: Vec<usize>,
    /// By number - 1.
    entries: Vec<Noted>,
}

#[derive(Debug, Default)]
struct Noted {
    address: usize,
    /// What keeps it for all threads; none for an object of this one.
    shared: Option<Arc<dyn SharedPin>>,
    /// How many strong and weak pointers were found.
    found: (usize, usize),
    content: Vec<u8>,
    places: Vec<usize>,
    late: Vec<LateDraft>,
}

impl Frost {
    fn noted(&mut self, number: u32) -> &mut Noted {
        let at = (number as usize).saturating_sub(1);
        if self.entries.len() <= at {
            self.entries.resize_with(at + 1, Noted::default);
        }
        &mut self.entries[at]
    }

    /// An object is held now. Whether it is one that all threads can have.
    pub(super) fn pinned(&mut self, number: u32, address: usize, pin: &dyn Pin) -> bool {
        let noted = self.noted(number);
        noted.address = address;
        noted.shared = pin.shared();
        noted.shared.is_some()
    }

    /// A pointer is written at this place.
    pub(super) fn found(&mut self, number: u32, strong: bool, place: usize) {
        self.places.push(place);
        let found = &mut self.noted(number).found;
        if strong {
            found.0 += 1;
        } else {
            found.1 += 1;
        }
    }

    /// What was written from `start` on is set apart.
    pub(super) fn places_from(&mut self, start: usize) -> Vec<usize> {
        let at = self.places.partition_point(|place| *place < start);
        let places = self.places.split_off(at);
        places.into_iter().map(|place| place - start).collect()
    }

    /// The content of an object is written.
    pub(super) fn written(&mut self, number: u32, content: Vec<u8>, late: Vec<LateDraft>) {
        let places = mem::take(&mut self.places);
        let noted = self.noted(number);
        noted.content = content;
        noted.places = places;
        noted.late = late;
    }
}

/// Freezes the values of one frame that cannot leave their thread.
///
/// ```
/// use std::cell::Cell;
/// use std::rc::Rc;
/// use hicam_state::{Freeze, State};
///
/// let one = Rc::new(Cell::new(1));
/// let other = Rc::clone(&one);
/// let mut freeze = Freeze::new();
/// for rc in [&one, &other] {
///     freeze.value(<Rc<Cell<i32>>>::describe, |out| rc.encode(out))?;
/// }
/// let (frozen, graph) = freeze.finish()?;
/// drop((one, other));
/// graph.let_go();
///
/// // In any thread:
/// let (restore, values) = frozen.thaw();
/// let one: Rc<Cell<i32>> = restore.value(&values[0])?;
/// let other: Rc<Cell<i32>> = restore.value(&values[1])?;
/// one.set(2);
/// assert_eq!(other.get(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Freeze {
    out: Encoder,
    values: Vec<FrozenValue>,
}

/// The objects of one thread that have been frozen, for when the values that led to them are gone.
#[derive(Debug)]
pub struct FrozenGraph {
    pins: Vec<Rc<dyn Pin>>,
    /// Objects with cells by which they may hold each other in a circle.
    with_cells: Vec<Rc<dyn Pin>>,
}

impl FrozenGraph {
    /// Drops the objects, one by one, so that a long chain is not dropped by recursion. Where they hold each other in a circle,
    /// their cells are emptied first, because otherwise each capture would leave a copy behind.
    pub fn let_go(self) {
        for object in &self.with_cells {
            let mut out = Encoder::new();
            out.heap = Some(Writing::Emptying);
            // A cell that cannot be emptied (a `OnceCell`) is left as it is.
            let _ = object.encode(&mut out);
        }
        drop(self.with_cells);
        drop(self.pins);
    }
}

/// Values of one thread and the objects they share, for all threads.
#[derive(Debug)]
pub struct Frozen {
    values: Vec<FrozenValue>,
    /// By number - 1.
    entries: Vec<FrozenObject>,
    links: Vec<Link>,
    knots: Vec<Vec<Tied>>,
}

#[derive(Debug)]
struct FrozenValue {
    describe: Describe,
    bytes: Vec<u8>,
    places: Vec<usize>,
}

#[derive(Debug)]
struct FrozenObject {
    kind: any::TypeId,
    name: &'static str,
    /// A strong pointer leads to it.
    strong: bool,
    describe: Describe,
    noted: Noted,
}

impl Freeze {
    /// Nothing yet.
    pub fn new() -> Self {
        let mut out = Encoder::new();
        let mut heap = Writer::default();
        heap.frost = Some(Frost::default());
        out.heap = Some(Writing::Writing(Box::new(heap)));
        Freeze {
            out,
            values: Vec::new(),
        }
    }

    /// Freezes a value, and the objects it points to unless they have been frozen already.
    ///
    /// # Errors
    /// It cannot be captured just now, or at all.
    pub fn value(
        &mut self,
        describe: fn(&mut TypeTable) -> TypeId,
        encode: impl FnOnce(&mut Encoder) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        encode(&mut self.out)?;
        let bytes = self.out.take_bytes();
        let frost = writer(&mut self.out).and_then(|heap| heap.frost.as_mut());
        self.values.push(FrozenValue {
            describe,
            bytes,
            places: frost.map_or_else(Vec::new, |frost| mem::take(&mut frost.places)),
        });
        while let Some(pin) = writer(&mut self.out).and_then(Writer::begin) {
            pin.encode(&mut self.out)?;
            let content = self.out.take_bytes();
            if let Some(heap) = writer(&mut self.out) {
                heap.end_frozen(content);
            }
        }
        Ok(())
    }

    /// Ends it. The values may be dropped then, and after them the graph is to be let go.
    ///
    /// # Errors
    /// [`EncodeErrorKind::HeldElsewhere`] if anything but the values holds one of the objects;
    /// [`EncodeErrorKind::StrongCycle`].
    pub fn finish(self) -> Result<(Frozen, FrozenGraph), EncodeError> {
        let Freeze { out, values } = self;
        let Some(Writing::Writing(heap)) = out.heap else {
            return Err(EncodeError::other("a capture has lost its objects"));
        };
        let Writer {
            entries,
            links,
            frost,
            ..
        } = *heap;
        let mut noted = frost.unwrap_or_default().entries.into_iter();
        let mut objects = Vec::with_capacity(entries.len());
        let (mut pins, mut with_cells) = (Vec::with_capacity(entries.len()), Vec::new());
        for entry in entries {
            let noted = noted.next().unwrap_or_default();
            let Some(pin) = entry.pin else { continue };
            if let Some(others) = pin.others()
                && others != noted.found
            {
                return Err(EncodeErrorKind::HeldElsewhere(entry.name).into());
            }
            if !noted.late.is_empty() {
                with_cells.push(Rc::clone(&pin));
            }
            objects.push(FrozenObject {
                kind: entry.kind,
                name: entry.name,
                strong: entry.strong,
                describe: pin.describer(),
                noted,
            });
            pins.push(pin);
        }
        let knots = knots::find(objects.len(), &links, |number| {
            objects[number as usize - 1].name
        })?;
        let frozen = Frozen {
            values,
            entries: objects,
            links,
            knots,
        };
        Ok((frozen, FrozenGraph { pins, with_cells }))
    }
}

impl Frozen {
    /// The values in the order in which they were frozen, and what they are restored through, once, in any thread.
    pub fn thaw(self) -> (ThreadRestore, Vec<Value>) {
        let mut types = TypeTable::new();
        let values = self.values.into_iter().map(|value| Value {
            ty: (value.describe)(&mut types),
            bytes: value.bytes,
        });
        let values = values.collect();
        let (mut shared, mut list) = (Vec::new(), Vec::with_capacity(self.entries.len()));
        for (number, entry) in (1..).zip(self.entries) {
            let noted = entry.noted;
            let ty = match &noted.shared {
                // It is there, so its type is not asked for.
                Some(_) => TypeId(0),
                None => (entry.describe)(&mut types),
            };
            shared.extend(noted.shared.map(|pin| (number, pin)));
            let late = noted.late.into_iter().map(|draft| LatePart {
                cell: draft.cell,
                position: draft.position,
                ty: (draft.describe)(&mut types),
                bytes: draft.bytes,
            });
            let late = late.collect();
            list.push(Object {
                ty,
                content: Some(noted.content),
                late,
            });
        }
        let objects = Objects {
            list,
            knots: self.knots,
        };
        let types = Arc::new(types);
        let heap = (!objects.is_empty()).then(|| {
            let heap = Heap::new(Arc::clone(&types), objects);
            let mut table = heap.table();
            for (number, pin) in shared {
                if let Some(slot) = table.slots.slot(number) {
                    *slot = pin.slot();
                }
            }
            drop(table);
            heap.on_thread()
        });
        (ThreadRestore::new(types, heap), values)
    }

    /// The numbers that the objects have in a capture.
    pub(super) fn number(&self, heap: &mut Writer) -> Result<Vec<u32>, EncodeError> {
        let entries = self.entries.iter();
        let numbers = entries.map(|entry| match &entry.noted.shared {
            Some(pin) => {
                let address = entry.noted.address;
                heap.number(address, entry.strong, entry.kind, entry.name, || pin.pin())
            }
            None => heap.add(entry.kind, entry.name),
        });
        numbers.collect()
    }

    /// Puts the contents of the objects into a capture.
    pub(super) fn fill(&self, numbers: &[u32], heap: &mut Writer, types: &mut TypeTable) {
        for (number, frozen) in numbers.iter().zip(&self.entries) {
            let noted = &frozen.noted;
            let entry = heap.entries.get_mut(*number as usize - 1);
            let Some(entry) = entry.filter(|_| noted.shared.is_none()) else {
                continue;
            };
            entry.strong = true;
            entry.ty = Some((frozen.describe)(types));
            entry.content = Some(renumbered(&noted.content, &noted.places, numbers));
            let late = noted.late.iter().map(|draft| LatePart {
                cell: draft.cell,
                position: draft.position,
                ty: (draft.describe)(types),
                bytes: renumbered(&draft.bytes, &draft.places, numbers),
            });
            entry.late = late.collect();
        }
        let renumber = |number: u32| numbers.get(number as usize - 1).copied();
        heap.links.extend(self.links.iter().filter_map(|link| {
            Some(Link {
                from: renumber(link.from)?,
                to: renumber(link.to)?,
                strong: link.strong,
            })
        }));
    }

    /// The values as those of a capture.
    pub(super) fn values(&self, numbers: &[u32], types: &mut TypeTable) -> Vec<Value> {
        let values = self.values.iter().map(|value| Value {
            ty: (value.describe)(types),
            bytes: renumbered(&value.bytes, &value.places, numbers),
        });
        values.collect()
    }
}

/// Bytes with the numbers at `places` replaced.
fn renumbered(bytes: &[u8], places: &[usize], numbers: &[u32]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for place in places {
        let Some(number) = bytes
            .get_mut(*place..)
            .and_then(<[u8]>::first_chunk_mut::<4>)
        else {
            continue;
        };
        let old = u32::from_le_bytes(*number) as usize;
        if let Some(new) = old.checked_sub(1).and_then(|at| numbers.get(at)) {
            *number = new.to_le_bytes();
        }
    }
    bytes
}
