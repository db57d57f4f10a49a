// Written by the test `expansions_are_the_reviewed_ones`.

#[allow(
    clippy::needless_lifetimes,
    clippy::extra_unused_lifetimes,
    clippy::multiple_bound_locations,
    private_interfaces,
    private_bounds,
    clippy::wrong_self_convention
)]
pub fn double<'__hicam>(
    n: u64,
) -> ::hicam::__private::Call<
    __HicamFn_double<'__hicam, fn(*const u64, *const u64)>,
    (::hicam::__private::Arg<u64>,),
> {
    ::hicam::__private::Call::new((::hicam::__private::Arg::Value(n),))
}
#[doc(hidden)]
#[allow(
    unused_labels,
    unused_mut,
    unused_variables,
    unused_assignments,
    unused_parens,
    unused_braces,
    unused_imports,
    unreachable_code,
    unused_must_use,
    dead_code,
    path_statements,
    redundant_semicolons,
    non_snake_case,
    private_interfaces,
    private_bounds,
    refining_impl_trait,
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    clippy::restriction
)]
async fn __hicam_body_double(
    __hicam_arg_0: ::hicam::__private::Arg<u64>,
    __hicam_stack: &mut ::hicam::__private::Stack,
) -> ::hicam::__private::Flow<u64> {
    use ::hicam::__private::{
        AsMade as _, AsWritten as _, BorrowedBefore as _, BorrowedFirst as _,
        BothWays as _, CopiedFirst as _, CopiedFrom as _, CodecByInnerContainers as _,
        CodecByInnerMessages as _, CodecByInnerSerdes as _, CodecByMessage as _,
        CodecByMessages as _, CodecBySerde as _, CodecBySerdes as _,
        CodecBySharedContainers as _, CodecBySharedMessageContainers as _,
        CodecBySharedMessages as _, CodecBySharedSerdes as _, CodecByState as _,
        CodecOnThread as _, DropQuietly as _, DropsFields as _, DropsItself as _,
        EndsAsError as _, GivesBack as _, Guards as _, HasNoOwnDrop as _,
        HasOwnDrop as _, IntervalRefused as _, MovedApart as _, NoCodec as _,
        NotInFrame as _, NumberBefore as _, OneWay as _, QuietItself as _,
        ReferenceFirst as _, SaysItself as _, SaysNothingOfParts as _, SaysOfParts as _,
        Strip as _, StripNothing as _, TakenFromEntry as _, TakenFromIterator as _,
        TakenFromOption as _, TakenFromOther as _, TakenFromResult as _,
        TaskRefused as _,
        iterate::{
            BlockOfPasses as _, Collected as _, HashValues as _, HashValuesMut as _,
            OnePass as _, OtherValues as _, Uncollected as _,
        },
    };
    static __HICAM_INFO: ::hicam::__private::FnInfo = ::hicam::__private::FnInfo {
        name: ::core::concat!(::core::module_path!(), "::", "double"),
        aliases: &[],
        file: ::core::file!(),
        fingerprint: 10798215147397446393u64,
        locals: &[(0u16, "n")],
        points: &[
            ::hicam::__private::PointInfo {
                name: "entry",
                line: 1u32,
                column: 14u32,
                kind: ::hicam::__private::PointKind::Entry,
                needs: &[0u16],
                keeps: &[],
            },
        ],
        upgrade: ::core::option::Option::None,
    };
    let mut __hicam_arg_0 = __hicam_arg_0;
    let __hicam_var_0 = ::hicam::__private::Var::new(0u16, "n");
    loop {
        '__hicam_suspended: {
            if __hicam_stack.must_decode(&__HICAM_INFO) {
                break '__hicam_suspended;
            }
            let ::core::option::Option::Some(mut __hicam_pc) = __hicam_stack
                .enter(&__HICAM_INFO) else {
                break '__hicam_suspended;
            };
            let __hicam_arg_0 = ::core::mem::replace(
                &mut __hicam_arg_0,
                ::hicam::__private::Arg::Resumed,
            );
            let __hicam_value: u64 = '__hicam_value_1: {
                let (n,) = if __hicam_pc == 0 {
                    let ::core::option::Option::Some(n) = ::hicam::__private::Arg::value(
                        __hicam_arg_0,
                    ) else {
                        __hicam_stack.missing("n", &__HICAM_INFO);
                        break '__hicam_suspended;
                    };
                    (n,)
                } else {
                    match __hicam_stack
                        .restore_all(|__hicam_frame| {
                            ::core::option::Option::Some((
                                __hicam_frame.restore(&__hicam_var_0, &__HICAM_INFO)?,
                            ))
                        })
                    {
                        ::core::option::Option::Some(__hicam_restored) => {
                            __hicam_restored
                        }
                        ::core::option::Option::None => break '__hicam_suspended,
                    }
                };
                '__hicam_exit_2: {
                    {
                        if __hicam_pc == 1u32 {
                            __hicam_pc = 0;
                        } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                            __hicam_stack.arrive(1u32);
                            break '__hicam_exit_2;
                        }
                    };
                    break '__hicam_value_1 2 * n;
                }
                __hicam_stack
                    .save_all(move |__hicam_frame| {
                        __hicam_frame.save(&__hicam_var_0, n);
                    });
                break '__hicam_suspended;
            };
            return ::hicam::__private::Flow::Done(__hicam_value);
        }
        __hicam_stack
            .local(&__hicam_var_0, (&&&&&&&&&&&&&&__hicam_var_0.probe()).codec::<1>());
        if let ::hicam::__private::Next::Suspended = __hicam_stack.close(&__HICAM_INFO) {
            return ::hicam::__private::Flow::Suspended;
        }
    }
}
::hicam::__private::task!(
    any __HicamFn_double < 'static, fn (* const u64, * const u64), >, u64,
    ::core::concat!(::core::module_path!(), "::", "double"), & [],
    10798215147397446393u64, (::hicam::__private::Arg::Resumed,)
);
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
pub struct __HicamFn_double<'__hicam, Types>(
    ::core::marker::PhantomData<fn() -> (&'__hicam (), Types)>,
);
#[allow(
    non_camel_case_types,
    private_bounds,
    private_interfaces,
    clippy::all,
    clippy::pedantic,
    unused_qualifications
)]
impl<'__hicam> ::hicam::__private::Migratable
for __HicamFn_double<'__hicam, fn(*const u64, *const u64)> {
    type Args = (::hicam::__private::Arg<u64>,);
    type Resumer = fn(
        ::hicam::__private::Resumed,
    ) -> ::core::option::Option<::hicam::__private::Call<Self, Self::Args>>;
    type Output = u64;
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
        |__hicam_arg_0| ::core::option::Option::Some(
            ::hicam::__private::Call::new((
                {
                    let _ = __hicam_arg_0;
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
        __hicam_body_double(args.0, stack)
    }
}
