// Written by the test `expansions_are_the_reviewed_ones`.

async fn __hicam_body_sends(
    log: &Log,
    __hicam_stack: &mut ::hicam::__private::Stack,
) -> ::hicam::__private::Flow<usize> {
    static __HICAM_INFO: ::hicam::__private::FnInfo = ::hicam::__private::FnInfo {
        name: ::core::concat!(::core::module_path!(), "::", "sends"),
        aliases: &[],
        file: ::core::file!(),
        fingerprint: 11262151127593905473u64,
        locals: &[
            (1u16, "first"),
            (2u16, "second"),
            (3u16, "third"),
            (4u16, "for _: iterator"),
        ],
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
                name: "for _",
                line: 5u32,
                column: 5u32,
                kind: ::hicam::__private::PointKind::Loop,
                needs: &[1u16, 2u16, 3u16, 4u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "before point",
                line: 6u32,
                column: 24u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[1u16, 2u16, 3u16, 4u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "in point",
                line: 6u32,
                column: 24u32,
                kind: ::hicam::__private::PointKind::InCall,
                needs: &[1u16, 2u16, 3u16, 4u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "before send",
                line: 7u32,
                column: 22u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[1u16, 2u16, 3u16, 4u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "in send",
                line: 7u32,
                column: 22u32,
                kind: ::hicam::__private::PointKind::InCall,
                needs: &[1u16, 3u16, 4u16],
                keeps: &[2u16],
            },
        ],
        upgrade: ::core::option::Option::None,
    };
    let mut __hicam_arg_0 = log;
    let __hicam_var_1 = ::hicam::__private::Var::new(1u16, "first");
    let __hicam_var_2 = ::hicam::__private::Var::new(2u16, "second");
    let __hicam_var_3 = ::hicam::__private::Var::new(3u16, "third");
    let __hicam_var_4 = ::hicam::__private::Var::new(4u16, "for _: iterator");
    loop {
        '__hicam_suspended: {
            if __hicam_stack.must_decode(&__HICAM_INFO) {
                break '__hicam_suspended;
            }
            let ::core::option::Option::Some(mut __hicam_pc) = __hicam_stack
                .enter(&__HICAM_INFO) else {
                break '__hicam_suspended;
            };
            let log = __hicam_arg_0;
            let __hicam_value: usize = '__hicam_value_1: {
                let (__hicam_carried_0, __hicam_carried_1, __hicam_carried_2) = if __hicam_pc
                    <= 1u32
                {
                    let mut __hicam_slot_2_second = ::core::option::Option::None;
                    {
                        if __hicam_pc == 1u32 {
                            __hicam_pc = 0;
                        } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                            __hicam_stack.arrive(1u32);
                            break '__hicam_suspended;
                        }
                    };
                    let first = open(log, 1);
                    let mut second = open(log, 2);
                    let third = open(log, 3);
                    __hicam_slot_2_second = ::core::option::Option::Some(second);
                    (first, __hicam_slot_2_second, third)
                } else {
                    let mut __hicam_slot_2_second = ::core::option::Option::None;
                    __hicam_slot_2_second = __hicam_stack.restore_slot(&__hicam_var_2);
                    let (first, third) = match __hicam_stack
                        .restore_all(|__hicam_frame| {
                            ::core::option::Option::Some((
                                __hicam_frame.restore(&__hicam_var_1, &__HICAM_INFO)?,
                                __hicam_frame.restore(&__hicam_var_3, &__HICAM_INFO)?,
                            ))
                        })
                    {
                        ::core::option::Option::Some(__hicam_restored) => {
                            __hicam_restored
                        }
                        ::core::option::Option::None => break '__hicam_suspended,
                    };
                    (first, __hicam_slot_2_second, third)
                };
                let first = __hicam_carried_0;
                let mut __hicam_slot_2_second = __hicam_carried_1;
                let mut second;
                let third = __hicam_carried_2;
                '__hicam_exit_2: {
                    '__hicam_value_3: {
                        let (mut __hicam_iter_2,) = if __hicam_pc == 0 {
                            let mut __hicam_iter_2 = ::core::iter::IntoIterator::into_iter(
                                0..3,
                            );
                            (__hicam_iter_2,)
                        } else {
                            match __hicam_stack
                                .restore_all(|__hicam_frame| {
                                    ::core::option::Option::Some((
                                        __hicam_frame.restore(&__hicam_var_4, &__HICAM_INFO)?,
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
                                            if __hicam_pc == 0 {
                                                let ::core::option::Option::Some(_) = (::core::iter::Iterator::next(
                                                    &mut __hicam_iter_2,
                                                )) else { break '__hicam_loop_1 };
                                            }
                                            if __hicam_pc <= 4u32 {
                                                {
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
                                                            __hicam_stack.suspended_in_call(4u32);
                                                            break '__hicam_exit_4;
                                                        }
                                                    }
                                                };
                                            }
                                            {
                                                #[allow(unused_imports)]
                                                use ::hicam::__private::{
                                                    Annotated as _, CopyReference as _, DriveAnnotated as _,
                                                    DriveForeign as _, ForeignResumer as _, ReferenceAgain as _,
                                                    TakeValue as _, ValueAgain as _,
                                                };
                                                if __hicam_pc == 5u32 {
                                                    __hicam_pc = 0;
                                                } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                                                    __hicam_stack.arrive(5u32);
                                                    break '__hicam_exit_4;
                                                }
                                                __hicam_stack.at(&__HICAM_INFO, 6u32);
                                                if false {
                                                    second = ::hicam::__private::never(&__hicam_slot_2_second);
                                                }
                                                let __hicam_tag = ::hicam::__private::Tag::new();
                                                let __hicam_flow = if __hicam_pc != 6u32 {
                                                    second = match __hicam_slot_2_second.take() {
                                                        ::core::option::Option::Some(__hicam_taken) => __hicam_taken,
                                                        ::core::option::Option::None => {
                                                            __hicam_stack.missing("second", &__HICAM_INFO);
                                                            break '__hicam_exit_4;
                                                        }
                                                    };
                                                    (&mut &mut ::hicam::__private::Site(
                                                        __hicam_tag
                                                            .of(
                                                                send(
                                                                    if false {
                                                                        let __hicam_never = ::hicam::__private::never(
                                                                            &__hicam_slot_2_second,
                                                                        );
                                                                        __hicam_never
                                                                    } else {
                                                                        (&mut &mut ::hicam::__private::Resting(
                                                                            &mut __hicam_slot_2_second,
                                                                        ))
                                                                            .stay(&second);
                                                                        second
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
                                                                        &mut __hicam_slot_2_second,
                                                                    ))
                                                                        .rest()
                                                                    {
                                                                        ::core::option::Option::Some(__hicam_rest) => __hicam_rest,
                                                                        ::core::option::Option::None => {
                                                                            __hicam_stack.missing("second", &__HICAM_INFO);
                                                                            break '__hicam_exit_4;
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
                                                        __hicam_stack.suspended_in_call(6u32);
                                                        break '__hicam_exit_4;
                                                    }
                                                }
                                            };
                                            if false {
                                                second = ::hicam::__private::never(&__hicam_slot_2_second);
                                            }
                                            if let ::core::option::Option::Some(__hicam_left) = __hicam_slot_2_second
                                                .take()
                                            {
                                                second = __hicam_left;
                                            }
                                            second = open(log, 4);
                                            __hicam_slot_2_second = ::core::option::Option::Some(
                                                second,
                                            );
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
                        __hicam_stack
                            .save_all(move |__hicam_frame| {
                                __hicam_frame.save(&__hicam_var_4, __hicam_iter_2);
                            });
                        break '__hicam_exit_2;
                    };
                    break '__hicam_value_1 first.id() + third.id();
                }
                __hicam_stack
                    .save_all(move |__hicam_frame| {
                        __hicam_frame.save(&__hicam_var_1, first);
                        __hicam_frame.save(&__hicam_var_3, third);
                        __hicam_frame.save_slot(&__hicam_var_2, __hicam_slot_2_second);
                    });
                break '__hicam_suspended;
            };
            return ::hicam::__private::Flow::Done(__hicam_value);
        }
        __hicam_stack
            .local(&__hicam_var_1, (&&&&&&&&&&&&&&__hicam_var_1.probe()).codec::<5>());
        __hicam_stack
            .local(&__hicam_var_2, (&&&&&&&&&&&&&&__hicam_var_2.probe()).codec::<5>());
        __hicam_stack
            .local(&__hicam_var_3, (&&&&&&&&&&&&&&__hicam_var_3.probe()).codec::<5>());
        __hicam_stack
            .local(&__hicam_var_4, (&&&&&&&&&&&&&&__hicam_var_4.probe()).codec::<5>());
        if let ::hicam::__private::Next::Suspended = __hicam_stack.close(&__HICAM_INFO) {
            return ::hicam::__private::Flow::Suspended;
        }
    }
}
