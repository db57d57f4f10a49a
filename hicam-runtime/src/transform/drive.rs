//! What an `.await` in transformed code becomes: annotated calls are driven with the frames, any other future runs
//! to its end. Which of the two is found by the future's type, by autoref specialisation: method probing takes the
//! receiver with more references first, so the specific implementation is on `&Tag` / `&mut Site`, the fallback on
//! `Tag` / `Site`.

use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;

use tokio::time::{Instant, Sleep};

use super::call::{Call, Flow, Migratable};
use super::given::Given;
use super::receivers::{Arguments, Borrowed, Having, Owned};
use super::reissue::Reissue;
use super::stack::Stack;
use super::task::{JoinError, JoinHandle};
use crate::time::{Interval, Tick};

/// The type of a call site's future, known from its fresh branch, for use in its resume branch.
pub struct Tag<F>(PhantomData<fn() -> F>);

impl<F> Clone for Tag<F> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<F> Copy for Tag<F> {}

impl<F> std::fmt::Debug for Tag<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tag")
    }
}

impl<F> Default for Tag<F> {
    fn default() -> Self {
        Self::new()
    }
}

impl<F> Tag<F> {
    /// A tag whose type is still open.
    #[inline]
    pub fn new() -> Self {
        Tag(PhantomData)
    }

    /// Fixes the tag's type.
    #[inline]
    pub fn of(self, future: F) -> Option<F> {
        Some(future)
    }
}

/// A call that is made where it is awaited; nothing is, of what is awaited by its name.
#[diagnostic::on_unimplemented(
    message = "a call of an annotated function must be made where it is awaited",
    label = "made elsewhere, so it could not be made again when it is resumed",
    note = "write `f(a).await`; several calls at once are written in `tokio::join!`, or given to `hicam::spawn`"
)]
pub trait MadeWhereAwaited {}

/// The number of arguments is known where a call is written, so there is one method for each.
macro_rules! resumers {
    ($($method:ident($($arg:ident),*);)*) => {
        /// Annotated calls can be made again from what their caller re-evaluates.
        pub trait Annotated: Sized {
            /// `fn(…) -> Option<Call<D, _>>`.
            type Resumer;
            /// The function that makes the call again.
            fn resumer(self) -> Self::Resumer;
            /// The call.
            type Made;
            /// A call that cannot be made again.
            #[inline]
            fn made_elsewhere(self) -> Option<Self::Made> where Self: MadeWhereAwaited { None }
            /// The same, of a variable that is an error already because it cannot be captured.
            #[inline]
            fn refused(self) -> Option<Self::Made> { None }
            /// How the callee has its first argument.
            type First: Having;
            /// The same, as a value.
            #[inline]
            fn kind(self) -> Option<Self::First> { None }
            /// The same, of a receiver that is a temporary.
            #[inline]
            fn kind_of_temporary(self) -> Option<Self::First> { None }
            /// What a resumed call is made again from, for a place that its receiver is.
            #[inline]
            fn lent_mut<T: ?Sized>(self, place: &mut T) -> <Self::First as Having>::Again<'_, T> { Self::First::lent_mut(place) }
            /// The same, for a place that is not mutable.
            #[inline]
            fn lent<T: ?Sized>(self, place: &T) -> <Self::First as Having>::Shared<'_, T> { Self::First::lent(place) }
            /// An argument, as the callee takes it.
            #[inline]
            fn given<G: Given<P>, P>(self, value: G) -> P { value.given() }
            $(
                /// As `resumer`.
                #[inline]
                fn $method(self) -> Self::Resumer { self.resumer() }
            )*
        }

        /// Any other future: never suspended, so never resumed.
        pub trait ForeignResumer: Sized {
            /// The future.
            type Future;
            /// A future that has been made elsewhere.
            #[inline]
            fn made_elsewhere(self) -> Option<Self::Future> { None }
            /// The same.
            #[inline]
            fn refused(self) -> Option<Self::Future> { None }
            /// Whether the method owns its receiver cannot be told: it is borrowed.
            #[inline]
            fn kind(self) -> Option<Borrowed> { None }
            /// A temporary may be owned or borrowed: it is not needed again.
            #[inline]
            fn kind_of_temporary(self) -> Option<Owned> { None }
            /// A place that nobody takes.
            #[inline]
            fn lent_mut<T: ?Sized>(self, place: &mut T) -> &mut T { place }
            /// A place that nobody takes.
            #[inline]
            fn lent<T: ?Sized>(self, place: &T) -> &T { place }
            /// An argument that nobody takes.
            #[inline]
            fn given<G>(self, value: G) -> G { value }
            $(
                /// A function of this many arguments that gives no future.
                #[inline]
                fn $method<$($arg),*>(self) -> fn($($arg),*) -> Option<Self::Future> {
                    #[allow(clippy::too_many_arguments, reason = "as many as the user's function has")]
                    fn none<$($arg,)* F>($(_: $arg),*) -> Option<F> { None }
                    none::<$($arg,)* Self::Future>
                }
            )*
        }
    };
}

