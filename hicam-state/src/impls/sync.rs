//! `State` for cells, locks and atomics: captured through a shared reference, without waiting.

use std::cell::{Cell, OnceCell, RefCell};
use std::sync::atomic::{
    AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicU8, AtomicU16,
    AtomicU32, AtomicU64, AtomicUsize, Ordering,
};
use std::sync::{Mutex, OnceLock, RwLock, TryLockError};

use tokio::sync::OnceCell as AsyncOnceCell;

use crate::error::EncodeErrorKind;
use crate::{DecodeError, Decoder, EncodeError, Encoder, OnDrop, State, Type, TypeId, TypeTable};

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

impl<T: State + Copy> State for Cell<T> {
    fn describe(types: &mut TypeTable) -> TypeId {
        T::describe(types)
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        self.get().encode(out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        T::decode(input).map(Cell::new)
    }

    fn placeholder() -> Option<Self> {
        T::placeholder().map(Cell::new)
    }
}

/// The key under which every cell of a `T` is described.
struct CellOf<T>(std::marker::PhantomData<T>);

/// Types that are captured as the value they hold, which may be stored in them later: how it is looked at, and how
/// another takes its place.
macro_rules! holders {
    ($($ty:ty, |$this:ident| $guard:expr, |$value:ident| $store:expr;)*) => {$(
        impl<T: State> State for $ty {
            const ON_DROP: OnDrop = T::ON_DROP;
            const BEHIND_RC: OnDrop = T::BEHIND_RC;

            fn describe(types: &mut TypeTable) -> TypeId {
                types.define::<CellOf<T>>(|types| Type::Cell(T::describe(types)))
            }

            fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                let $this = self;
                out.cell::<T>(
                    |out| $guard.encode(out),
                    |$value| {
                        $store;
                        Ok(())
                    },
                )
            }

            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                input.cell::<T>().map(Self::new)
            }

            fn placeholder() -> Option<Self> {
                T::placeholder().map(Self::new)
            }
        }
    )*};
}

holders! {
    // What is stored late is stored before anybody else has the object: nobody holds the lock.
    RefCell<T>,
        |cell| cell.try_borrow().map_err(|_| EncodeErrorKind::Borrowed)?,
        |value| *cell.try_borrow_mut().map_err(|_| EncodeErrorKind::Borrowed)? = value;
    Mutex<T>,
        |lock| unlocked(lock.try_lock(), "Mutex")?,
        |value| *unlocked(lock.try_lock(), "Mutex")? = value;
    RwLock<T>,
        |lock| unlocked(lock.try_read(), "RwLock")?,
        |value| *unlocked(lock.try_write(), "RwLock")? = value;
    tokio::sync::Mutex<T>,
        |lock| lock.try_lock().map_err(|_| EncodeErrorKind::Locked("Mutex"))?,
        |value| *lock.try_lock().map_err(|_| EncodeErrorKind::Locked("Mutex"))? = value;
    tokio::sync::RwLock<T>,
        |lock| lock.try_read().map_err(|_| EncodeErrorKind::Locked("RwLock"))?,
        |value| *lock.try_write().map_err(|_| EncodeErrorKind::Locked("RwLock"))? = value;
}

/// Captured as an option.
macro_rules! once {
    ($($ty:ident)*) => {$(
        impl<T: State> State for $ty<T> {
            const ON_DROP: OnDrop = T::ON_DROP;
            const BEHIND_RC: OnDrop = T::BEHIND_RC;

            fn describe(types: &mut TypeTable) -> TypeId {
                types.define::<CellOf<Option<T>>>(|types| Type::Cell(Option::<T>::describe(types)))
            }

            fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
                let write = |out: &mut Encoder| match self.get() {
                    None => {
                        out.u8(0);
                        Ok(())
                    }
                    Some(value) => {
                        out.u8(1);
                        value.encode(out)
                    }
                };
                out.cell::<Option<T>>(write, |value| match value {
                    None => Ok(()),
                    // It was made empty.
                    Some(value) => self.set(value).map_err(|_| EncodeErrorKind::Borrowed.into()),
                })
            }

            fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                let value = input.cell::<Option<T>>()?;
                Ok(value.map_or_else(Self::new, Self::from))
            }

            fn placeholder() -> Option<Self> {
                Some(Self::new())
            }
        }
    )*};
}

once! { OnceCell OnceLock AsyncOnceCell }

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

            fn placeholder() -> Option<Self> {
                Some(Self::default())
            }
        }
    )*};
}

atomics! {
    AtomicBool bool
    AtomicU8 u8 AtomicU16 u16 AtomicU32 u32 AtomicU64 u64 AtomicUsize usize
    AtomicI8 i8 AtomicI16 i16 AtomicI32 i32 AtomicI64 i64 AtomicIsize isize
}
