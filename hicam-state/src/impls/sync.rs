//! `State` for cells, locks and atomics: captured through a shared reference, without waiting.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{
    AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicU8, AtomicU16,
    AtomicU32, AtomicU64, AtomicUsize, Ordering,
};
use std::sync::{Mutex, RwLock, TryLockError};

use crate::error::EncodeErrorKind;
use crate::{DecodeError, Decoder, EncodeError, Encoder, State, TypeId, TypeTable};

/// What is in a lock of the standard library. What a panicking thread left in it is its content too.
pub(crate) fn unlocked<G>(
    tried: Result<G, TryLockError<G>>,
    what: &'static str,
) -> Result<G, EncodeError> {
    match tried {
        Ok(guard) => Ok(guard),
        Err(TryLockError::Poisoned(poisoned)) => Ok(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => Err(EncodeErrorKind::Locked(what).into()),
    }
}

/// Types that are captured as the value they hold.
macro_rules! holders {
    ($($ty:ty, [$($bound:tt)*], |$this:ident| $guard:expr;)*) => {$(
        impl<T: State $($bound)*> State for $ty {
            fn describe(types: &mut TypeTable) -> TypeId {
                T::describe(types)
            }

            fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                let $this = self;
                $guard.encode(out)
            }

            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                T::decode(input).map(Self::new)
            }
        }
    )*};
}

holders! {
    Cell<T>, [+ Copy], |cell| cell.get();
    RefCell<T>, [], |cell| cell.try_borrow().map_err(|_| EncodeErrorKind::Borrowed)?;
    Mutex<T>, [], |lock| unlocked(lock.try_lock(), "Mutex")?;
    RwLock<T>, [], |lock| unlocked(lock.try_read(), "RwLock")?;
    tokio::sync::Mutex<T>, [], |lock| lock.try_lock().map_err(|_| EncodeErrorKind::Locked("Mutex"))?;
    tokio::sync::RwLock<T>, [], |lock| lock.try_read().map_err(|_| EncodeErrorKind::Locked("RwLock"))?;
}

macro_rules! atomics {
    ($($ty:ident $value:ident)*) => {$(
        impl State for $ty {
            fn describe(types: &mut TypeTable) -> TypeId {
                $value::describe(types)
            }

            fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                self.load(Ordering::SeqCst).encode(out)
            }

            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                $value::decode(input).map($ty::new)
            }
        }
    )*};
}

atomics! {
    AtomicBool bool
    AtomicU8 u8 AtomicU16 u16 AtomicU32 u32 AtomicU64 u64 AtomicUsize usize
    AtomicI8 i8 AtomicI16 i16 AtomicI32 i32 AtomicI64 i64 AtomicIsize isize
}
