//! The conversion of one value, or of one shared object, by a plan.

use super::Absent;
use super::plan::{Fields, Order, Plan, Step};
use crate::dynamic;
use crate::error::DecodeErrorKind;
use crate::heap::LatePart;
use crate::{DecodeError, Decoder, Encoder, MAX_DEPTH, STACK_CHUNK, STACK_RED_ZONE};

/// What is converted: a value, or the content of an object with its late parts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) late: &'a [LatePart],
}

/// A value as this program would have written it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Converted {
    pub(crate) bytes: Vec<u8>,
    /// Late parts; what is absent in each, in `late_absent` at the same position.
    pub(crate) late: Vec<LatePart>,
    pub(crate) late_absent: Vec<Vec<u64>>,
    /// The numbers of the fields with a default that are absent.
    pub(crate) absent: Vec<u64>,
}

impl Converted {
    /// A decoder of the value.
    pub(crate) fn decoder(&self) -> Decoder<'_> {
        let mut input = Decoder::new(&self.bytes);
        input.absent = Some(Absent::new(&self.absent));
        input
    }
}

impl Plan {
    /// Converts a value.
    ///
    /// # Errors
    /// The bytes are not those of a value of the captured type.
    pub(crate) fn convert(&self, source: Source<'_>) -> Result<Converted, DecodeError> {
        // Only a type in a damaged table holds many values in few bytes.
        let bytes = source
            .late
            .iter()
            .map(|part| part.bytes.len())
            .sum::<usize>()
            + source.bytes.len();
        let mut fuel = bytes.saturating_mul(64).saturating_add(1 << 16);
        self.start(0, source, &mut fuel)
    }

    fn start(
        &self,
        step: usize,
        source: Source<'_>,
        fuel: &mut usize,
    ) -> Result<Converted, DecodeError> {
        let mut conversion = Conversion {
            plan: self,
            input: Decoder::new(source.bytes),
            captured: Cells::default(),
            late: source.late,
            out: Encoder::new(),
            now: Cells::default(),
            seen: 0,
            made: Converted::default(),
            depth: 0,
            fuel,
        };
        conversion.convert(step)?;
        let Conversion {
            input,
            out,
            mut made,
            late,
            captured,
            ..
        } = conversion;
        input.finish()?;
        if captured.late < late.len() {
            return Err(DecodeError::other(
                "an object has fewer cells than late parts",
            ));
        }
        made.bytes = out.into_bytes();
        Ok(made)
    }
}

/// The cells of an object, on the captured or on this program's side.
#[derive(Debug, Default, Clone, Copy)]
struct Cells {
    /// Those so far that can be late.
    count: u32,
    /// Above zero where none can be late.
    inner: u32,
    /// Late ones so far.
    late: usize,
}

struct Conversion<'p, 'a> {
    plan: &'p Plan,
    input: Decoder<'a>,
    captured: Cells,
    late: &'a [LatePart],
    out: Encoder,
    now: Cells,
    /// Fields with a default so far.
    seen: u64,
    made: Converted,
    depth: usize,
    /// How many more values may be converted.
    fuel: &'p mut usize,
}

