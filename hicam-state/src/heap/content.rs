//! How the contents of shared objects of one type are described, written and read, and what kind of pointer leads to them.

use std::marker::PhantomData;
use std::ops::Deref;
use std::rc::{self, Rc};
use std::sync::{self, Arc};

use super::pins::{SharedPin, StrongPin, WeakPin};
use super::reach::{AllThreads, OneThread, Reach};
use super::table::Heap;
use crate::impls::encode_sequence_with;
use crate::{DecodeError, Decoder, EncodeError, Encoder, State, TypeId, TypeTable};

/// A way to capture what a pointer of some kind points to.
pub(crate) trait Content: 'static {
    /// Which threads the pointers can be in.
    type Reach: Reach;
    /// What it points to.
    type Of: ?Sized + 'static;
    /// The pointer.
    type Strong: Deref<Target = Self::Of> + Clone + 'static;

    fn describe(types: &mut TypeTable) -> TypeId;
    fn encode(value: &Self::Of, out: &mut Encoder) -> Result<(), EncodeError>;
    /// Reads the content into a new object.
    fn make(input: &mut Decoder<'_>) -> Result<Self::Strong, DecodeError>;
    /// As `make`, for an object that what it points to points back to.
    fn make_in_knot(heap: &Heap<Self::Reach>, number: u32) -> Result<Self::Strong, DecodeError>;

    fn address(pointer: &Self::Strong) -> usize;
    /// The pointer where its type is not known.
    fn erase(pointer: Self::Strong) -> <Self::Reach as Reach>::Erased;
    /// How many strong and weak pointers there are, if all are in this thread.
    fn counts(pointer: &Self::Strong) -> Option<(usize, usize)>;
    /// The pointer for all threads, if it can be in all.
    fn shared(pointer: &Self::Strong) -> Option<Arc<dyn SharedPin>>;
}

/// What a `Weak` can point to.
pub(crate) trait WeakContent: Content<Of: Sized> {
    /// The pointer.
    type Weak: Clone + 'static;

    fn decode(input: &mut Decoder<'_>) -> Result<Self::Of, DecodeError>;
    fn dangling() -> Self::Weak;
    fn downgrade(pointer: &Self::Strong) -> Self::Weak;
    fn new_cyclic(make: impl FnOnce(&Self::Weak) -> Self::Of) -> Self::Strong;

    fn is_dangling(pointer: &Self::Weak) -> bool;
    fn weak_address(pointer: &Self::Weak) -> usize;
    fn erase_weak(pointer: Self::Weak) -> <Self::Reach as Reach>::Erased;
    /// As [`Content::counts`].
    fn weak_counts(pointer: &Self::Weak) -> Option<(usize, usize)>;
    /// As [`Content::shared`].
    fn weak_shared(pointer: &Self::Weak) -> Option<Arc<dyn SharedPin>>;
}

/// What is behind a pointer, whatever kind of pointer that is.
pub(crate) trait SizedContent: 'static {
    type Of: 'static;

