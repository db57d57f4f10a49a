//! How the contents of shared objects of one type are described, written and read.

use std::marker::PhantomData;
use std::sync::Arc;

use super::table::Heap;
use crate::impls::encode_sequence_with;
use crate::{DecodeError, Decoder, EncodeError, Encoder, State, TypeId, TypeTable};

/// A way to capture what an `Arc` points to.
pub(crate) trait Content: 'static {
    /// What it points to.
    type Of: ?Sized + Send + Sync + 'static;

    fn describe(types: &mut TypeTable) -> TypeId;
    fn encode(value: &Self::Of, out: &mut Encoder) -> Result<(), EncodeError>;
    /// Reads the content into a new object.
    fn make(input: &mut Decoder<'_>) -> Result<Arc<Self::Of>, DecodeError>;
    /// As `make`, for an object that what it points to points back to.
    fn make_in_knot(heap: &Heap, number: u32) -> Result<Arc<Self::Of>, DecodeError>;
}

/// What a `Weak` can point to.
pub(crate) trait SizedContent: 'static {
    type Of: Send + Sync + 'static;

    fn describe(types: &mut TypeTable) -> TypeId;
    fn encode(value: &Self::Of, out: &mut Encoder) -> Result<(), EncodeError>;
    fn decode(input: &mut Decoder<'_>) -> Result<Self::Of, DecodeError>;
}

impl<C: SizedContent> Content for C {
    type Of = C::Of;

    fn describe(types: &mut TypeTable) -> TypeId {
        C::describe(types)
    }

    fn encode(value: &C::Of, out: &mut Encoder) -> Result<(), EncodeError> {
        C::encode(value, out)
    }

    fn make(input: &mut Decoder<'_>) -> Result<Arc<C::Of>, DecodeError> {
        C::decode(input).map(Arc::new)
    }

    fn make_in_knot(heap: &Heap, number: u32) -> Result<Arc<C::Of>, DecodeError> {
        heap.make_cyclic(number, C::decode)
    }
}

/// A type's own [`State`].
pub(crate) struct AsState<T>(PhantomData<T>);

impl<T: State + Sync> SizedContent for AsState<T> {
    type Of = T;

    fn describe(types: &mut TypeTable) -> TypeId {
        T::describe(types)
    }

    fn encode(value: &T, out: &mut Encoder) -> Result<(), EncodeError> {
        value.encode(out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<T, DecodeError> {
        T::decode(input)
    }
}

/// `[T]`, as a sequence.
pub(crate) struct Slice<T>(PhantomData<T>);

impl<T: State + Sync> Content for Slice<T> {
    type Of = [T];

    fn describe(types: &mut TypeTable) -> TypeId {
        Vec::<T>::describe(types)
    }

    fn encode(value: &[T], out: &mut Encoder) -> Result<(), EncodeError> {
        encode_sequence_with(value.iter(), T::encode, out)
    }

    fn make(input: &mut Decoder<'_>) -> Result<Arc<[T]>, DecodeError> {
        Vec::<T>::decode(input).map(Arc::from)
    }

    fn make_in_knot(heap: &Heap, number: u32) -> Result<Arc<[T]>, DecodeError> {
        heap.make::<Self>(number)
    }
}

/// `str`, as a string.
pub(crate) struct Text;

impl Content for Text {
    type Of = str;

    fn describe(types: &mut TypeTable) -> TypeId {
        String::describe(types)
    }

    fn encode(value: &str, out: &mut Encoder) -> Result<(), EncodeError> {
        out.str(value);
        Ok(())
    }

    fn make(input: &mut Decoder<'_>) -> Result<Arc<str>, DecodeError> {
        input.str().map(Arc::from)
    }

    fn make_in_knot(heap: &Heap, number: u32) -> Result<Arc<str>, DecodeError> {
        heap.make::<Self>(number)
    }
}
