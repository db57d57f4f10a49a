//! The values of one capture and the objects they share, read in any order.

use std::sync::{Arc, Weak};

use super::content::{Content, SizedContent};
use super::objects::Objects;
use super::table::Heap;
use crate::error::DecodeErrorKind;
use crate::value::read;
use crate::{DecodeError, Decoder, State, Type, TypeId, TypeTable, Value};

/// One restore: the types and shared objects of a capture, common to all its values. Clones share them.
///
/// It holds every object that has been made; when the last clone is dropped, what no restored value points to goes.
#[derive(Debug, Clone, Default)]
pub struct Restore(Arc<Tables>);

#[derive(Debug, Default)]
struct Tables {
    types: Arc<TypeTable>,
    /// None if the values share nothing, so that they can be read side by side.
    heap: Option<Heap>,
}

impl Restore {
    /// A restore of values whose types and objects these are.
    pub fn new(types: Arc<TypeTable>, objects: Objects) -> Self {
        let heap = (!objects.is_empty()).then(|| Heap::new(Arc::clone(&types), objects));
        Restore(Arc::new(Tables { types, heap }))
    }

    /// Restores a value, if `T` is its type.
    ///
    /// # Errors
    /// The captured type is another one, or the bytes are damaged.
    pub fn value<T: State>(&self, value: &Value) -> Result<T, DecodeError> {
        self.value_with(value, T::describe, T::decode)
    }

    /// Whether the value is an `Arc`.
    pub fn is_shared(&self, value: &Value) -> bool {
        matches!(self.0.types.get(value.ty), Some(Type::Shared(_)))
    }

    /// As [`Restore::value`], with any functions that describe and decode. `decode` may be called several times.
    ///
    /// # Errors
    /// The captured type is another one, or the bytes are damaged.
    pub fn value_with<T>(
        &self,
        value: &Value,
        describe: impl FnOnce(&mut TypeTable) -> TypeId,
        decode: impl Fn(&mut Decoder<'_>) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let Some(heap) = &self.0.heap else {
            return value.restore(&self.0.types, describe, decode);
        };
        let mut ours = TypeTable::new();
        let ty = describe(&mut ours);
        let converted = match ours.same(ty, &self.0.types, value.ty) {
            Ok(()) => None,
            Err(_) => Some(value.converted((&ours, ty), &self.0.types)?),
        };
        heap.read(|| {
            let mut input = match &converted {
                None => Decoder::new(&value.bytes),
                Some(converted) => converted.decoder(),
            };
            input.heap = Some(heap);
            read(input, &decode)
        })
    }
}

/// Reads a strong pointer.
pub(crate) fn strong<C: Content>(input: &mut Decoder<'_>) -> Result<Arc<C::Of>, DecodeError> {
    let number = input.u32()?;
    heap(input)?.strong::<C>(number)
}

/// Reads a weak pointer.
pub(crate) fn weak<C: SizedContent>(input: &mut Decoder<'_>) -> Result<Weak<C::Of>, DecodeError> {
    match input.u32()? {
        0 => Ok(Weak::new()),
        number => heap(input)?.weak::<C>(number),
    }
}

fn heap<'a>(input: &Decoder<'a>) -> Result<&'a Heap, DecodeError> {
    input.heap.ok_or_else(|| DecodeErrorKind::NoHeap.into())
}
