//! The `?` operator for functions whose frame can be suspended: they return a [`super::Flow`], for which the standard
//! library's own traits cannot be implemented on stable Rust. Conversions are those of the standard operator.

use std::ops::ControlFlow;

/// What `?` can be applied to.
#[diagnostic::on_unimplemented(
    message = "the `?` operator in an annotated function can be applied to `Result` and `Option`, not to `{Self}`"
)]
pub trait Question<V, R> {
    /// Splits the value when all is well from what is returned early otherwise. Both types are parameters, so that the
    /// compiler has one thing to say where there is neither.
    fn branch(self) -> ControlFlow<R, V>;
}

/// What a function with `?` returns.
#[diagnostic::on_unimplemented(
    message = "`?` cannot turn `{R}` into the return type `{Self}` of this function"
)]
pub trait FromResidual<R> {
    /// The early return value.
    fn from_residual(residual: R) -> Self;
}

/// The early return of a `Result`.
#[derive(Debug)]
pub struct ErrResidual<E>(E);

/// The early return of an `Option`.
#[derive(Debug)]
pub struct NoneResidual;

impl<T, E> Question<T, ErrResidual<E>> for Result<T, E> {
    #[inline]
    fn branch(self) -> ControlFlow<ErrResidual<E>, T> {
        match self {
            Ok(value) => ControlFlow::Continue(value),
            Err(error) => ControlFlow::Break(ErrResidual(error)),
        }
    }
}

impl<T> Question<T, NoneResidual> for Option<T> {
    #[inline]
    fn branch(self) -> ControlFlow<NoneResidual, T> {
        match self {
            Some(value) => ControlFlow::Continue(value),
            None => ControlFlow::Break(NoneResidual),
        }
    }
}

impl<T, E, F: From<E>> FromResidual<ErrResidual<E>> for Result<T, F> {
    #[inline]
    fn from_residual(residual: ErrResidual<E>) -> Self {
        Err(F::from(residual.0))
    }
}

impl<T> FromResidual<NoneResidual> for Option<T> {
    #[inline]
    fn from_residual(_: NoneResidual) -> Self {
        None
    }
}
