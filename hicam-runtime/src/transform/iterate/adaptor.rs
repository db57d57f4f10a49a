//! Whether a method that is called like a standard adaptor is that adaptor: the transformation knows adaptors by their
//! names alone, and a type may have a method of its own that is called so. What the method gives says which it is:
//!
//! ```text
//! standard(receiver, named::take, |receiver| receiver.take(1))     // the receiver, if the closure would give a `Take` of it
//! ```

use std::iter::{
    Chain, Enumerate, Filter, FilterMap, FlatMap, Flatten, Inspect, Map, MapWhile, Rev, Skip,
    SkipWhile, StepBy, Take, TakeWhile, Zip,
};

/// What the standard adaptor of this name makes of an iterator.
#[diagnostic::on_unimplemented(
    message = "this method is one of the type's own, not the standard adaptor of that name: it gives `{Self}`",
    label = "in a loop's head this is taken for the adaptor of `Iterator`",
    note = "put what it gives into a variable before the loop, with `let`, and iterate over that"
)]
pub trait Adapts<I, N> {}

/// The receiver of a method that is the standard adaptor of this name.
#[inline(always)]
pub fn standard<I, N, A: Adapts<I, N>>(receiver: I, _: N, _: impl FnOnce(I) -> A) -> I {
    receiver
}

macro_rules! adaptors {
    ($($name:ident: $adaptor:ident<I $(, $more:ident)?> $(where $bounded:ident: $bound:path)?;)*) => {
        /// The adaptors' names.
        #[allow(non_camel_case_types, reason = "as the methods are called")]
        pub mod named {
            $(
                /// The method of this name.
                #[derive(Debug)]
                pub struct $name;
            )*
            /// The method of this name.
            #[derive(Debug)]
            pub struct flat_map;
        }
        $(
            #[diagnostic::do_not_recommend]
            impl<I $(, $more)?> Adapts<I, named::$name> for $adaptor<I $(, $more)?> $(where $bounded: $bound)? {}
        )*
    };
}

adaptors! {
    chain: Chain<I, J>;
    enumerate: Enumerate<I>;
    filter: Filter<I, F>;
    filter_map: FilterMap<I, F>;
    flatten: Flatten<I> where I: Nested;
    inspect: Inspect<I, F>;
    map: Map<I, F>;
    map_while: MapWhile<I, F>;
    rev: Rev<I>;
    skip: Skip<I>;
    skip_while: SkipWhile<I, F>;
    step_by: StepBy<I>;
    take: Take<I>;
    take_while: TakeWhile<I, F>;
    zip: Zip<I, J>;
}

#[diagnostic::do_not_recommend]
impl<I, J: IntoIterator, F> Adapts<I, named::flat_map> for FlatMap<I, J, F> {}

/// An iterator whose items have items.
pub trait Nested: Iterator<Item: IntoIterator> {}
impl<I: Iterator<Item: IntoIterator>> Nested for I {}
