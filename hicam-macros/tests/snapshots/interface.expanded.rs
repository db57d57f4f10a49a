// Written by the test `expansions_are_the_reviewed_ones`.

pub trait Audit {
    #[allow(
        clippy::needless_lifetimes,
        clippy::extra_unused_lifetimes,
        clippy::multiple_bound_locations,
        private_interfaces,
        private_bounds,
        clippy::wrong_self_convention
    )]
    fn note<'__hicam>(
        &'__hicam mut self,
        text: String,
    ) -> ::hicam::__private::Call<
        __HicamFn_Audit_note<'__hicam, Self, fn(*const String, *const usize)>,
        (&'__hicam mut Self, ::hicam::__private::Arg<String>),
    >
    where
        Self: ::core::marker::Sized + ::core::marker::Send + '__hicam,
    {
        ::hicam::__private::Call::new((self, ::hicam::__private::Arg::Value(text)))
    }
    #[doc(hidden)]
    fn __hicam_body_note(
        &mut self,
        __hicam_arg_1: ::hicam::__private::Arg<String>,
        __hicam_stack: &mut ::hicam::__private::Stack,
    ) -> impl ::core::future::Future<
        Output = ::hicam::__private::Flow<usize>,
    > + ::core::marker::Send
    where
        Self: ::core::marker::Sized + ::core::marker::Send;
}
#[doc(hidden)]
#[allow(
    non_camel_case_types,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    dead_code,
    clippy::all,
    clippy::pedantic
)]
pub struct __HicamFn_Audit_note<'__hicam, Self_, Types>(
    ::core::marker::PhantomData<
        fn() -> (&'__hicam (), ::core::marker::PhantomData<Self_>, Types),
    >,
);
#[allow(
    non_camel_case_types,
    private_bounds,
    private_interfaces,
    clippy::all,
    clippy::pedantic,
    unused_qualifications
)]
impl<'__hicam, Self_: Audit + ::core::marker::Send> ::hicam::__private::Migratable
for __HicamFn_Audit_note<'__hicam, Self_, fn(*const String, *const usize)>
where
    Self_: '__hicam,
{
    type Args = (&'__hicam mut Self_, ::hicam::__private::Arg<String>);
    type Resumer = fn(
        &'__hicam mut Self_,
        ::hicam::__private::Resumed,
    ) -> ::core::option::Option<::hicam::__private::Call<Self, Self::Args>>;
    type Output = usize;
    type Plain = ::core::pin::Pin<
        ::std::boxed::Box<
            dyn ::core::future::Future<
                Output = Self::Output,
            > + ::core::marker::Send + '__hicam,
        >,
    >;
    fn plain(args: Self::Args) -> Self::Plain {
        ::std::boxed::Box::pin(::hicam::__private::plain::<Self>(args))
    }
    #[inline]
    fn resumer() -> Self::Resumer {
        |__hicam_arg_0, __hicam_arg_1| ::core::option::Option::Some(
            ::hicam::__private::Call::new((
                __hicam_arg_0,
                {
                    let _ = __hicam_arg_1;
                    ::hicam::__private::Arg::Resumed
                },
            )),
        )
    }
    #[inline]
    fn run(
        args: Self::Args,
        stack: &mut ::hicam::__private::Stack,
    ) -> impl ::core::future::Future<
        Output = ::hicam::__private::Flow<Self::Output>,
    > + ::core::marker::Send {
        <Self_ as Audit>::__hicam_body_note(args.0, args.1, stack)
    }
}
