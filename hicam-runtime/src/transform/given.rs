//! What a resumed call is given for its arguments: what the callee owns is in the callee's frame, references are given
//! again.

use super::call::Resumed;

/// What a resumed call is given for an argument whose type the caller's syntax does not show.
#[diagnostic::on_unimplemented(
    message = "this argument is borrowed by the call, and cannot be borrowed again when the call is resumed",
    label = "not a place: bind it with `let` before the call, and pass `&variable`",
    note = "a resumed caller takes references again; a value that was borrowed must be in a variable of its own to be there then",
    note = "a reference to something static that is part of something else is passed as `&*place`"
)]
pub trait Given<P> {
    /// The argument.
    fn given(self) -> P;
}

impl<T> Given<Resumed> for T {
    #[inline]
    fn given(self) -> Resumed {
        Resumed
    }
}

impl<'a, T: ?Sized> Given<&'a T> for &'a T {
    #[inline]
    fn given(self) -> &'a T {
        self
    }
}

/// What the compiler coerces where the parameter's type is known to it.
macro_rules! coerced {
    ($([$($generics:tt)*] $from:ty => $to:ty;)*) => {$(
        impl<'a, $($generics)*> Given<&'a $to> for &'a $from {
            #[inline]
            fn given(self) -> &'a $to {
                self
            }
        }
    )*};
}

coerced! {
    [] String => str;
    [T] Vec<T> => [T];
    [T, const N: usize] [T; N] => [T];
    [T: ?Sized] Box<T> => T;
    [T: ?Sized] std::sync::Arc<T> => T;
}

/// Keeps the compiler from concluding that the callee owns whatever is given as [`Resumed`]: so a callee that borrows is
/// a trait that is not implemented, with its message, and not a type that does not match.
#[derive(Debug)]
pub struct Undecided;

impl Given<Undecided> for Resumed {
    #[inline]
    fn given(self) -> Undecided {
        Undecided
    }
}

/// A part of what a loop goes through, which is taken again on resume, and is passed to a call.
#[derive(Debug)]
pub struct Item<'i, T>(pub &'i T);

/// A reference is given again; the compiler coerces it as in the source.
pub trait ReferenceAgain {
    /// The reference.
    type Given;
    /// What a resumed call is given.
    fn again(self) -> Self::Given;
}

impl<'a, T: ?Sized> ReferenceAgain for &&Item<'_, &'a T> {
    type Given = &'a T;
    #[inline]
    fn again(self) -> &'a T {
        self.0
    }
}

/// Any other value, such as an index, is in the callee's frame.
pub trait ValueAgain: Sized {
    /// What a resumed call is given.
    #[inline]
    fn again(self) -> Resumed {
        Resumed
    }
}

impl<T> ValueAgain for &Item<'_, T> {}

/// A variable in its slot that is passed to a call, and not mentioned again.
#[derive(Debug)]
pub struct Resting<'s, T>(pub &'s mut Option<T>);

/// A reference to something static stays there, since the callee may borrow it: copied.
pub trait CopyReference {
    /// The variable.
    type Value;
    /// What a first call does that is passed `value`, taken from there.
    fn stay(self, value: &Self::Value);
    /// What a resumed call is given; `None` if it is not there.
    fn rest(self) -> Option<Self::Value>;
}

impl<'a, T: ?Sized> CopyReference for &mut &mut Resting<'_, &'a T> {
    type Value = &'a T;
    #[inline]
    fn stay(self, value: &&'a T) {
        *self.0 = Some(*value);
    }
    #[inline]
    fn rest(self) -> Option<&'a T> {
        *self.0
    }
}

/// Any other value is moved into the callee's frame.
pub trait TakeValue {
    /// The variable.
    type Value;
    /// What a first call does that is passed `value`, taken from there.
    fn stay(self, value: &Self::Value);
    /// What a resumed call is given; `None` if it is not there.
    fn rest(self) -> Option<Resumed>;
}

impl<T> TakeValue for &mut Resting<'_, T> {
    type Value = T;
    #[inline]
    fn stay(self, _: &T) {}
    #[inline]
    fn rest(self) -> Option<Resumed> {
        Some(Resumed)
    }
}
