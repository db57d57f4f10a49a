//! Objects that fixed links connect in circles: read once to learn of their types, then made.

use std::ops::Range;

use super::content::{Content, WeakContent};
use super::make::{member, probe};
use super::reach::Reach;
use super::table::{DEPTH, Heap, Slot, Step, circle, two_types, with_room};
use crate::error::DecodeErrorKind;
use crate::{DecodeError, STACK_CHUNK, STACK_RED_ZONE};

impl<R: Reach> Heap<R> {
    fn knot_of(&self, number: u32) -> Result<(usize, usize), DecodeError> {
        let place = self.0.source.knot_of.get(&number).copied();
        place.ok_or_else(|| DecodeError::invalid("object of a knot", number))
    }

    /// Reads every object of a knot for the first time, starting from one.
    pub(super) fn probe_knot<C: Content<Reach = R>>(
        &self,
        at: usize,
        number: u32,
    ) -> Result<(), DecodeError> {
        {
            let mut table = self.table();
            let knot = table.knots.entry(at).or_default();
            if !knot.done {
                knot.make.insert(number, member::<C>(number));
                knot.todo.push(probe::<C>(number));
            }
        }
        loop {
            let step = {
                let mut table = self.table();
                let knot = table.knots.entry(at).or_default();
                let Some(step) = knot.todo.pop() else {
                    knot.done = true;
                    return Ok(());
                };
                step
            };
            if let Err(error) = (step.run)(self, step.number) {
                // It may be that another object must be made first.
                let mut table = self.table();
                table.knots.entry(at).or_default().todo.push(step);
                return Err(error);
            }
        }
    }

    /// Reads an object of a knot for the first time.
    pub(super) fn probe<C: Content<Reach = R>>(&self, number: u32) -> Result<(), DecodeError> {
        let (at, _) = self.knot_of(number)?;
        let outer = {
            let mut table = self.table();
            let deep = table.depth >= DEPTH;
            let knot = table.knots.entry(at).or_default();
            if knot.probes.contains_key(&number) {
                return Ok(());
            }
            if deep {
                table.pending = Some(probe::<C>(number));
                return Err(DecodeErrorKind::Pending.into());
            }
            if !knot.open.insert(number) {
                return Err(circle(number));
            }
            table.depth += 1;
            table.probing.replace(at)
        };
        let made = self
            .check::<C>(number)
            .and_then(|()| self.make::<C>(number));
        let mut table = self.table();
        table.probing = outer;
        table.depth = table.depth.saturating_sub(1);
        let knot = table.knots.entry(at).or_default();
        knot.open.remove(&number);
        if let Ok(pointer) = &made {
            knot.probes.insert(number, C::erase(pointer.clone()));
        }
        drop(table);
        made.map(drop)
    }

    pub(super) fn probe_strong<C: Content<Reach = R>>(
        &self,
        number: u32,
    ) -> Result<C::Strong, DecodeError> {
        let (at, _) = self.knot_of(number)?;
        {
            let mut table = self.table();
            let knot = table.knots.entry(at).or_default();
            knot.make.insert(number, member::<C>(number));
        }
        self.probe::<C>(number)?;
        let table = self.table();
        table
            .knots
            .get(&at)
            .and_then(|knot| knot.probes.get(&number))
            .and_then(|pointer| R::any(pointer).downcast_ref::<C::Strong>())
            .cloned()
            .ok_or_else(|| two_types(number))
    }

    /// Makes all objects of a knot that has been read for the first time.
    pub(super) fn make_knot(&self, at: usize) -> Result<(), DecodeError> {
        {
            let mut table = self.table();
            let knot = table.knots.entry(at).or_default();
            if std::mem::replace(&mut knot.making, true) {
                return Ok(());
            }
        }
        let count = self.0.source.objects.knots.get(at).map_or(0, Vec::len);
        let made = self.make_members(at, 0..count);
        let mut table = self.table();
        let knot = table.knots.entry(at).or_default();
        knot.making = made.is_ok();
        let probes = std::mem::take(&mut knot.probes);
        drop(table);
        // A long chain takes stack when it is dropped.
        with_room(self.0.source.objects.len(), || drop(probes));
        made
    }

    fn make_members(&self, at: usize, places: Range<usize>) -> Result<(), DecodeError> {
        let knot = self
            .0
            .source
            .objects
            .knots
            .get(at)
            .and_then(|knot| knot.get(places));
        let mut left = knot.unwrap_or_default();
        while let Some((tied, rest)) = left.split_first() {
            let step = {
                let table = self.table();
                let knot = table.knots.get(&at);
                knot.and_then(|knot| knot.make.get(&tied.number)).copied()
            };
            let Some(Step { number, run }) = step else {
                // The field with the link to it is gone. Whoever else points to it has it made.
                let mut table = self.table();
                if table.converted.is_empty() {
                    return Err(DecodeError::invalid("object of a knot", tied.number));
                }
                table.released.insert(tied.number);
                left = rest;
                continue;
            };
            run(self, number)?;
            left = rest.get(tied.inside as usize..).unwrap_or_default();
        }
        Ok(())
    }

    pub(super) fn make_typed_member<C: Content<Reach = R>>(
        &self,
        number: u32,
    ) -> Result<(), DecodeError> {
        let (at, place) = self.knot_of(number)?;
        let tied = self
            .0
            .source
            .objects
            .knots
            .get(at)
            .and_then(|knot| knot.get(place));
        let inside = tied.map_or(0, |tied| tied.inside);
        let (cyclic, outer) = {
            let mut table = self.table();
            let knot = table.knots.get(&at);
            let target = knot.is_some_and(|knot| knot.targets.contains(&number));
            (target || inside > 0, table.probing.take())
        };
        let make = if cyclic {
            C::make_in_knot
        } else {
            Self::make::<C>
        };
        let made = stacker::maybe_grow(STACK_RED_ZONE, STACK_CHUNK, || {
            self.make_into_slot::<C>(number, make)
        });
        self.table().probing = outer;
        made
    }

    /// Makes an object inside `new_cyclic`, and before its content those that belong inside.
    pub(super) fn make_cyclic<C: WeakContent<Reach = R>>(
        &self,
        number: u32,
    ) -> Result<C::Strong, DecodeError> {
        let (at, place) = self.knot_of(number)?;
        let tied = self
            .0
            .source
            .objects
            .knots
            .get(at)
            .and_then(|knot| knot.get(place));
        let inside = tied.map_or(0, |tied| tied.inside as usize);
        let outer = self.table().probing.replace(at);
        let spare = self.content(number, C::decode);
        self.table().probing = outer;
        let spare = spare?;
        let mut failure = None;
        let pointer = C::new_cyclic(|weak| {
            let making = Slot::MakingWith(C::erase_weak(weak.clone()));
            let content = self
                .slot(number, |slot| {
                    *slot = making;
                    Ok(())
                })
                .and_then(|()| self.make_members(at, place + 1..place + 1 + inside))
                .and_then(|()| self.content(number, C::decode));
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
