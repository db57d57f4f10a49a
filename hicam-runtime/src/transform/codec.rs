//! How a local is encoded is found by its type, by autoref specialisation: `hicam::State` first, then serde, protobuf
//! messages, and standard containers of these. The choice is made after the function's body, where all types have
//! been inferred, so that no local needs an annotation.
//!
//! Method probing takes the receiver with more references first, so the preferred choice has the most.

use std::marker::PhantomData;

use hicam_state::shares::{Containers, Inner, MessageContainers, Messages, Serdes};
use hicam_state::{
    CarriesMessages, ContainsSerde, DecodeError, Decoder, EncodeError, Encoder, Shares, State,
    TypeId, TypeTable,
};
use serde::{Serialize, de::DeserializeOwned};

use super::frame::FnInfo;
use super::on_thread::OnThread;
use super::stack::Stack;
use super::task::{Captured, NotCaptured};
use super::temporaries::{Borrower, Lasts, assert_temporary};

/// A captured variable: its identity, and its type as far as inference has come.
pub struct Var<T> {
    pub(super) id: u16,
    pub(super) name: &'static str,
    ty: PhantomData<fn() -> T>,
}

impl<T> Clone for Var<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Var<T> {}

impl<T> std::fmt::Debug for Var<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Var")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl<T> Var<T> {
    /// Variable number `id`, shown as `name`.
    #[inline]
    pub const fn new(id: u16, name: &'static str) -> Self {
        Var {
            id,
            name,
            ty: PhantomData,
        }
    }

    /// Fixes the variable's type.
    #[inline(always)]
    pub fn see(self, _: &T) {}

    /// Fixes the type of a variable that has no value yet. Never called.
    pub fn never(self) -> T {
        super::never(&None)
    }

    /// Of a variable that is borrowed across a point, although its value is used elsewhere.
    #[inline]
    pub fn copied(self)
    where
        T: MovedAsCopy,
    {
    }

    /// What the choice of a codec starts from.
    #[inline]
    pub fn probe(self) -> Probe<T> {
        Probe(PhantomData)
    }
}

/// What can be moved while it is borrowed, because only a copy is moved.
#[diagnostic::on_unimplemented(
    message = "this variable is borrowed across a migration point, and its value is moved elsewhere in this function",
    label = "borrowed across a migration point; `{Self}` is not `Copy`",
    note = "put the borrow into a block of its own that ends before the point, or clone what it needs"
)]
pub trait MovedAsCopy {}

#[diagnostic::do_not_recommend]
impl<T: Copy> MovedAsCopy for T {}

/// How values of one type are described, encoded and decoded.
pub struct Codec<T> {
    pub(super) describe: fn(&mut TypeTable) -> TypeId,
    pub(super) encode: fn(&T, &mut Encoder) -> Result<(), EncodeError>,
    pub(super) decode: fn(&mut Decoder<'_>) -> Result<T, DecodeError>,
}

impl<T> Clone for Codec<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Codec<T> {}

impl<T> std::fmt::Debug for Codec<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Codec")
    }
}

/// Stands for a type while its codec is chosen.
pub struct Probe<T>(PhantomData<fn() -> T>);

impl<T> Clone for Probe<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Probe<T> {}

impl<T> std::fmt::Debug for Probe<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Probe")
    }
}

