//! How an object is made: in its knot, or by itself, from content that is converted if another build captured it.

use std::any;
use std::sync::Arc;

use super::cells::Cursor;
use super::content::{Content, WeakContent};
use super::reach::{Reach, Slots as _};
use super::table::{DEPTH, Heap, Make, Slot, Step, circle, two_types};
use crate::error::DecodeErrorKind;
use crate::evolve::{Converted, Plan, Source};
use crate::value::first;
use crate::{DecodeError, Decoder, STACK_CHUNK, STACK_RED_ZONE, TypeTable};

impl<R: Reach> Heap<R> {
    /// The object of this number.
    pub(super) fn strong<C: Content<Reach = R>>(
        &self,
        number: u32,
    ) -> Result<C::Strong, DecodeError> {
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
    pub(super) fn weak<C: WeakContent<Reach = R>>(
        &self,
        number: u32,
    ) -> Result<C::Weak, DecodeError> {
        if number == 0 || self.object(number)?.content.is_none() {
            return Ok(C::dangling());
        }
        if let Some(knot) = self.knot_in_use(number) {
            let mut table = self.table();
            if table.probing == Some(knot) {
                let knot = table.knots.entry(knot).or_default();
                knot.targets.insert(number);
                knot.make.insert(number, member::<C>(number));
                knot.todo.push(probe::<C>(number));
                return Ok(C::dangling());
            }
        }
        let making = self.slot(number, |slot| match slot {
            Slot::MakingWith(pointer) => R::any(pointer)
                .downcast_ref::<C::Weak>()
                .cloned()
                .map(Some)
                .ok_or_else(|| two_types(number)),
            _ => Ok(None),
        })?;
        match making {
            Some(pointer) => Ok(pointer),
            None => self
                .strong::<C>(number)
                .map(|pointer| C::downgrade(&pointer)),
        }
    }

    /// Reads the content of an object into a new one.
    pub(super) fn make<C: Content<Reach = R>>(
        &self,
        number: u32,
    ) -> Result<C::Strong, DecodeError> {
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
        let (input, late) = match &converted {
            Some(converted) => (converted.decoder(), &converted.late),
            None => (Decoder::new(content), &object.late),
        };
        let mut input = R::decoder(self, input);
        input.object = Some(Cursor::new(late));
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
    pub(super) fn check<C: Content<Reach = R>>(&self, number: u32) -> Result<(), DecodeError> {
        let object = self.object(number)?;
        let key = (any::TypeId::of::<C>(), object.ty);
        let known = self.table().checked.get(&key).cloned();
        let plan = match known {
            Some(plan) => plan,
            None => {
                let mut ours = TypeTable::new();
                let id = C::describe(&mut ours);
                let plan = match ours.same(id, &self.0.source.types, object.ty) {
                    Ok(()) => None,
                    Err(_) => {
                        let theirs = (&*self.0.source.types, object.ty);
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
    pub(super) fn converted(&self, number: u32) -> Option<Arc<Converted>> {
        self.table().converted.get(&number).cloned()
    }

    /// Makes an object that is in no knot.
    fn make_plain<C: Content<Reach = R>>(&self, number: u32) -> Result<(), DecodeError> {
        if self.made::<C>(number)?.is_some() {
            return Ok(());
        }
        let probing = {
            let mut table = self.table();
            if table.depth >= DEPTH {
                table.pending = Some(Step {
                    number,
                    run: Self::make_plain::<C>,
                });
                return Err(DecodeErrorKind::Pending.into());
            }
            table.depth += 1;
            table.probing.take()
        };
        let made = self.make_into_slot::<C>(number, Self::make::<C>);
        let mut table = self.table();
        table.probing = probing;
        table.depth = table.depth.saturating_sub(1);
        made
    }

    pub(super) fn make_into_slot<C: Content<Reach = R>>(
        &self,
        number: u32,
        make: Make<C>,
    ) -> Result<(), DecodeError> {
        R::claim(self, number)?;
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
        if let Some(slot) = table.slots.slot(number) {
            *slot = match &made {
                Ok(pointer) => Slot::Made(C::erase(pointer.clone())),
                Err(_) => Slot::Empty,
            };
        }
        if fill {
            table.fills.push_back(Step {
                number,
                run: Self::fill::<C>,
            });
        }
        drop(table);
        made.map(drop)
    }
}

pub(super) fn member<C: Content>(number: u32) -> Step<C::Reach> {
    Step {
        number,
        run: Heap::make_typed_member::<C>,
    }
}

pub(super) fn probe<C: Content>(number: u32) -> Step<C::Reach> {
    Step {
        number,
        run: Heap::probe::<C>,
    }
}
