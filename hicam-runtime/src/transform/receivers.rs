//! Receivers whose method may take them by value, which a call does not show: `query.run().await` in code that does not
//! mention `query` again.
//!
//! The variable rests in its slot. A call of the method that is never made has a type, which tells whether the method owns
//! its receiver; then the one call that is made is given the value, or a reference to it:
//!
//! ```text
//! let mut kind = None;
//! if false { let mut v = never(&slot); let shape = Tag::new(); shape.of(v.run(link.never())); kind = Some((&&shape).kind()); }
//! tag.of(receiver(&kind, &mut slot)?.run(link.same(argument)))
//! ```
//!
//! A receiver that is a temporary (`Query::new().run().await`) is kept in such a slot too, if the method borrows it.
//!
//! The call that is never made has a tag of its own, because it borrows from a variable that soon ends: what is kept of
//! it names no lifetime.

use std::marker::PhantomData;

use super::call::{Arg, Flow, Resumed};

/// How a method has its receiver.
pub trait Having {
    /// What a first call's method is called on, for a variable of type `T`.
    type Receiver<'a, T: 'a>;
    /// What a resumed call is made again from.
    type Again<'a, T: ?Sized + 'a>;
    /// As `Again`, of a variable that is not mutable.
    type Shared<'a, T: ?Sized + 'a>;

    /// What a caller keeps of a receiver that is a temporary.
    type Kept<T>;

    /// `None` if the variable is not there.
    fn receiver<T>(slot: &mut Option<T>) -> Option<Self::Receiver<'_, T>>;
    /// `None` if it is needed and not there.
    fn again<T>(slot: &mut Option<T>) -> Option<Self::Again<'_, T>>;
    /// What the method is called on, of a temporary.
    fn keep<T>(temporary: T, slot: &mut Option<Self::Kept<T>>) -> Self::Receiver<'_, T>;
    /// `None` if it is needed and not there.
    fn kept_again<T>(slot: &mut Option<Self::Kept<T>>) -> Option<Self::Again<'_, T>>;
    /// Of a place that the caller has still.
    fn lent_mut<T: ?Sized>(place: &mut T) -> Self::Again<'_, T>;
    /// Of a place that the caller has still.
    fn lent<T: ?Sized>(place: &T) -> Self::Shared<'_, T>;
}

/// The method takes `self`: it is part of the callee's frame.
#[derive(Debug)]
pub struct Owned;

/// The method takes `&self` or `&mut self`: the variable stays where it is.
#[derive(Debug)]
pub struct Borrowed;

impl Having for Owned {
    type Receiver<'a, T: 'a> = T;
    type Again<'a, T: ?Sized + 'a> = Resumed;
    type Shared<'a, T: ?Sized + 'a> = Resumed;
    type Kept<T> = ();

    #[inline]
    fn receiver<T>(slot: &mut Option<T>) -> Option<T> {
        slot.take()
    }
    #[inline]
    fn again<T>(_: &mut Option<T>) -> Option<Resumed> {
        Some(Resumed)
    }
    #[inline]
    fn keep<T>(temporary: T, slot: &mut Option<()>) -> T {
        *slot = Some(());
        temporary
    }
    #[inline]
    fn kept_again<T>(_: &mut Option<()>) -> Option<Resumed> {
        Some(Resumed)
    }
    #[inline]
    fn lent_mut<T: ?Sized>(_: &mut T) -> Resumed {
        Resumed
    }
    #[inline]
    fn lent<T: ?Sized>(_: &T) -> Resumed {
        Resumed
    }
}

impl Having for Borrowed {
    type Receiver<'a, T: 'a> = &'a mut T;
    type Again<'a, T: ?Sized + 'a> = &'a mut T;
    type Shared<'a, T: ?Sized + 'a> = &'a T;
    type Kept<T> = T;

    #[inline]
    fn receiver<T>(slot: &mut Option<T>) -> Option<&mut T> {
        slot.as_mut()
    }
    #[inline]
    fn again<T>(slot: &mut Option<T>) -> Option<&mut T> {
        slot.as_mut()
    }
    #[inline]
    fn keep<T>(temporary: T, slot: &mut Option<T>) -> &mut T {
        slot.insert(temporary)
    }
    #[inline]
    fn kept_again<T>(slot: &mut Option<T>) -> Option<&mut T> {
        slot.as_mut()
    }
    #[inline]
    fn lent_mut<T: ?Sized>(place: &mut T) -> &mut T {
        place
    }
    #[inline]
    fn lent<T: ?Sized>(place: &T) -> &T {
        place
    }
}

/// As [`Having::receiver`].
#[inline]
pub fn receiver<'a, K: Having, T>(
    _: &Option<K>,
    slot: &'a mut Option<T>,
) -> Option<K::Receiver<'a, T>> {
    K::receiver(slot)
}

/// As [`Having::again`].
#[inline]
pub fn receiver_again<'a, K: Having, T>(
    _: &Option<K>,
    slot: &'a mut Option<T>,
) -> Option<K::Again<'a, T>> {
    K::again(slot)
}

/// As [`Having::keep`].
#[inline]
pub fn keep_receiver<'a, K: Having, T>(
    _: &Option<K>,
    temporary: T,
    slot: &'a mut Option<K::Kept<T>>,
) -> K::Receiver<'a, T> {
    K::keep(temporary, slot)
}

/// As [`Having::kept_again`], of a temporary of the link's type.
#[inline]
pub fn kept_again<'a, K: Having, T>(
    _: &Option<K>,
    _: Link<T>,
    slot: &'a mut Option<K::Kept<T>>,
) -> Option<K::Again<'a, T>> {
    K::kept_again(slot)
}

/// The arguments of an annotated function, the first of which may be a method's receiver.
pub trait Arguments {
    /// How the callee has the first.
    type First: Having;
}

impl<S> Arguments for Arg<S> {
    type First = Owned;
}

impl<S: ?Sized> Arguments for &S {
    type First = Borrowed;
}

impl<S: ?Sized> Arguments for &mut S {
    type First = Borrowed;
}

impl Arguments for () {
    type First = Borrowed;
}

macro_rules! tuples {
    ($($others:ident)*) => {
        impl<A: Arguments, $($others),*> Arguments for (A, $($others,)*) {
            type First = A::First;
        }
    };
}

tuples!();
tuples!(B);
tuples!(B C);
tuples!(B C D);
tuples!(B C D E);
tuples!(B C D E F);
tuples!(B C D E F G);
tuples!(B C D E F G H);
tuples!(B C D E F G H I);
tuples!(B C D E F G H I J);
tuples!(B C D E F G H I J K);
tuples!(B C D E F G H I J K L);

/// Ties an argument to the method's parameter in the call that is never made: the parameter's type is known by then.
pub struct Link<T>(PhantomData<fn() -> T>);

impl<T> Clone for Link<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Link<T> {}

impl<T> std::fmt::Debug for Link<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Link")
    }
}

impl<T> Default for Link<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Link<T> {
    /// A link whose type is still open.
    #[inline]
    pub fn new() -> Self {
        Link(PhantomData)
    }

    /// Stands for an argument in code that never runs.
    #[cold]
    pub fn never(self) -> T {
        unreachable!("generated code never runs this")
    }

    /// Fixes the link's type.
    #[inline]
    pub fn of(self, _: &T) -> Self {
        self
    }

    /// The argument.
    #[inline]
    pub fn same(self, argument: T) -> T {
        argument
    }
}

/// What awaiting a call that is never made would give.
#[cold]
pub fn flow_of<F: IntoFuture>(_: &Option<F>) -> Flow<F::Output> {
    unreachable!("generated code never runs this")
}