/// What becomes of a variable that is never mentioned again, but is in scope at a later point.
macro_rules! kept_until_its_scope_ends {
    () => {
        /// Whether its drop may be observed, as far as can be known.
        const ACTS: bool;
        /// Whether its drop is known to be observed.
        const SURELY_ACTS: bool;
        /// Accepts that a variable is dropped early, or ends compilation: whether it has been moved by the point is
        /// not known, so that it can neither be kept nor be forgotten.
        fn drop_early(self) {
            const {
                assert!(
                    !Self::SURELY_ACTS,
                    "a value whose drop can be observed (an `Arc`, or a type with a `Drop` in it) is in scope at a \
                     migration point although it is not mentioned again, and it may or may not have been moved by \
                     then: end its life before the point with `drop`, put it into a block of its own, or mention it \
                     after the point"
                );
            }
        }
        /// Accepts a temporary that ends early, or ends compilation.
        fn temporary<const LINE: u32, F, L: Lasts>(self, _: Borrower<F>, _: L) {
            assert_temporary!(F, L, Self::SURELY_ACTS);
        }
        /// Takes a variable from the code that last mentions it to where its scope ends.
        fn keep(self, value: T) -> Option<T> {
            Some(value)
        }
        /// The codec, where one is not needed at all costs.
        fn if_captured(self) -> Option<Codec<T>> {
            Some(self.codec::<0>())
        }
        /// Says that there is a codec.
        fn choice(self) -> Captured {
            Captured
        }
        /// Lets a variable go that is not needed at this point, unless its drop may be observed.
        fn lasting(self, stack: &mut Stack, var: &Var<T>, info: &'static FnInfo) {
            if !Self::ACTS {
                stack.forget_unneeded(var, info);
            }
        }
        /// The codec of such a variable, if it has to be captured.
        fn kept(self, stack: &mut Stack, var: &Var<T>)
        where
            T: Send + 'static,
        {
            if Self::ACTS {
                stack.local(var, self.codec::<0>());
            } else {
                stack.forget(var);
            }
        }
    };
}

/// First choice: the type's own `State`, of values that can be in any thread.
pub trait CodecByState<T>: Sized {
    /// The codec.
    fn codec<const LINE: u32>(self) -> Codec<T>;
    kept_until_its_scope_ends!();
}
impl<T: State + Send> CodecByState<T> for &&&&&&&&&&&&&&Probe<T> {
    const ACTS: bool = T::ON_DROP.is_observed();
    const SURELY_ACTS: bool = T::ON_DROP.is_observed();
    fn codec<const LINE: u32>(self) -> Codec<T> {
        Codec {
            describe: T::describe,
            encode: T::encode,
            decode: T::decode,
        }
    }
}

/// Third choice: serde.
pub trait CodecBySerde<T>: Sized {
    /// The codec.
    fn codec<const LINE: u32>(self) -> Codec<T>;
    kept_until_its_scope_ends!();
}
impl<T: Serialize + DeserializeOwned + 'static> CodecBySerde<T> for &&&&Probe<T> {
    // What is within cannot be seen.
    const ACTS: bool = std::mem::needs_drop::<T>();
    const SURELY_ACTS: bool = false;
    fn codec<const LINE: u32>(self) -> Codec<T> {
        use hicam_state::dynamic;
        Codec {
            describe: dynamic::describe::<T>,
            encode: dynamic::encode::<T>,
            decode: dynamic::decode::<T>,
        }
    }
}

/// Fourth choice: a protobuf message.
pub trait CodecByMessage<T>: Sized {
    /// The codec.
    fn codec<const LINE: u32>(self) -> Codec<T>;
    kept_until_its_scope_ends!();
}
impl<T: prost::Message + Default + 'static> CodecByMessage<T> for &&&Probe<T> {
    // A message has fields of data alone.
    const ACTS: bool = false;
    const SURELY_ACTS: bool = false;
    fn codec<const LINE: u32>(self) -> Codec<T> {
        use hicam_state::message;
        Codec {
            describe: message::describe::<T>,
            encode: message::encode::<T>,
            decode: message::decode::<T>,
        }
    }
}

/// Fifth choice: a standard container of protobuf messages, in the way `W`.
pub trait CodecByMessages<T, W>: Sized {
    /// The codec.
    fn codec<const LINE: u32>(self) -> Codec<T>;
    kept_until_its_scope_ends!();
}
impl<T: CarriesMessages<W>, W> CodecByMessages<T, W> for &&Probe<T> {
    const ACTS: bool = false;
    const SURELY_ACTS: bool = false;
    fn codec<const LINE: u32>(self) -> Codec<T> {
        Codec {
            describe: T::DESCRIBE,
            encode: T::ENCODE,
            decode: T::DECODE,
        }
    }
}

