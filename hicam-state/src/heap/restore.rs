//! The values of one capture and the objects they share, read in any order.

use std::sync::Arc;

use super::content::{Content, WeakContent};
use super::objects::Objects;
use super::reach::{AllThreads, OneThread, Reach as _};
use super::table::Heap;
use crate::error::DecodeErrorKind;
use crate::evolve::Converted;
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
    heap: Option<Heap<AllThreads>>,
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
    pub fn value<T: State + Send>(&self, value: &Value) -> Result<T, DecodeError> {
        self.value_with(value, T::describe, T::decode)
    }

    /// Whether the value is an `Arc` or `Rc`.
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
        converted(&self.0.types, value, describe, |bytes| {
            heap.read(|| read(AllThreads::decoder(heap, bytes.decoder()), &decode))
        })
    }

    /// What restores values that cannot leave this thread: all of one frame. The objects that their `Rc`s point to are theirs
    /// alone; those that their `Arc`s point to are the same as everywhere.
    pub fn on_thread(&self) -> ThreadRestore {
        let heap = self.0.heap.as_ref().map(Heap::on_thread);
        ThreadRestore::new(Arc::clone(&self.0.types), heap)
    }
}

/// A restore of values that cannot leave their thread, such as `Rc`; see [`Restore::on_thread`].
///
/// It holds every object that has been made; when it is dropped, what no restored value points to goes.
#[derive(Debug)]
pub struct ThreadRestore {
    types: Arc<TypeTable>,
    /// None if the values share nothing.
    heap: Option<Heap<OneThread>>,
}

impl ThreadRestore {
    pub(super) fn new(types: Arc<TypeTable>, heap: Option<Heap<OneThread>>) -> Self {
        ThreadRestore { types, heap }
    }

    /// Restores a value, if `T` is its type.
    ///
    /// # Errors
    /// The captured type is another one, or the bytes are damaged.
    pub fn value<T: State>(&self, value: &Value) -> Result<T, DecodeError> {
        self.value_with(value, T::describe, T::decode)
    }

    /// As [`ThreadRestore::value`], with any functions that describe and decode. `decode` may be called several times.
    ///
    /// # Errors
    /// The captured type is another one, or the bytes are damaged.
    pub fn value_with<T>(
        &self,
        value: &Value,
        describe: impl FnOnce(&mut TypeTable) -> TypeId,
        decode: impl Fn(&mut Decoder<'_>) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let Some(heap) = &self.heap else {
            return value.restore(&self.types, describe, decode);
        };
        converted(&self.types, value, describe, |bytes| {
            let outer = &heap.0.outer;
            outer.read(|| heap.read(|| read(OneThread::decoder(heap, bytes.decoder()), &decode)))
        })
    }
}

/// Gives `read` the bytes of a value as this program would have written them.
fn converted<T>(
    types: &TypeTable,
    value: &Value,
    describe: impl FnOnce(&mut TypeTable) -> TypeId,
    read: impl for<'a> FnOnce(Bytes<'a>) -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    let mut ours = TypeTable::new();
    let ty = describe(&mut ours);
    let converted = match ours.same(ty, types, value.ty) {
        Ok(()) => None,
        Err(_) => Some(value.converted((&ours, ty), types)?),
    };
    read(match &converted {
        None => Bytes::AsTheyAre(&value.bytes),
        Some(converted) => Bytes::Converted(converted),
    })
}

/// The bytes of a value, from which it may be read several times.
#[derive(Clone, Copy)]
enum Bytes<'a> {
    AsTheyAre(&'a [u8]),
    Converted(&'a Converted),
}

impl<'a> Bytes<'a> {
    fn decoder(self) -> Decoder<'a> {
        match self {
            Bytes::AsTheyAre(bytes) => Decoder::new(bytes),
            Bytes::Converted(converted) => converted.decoder(),
        }
    }
}

/// Reads a strong pointer.
pub(crate) fn strong<C: Content>(input: &mut Decoder<'_>) -> Result<C::Strong, DecodeError> {
    let number = input.u32()?;
    let heap = heap::<C>(input)?;
    C::Reach::nested(heap, input, || heap.strong::<C>(number))
}

/// Reads a weak pointer.
pub(crate) fn weak<C: WeakContent>(input: &mut Decoder<'_>) -> Result<C::Weak, DecodeError> {
    match input.u32()? {
        0 => Ok(C::dangling()),
        number => {
            let heap = heap::<C>(input)?;
            C::Reach::nested(heap, input, || heap.weak::<C>(number))
        }
    }
}

fn heap<'a, C: Content>(input: &Decoder<'a>) -> Result<&'a Heap<C::Reach>, DecodeError> {
    C::Reach::table(input).ok_or_else(|| DecodeErrorKind::NoHeap.into())
}
