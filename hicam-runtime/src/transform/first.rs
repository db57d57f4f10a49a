//! The first operand of a method call or comparison, where a later one may change it: whether its value is taken before that
//! is decided by its type.

/// A number, `bool` or `char`: its methods take its value, and so do comparisons.
#[diagnostic::on_unimplemented(
    message = "whether this method takes the value of its receiver before its arguments are evaluated is not known of `{Self}`",
    label = "an argument, which waits, may change this",
    note = "bind the argument that waits with `let` before, and pass the variable"
)]
pub trait Number: Copy {}

/// As [`Number`]: what is assigned to by `+=` and the like after the right side has been evaluated; of other types before.
#[diagnostic::on_unimplemented(
    message = "whether this place is found before or after the right side is evaluated is not known of `{Self}`",
    label = "found by a call, and the right side waits",
    note = "bind the right side with `let` before, or the place"
)]
pub trait NumberPlace {}

/// Accepts a place with a number.
pub fn number_place<T: NumberPlace>(_: &T) {}

macro_rules! numbers {
    ($($ty:ty)*) => {$(
        impl Number for $ty {}
        impl NumberPlace for $ty {}
    )*};
}

numbers! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 bool char }
impl Number for std::time::Duration {}
impl Number for std::time::Instant {}

/// A number's value.
#[inline]
pub fn number<T: Number>(number: T) -> T {
    number
}

/// A first operand.
#[derive(Debug)]
pub struct First<'p, T: ?Sized>(pub &'p T);

/// A number is copied before the other operand is evaluated.
pub trait NumberBefore {
    /// The number.
    type Value;
    /// Its value.
    fn before(self) -> Self::Value;
}

impl<T: Number> NumberBefore for &&First<'_, T> {
    type Value = T;
    #[inline]
    fn before(self) -> T {
        *self.0
    }
}

/// Any other value is borrowed while the other operand is evaluated, so that cannot change it.
pub trait BorrowedBefore: Sized {
    /// Nothing.
    #[inline]
    fn before(self) {}
}

impl<T: ?Sized> BorrowedBefore for &First<'_, T> {}

/// What has been kept of a first operand.
pub trait Earlier<T: ?Sized> {
    /// The operand.
    fn pick<'p>(&'p self, now: &'p T) -> &'p T;
}

impl<T: Number> Earlier<T> for T {
    #[inline]
    fn pick<'p>(&'p self, _: &'p T) -> &'p T {
        self
    }
}

impl<T: ?Sized> Earlier<T> for () {
    #[inline]
    fn pick<'p>(&'p self, now: &'p T) -> &'p T {
        now
    }
}

/// A receiver that an argument may change, of a method that may have copied it before that.
#[diagnostic::on_unimplemented(
    message = "whether this method takes the value of its receiver, which is `Copy`, before its arguments are evaluated is not known",
    label = "an argument, which waits, may change this",
    note = "bind the argument that waits with `let` before, and pass the variable"
)]
pub trait SurelyBorrowed {}

/// A reference is the same whatever becomes of what it refers to.
pub trait ReferenceFirst: Sized {
    /// Accepts it.
    fn judge(self) {}
}

impl<T: ?Sized> ReferenceFirst for &&&First<'_, &T> {}

/// A copy.
pub trait CopiedFirst {
    /// Its type.
    type Value;
    /// Accepts only what cannot be.
    fn judge(self)
    where
        Self::Value: SurelyBorrowed;
}

impl<T: Copy> CopiedFirst for &&First<'_, T> {
    type Value = T;
    fn judge(self)
    where
        T: SurelyBorrowed,
    {
    }
}

/// What is not copied is borrowed, or else could not be changed.
pub trait BorrowedFirst: Sized {
    /// Accepts it.
    fn judge(self) {}
}

impl<T: ?Sized> BorrowedFirst for &First<'_, T> {}