    fn describe(types: &mut TypeTable) -> TypeId;
    fn encode(value: &Self::Of, out: &mut Encoder) -> Result<(), EncodeError>;
    fn decode(input: &mut Decoder<'_>) -> Result<Self::Of, DecodeError>;
}

/// A `C` behind an `Arc`.
pub(crate) struct ByArc<C>(PhantomData<C>);

/// A `C` behind an `Rc`.
pub(crate) struct ByRc<C>(PhantomData<C>);

/// What both kinds of pointers have in common, under different names.
macro_rules! kinds {
    ($($by:ident, $reach:ident, $strong:ident, $weak:ident::Weak, [$($bounds:tt)*],
        |$pointer:ident| $counts:expr, $weak_counts:expr, $shared:expr, $weak_shared:expr;)*) => {$(
        /// The methods that do not depend on the content.
        macro_rules! pointer {
            () => {
                fn address(pointer: &Self::Strong) -> usize {
                    $strong::as_ptr(pointer).cast::<()>().addr()
                }

                fn erase(pointer: Self::Strong) -> <$reach as Reach>::Erased {
                    Box::new(pointer)
                }

                fn counts($pointer: &Self::Strong) -> Option<(usize, usize)> {
                    $counts
                }

                fn shared($pointer: &Self::Strong) -> Option<Arc<dyn SharedPin>> {
                    $shared
                }
            };
        }

        impl<C: SizedContent<Of: $($bounds)*>> Content for $by<C> {
            type Reach = $reach;
            type Of = C::Of;
            type Strong = $strong<C::Of>;

            fn describe(types: &mut TypeTable) -> TypeId {
                C::describe(types)
            }

            fn encode(value: &C::Of, out: &mut Encoder) -> Result<(), EncodeError> {
                C::encode(value, out)
            }

            fn make(input: &mut Decoder<'_>) -> Result<Self::Strong, DecodeError> {
                C::decode(input).map($strong::new)
            }

            fn make_in_knot(heap: &Heap<$reach>, number: u32) -> Result<Self::Strong, DecodeError> {
                heap.make_cyclic::<Self>(number)
            }

            pointer!();
        }

        impl<C: SizedContent<Of: $($bounds)*>> WeakContent for $by<C> {
            type Weak = $weak::Weak<C::Of>;

            fn decode(input: &mut Decoder<'_>) -> Result<C::Of, DecodeError> {
                C::decode(input)
            }

            fn dangling() -> Self::Weak {
                $weak::Weak::new()
            }

            fn downgrade(pointer: &Self::Strong) -> Self::Weak {
                $strong::downgrade(pointer)
            }

            fn new_cyclic(make: impl FnOnce(&Self::Weak) -> C::Of) -> Self::Strong {
                $strong::new_cyclic(make)
            }

            fn is_dangling(pointer: &Self::Weak) -> bool {
                pointer.strong_count() == 0
            }

            fn weak_address(pointer: &Self::Weak) -> usize {
                pointer.as_ptr().cast::<()>().addr()
            }

            fn erase_weak(pointer: Self::Weak) -> <$reach as Reach>::Erased {
                Box::new(pointer)
            }

            fn weak_counts($pointer: &Self::Weak) -> Option<(usize, usize)> {
                $weak_counts
            }

            fn weak_shared($pointer: &Self::Weak) -> Option<Arc<dyn SharedPin>> {
                $weak_shared
            }
        }

        impl<T: State + $($bounds)*> Content for $by<Slice<T>> {
            type Reach = $reach;
            type Of = [T];
            type Strong = $strong<[T]>;

            fn describe(types: &mut TypeTable) -> TypeId {
                Vec::<T>::describe(types)
            }

            fn encode(value: &[T], out: &mut Encoder) -> Result<(), EncodeError> {
                encode_sequence_with(value.iter(), T::encode, out)
            }

            fn make(input: &mut Decoder<'_>) -> Result<Self::Strong, DecodeError> {
                Vec::<T>::decode(input).map($strong::from)
            }

            fn make_in_knot(heap: &Heap<$reach>, number: u32) -> Result<Self::Strong, DecodeError> {
                heap.make::<Self>(number)
            }

            pointer!();
        }

        impl Content for $by<Text> {
            type Reach = $reach;
            type Of = str;
            type Strong = $strong<str>;

            fn describe(types: &mut TypeTable) -> TypeId {
                String::describe(types)
            }

            fn encode(value: &str, out: &mut Encoder) -> Result<(), EncodeError> {
                out.str(value);
                Ok(())
            }

            fn make(input: &mut Decoder<'_>) -> Result<Self::Strong, DecodeError> {
                input.str().map($strong::from)
            }

            fn make_in_knot(heap: &Heap<$reach>, number: u32) -> Result<Self::Strong, DecodeError> {
                heap.make::<Self>(number)
            }

            pointer!();
        }
    )*};
}

kinds! {
    ByArc, AllThreads, Arc, sync::Weak, [Send + Sync], |pointer|
        { let _ = pointer; None },
        { let _ = pointer; None },
        Some(Arc::new(StrongPin::<Self>(Arc::clone(pointer)))),
        Some(Arc::new(WeakPin::<Self>(pointer.clone())));
    ByRc, OneThread, Rc, rc::Weak, [], |pointer|
        Some((Rc::strong_count(pointer), Rc::weak_count(pointer))),
        Some((pointer.strong_count(), pointer.weak_count())),
        { let _ = pointer; None },
        { let _ = pointer; None };
}

/// A type's own [`State`].
pub(crate) struct AsState<T>(PhantomData<T>);

impl<T: State> SizedContent for AsState<T> {
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

/// `str`, as a string.
pub(crate) struct Text;
