// Written by the test `expansions_are_the_reviewed_ones`.

async fn __hicam_body_chains(
    __hicam_arg_0: ::hicam::__private::Arg<u64>,
    __hicam_stack: &mut ::hicam::__private::Stack,
) -> ::hicam::__private::Flow<u64> {
    static __HICAM_INFO: ::hicam::__private::FnInfo = ::hicam::__private::FnInfo {
        name: ::core::concat!(::core::module_path!(), "::", "chains"),
        aliases: &[],
        file: ::core::file!(),
        fingerprint: 2554620162262743187u64,
        locals: &[(0u16, "n"), (3u16, "a@2"), (6u16, "b@2")],
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
                name: "before half",
                line: 2u32,
                column: 30u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[0u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "in half",
                line: 2u32,
                column: 30u32,
                kind: ::hicam::__private::PointKind::InCall,
                needs: &[0u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "before half (2)",
                line: 4u32,
                column: 34u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[0u16, 3u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "in half (2)",
                line: 4u32,
                column: 34u32,
                kind: ::hicam::__private::PointKind::InCall,
                needs: &[0u16, 3u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "before point",
                line: 6u32,
                column: 24u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[0u16, 3u16, 6u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "in point",
                line: 6u32,
                column: 24u32,
                kind: ::hicam::__private::PointKind::InCall,
                needs: &[0u16, 3u16, 6u16],
                keeps: &[],
            },
        ],
        upgrade: ::core::option::Option::None,
    };
    let mut __hicam_arg_0 = __hicam_arg_0;
    let __hicam_var_0 = ::hicam::__private::Var::new(0u16, "n");
    let __hicam_var_3 = ::hicam::__private::Var::new(3u16, "a@2");
    let __hicam_var_6 = ::hicam::__private::Var::new(6u16, "b@2");
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
                    break '__hicam_value_1 {
                        '__hicam_chain_1: loop {
                            '__hicam_pass___hicam_chain_1: {
                                '__hicam_value_3: {
                                    {
                                        let mut __hicam_value_7 = '__hicam_value_4: {
                                            let mut __hicam_slot_1___hicam_value_2 = ::core::option::Option::None;
                                            if __hicam_pc <= 3u32 {
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
                                                        break '__hicam_exit_2;
                                                    }
                                                    __hicam_stack.at(&__HICAM_INFO, 3u32);
                                                    let __hicam_tag = ::hicam::__private::Tag::new();
                                                    let __hicam_flow = if __hicam_pc != 3u32 {
                                                        (&mut &mut ::hicam::__private::Site(
                                                            __hicam_tag.of(half(n)),
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
                                                            break '__hicam_exit_2;
                                                        }
                                                    }
                                                };
                                                __hicam_slot_1___hicam_value_2 = ::core::option::Option::Some(
                                                    __hicam_value_2,
                                                );
                                            }
                                            {
                                                let mut __hicam_bound_a_3 = ::core::option::Option::None;
                                                let __hicam_arm: u32 = if __hicam_pc == 0 {
                                                    {
                                                        let ::core::option::Option::Some(mut __hicam_value_2) = __hicam_slot_1___hicam_value_2
                                                            .take() else {
                                                            __hicam_stack.missing("__hicam_value_2", &__HICAM_INFO);
                                                            break '__hicam_suspended;
                                                        };
                                                        match __hicam_value_2 {
                                                            Some(a) => {
                                                                __hicam_bound_a_3 = ::core::option::Option::Some(a);
                                                                0u32
                                                            }
                                                            _ => 1u32,
                                                        }
                                                    }
                                                } else {
                                                    match __hicam_pc {
                                                        4u32..=7u32 => 0u32,
                                                        _ => 0,
                                                    }
                                                };
                                                match __hicam_arm {
                                                    0u32 => '__hicam_value_5: {
                                                        let (a,) = if __hicam_pc == 0 {
                                                            let ::core::option::Option::Some(a) = __hicam_bound_a_3
                                                            else {
                                                                __hicam_stack.missing("a", &__HICAM_INFO);
                                                                break '__hicam_suspended;
                                                            };
                                                            (a,)
                                                        } else {
                                                            match __hicam_stack
                                                                .restore_all(|__hicam_frame| {
                                                                    ::core::option::Option::Some((
                                                                        __hicam_frame.restore(&__hicam_var_3, &__HICAM_INFO)?,
                                                                    ))
                                                                })
                                                            {
                                                                ::core::option::Option::Some(__hicam_restored) => {
                                                                    __hicam_restored
                                                                }
                                                                ::core::option::Option::None => break '__hicam_exit_2,
                                                            }
                                                        };
                                                        '__hicam_exit_6: {
                                                            break '__hicam_value_5 if (if __hicam_pc == 0 {
                                                                a > 1
                                                            } else {
                                                                (4u32..=7u32).contains(&__hicam_pc)
                                                            }) {
                                                                '__hicam_value_7: {
                                                                    let mut __hicam_slot_4___hicam_value_4 = ::core::option::Option::None;
                                                                    if __hicam_pc <= 5u32 {
                                                                        let mut __hicam_value_4 = {
                                                                            #[allow(unused_imports)]
                                                                            use ::hicam::__private::{
                                                                                Annotated as _, CopyReference as _, DriveAnnotated as _,
                                                                                DriveForeign as _, ForeignResumer as _, ReferenceAgain as _,
                                                                                TakeValue as _, ValueAgain as _,
                                                                            };
                                                                            if __hicam_pc == 4u32 {
                                                                                __hicam_pc = 0;
                                                                            } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                                                                                __hicam_stack.arrive(4u32);
                                                                                break '__hicam_exit_6;
                                                                            }
                                                                            __hicam_stack.at(&__HICAM_INFO, 5u32);
                                                                            let __hicam_tag = ::hicam::__private::Tag::new();
                                                                            let __hicam_flow = if __hicam_pc != 5u32 {
                                                                                (&mut &mut ::hicam::__private::Site(
                                                                                    __hicam_tag.of(half(a)),
                                                                                ))
                                                                                    .drive(&mut *__hicam_stack)
                                                                                    .await
                                                                            } else {
                                                                                __hicam_pc = 0;
                                                                                (&mut &mut ::hicam::__private::Site({
                                                                                    (&&__hicam_tag).resumer1()((&&__hicam_tag).given(a))
                                                                                }))
                                                                                    .drive(&mut *__hicam_stack)
                                                                                    .await
                                                                            };
                                                                            match __hicam_flow {
                                                                                ::hicam::__private::Flow::Done(__hicam_done) => __hicam_done,
                                                                                ::hicam::__private::Flow::Suspended => {
                                                                                    __hicam_stack.suspended_in_call(5u32);
                                                                                    break '__hicam_exit_6;
                                                                                }
                                                                            }
                                                                        };
                                                                        __hicam_slot_4___hicam_value_4 = ::core::option::Option::Some(
                                                                            __hicam_value_4,
                                                                        );
                                                                    }
                                                                    break '__hicam_value_7 {
                                                                        let mut __hicam_bound_b_5 = ::core::option::Option::None;
                                                                        let __hicam_arm: u32 = if __hicam_pc == 0 {
                                                                            {
                                                                                let ::core::option::Option::Some(mut __hicam_value_4) = __hicam_slot_4___hicam_value_4
                                                                                    .take() else {
                                                                                    __hicam_stack.missing("__hicam_value_4", &__HICAM_INFO);
                                                                                    break '__hicam_suspended;
                                                                                };
                                                                                match __hicam_value_4 {
                                                                                    Some(b) => {
                                                                                        __hicam_bound_b_5 = ::core::option::Option::Some(b);
                                                                                        0u32
                                                                                    }
                                                                                    _ => 1u32,
                                                                                }
                                                                            }
                                                                        } else {
                                                                            match __hicam_pc {
                                                                                6u32..=7u32 => 0u32,
                                                                                _ => 0,
                                                                            }
                                                                        };
                                                                        match __hicam_arm {
                                                                            0u32 => '__hicam_value_8: {
                                                                                let (b,) = if __hicam_pc == 0 {
                                                                                    let ::core::option::Option::Some(b) = __hicam_bound_b_5
                                                                                    else {
                                                                                        __hicam_stack.missing("b", &__HICAM_INFO);
                                                                                        break '__hicam_suspended;
                                                                                    };
                                                                                    (b,)
                                                                                } else {
                                                                                    match __hicam_stack
                                                                                        .restore_all(|__hicam_frame| {
                                                                                            ::core::option::Option::Some((
                                                                                                __hicam_frame.restore(&__hicam_var_6, &__HICAM_INFO)?,
                                                                                            ))
                                                                                        })
                                                                                    {
                                                                                        ::core::option::Option::Some(__hicam_restored) => {
                                                                                            __hicam_restored
                                                                                        }
                                                                                        ::core::option::Option::None => break '__hicam_exit_6,
                                                                                    }
                                                                                };
                                                                                '__hicam_exit_9: {
                                                                                    break '__hicam_value_8 {
                                                                                        let mut __hicam_value_6 = '__hicam_value_10: {
                                                                                            {
                                                                                                #[allow(unused_imports)]
                                                                                                use ::hicam::__private::{
                                                                                                    Annotated as _, CopyReference as _, DriveAnnotated as _,
                                                                                                    DriveForeign as _, ForeignResumer as _, ReferenceAgain as _,
                                                                                                    TakeValue as _, ValueAgain as _,
                                                                                                };
                                                                                                if __hicam_pc == 6u32 {
                                                                                                    __hicam_pc = 0;
                                                                                                } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                                                                                                    __hicam_stack.arrive(6u32);
                                                                                                    break '__hicam_exit_9;
                                                                                                }
                                                                                                __hicam_stack.at(&__HICAM_INFO, 7u32);
                                                                                                let __hicam_tag = ::hicam::__private::Tag::new();
                                                                                                let __hicam_flow = if __hicam_pc != 7u32 {
                                                                                                    (&mut &mut ::hicam::__private::Site(
                                                                                                        __hicam_tag.of(hicam::point()),
                                                                                                    ))
                                                                                                        .drive(&mut *__hicam_stack)
                                                                                                        .await
                                                                                                } else {
                                                                                                    __hicam_pc = 0;
                                                                                                    (&mut &mut ::hicam::__private::Site({
                                                                                                        (&&__hicam_tag).resumer0()()
                                                                                                    }))
                                                                                                        .drive(&mut *__hicam_stack)
                                                                                                        .await
                                                                                                };
                                                                                                match __hicam_flow {
                                                                                                    ::hicam::__private::Flow::Done(__hicam_done) => __hicam_done,
                                                                                                    ::hicam::__private::Flow::Suspended => {
                                                                                                        __hicam_stack.suspended_in_call(7u32);
                                                                                                        break '__hicam_exit_9;
                                                                                                    }
                                                                                                }
                                                                                            };
                                                                                            break '__hicam_value_10 a + b;
                                                                                        };
                                                                                        break '__hicam_chain_1 __hicam_value_6;
                                                                                    };
                                                                                }
                                                                                __hicam_stack
                                                                                    .save_all(move |__hicam_frame| {
                                                                                        __hicam_frame.save(&__hicam_var_6, b);
                                                                                    });
                                                                                break '__hicam_exit_6;
                                                                            }
                                                                            _ => {}
                                                                        }
                                                                    };
                                                                }
                                                            };
                                                        }
                                                        __hicam_stack
                                                            .save_all(move |__hicam_frame| {
                                                                __hicam_frame.save(&__hicam_var_3, a);
                                                            });
                                                        break '__hicam_exit_2;
                                                    }
                                                    _ => {}
                                                }
                                            };
                                            break '__hicam_value_4 { 0 };
                                        };
                                        break '__hicam_chain_1 __hicam_value_7;
                                    };
                                }
                            }
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
            .local(&__hicam_var_3, (&&&&&&&&&&&&&&__hicam_var_3.probe()).codec::<4>());
        __hicam_stack
            .local(&__hicam_var_6, (&&&&&&&&&&&&&&__hicam_var_6.probe()).codec::<6>());
        if let ::hicam::__private::Next::Suspended = __hicam_stack.close(&__HICAM_INFO) {
            return ::hicam::__private::Flow::Suspended;
        }
    }
}
