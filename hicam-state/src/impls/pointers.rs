//! `State` for pointers to shared objects.

use std::rc::{self, Rc};
use std::sync::{self, Arc};

use crate::heap::{self, AsState, ByArc, ByRc, Slice, Text};
use crate::{DecodeError, Decoder, EncodeError, Encoder, OnDrop, State, Type, TypeId, TypeTable};

/// What is behind an `Rc` is dropped when it is captured, and made again.
trait BehindRc {
    /// Ends compilation.
    const IS_QUIET: ();
}

impl<T: State> BehindRc for T {
    const IS_QUIET: () = assert!(
        !T::ON_DROP.runs_code(),
        "what an `Rc` points to may run code of its own when it is dropped (it has a `Drop` in it, a field with `#[hicam(skip)]`, \
         or a serde type, which cannot be seen into), but capturing an `Rc` drops it early: use `Arc`"
    );
}

/// Strong pointers, by the way their content is captured.
macro_rules! strong {
    ($([$($parameters:tt)*] $pointer:ty, $content:ty, $described:ty, $behind:expr, $($quiet:expr)?;)*) => {$(
        impl<$($parameters)*> State for $pointer {
            const ON_DROP: OnDrop = OnDrop::Observed;
            const BEHIND_RC: OnDrop = $behind;

            fn describe(types: &mut TypeTable) -> TypeId {
                types.define::<$pointer>(|types| Type::Shared(<$described>::describe(types)))
            }

            fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                $(const { $quiet };)?
                heap::encode_strong::<$content>(self, out)
            }

            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                heap::decode_strong::<$content>(input)
            }
        }
    )*};
}

strong! {
    [T: State + Send + Sync] Arc<T>, ByArc<AsState<T>>, T, OnDrop::Silent,;
    [T: State + Send + Sync] Arc<[T]>, ByArc<Slice<T>>, Vec<T>, OnDrop::Silent,;
    [] Arc<str>, ByArc<Text>, String, OnDrop::Silent,;
    [T: State] Rc<T>, ByRc<AsState<T>>, T, T::ON_DROP, <T as BehindRc>::IS_QUIET;
    [T: State] Rc<[T]>, ByRc<Slice<T>>, Vec<T>, T::ON_DROP, <T as BehindRc>::IS_QUIET;
    [] Rc<str>, ByRc<Text>, String, OnDrop::Silent,;
}

/// Weak pointers. They dangle after a restore if no captured value holds their object by a strong one.
macro_rules! weak {
    ($([$($parameters:tt)*] $pointer:ty, $content:ty;)*) => {$(
        impl<$($parameters)*> State for $pointer {
            const ON_DROP: OnDrop = OnDrop::Observed;
            const BEHIND_RC: OnDrop = OnDrop::Silent;

            fn describe(types: &mut TypeTable) -> TypeId {
                types.define::<$pointer>(|types| Type::Weak(T::describe(types)))
            }

            fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                heap::encode_weak::<$content>(self, out)
            }

            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                heap::decode_weak::<$content>(input)
            }

            fn placeholder() -> Option<Self> {
                Some(Self::new())
            }
        }
    )*};
}

weak! {
    [T: State + Send + Sync] sync::Weak<T>, ByArc<AsState<T>>;
    [T: State] rc::Weak<T>, ByRc<AsState<T>>;
}
