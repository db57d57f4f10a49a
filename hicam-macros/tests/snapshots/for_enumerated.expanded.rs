// Written by the test `expansions_are_the_reviewed_ones`.

async fn __hicam_body_sums(
    values: &[u64],
    __hicam_stack: &mut ::hicam::__private::Stack,
) -> ::hicam::__private::Flow<u64> {
    static __HICAM_INFO: ::hicam::__private::FnInfo = ::hicam::__private::FnInfo {
        name: ::core::concat!(::core::module_path!(), "::", "sums"),
        aliases: &[],
        file: ::core::file!(),
        fingerprint: 16828903051128053988u64,
        locals: &[(1u16, "total"), (2u16, "for at, value: passed")],
        points: &[
            ::hicam::__private::PointInfo {
                name: "entry",
                line: 1u32,
                column: 10u32,
                kind: ::hicam::__private::PointKind::Entry,
                needs: &[],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "for at, value",
                line: 3u32,
                column: 5u32,
                kind: ::hicam::__private::PointKind::Loop,
                needs: &[1u16, 2u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "before weigh",
                line: 4u32,
                column: 36u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[1u16, 2u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "in weigh",
                line: 4u32,
                column: 36u32,
                kind: ::hicam::__private::PointKind::InCall,
                needs: &[1u16, 2u16],
                keeps: &[],
            },
        ],
        upgrade: ::core::option::Option::None,
    };
    let mut __hicam_arg_0 = values;
    let __hicam_var_1 = ::hicam::__private::Var::new(1u16, "total");
    let __hicam_var_2 = ::hicam::__private::Var::new(2u16, "for at, value: passed");
    loop {
        '__hicam_suspended: {
            if __hicam_stack.must_decode(&__HICAM_INFO) {
                break '__hicam_suspended;
            }
            let ::core::option::Option::Some(mut __hicam_pc) = __hicam_stack
                .enter(&__HICAM_INFO) else {
                break '__hicam_suspended;
            };
            let values = __hicam_arg_0;
            let __hicam_value: u64 = '__hicam_value_1: {
                let (mut total,) = if __hicam_pc <= 1u32 {
                    {
                        if __hicam_pc == 1u32 {
                            __hicam_pc = 0;
                        } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                            __hicam_stack.arrive(1u32);
                            break '__hicam_suspended;
                        }
                    };
                    let mut total = 0;
                    (total,)
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
                        ::core::option::Option::None => break '__hicam_suspended,
                    }
                };
                '__hicam_exit_2: {
                    '__hicam_value_3: {
                        let (mut __hicam_passed_3,) = if __hicam_pc == 0 {
                            let mut __hicam_passed_3 = ::core::default::Default::default();
                            (__hicam_passed_3,)
                        } else {
                            match __hicam_stack
                                .restore_all(|__hicam_frame| {
                                    ::core::option::Option::Some((
                                        __hicam_frame.restore(&__hicam_var_2, &__HICAM_INFO)?,
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
                            let mut __hicam_iter_2 = ::hicam::__private::iterate::again(
                                ::hicam::__private::iterate::Lent(
                                    ::hicam::__private::iterate::enumerate(values.iter()),
                                ),
                                &mut __hicam_passed_3,
                                __hicam_pc > 2u32,
                            );
                            break '__hicam_value_3 {
                                if __hicam_pc == 2u32 {
                                    __hicam_pc = 0;
                                } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                                    __hicam_stack.arrive(2u32);
                                    break '__hicam_exit_4;
                                }
                                let __hicam_flag = __hicam_stack.flag();
                                '__hicam_loop_1: loop {
                                    '__hicam_pass___hicam_loop_1: {
                                        '__hicam_value_5: {
                                            let ::core::option::Option::Some((at, value)) = ::core::iter::Iterator::next(
                                                &mut __hicam_iter_2,
                                            ) else { break '__hicam_loop_1 };
                                            if __hicam_pc == 0 {
                                                ::hicam::__private::iterate::Passed::pass(
                                                    &mut __hicam_passed_3,
                                                    1,
                                                );
                                            }
                                            {
                                                let mut __hicam_value_4 = {
                                                    #[allow(unused_imports)]
                                                    use ::hicam::__private::{
                                                        Annotated as _, CopyReference as _, DriveAnnotated as _,
                                                        DriveForeign as _, ForeignResumer as _, ReferenceAgain as _,
                                                        TakeValue as _, ValueAgain as _,
                                                    };
                                                    if __hicam_pc == 3u32 {
                                                        __hicam_pc = 0;
                                                    } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                                                        __hicam_stack.arrive(3u32);
                                                        break '__hicam_exit_4;
                                                    }
                                                    __hicam_stack.at(&__HICAM_INFO, 4u32);
                                                    let __hicam_tag = ::hicam::__private::Tag::new();
                                                    let __hicam_flow = if __hicam_pc != 4u32 {
                                                        (&mut &mut ::hicam::__private::Site(
                                                            __hicam_tag.of(weigh(at, *value)),
                                                        ))
                                                            .drive(&mut *__hicam_stack)
                                                            .await
                                                    } else {
                                                        __hicam_pc = 0;
                                                        (&mut &mut ::hicam::__private::Site({
                                                            (&&__hicam_tag)
                                                                .resumer2()(
                                                                (&&__hicam_tag).given(::hicam::__private::Resumed),
                                                                (&&__hicam_tag).given(::hicam::__private::Resumed),
                                                            )
                                                        }))
                                                            .drive(&mut *__hicam_stack)
                                                            .await
                                                    };
                                                    match __hicam_flow {
                                                        ::hicam::__private::Flow::Done(__hicam_done) => __hicam_done,
                                                        ::hicam::__private::Flow::Suspended => {
                                                            __hicam_stack.suspended_in_call(4u32);
                                                            break '__hicam_exit_4;
                                                        }
                                                    }
                                                };
                                                total += __hicam_value_4;
                                            };
                                            break '__hicam_value_5 ();
                                        }
                                    }
                                    if __hicam_flag.is_set() {
                                        __hicam_stack.arrive(2u32);
                                        break '__hicam_exit_4;
                                    }
                                }
                            };
                        }
                        ::hicam::__private::iterate::leave(
                            ::hicam::__private::iterate::Lent(
                                ::hicam::__private::iterate::enumerate(values.iter()),
                            ),
                            &mut __hicam_passed_3,
                        );
                        __hicam_stack
                            .save_all(move |__hicam_frame| {
                                __hicam_frame.save(&__hicam_var_2, __hicam_passed_3);
                            });
                        break '__hicam_exit_2;
                    };
                    break '__hicam_value_1 total;
                }
                __hicam_stack
                    .save_all(move |__hicam_frame| {
                        __hicam_frame.save(&__hicam_var_1, total);
                    });
                break '__hicam_suspended;
            };
            return ::hicam::__private::Flow::Done(__hicam_value);
        }
        __hicam_stack
            .local(&__hicam_var_1, (&&&&&&&&&&&&&&__hicam_var_1.probe()).codec::<3>());
        __hicam_stack
            .local(&__hicam_var_2, (&&&&&&&&&&&&&&__hicam_var_2.probe()).codec::<3>());
        if let ::hicam::__private::Next::Suspended = __hicam_stack.close(&__HICAM_INFO) {
            return ::hicam::__private::Flow::Suspended;
        }
    }
}
