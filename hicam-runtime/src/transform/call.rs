//! Calls of annotated functions as lazy values, and what comes back from running one.

use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;

use super::capture::CaptureFlag;
use super::receivers::Arguments;
use super::stack::Stack;

/// What running an annotated function gives back: its value, or the news that its frame has been saved.
#[derive(Debug, PartialEq, Eq)]
pub enum Flow<T> {
    /// The function returned.
    Done(T),
    /// The function's frame, and those it had called, are in the stack.
    Suspended,
}

/// A by-value argument: present on a first call, part of the callee's frame on a resumed one.
#[derive(Debug)]
pub enum Arg<T> {
    /// The argument of a first call.
    Value(T),
    /// The callee restores its parameter from its frame.
    Resumed,
}

impl<T> Arg<T> {
    /// The argument of a first call.
    #[inline]
    pub fn value(self) -> Option<T> {
        match self {
            Arg::Value(value) => Some(value),
            Arg::Resumed => None,
        }
    }
}

/// Stands for a by-value argument where a call is made again to resume it.
#[derive(Debug, Clone, Copy)]
pub struct Resumed;

/// An annotated function as a type: what `#[migratable]` generates beside the function.
pub trait Migratable: Sized {
    /// The arguments: `Arg<T>` for each by-value parameter, the reference itself for each reference parameter.
    type Args: Send + Arguments;
    /// `fn(Resumed | &T …) -> Option<Call<Self, Self::Args>>`: makes the call again from what its caller re-evaluates.
    type Resumer;
    /// What the function returns.
    type Output: Send;
    /// A future that runs the function as ordinary code.
    type Plain: Future<Output = Self::Output> + Send;

    /// Runs the function as ordinary code: `Box::pin(plain::<Self>(args))`.
    fn plain(args: Self::Args) -> Self::Plain;

    /// The function that makes the call again from what its caller re-evaluates.
    fn resumer() -> Self::Resumer;

    /// Runs the function, fresh or resumed, with the frames in `stack`.
    fn run(args: Self::Args, stack: &mut Stack) -> impl Future<Output = Flow<Self::Output>> + Send;
}

/// A call of an annotated function that has not begun. Awaiting it runs it.
#[must_use = "a call does nothing unless it is awaited"]
///
/// Its arguments are a type parameter of their own, although they follow from the function: whether a future that holds
/// a call is `Send` can then be seen without asking what the function is, which the compiler cannot do where several
/// lifetimes are involved.
pub struct Call<D, A> {
    args: A,
    function: PhantomData<fn() -> D>,
}

impl<D: Migratable> Call<D, D::Args> {
    /// A call with these arguments.
    #[inline]
    pub fn new(args: D::Args) -> Self {
        Call {
            args,
            function: PhantomData,
        }
    }

    /// The arguments.
    #[inline]
    pub fn into_args(self) -> D::Args {
        self.args
    }
}

impl<D, A> std::fmt::Debug for Call<D, A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Call").finish_non_exhaustive()
    }
}

/// Ordinary code awaits an annotated function like any other; nothing asks such a call to suspend.
impl<D: Migratable> IntoFuture for Call<D, D::Args> {
    type Output = D::Output;
    type IntoFuture = D::Plain;

    fn into_future(self) -> Self::IntoFuture {
        D::plain(self.args)
    }
}

/// Runs an annotated function to its end.
pub async fn plain<D: Migratable>(args: D::Args) -> D::Output {
    static NEVER: CaptureFlag = CaptureFlag::new();
    let mut stack = Stack::new(&NEVER);
    match D::run(args, &mut stack).await {
        Flow::Done(value) => value,
        // Nobody sets the flag of a plain call, and it has no frames to restore: nothing from outside can bring a function
        // here that does what the transformation makes of it. Waiting would hide a defect.
        Flow::Suspended => unreachable!(
            "a plain call of `{}` was suspended: {}; this is a defect of HiCaM or of a hand-written `Migratable`",
            std::any::type_name::<D>(),
            match stack.take_saved() {
                Err(error) => error.to_string(),
                Ok(frames) => format!("no capture was wanted, but it has saved {frames:?}"),
            }
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{Flow, Migratable, Stack, plain};

    /// As no generated function is.
    struct Wrong;

    impl Migratable for Wrong {
        type Args = ();
        type Resumer = ();
        type Output = ();
        type Plain = std::future::Ready<()>;

        fn plain((): ()) -> Self::Plain {
            std::future::ready(())
        }

        fn resumer() {}

        async fn run((): (), _: &mut Stack) -> Flow<()> {
            Flow::Suspended
        }
    }

    #[tokio::test]
    #[should_panic(expected = "no capture was wanted")]
    async fn a_plain_call_that_is_suspended_says_so() {
        plain::<Wrong>(()).await;
    }
}

/// Stands for a value that is never taken, for the sake of its type.
#[cold]
pub fn never<T>(_: &Option<T>) -> T {
    unreachable!("generated code never runs this")
}

/// An empty slot for what a variable has the type of.
#[inline(always)]
pub fn empty<T>(_: &T) -> Option<T> {
    None
}

/// An explicit migration point: `hicam::point().await`. In code without attributes it does nothing.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// hicam::point().await;
/// # });
/// ```
pub fn point() -> Point {
    Point
}

/// The future of [`point`]: ready at once. The migration point is the `.await` itself.
#[derive(Debug)]
pub struct Point;

impl Future for Point {
    type Output = ();
    fn poll(self: Pin<&mut Self>, _: &mut std::task::Context<'_>) -> std::task::Poll<()> {
        std::task::Poll::Ready(())
    }
}
