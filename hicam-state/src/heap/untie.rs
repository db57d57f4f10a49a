//! Objects that fixed links connect in circles: read once to learn of their types and links, then made.

use std::sync::{Arc, Weak};

use super::content::Content;
use super::table::{Heap, Slot, Step, circle, member, probe, two_types};
use crate::error::DecodeErrorKind;
use crate::{DecodeError, Decoder, STACK_CHUNK, STACK_RED_ZONE};

/// How many objects of knots may be in the making at once.
const KNOT_DEPTH: usize = 100_000;

impl Heap {
    fn knot_of(&self, number: u32) -> Result<(usize, usize), DecodeError> {
        let place = self.0.knot_of.get(&number).copied();
        place.ok_or_else(|| DecodeError::invalid("object of a knot", number))
    }

    /// Reads every object of a knot for the first time, starting from one.
    pub(super) fn probe_knot<C: Content>(
        &self,
        knot: usize,
        number: u32,
    ) -> Result<(), DecodeError> {
        let outer = {
            let mut table = self.table();
            let outer = table.probing.take();
            if let Some(knot) = table.knots.get_mut(knot)
                && !knot.done
            {
                knot.make.insert(number, member::<C>(number));
                knot.todo.push(probe::<C>(number));
            }
            outer
        };
        let probed = self.probe_all(knot);
        self.table().probing = outer;
        probed
    }

    fn probe_all(&self, at: usize) -> Result<(), DecodeError> {
        loop {
            let mut table = self.table();
            let Some(knot) = table.knots.get_mut(at) else {
                return Ok(());
            };
            let Some(step) = knot.todo.pop() else {
                knot.done = true;
                return Ok(());
            };
            table.probing = Some((at, step.number));
            drop(table);
            if let Err(error) = (step.run)(self, step.number) {
                if let Some(knot) = self.table().knots.get_mut(at) {
                    knot.todo.push(step);
                    knot.open.clear();
                }
                return Err(error);
            }
        }
    }

    /// Reads an object of a knot for the first time.
    pub(super) fn probe<C: Content>(&self, number: u32) -> Result<(), DecodeError> {
        let (at, place) = self.knot_of(number)?;
        let outer = {
            let mut table = self.table();
            let depth = table.knot_depth;
            let Some(knot) = table.knots.get_mut(at) else {
                return Err(DecodeError::invalid("object of a knot", number));
            };
            if knot.probes.contains_key(&place) {
                return Ok(());
            }
            if !knot.open.insert(number) {
                return Err(circle(number));
            }
            if depth >= KNOT_DEPTH {
                return Err(DecodeErrorKind::TooDeep.into());
            }
            table.knot_depth += 1;
            table.probing.replace((at, number))
        };
        let made = self
            .check::<C>(number)
            .and_then(|()| self.make::<C>(number));
        let mut table = self.table();
        table.probing = outer;
        table.knot_depth = table.knot_depth.saturating_sub(1);
        if let Some(knot) = table.knots.get_mut(at) {
            knot.open.remove(&number);
            if let Ok(pointer) = &made {
                knot.probes.insert(place, Box::new(Arc::clone(pointer)));
            }
        }
        drop(table);
        made.map(drop)
    }

    pub(super) fn probe_strong<C: Content>(
        &self,
        at: usize,
        from: u32,
        number: u32,
    ) -> Result<Arc<C::Of>, DecodeError> {
        if let Some(knot) = self.table().knots.get_mut(at) {
            knot.parents.entry(number).or_default().insert(from);
            knot.make.insert(number, member::<C>(number));
        }
        self.probe::<C>(number)?;
        let (_, place) = self.knot_of(number)?;
        let table = self.table();
        table
            .knots
            .get(at)
            .and_then(|knot| knot.probes.get(&place))
            .and_then(|pointer| pointer.downcast_ref::<Arc<C::Of>>())
            .cloned()
            .ok_or_else(|| two_types(number))
    }

    /// Makes an object of a knot, after all that have a strong link to it have been begun.
    pub(super) fn make_member(&self, at: usize, number: u32) -> Result<(), DecodeError> {
        let empty = |number| self.slot(number, |slot| Ok(matches!(slot, Slot::Empty)));
        {
            let mut table = self.table();
            if table.knot_depth >= KNOT_DEPTH {
                return Err(DecodeErrorKind::TooDeep.into());
            }
            table.knot_depth += 1;
        }
        let made = stacker::maybe_grow(STACK_RED_ZONE, STACK_CHUNK, || {
            let (parents, step) = {
                let table = self.table();
                let knot = table.knots.get(at);
                let parents: Vec<u32> = knot
                    .and_then(|knot| knot.parents.get(&number))
                    .map(|parents| parents.iter().copied().collect())
                    .unwrap_or_default();
                (
                    parents,
                    knot.and_then(|knot| knot.make.get(&number)).copied(),
                )
            };
            for parent in parents {
                if empty(number)? && empty(parent)? {
                    self.make_member(at, parent)?;
                }
            }
            match step {
                Some(Step { number, run }) if empty(number)? => run(self, number),
                Some(_) => Ok(()),
                None => Err(DecodeError::invalid("object of a knot", number)),
            }
        });
        let mut table = self.table();
        table.knot_depth = table.knot_depth.saturating_sub(1);
        made
    }

    pub(super) fn make_typed_member<C: Content>(&self, number: u32) -> Result<(), DecodeError> {
        let (at, _) = self.knot_of(number)?;
        let (target, outer) = {
            let mut table = self.table();
            let knot = table.knots.get(at);
            let target = knot.is_some_and(|knot| knot.targets.contains(&number));
            (target, table.probing.take())
        };
        let make = if target {
            C::make_in_knot
        } else {
            Heap::make::<C>
        };
        let made = self.make_into_slot::<C>(number, make);
        self.table().probing = outer;
        made
    }

    /// Makes an object inside `Arc::new_cyclic`.
    pub(super) fn make_cyclic<T: Send + Sync + 'static>(
        &self,
        number: u32,
        read: fn(&mut Decoder<'_>) -> Result<T, DecodeError>,
    ) -> Result<Arc<T>, DecodeError> {
        let (at, _) = self.knot_of(number)?;
        let outer = self.table().probing.replace((at, number));
        let spare = self.content(number, read);
        self.table().probing = outer;
        let spare = spare?;
        let mut failure = None;
        let pointer = Arc::new_cyclic(|weak: &Weak<T>| {
            let making = Slot::MakingWith(Box::new(Weak::clone(weak)));
            let content = self
                .slot(number, |slot| {
                    *slot = making;
                    Ok(())
                })
                .and_then(|()| self.content(number, read));
            content.unwrap_or_else(|error| {
                failure = Some(error);
                spare
            })
        });
        match failure {
            None => Ok(pointer),
            Some(error) => Err(error),
        }
    }
}
