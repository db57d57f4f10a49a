// Written by the test `expansions_are_the_reviewed_ones`.

async fn __hicam_body_factorial(
    __hicam_arg_0: ::hicam::__private::Arg<u64>,
    __hicam_stack: &mut ::hicam::__private::Stack,
) -> ::hicam::__private::Flow<u64> {
    static __HICAM_INFO: ::hicam::__private::FnInfo = ::hicam::__private::FnInfo {
        name: ::core::concat!(::core::module_path!(), "::", "factorial"),
        aliases: &[],
        file: ::core::file!(),
        fingerprint: 7938370210335256229u64,
        locals: &[(0u16, "n"), (1u16, "__hicam_operand_1")],
        points: &[
            ::hicam::__private::PointInfo {
                name: "entry",
                line: 1u32,
                column: 10u32,
                kind: ::hicam::__private::PointKind::Entry,
                needs: &[0u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "before pin",
                line: 2u32,
                column: 58u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[0u16, 1u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "in pin",
                line: 2u32,
                column: 58u32,
                kind: ::hicam::__private::PointKind::InCall,
                needs: &[0u16, 1u16],
                keeps: &[],
            },
        ],
        upgrade: ::core::option::Option::None,
    };
    let mut __hicam_arg_0 = __hicam_arg_0;
    let __hicam_var_0 = ::hicam::__private::Var::new(0u16, "n");
    let __hicam_var_1 = ::hicam::__private::Var::new(1u16, "__hicam_operand_1");
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
                    if __hicam_pc <= 1u32 {
                        {
                            if __hicam_pc == 1u32 {
                                __hicam_pc = 0;
                            } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                                __hicam_stack.arrive(1u32);
                                break '__hicam_exit_2;
                            }
                        };
                    }
                    break '__hicam_value_1 if (if __hicam_pc == 0 {
                        n < 2
                    } else {
                        false
                    }) {
                        { 1 }
                    } else {
                        '__hicam_value_3: {
                            let (mut __hicam_operand_1,) = if __hicam_pc == 0 {
                                let mut __hicam_operand_1 = n;
                                (__hicam_operand_1,)
                            } else {
                                match __hicam_stack
                                    .restore_all(|__hicam_frame| {
                                        ::core::option::Option::Some((
                                            __hicam_frame.restore(&__hicam_var_1, &__HICAM_INFO)?,
                                        ))
                                    })
                                {
                                    ::core::option::Option::Some(__hicam_restored) => {
                                        __hicam_restored
                                    }
                                    ::core::option::Option::None => break '__hicam_exit_2,
                                }
                            };
                            '__hicam_exit_4: {
                                break '__hicam_value_3 {
                                    let mut __hicam_value_2 = {
                                        #[allow(unused_imports)]
                                        use ::hicam::__private::{
                                            Annotated as _, CopyReference as _, DriveAnnotated as _,
                                            DriveForeign as _, ForeignResumer as _, ReferenceAgain as _,
                                            TakeValue as _, ValueAgain as _,
                                        };
                                        if __hicam_pc == 2u32 {
                                            __hicam_pc = 0;
                                        } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                                            __hicam_stack.arrive(2u32);
                                            break '__hicam_exit_4;
                                        }
                                        __hicam_stack.at(&__HICAM_INFO, 3u32);
                                        let __hicam_tag = ::hicam::__private::Tag::new();
                                        let __hicam_flow = if __hicam_pc != 3u32 {
                                            (&mut &mut ::hicam::__private::Site(
                                                __hicam_tag.of(factorial(n - 1)),
                                            ))
                                                .drive(&mut *__hicam_stack)
                                                .await
                                        } else {
                                            __hicam_pc = 0;
                                            (&mut &mut ::hicam::__private::Site({
                                                (&&__hicam_tag)
                                                    .resumer1()(
                                                    (&&__hicam_tag).given(::hicam::__private::Resumed),
                                                )
                                            }))
                                                .drive(&mut *__hicam_stack)
                                                .await
                                        };
                                        match __hicam_flow {
                                            ::hicam::__private::Flow::Done(__hicam_done) => __hicam_done,
                                            ::hicam::__private::Flow::Suspended => {
                                                __hicam_stack.suspended_in_call(3u32);
                                                break '__hicam_exit_4;
                                            }
                                        }
                                    };
                                    __hicam_operand_1 * __hicam_value_2
                                };
                            }
                            __hicam_stack
                                .save_all(move |__hicam_frame| {
                                    __hicam_frame.save(&__hicam_var_1, __hicam_operand_1);
                                });
                            break '__hicam_exit_2;
                        }
                    };
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
        __hicam_stack
            .local(&__hicam_var_1, (&&&&&&&&&&&&&&__hicam_var_1.probe()).codec::<2>());
        if let ::hicam::__private::Next::Suspended = __hicam_stack.close(&__HICAM_INFO) {
            return ::hicam::__private::Flow::Suspended;
        }
    }
}