impl<'a> Conversion<'_, 'a> {
    fn convert(&mut self, step: usize) -> Result<(), DecodeError> {
        // The schema does not say where a box is, so every level counts here.
        if self.depth >= 8 * MAX_DEPTH {
            return Err(DecodeErrorKind::TooDeep.into());
        }
        *self.fuel = self.fuel.checked_sub(1).ok_or_else(|| {
            DecodeError::other("its type describes more values than its bytes hold")
        })?;
        self.depth += 1;
        let plan = self.plan;
        let done = match plan.steps.get(step) {
            Some(step) => stacker::maybe_grow(STACK_RED_ZONE, STACK_CHUNK, || self.take(step)),
            None => Err(DecodeError::invalid("step of a conversion", step)),
        };
        self.depth -= 1;
        done
    }

    fn take(&mut self, step: &Step) -> Result<(), DecodeError> {
        match step {
            Step::Fixed(bytes) => self.copy(*bytes),
            Step::Blob => {
                let bytes = self.input.bytes()?;
                self.out.bytes(bytes);
                Ok(())
            }
            Step::Dynamic => {
                let value = dynamic::extent(&mut self.input)?;
                self.out.raw(value);
                Ok(())
            }
            Step::Widen { from, to, signed } => {
                let narrow = self.input.raw(*from)?;
                let negative = *signed && narrow.last().is_some_and(|byte| byte & 0x80 != 0);
                self.out.raw(narrow);
                for _ in *from..*to {
                    self.out.u8(if negative { 0xff } else { 0 });
                }
                Ok(())
            }
            Step::Double => {
                let single = f32::from_le_bytes(self.input.array()?);
                self.out.raw(&f64::from(single).to_le_bytes());
                Ok(())
            }
            Step::Option(content) => match self.input.u8()? {
                0 => {
                    self.out.u8(0);
                    Ok(())
                }
                1 => {
                    self.out.u8(1);
                    self.convert(*content)
                }
                byte => Err(DecodeError::invalid("Option", byte)),
            },
            Step::Some(content) => {
                self.out.u8(1);
                self.convert(*content)
            }
            Step::List { element, order } => {
                let count = self.input.length()?;
                self.out.length(count);
                self.in_order(*order, |this| this.elements(*element, count))
            }
            Step::Array { element, length } => {
                let count = self.input.check_length(*length)?;
                self.elements(*element, count)
            }
            Step::Map { key, value, order } => {
                let count = self.input.length()?;
                self.out.length(count);
                self.in_order(*order, |this| {
                    for _ in 0..count {
                        this.element(|this| {
                            this.convert(*key)?;
                            this.convert(*value)
                        })?;
                    }
                    Ok(())
                })
            }
            Step::Fields(fields) => self.fields(fields),
            Step::Enum(variants) => {
                let position = self.input.u32()?;
                let (now, fields) = variants
                    .get(position as usize)
                    .ok_or_else(|| DecodeError::invalid("position of a variant", position))?;
                self.out.u32(*now);
                self.fields(fields)
            }
            Step::Cell {
                captured,
                now,
                content,
            } => self.cell(captured.is_some(), *now, *content),
        }
    }

    fn copy(&mut self, bytes: usize) -> Result<(), DecodeError> {
        let bytes = self.input.raw(bytes)?;
        self.out.raw(bytes);
        Ok(())
    }

    fn elements(&mut self, step: usize, count: usize) -> Result<(), DecodeError> {
        if let Some(Step::Fixed(bytes)) = self.plan.steps.get(step)
            && *bytes > 0
        {
            return self.copy(count.saturating_mul(*bytes));
        }
        for _ in 0..count {
            self.element(|this| this.convert(step))?;
        }
        Ok(())
    }

    /// One element of a collection: what is encoded as nothing is followed by a zero byte, on each side for itself.
    fn element(
        &mut self,
        convert: impl FnOnce(&mut Self) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        let (from, to) = (self.input.position(), self.out.position());
        convert(self)?;
        if self.input.position() == from {
            match self.input.u8()? {
                0 => {}
                byte => return Err(DecodeError::invalid("empty element", byte)),
            }
        }
        if self.out.position() == to {
            self.out.u8(0);
        }
        Ok(())
    }

    /// Converts a collection, in which cells can be late only if it is in order.
    fn in_order(
        &mut self,
        order: Order,
        convert: impl FnOnce(&mut Self) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        self.captured.inner += u32::from(!order.captured);
        self.now.inner += u32::from(!order.now);
        convert(self)?;
        self.captured.inner -= u32::from(!order.captured);
        self.now.inner -= u32::from(!order.now);
        Ok(())
    }

    fn fields(&mut self, fields: &Fields) -> Result<(), DecodeError> {
        // Where each captured field begins, as far as that is known.
        let mut places = vec![(self.input.position(), self.captured)];
        if !fields.in_order {
            for step in &fields.captured {
                self.skip(*step)?;
                places.push((self.input.position(), self.captured));
            }
        }
        let mut next = 0;
        for source in &fields.now {
            if source.default {
                if source.from.is_none() {
                    self.made.absent.push(self.seen);
                }
                self.seen += 1;
            }
            let Some((from, step)) = source.from else {
                continue;
            };
            if fields.in_order {
                for step in fields.captured.get(next..from).unwrap_or_default() {
                    self.skip(*step)?;
                }
                next = from + 1;
            } else if let Some((position, cells)) = places.get(from) {
                self.input.go_to(*position);
                self.captured = *cells;
            }
            self.convert(step)?;
        }
        if fields.in_order {
            for step in fields.captured.get(next..).unwrap_or_default() {
                self.skip(*step)?;
            }
        } else if let Some((position, cells)) = places.last() {
            self.input.go_to(*position);
            self.captured = *cells;
        }
        Ok(())
    }

    /// Passes over a captured value.
    fn skip(&mut self, step: usize) -> Result<(), DecodeError> {
        let (position, now, seen) = (self.out.position(), self.now, self.seen);
        let (late, absent) = (self.made.late.len(), self.made.absent.len());
        self.convert(step)?;
        self.out.truncate(position);
        self.now = now;
        self.seen = seen;
        self.made.late.truncate(late);
        self.made.late_absent.truncate(late);
        self.made.absent.truncate(absent);
        Ok(())
    }

    /// A cell, whose content stands here or in a late part.
    fn cell(&mut self, captured: bool, now: bool, content: usize) -> Result<(), DecodeError> {
        let late = if captured { self.late_part() } else { None };
        let number = self.now.count;
        let can_be_late = now && self.now.inner == 0;
        self.now.count += u32::from(can_be_late);
        match late {
            Some(part) if can_be_late => {
                let source = Source {
                    bytes: &part.bytes,
                    late: &[],
                };
                let converted = self.plan.start(content, source, self.fuel)?;
                self.made.late.push(LatePart {
                    cell: number,
                    position: self.out.position() as u64,
                    ty: part.ty,
                    bytes: converted.bytes,
                });
                self.made.late_absent.push(converted.absent);
                Ok(())
            }
            // What was in a cell is in none that could be filled late: it is restored with its object.
            Some(part) => {
                let outer = std::mem::replace(&mut self.input, Decoder::new(&part.bytes));
                self.inside(captured, now, content)?;
                let inner = std::mem::replace(&mut self.input, outer);
                inner.finish()
            }
            None => self.inside(captured, now, content),
        }
    }

    /// The late part of the captured cell that comes now, if it has one.
    fn late_part(&mut self) -> Option<&'a LatePart> {
        if self.captured.inner > 0 {
            return None;
        }
        let cell = self.captured.count;
        self.captured.count += 1;
        let part = self.late.get(self.captured.late)?;
        if part.cell != cell {
            return None;
        }
        self.captured.late += 1;
        Some(part)
    }

    fn inside(&mut self, captured: bool, now: bool, content: usize) -> Result<(), DecodeError> {
        self.captured.inner += u32::from(captured);
        self.now.inner += u32::from(now);
        self.convert(content)?;
        self.captured.inner -= u32::from(captured);
        self.now.inner -= u32::from(now);
        Ok(())
    }
}