resumers! {
    resumer0();
    resumer1(A);
    resumer2(A, B);
    resumer3(A, B, C);
    resumer4(A, B, C, D);
    resumer5(A, B, C, D, E);
    resumer6(A, B, C, D, E, G);
    resumer7(A, B, C, D, E, G, H);
    resumer8(A, B, C, D, E, G, H, I);
    resumer9(A, B, C, D, E, G, H, I, J);
    resumer10(A, B, C, D, E, G, H, I, J, K);
    resumer11(A, B, C, D, E, G, H, I, J, K, L);
    resumer12(A, B, C, D, E, G, H, I, J, K, L, M);
}

impl<D: Migratable> Annotated for &&Tag<Call<D, D::Args>> {
    type Resumer = D::Resumer;
    type Made = Call<D, D::Args>;
    type First = <D::Args as Arguments>::First;
    #[inline]
    fn resumer(self) -> D::Resumer {
        D::resumer()
    }
}

impl<'i> Annotated for &&Tag<Tick<'i>> {
    type Resumer = fn(&'i mut Interval) -> Option<Tick<'i>>;
    type Made = Tick<'i>;
    type First = Borrowed;
    #[inline]
    fn resumer(self) -> Self::Resumer {
        Tick::of
    }
}

impl<F> ForeignResumer for &Tag<F> {
    type Future = F;
}

/// One call site's future.
pub struct Site<F>(pub Option<F>);

impl<F> std::fmt::Debug for Site<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Site").field(&self.0.is_some()).finish()
    }
}

/// An annotated call, or a library's function that can be suspended: driven with the frames.
pub trait DriveAnnotated<'s> {
    /// What the call returns.
    type Output;
    /// Runs the call.
    fn drive(
        self,
        stack: &'s mut Stack,
    ) -> Pin<Box<dyn Future<Output = Flow<Self::Output>> + Send + 's>>;
}

impl<'s, D: Migratable + 's> DriveAnnotated<'s> for &mut &mut Site<Call<D, D::Args>>
where
    D::Args: 's,
{
    type Output = D::Output;
    // Boxed, so that recursion needs nothing from the user.
    #[inline]
    fn drive(
        self,
        stack: &'s mut Stack,
    ) -> Pin<Box<dyn Future<Output = Flow<D::Output>> + Send + 's>> {
        match self.0.take() {
            Some(call) => Box::pin(D::run(call.into_args(), stack)),
            None => Box::pin(std::future::ready(Flow::Suspended)),
        }
    }
}

/// A sleep: suspended with the time that remains.
impl<'s> DriveAnnotated<'s> for &mut &mut Site<Sleep> {
    type Output = ();
    #[inline]
    fn drive(self, stack: &'s mut Stack) -> Pin<Box<dyn Future<Output = Flow<()>> + Send + 's>> {
        Box::pin(super::timers::sleep(self.0.take(), stack))
    }
}

/// The handle of a task: suspended while it waits.
impl<'s, T: Send + 'static> DriveAnnotated<'s> for &mut &mut Site<JoinHandle<T>> {
    type Output = Result<T, JoinError>;
    #[inline]
    fn drive(
        self,
        stack: &'s mut Stack,
    ) -> Pin<Box<dyn Future<Output = Flow<Self::Output>> + Send + 's>> {
        Box::pin(super::task::join(self.0.take(), stack))
    }
}

/// A tick of an interval: suspended while it waits.
impl<'s, 'i: 's> DriveAnnotated<'s> for &mut &mut Site<Tick<'i>> {
    type Output = Instant;
    #[inline]
    fn drive(
        self,
        stack: &'s mut Stack,
    ) -> Pin<Box<dyn Future<Output = Flow<Instant>> + Send + 's>> {
        Box::pin(super::ticks::tick(self.0.take(), stack))
    }
}

/// A future that is made anew: dropped when it is suspended.
impl<'s, M, F> DriveAnnotated<'s> for &mut &mut Site<Reissue<M>>
where
    M: FnOnce() -> F + Send + 's,
    F: Future + Send + 's,
    F::Output: Send,
{
    type Output = F::Output;
    #[inline]
    fn drive(
        self,
        stack: &'s mut Stack,
    ) -> Pin<Box<dyn Future<Output = Flow<F::Output>> + Send + 's>> {
        Box::pin(super::reissue::drive(self.0.take(), stack))
    }
}

/// Any other future: runs to its end.
pub trait DriveForeign {
    /// What the future gives.
    type Output;
    /// Runs the future.
    fn drive(self, stack: &mut Stack) -> impl Future<Output = Flow<Self::Output>>;
}

impl<F: IntoFuture> DriveForeign for &mut Site<F> {
    type Output = F::Output;
    #[inline]
    fn drive(self, _: &mut Stack) -> impl Future<Output = Flow<F::Output>> {
        let future = self.0.take().map(IntoFuture::into_future);
        async move {
            match future {
                Some(future) => Flow::Done(future.await),
                // A foreign future is never suspended, so there is none to resume: the frame is not of this build.
                None => Flow::Suspended,
            }
        }
    }
}
