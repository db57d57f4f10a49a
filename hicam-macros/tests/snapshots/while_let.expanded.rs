// Written by the test `expansions_are_the_reviewed_ones`.

async fn __hicam_body_drains(
    __hicam_arg_0: ::hicam::__private::Arg<Vec<u64>>,
    __hicam_stack: &mut ::hicam::__private::Stack,
) -> ::hicam::__private::Flow<u64> {
    static __HICAM_INFO: ::hicam::__private::FnInfo = ::hicam::__private::FnInfo {
        name: ::core::concat!(::core::module_path!(), "::", "drains"),
        aliases: &[],
        file: ::core::file!(),
        fingerprint: 2984503446906207538u64,
        locals: &[(0u16, "queue"), (1u16, "total"), (3u16, "next@2")],
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
                name: "while",
                line: 3u32,
                column: 5u32,
                kind: ::hicam::__private::PointKind::Loop,
                needs: &[0u16, 1u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "before step",
                line: 4u32,
                column: 29u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[0u16, 1u16, 3u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "in step",
                line: 4u32,
                column: 29u32,
                kind: ::hicam::__private::PointKind::InCall,
                needs: &[0u16, 1u16],
                keeps: &[3u16],
            },
        ],
        upgrade: ::core::option::Option::None,
    };
    let mut __hicam_arg_0 = __hicam_arg_0;
    let __hicam_var_0 = ::hicam::__private::Var::new(0u16, "queue");
    let __hicam_var_1 = ::hicam::__private::Var::new(1u16, "total");
    let __hicam_var_3 = ::hicam::__private::Var::new(3u16, "next@2");
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
                let (mut queue,) = if __hicam_pc == 0 {
                    let ::core::option::Option::Some(mut queue) = ::hicam::__private::Arg::value(
                        __hicam_arg_0,
                    ) else {
                        __hicam_stack.missing("mut queue", &__HICAM_INFO);
                        break '__hicam_suspended;
                    };
                    (queue,)
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
                    let (mut total,) = if __hicam_pc <= 1u32 {
                        {
                            if __hicam_pc == 1u32 {
                                __hicam_pc = 0;
                            } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                                __hicam_stack.arrive(1u32);
                                break '__hicam_exit_2;
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
                            ::core::option::Option::None => break '__hicam_exit_2,
                        }
                    };
                    '__hicam_exit_3: {
                        {
                            if __hicam_pc == 2u32 {
                                __hicam_pc = 0;
                            } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                                __hicam_stack.arrive(2u32);
                                break '__hicam_exit_3;
                            }
                            let __hicam_flag = __hicam_stack.flag();
                            '__hicam_loop_1: loop {
                                '__hicam_pass___hicam_loop_1: {
                                    '__hicam_value_4: {
                                        break '__hicam_value_4 {
                                            let mut __hicam_bound_next_2 = ::core::option::Option::None;
                                            let __hicam_arm: u32 = if __hicam_pc == 0 {
                                                match queue.pop() {
                                                    Some(next) => {
                                                        __hicam_bound_next_2 = ::core::option::Option::Some(next);
                                                        0u32
                                                    }
                                                    _ => 1u32,
                                                }
                                            } else {
                                                match __hicam_pc {
                                                    3u32..=4u32 => 0u32,
                                                    _ => 0,
                                                }
                                            };
                                            match __hicam_arm {
                                                0u32 => '__hicam_value_5: {
                                                    let mut __hicam_slot_3_next = ::core::option::Option::None;
                                                    let () = if __hicam_pc == 0 {
                                                        let ::core::option::Option::Some(next) = __hicam_bound_next_2
                                                        else {
                                                            __hicam_stack.missing("next", &__HICAM_INFO);
                                                            break '__hicam_suspended;
                                                        };
                                                        __hicam_slot_3_next = ::core::option::Option::Some(next);
                                                        ()
                                                    } else {
                                                        __hicam_slot_3_next = __hicam_stack
                                                            .restore_slot(&__hicam_var_3);
                                                        ()
                                                    };
                                                    let mut next;
                                                    '__hicam_exit_6: {
                                                        {
                                                            let mut __hicam_value_3 = {
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
                                                                    break '__hicam_exit_6;
                                                                }
                                                                __hicam_stack.at(&__HICAM_INFO, 4u32);
                                                                if false {
                                                                    next = ::hicam::__private::never(&__hicam_slot_3_next);
                                                                }
                                                                let __hicam_tag = ::hicam::__private::Tag::new();
                                                                let __hicam_flow = if __hicam_pc != 4u32 {
                                                                    next = match __hicam_slot_3_next.take() {
                                                                        ::core::option::Option::Some(__hicam_taken) => __hicam_taken,
                                                                        ::core::option::Option::None => {
                                                                            __hicam_stack.missing("next@2", &__HICAM_INFO);
                                                                            break '__hicam_exit_6;
                                                                        }
                                                                    };
                                                                    (&mut &mut ::hicam::__private::Site(
                                                                        __hicam_tag
                                                                            .of(
                                                                                step(
                                                                                    if false {
                                                                                        let __hicam_never = ::hicam::__private::never(
                                                                                            &__hicam_slot_3_next,
                                                                                        );
                                                                                        __hicam_never
                                                                                    } else {
                                                                                        (&mut &mut ::hicam::__private::Resting(
                                                                                            &mut __hicam_slot_3_next,
                                                                                        ))
                                                                                            .stay(&next);
                                                                                        next
                                                                                    },
                                                                                ),
                                                                            ),
                                                                    ))
                                                                        .drive(&mut *__hicam_stack)
                                                                        .await
                                                                } else {
                                                                    __hicam_pc = 0;
                                                                    (&mut &mut ::hicam::__private::Site({
                                                                        (&&__hicam_tag)
                                                                            .resumer1()(
                                                                            (&&__hicam_tag)
                                                                                .given(
                                                                                    match (&mut &mut ::hicam::__private::Resting(
                                                                                        &mut __hicam_slot_3_next,
                                                                                    ))
                                                                                        .rest()
                                                                                    {
                                                                                        ::core::option::Option::Some(__hicam_rest) => __hicam_rest,
                                                                                        ::core::option::Option::None => {
                                                                                            __hicam_stack.missing("next@2", &__HICAM_INFO);
                                                                                            break '__hicam_exit_6;
                                                                                        }
                                                                                    },
                                                                                ),
                                                                        )
                                                                    }))
                                                                        .drive(&mut *__hicam_stack)
                                                                        .await
                                                                };
                                                                match __hicam_flow {
                                                                    ::hicam::__private::Flow::Done(__hicam_done) => __hicam_done,
                                                                    ::hicam::__private::Flow::Suspended => {
                                                                        __hicam_stack.suspended_in_call(4u32);
                                                                        break '__hicam_exit_6;
                                                                    }
                                                                }
                                                            };
                                                            total += __hicam_value_3;
                                                        };
                                                        break '__hicam_value_5 ();
                                                    }
                                                    __hicam_stack
                                                        .save_all(move |__hicam_frame| {
                                                            __hicam_frame
                                                                .save_slot(&__hicam_var_3, __hicam_slot_3_next);
                                                        });
                                                    break '__hicam_exit_3;
                                                }
                                                _ => break '__hicam_loop_1,
                                            }
                                        };
                                    }
                                }
                                if __hicam_flag.is_set() {
                                    __hicam_stack.arrive(2u32);
                                    break '__hicam_exit_3;
                                }
                            }
                        };
                        break '__hicam_value_1 total;
                    }
                    __hicam_stack
                        .save_all(move |__hicam_frame| {
                            __hicam_frame.save(&__hicam_var_1, total);
                        });
                    break '__hicam_exit_2;
                }
                __hicam_stack
                    .save_all(move |__hicam_frame| {
                        __hicam_frame.save(&__hicam_var_0, queue);
                    });
                break '__hicam_suspended;
            };
            return ::hicam::__private::Flow::Done(__hicam_value);
        }
        __hicam_stack
            .local(&__hicam_var_0, (&&&&&&&&&&&&&&__hicam_var_0.probe()).codec::<1>());
        __hicam_stack
            .local(&__hicam_var_1, (&&&&&&&&&&&&&&__hicam_var_1.probe()).codec::<3>());
        __hicam_stack
            .local(&__hicam_var_3, (&&&&&&&&&&&&&&__hicam_var_3.probe()).codec::<4>());
        if let ::hicam::__private::Next::Suspended = __hicam_stack.close(&__HICAM_INFO) {
            return ::hicam::__private::Flow::Suspended;
        }
    }
}