/// Second choice: a standard container of serde values, which is captured without blocking on a lock.
pub trait CodecBySerdes<T>: Sized {
    /// The codec.
    fn codec<const LINE: u32>(self) -> Codec<T>;
    kept_until_its_scope_ends!();
}
impl<T: ContainsSerde> CodecBySerdes<T> for &&&&&Probe<T> {
    const ACTS: bool = std::mem::needs_drop::<T>();
    const SURELY_ACTS: bool = false;
    fn codec<const LINE: u32>(self) -> Codec<T> {
        Codec {
            describe: T::describe,
            encode: T::encode,
            decode: T::decode,
        }
    }
}

/// Between the first choice and the second: pointers to what serde or protobuf captures, and standard containers of such
/// pointers. There is one trait for each way, and each takes fewer references than the one before.
macro_rules! sharing {
    ($($(#[$doc:meta])* $trait:ident, $way:ty, $probe:ty;)*) => {$(
        $(#[$doc])*
        pub trait $trait<T>: Sized {
            /// The codec.
            fn codec<const LINE: u32>(self) -> Codec<T>;
            kept_until_its_scope_ends!();
        }
        impl<T: Shares<$way>> $trait<T> for $probe {
            const ACTS: bool = true;
            const SURELY_ACTS: bool = true;
            fn codec<const LINE: u32>(self) -> Codec<T> {
                Codec {
                    describe: <T as Shares<$way>>::describe,
                    encode: <T as Shares<$way>>::encode,
                    decode: <T as Shares<$way>>::decode,
                }
            }
        }
    )*};
}

sharing! {
    /// Pointers to locks of serde types.
    CodecBySharedContainers, Containers, &&&&&&&&&&&&Probe<T>;
    /// Pointers to what holds such pointers.
    CodecByInnerContainers, Inner<Containers>, &&&&&&&&&&&Probe<T>;
    /// Pointers to serde types.
    CodecBySharedSerdes, Serdes, &&&&&&&&&&Probe<T>;
    /// Pointers to what holds such pointers.
    CodecByInnerSerdes, Inner<Serdes>, &&&&&&&&&Probe<T>;
    /// Pointers to prost messages.
    CodecBySharedMessages, Messages, &&&&&&&&Probe<T>;
    /// Pointers to what holds such pointers.
    CodecByInnerMessages, Inner<Messages>, &&&&&&&Probe<T>;
    /// Pointers to standard containers of prost messages.
    CodecBySharedMessageContainers, MessageContainers, &&&&&&Probe<T>;
}

/// What can be captured. Never implemented by hand: it explains a type that cannot. `LINE` is that of the first migration
/// point at which the variable is alive.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be captured, but this variable is alive across the migration point in line {LINE}",
    label = "of type `{Self}`, alive in line {LINE}",
    note = "a borrow, lock guard, closure, file, socket, channel end or task handle cannot move to another process: end \
            its life before the point (`drop` it, or put it into a block of its own), or make it anew after it",
    note = "a type of your own can be captured with `#[derive(hicam::State)]`, or with serde's `Serialize` and `Deserialize`"
)]
pub trait Capturable<const LINE: u32> {}

/// What can be in a frame at all, however it is encoded: a call may go on in another thread.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be captured, but this variable is alive across a migration point",
    label = "of type `{Self}`, which cannot leave its thread",
    note = "a lock guard of std, a `Ref` or a raw pointer cannot even move to another thread: end its life before the point \
            (`drop` it, or put it into a block of its own), or make it anew after it",
    note = "an `Rc` can be alive at the head of a loop, if what it points to implements `hicam::State`; but not across an \
            `.await`: put it into a block that ends before the next `.await`, or use `Arc`"
)]
pub trait InFrame: Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> InFrame for T {}

