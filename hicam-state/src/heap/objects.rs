//! The section of shared objects.

use crate::error::DecodeErrorKind;
use crate::{DecodeError, Decoder, Encoder, MAX_DEPTH, TypeId, TypeTable};

const ABSENT: u8 = 0;
const PLAIN: u8 = 1;
const WITH_LATE_PARTS: u8 = 2;

/// The shared objects of one capture, numbered from 1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Objects {
    pub(super) list: Vec<Object>,
    /// Groups of objects that depend on one another in circles.
    pub(super) knots: Vec<Vec<Tied>>,
}

/// A shared object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its content's type.
    pub ty: TypeId,
    /// Its content; none if only weak pointers lead to it.
    pub content: Option<Vec<u8>>,
    /// What belongs into its cells once it exists.
    pub late: Vec<LatePart>,
}

/// The content of a cell of an object, which is restored after the object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LatePart {
    /// How many of the object's cells come before it.
    pub cell: u32,
    /// Its position in the object's content.
    pub position: u64,
    /// Its type.
    pub ty: TypeId,
    /// Its encoding.
    pub bytes: Vec<u8>,
}

/// An object of a knot, in the order in which they are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tied {
    pub(super) number: u32,
    /// So many that follow are made while this one is in the making, before its content is read.
    pub(super) inside: u32,
}

impl Objects {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Every object with its number.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Object)> {
        (1..).zip(&self.list)
    }

    /// The object of this number.
    pub fn get(&self, number: u32) -> Option<&Object> {
        self.list.get((number as usize).checked_sub(1)?)
    }

    /// The first type number that `types` lacks.
    pub(crate) fn unknown_type(&self, types: &TypeTable) -> Option<(u32, TypeId)> {
        self.iter()
            .flat_map(|(number, object)| {
                let late = object.late.iter().map(|part| part.ty);
                std::iter::once(object.ty)
                    .chain(late)
                    .map(move |ty| (number, ty))
            })
            .find(|(_, ty)| types.get(*ty).is_none())
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.length(self.list.len());
        for object in &self.list {
            object.encode(out);
        }
        out.length(self.knots.len());
        for knot in &self.knots {
            out.length(knot.len());
            for tied in knot {
                out.u32(tied.number);
                out.u32(tied.inside);
            }
        }
    }

    pub(crate) fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let count = input.length()?;
        let mut list = Vec::with_capacity(input.capacity::<Object>(count));
        for _ in 0..count {
            list.push(Object::decode(input)?);
        }
        let mut knotted = vec![false; list.len()];
        let count = input.length()?;
        let mut knots = Vec::with_capacity(input.capacity::<Vec<Tied>>(count));
        for _ in 0..count {
            let count = input.length()?;
            let mut knot = Vec::with_capacity(input.capacity::<Tied>(count));
            // Where the objects around the current one end.
            let mut ends = vec![count];
            for at in 0..count {
                let number = input.u32()?;
                let inside = input.u32()?;
                let place = (number as usize)
                    .checked_sub(1)
                    .and_then(|at| knotted.get_mut(at))
                    .filter(|knotted| !**knotted)
                    .ok_or_else(|| DecodeError::invalid("object of a knot", number))?;
                *place = true;
                while ends.len() > 1 && ends.last().is_some_and(|end| *end <= at) {
                    ends.pop();
                }
                let end = (at + 1).checked_add(inside as usize);
                let end = end.filter(|end| ends.last().is_some_and(|outer| end <= outer));
                let end = end.ok_or_else(|| DecodeError::invalid("place in a knot", inside))?;
                if ends.len() > MAX_DEPTH + 1 {
                    return Err(DecodeErrorKind::TooDeep.into());
                }
                ends.push(end);
                knot.push(Tied { number, inside });
            }
            knots.push(knot);
        }
        Ok(Objects { list, knots })
    }
}

impl Object {
    fn encode(&self, out: &mut Encoder) {
        out.u32(self.ty.0);
        let Some(content) = &self.content else {
            out.u8(ABSENT);
            return;
        };
        if self.late.is_empty() {
            out.u8(PLAIN);
            out.bytes(content);
            return;
        }
        out.u8(WITH_LATE_PARTS);
        out.bytes(content);
        out.length(self.late.len());
        for part in &self.late {
            out.u32(part.cell);
            out.u64(part.position);
            out.u32(part.ty.0);
            out.bytes(&part.bytes);
        }
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let ty = TypeId(input.u32()?);
        let kind = input.u8()?;
        let content = match kind {
            ABSENT => None,
            PLAIN | WITH_LATE_PARTS => Some(input.bytes()?.to_vec()),
            kind => return Err(DecodeError::invalid("kind of object", kind)),
        };
        let mut late: Vec<LatePart> = Vec::new();
        if kind == WITH_LATE_PARTS {
            for _ in 0..input.length()? {
                let part = LatePart {
                    cell: input.u32()?,
                    position: input.u64()?,
                    ty: TypeId(input.u32()?),
                    bytes: input.bytes()?.to_vec(),
                };
                if late
                    .last()
                    .is_some_and(|last| last.cell >= part.cell || last.position > part.position)
                {
                    return Err(DecodeError::invalid("order of late parts", part.cell));
                }
                late.push(part);
            }
        }
        Ok(Object { ty, content, late })
    }
}