/// In the very method that generated code calls: so the compiler's note points at the user's variable.
macro_rules! assert_no_drop {
    ($ty:ident) => {
        const {
            assert!(
                !std::mem::needs_drop::<$ty>(),
                "a value whose drop can be observed (a guard, permit, handle or the like) is alive across a migration \
                 point although it is not mentioned again: end its life before the point with `drop`, or put it into \
                 a block of its own"
            );
        }
    };
}

/// Last resort but one: the error.
pub trait NoCodec<T>: Sized {
    /// Never callable: nothing implements [`Capturable`].
    fn codec<const LINE: u32>(self) -> Codec<T>
    where
        T: Capturable<LINE>;
    /// A variable that is never mentioned again still acts when it is dropped at the end of its scope. It is accepted
    /// if it has no drop at all, which is known when the program is built; otherwise compilation ends here.
    fn drop_early(self) {
        assert_no_drop!(T);
    }
    /// The same of a temporary.
    fn temporary<const LINE: u32, F, L: Lasts>(self, _: Borrower<F>, _: L) {
        assert_temporary!(F, L, std::mem::needs_drop::<T>() && !L::OUTLIVES);
    }
    /// Lets it go: it has no drop.
    fn keep(self, _: T) {}
    /// There is none.
    fn if_captured(self) -> Option<Codec<T>> {
        None
    }
    /// Says so.
    fn choice(self) -> NotCaptured {
        NotCaptured
    }
    /// Nothing to do: it is an error that it is captured at all.
    fn lasting(self, _: &mut Stack, _: &Var<T>, _: &'static FnInfo) {}
    /// As [`NoCodec::drop_early`].
    fn kept(self, _: &mut Stack, _: &Var<T>) {
        assert_no_drop!(T);
    }
}

impl<T> Probe<T> {
    pub(super) const fn new() -> Self {
        Probe(PhantomData)
    }
}
impl<T: Send> NoCodec<T> for &Probe<T> {
    fn codec<const LINE: u32>(self) -> Codec<T>
    where
        T: Capturable<LINE>,
    {
        Codec::never()
    }
}

/// As [`NoCodec`], for types of tokio's for which there is another that can be captured.
macro_rules! refused {
    ($(
        $(#[$doc:meta])*
        $trait:ident: $(#[$why:meta])* $capturable:ident, [$($of:tt)*] $ty:ty;
    )*) => {$(
        $(#[$why])*
        pub trait $capturable<const LINE: u32> {}

        $(#[$doc])*
        pub trait $trait<T>: Sized {
            /// Never callable.
            fn codec<const LINE: u32>(self) -> Codec<T>
            where
                T: $capturable<LINE>;
            /// As in [`NoCodec`].
            fn drop_early(self) {
                assert_no_drop!(T);
            }
            /// As in [`NoCodec`].
            fn temporary<const LINE: u32, F, L: Lasts>(self, _: Borrower<F>, _: L) {
                assert_temporary!(F, L, std::mem::needs_drop::<T>() && !L::OUTLIVES);
            }
            /// As in [`NoCodec`].
            fn keep(self, _: T) {}
            /// As in [`NoCodec`].
            fn lasting(self, _: &mut Stack, _: &Var<T>, _: &'static FnInfo) {}
            /// As in [`NoCodec`].
            fn kept(self, _: &mut Stack, _: &Var<T>) {
                assert_no_drop!(T);
            }
        }
        impl<$($of)*> $trait<$ty> for &&&Probe<$ty> {
            fn codec<const LINE: u32>(self) -> Codec<$ty>
            where
                $ty: $capturable<LINE>,
            {
                Codec::never()
            }
        }
    )*};
}

refused! {
    /// An interval of tokio's.
    IntervalRefused:
    #[diagnostic::on_unimplemented(
        message = "an interval of tokio's cannot be captured, but this variable is alive across the migration point in line {LINE}",
        label = "of type `{Self}`, alive in line {LINE}",
        note = "when its next tick is due cannot be read: make it with `hicam::time::interval` or `hicam::time::interval_at`"
    )]
    /// Never implemented: it explains an interval.
    CapturableInterval, [] tokio::time::Interval;

    /// A task of tokio's.
    TaskRefused:
    #[diagnostic::on_unimplemented(
        message = "a task of tokio's cannot be captured, but its handle is alive across the migration point in line {LINE}",
        label = "of type `{Self}`, alive in line {LINE}",
        note = "such a task ends with the process: begin it with `hicam::spawn`, and it is captured with the server"
    )]
    /// Never implemented: it explains a task.
    CapturableTask, [T] tokio::task::JoinHandle<T>;
}

/// Last resort: what cannot be in a frame, which [`InFrame`] has explained.
pub trait NotInFrame<T>: Sized {
    /// Never callable: what is [`InFrame`] is not here.
    fn codec<const LINE: u32>(self) -> OnThread<T>
    where
        T: InFrame;
    /// As in [`NoCodec`].
    fn drop_early(self) {
        assert_no_drop!(T);
    }
    /// The same of a temporary.
    fn temporary<const LINE: u32, F, L: Lasts>(self, _: Borrower<F>, _: L) {
        assert_temporary!(F, L, std::mem::needs_drop::<T>() && !L::OUTLIVES);
    }
    /// As in [`NoCodec`].
    fn keep(self, _: T) {}
    /// As in [`NoCodec`].
    fn if_captured(self) -> Option<Codec<T>> {
        None
    }
    /// Says so.
    fn choice(self) -> NotCaptured {
        NotCaptured
    }
    /// As in [`NoCodec`].
    fn lasting(self, _: &mut Stack, _: &Var<T>, _: &'static FnInfo) {}
    /// As in [`NoCodec`].
    fn kept(self, _: &mut Stack, _: &Var<T>) {
        assert_no_drop!(T);
    }
}
impl<T> NotInFrame<T> for Probe<T> {
    fn codec<const LINE: u32>(self) -> OnThread<T>
    where
        T: InFrame,
    {
        OnThread(Codec::never())
    }
}

impl<T> Codec<T> {
    fn never() -> Self {
        Codec {
            describe: |types| <() as State>::describe(types),
            encode: |_, _| Err(EncodeError::other("this type cannot be captured")),
            decode: |_| Err(DecodeError::other("this type cannot be captured")),
        }
    }
}

/// A pointer is captured where it can be seen:
///
/// ```
/// # mod hicam { pub use ::hicam::*; }
/// # use std::{collections::HashMap, sync::{Arc, Mutex}};
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Order { count: u32 }
///
/// #[hicam::migratable]
/// async fn sum(orders: Vec<Arc<Order>>, by_name: HashMap<String, (u8, Arc<Mutex<Order>>)>) -> u32 {
///     let mut total = 0;
///     for order in &orders { total += order.count + by_name["tea"].1.lock().unwrap().count; }
///     total
/// }
/// ```
///
/// Inside a serde type it is not, and serde refuses it unless a crate turns serde's feature `rc` on, which copies objects:
///
/// ```compile_fail,E0277
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Config { shared: std::sync::Arc<u32> }
/// ```
///
/// Inside another container it is an error too, instead of a copy:
///
/// ```compile_fail,E0277
/// # mod hicam { pub use ::hicam::*; }
/// # use std::sync::Arc;
/// # #[derive(serde::Serialize, serde::Deserialize)]
/// # struct Order { count: u32 }
/// #[hicam::migratable]
/// async fn sum(orders: Vec<(Arc<Order>, Order)>) -> u32 {
///     let mut total = 0;
///     for (one, other) in &orders { total += one.count + other.count; }
///     total
/// }
/// ```
#[cfg(doctest)]
pub struct Pointers;
