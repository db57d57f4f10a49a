// Written by the test `expansions_are_the_reviewed_ones`.

async fn __hicam_body_joined(
    __hicam_arg_0: ::hicam::__private::Arg<Vec<String>>,
    __hicam_arg_1: ::hicam::__private::Arg<Vec<String>>,
    __hicam_stack: &mut ::hicam::__private::Stack,
) -> ::hicam::__private::Flow<u64> {
    static __HICAM_INFO: ::hicam::__private::FnInfo = ::hicam::__private::FnInfo {
        name: ::core::concat!(::core::module_path!(), "::", "joined"),
        aliases: &[],
        file: ::core::file!(),
        fingerprint: 7325325845677582816u64,
        locals: &[
            (0u16, "first"),
            (1u16, "second"),
            (2u16, "total"),
            (5u16, "for word: left"),
            (7u16, "for word: iterator@2"),
            (8u16, "for word: iterator"),
            (11u16, "word"),
        ],
        points: &[
            ::hicam::__private::PointInfo {
                name: "entry",
                line: 1u32,
                column: 10u32,
                kind: ::hicam::__private::PointKind::Entry,
                needs: &[0u16, 1u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "for word",
                line: 3u32,
                column: 5u32,
                kind: ::hicam::__private::PointKind::Loop,
                needs: &[2u16, 5u16, 7u16, 8u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "before weigh",
                line: 4u32,
                column: 46u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[2u16, 5u16, 7u16, 8u16, 11u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "in weigh",
                line: 4u32,
                column: 46u32,
                kind: ::hicam::__private::PointKind::InCall,
                needs: &[2u16, 5u16, 7u16, 8u16, 11u16],
                keeps: &[0u16, 1u16],
            },
        ],
        upgrade: ::core::option::Option::None,
    };
    let mut __hicam_arg_0 = __hicam_arg_0;
    let mut __hicam_arg_1 = __hicam_arg_1;
    let __hicam_var_0 = ::hicam::__private::Var::new(0u16, "first");
    let __hicam_var_1 = ::hicam::__private::Var::new(1u16, "second");
    let __hicam_var_2 = ::hicam::__private::Var::new(2u16, "total");
    let __hicam_var_5 = ::hicam::__private::Var::new(5u16, "for word: left");
    let __hicam_var_7 = ::hicam::__private::Var::new(7u16, "for word: iterator@2");
    let __hicam_var_8 = ::hicam::__private::Var::new(8u16, "for word: iterator");
    let __hicam_var_11 = ::hicam::__private::Var::new(11u16, "word");
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
            let __hicam_arg_1 = ::core::mem::replace(
                &mut __hicam_arg_1,
                ::hicam::__private::Arg::Resumed,
            );
            let __hicam_value: u64 = '__hicam_value_1: {
                let (__hicam_carried_0, __hicam_carried_1) = if __hicam_pc == 0 {
                    let mut __hicam_slot_0_first: ::core::option::Option<Vec<String>> = ::core::option::Option::None;
                    let mut __hicam_slot_1_second: ::core::option::Option<Vec<String>> = ::core::option::Option::None;
                    let ::core::option::Option::Some(first) = ::hicam::__private::Arg::value(
                        __hicam_arg_0,
                    ) else {
                        __hicam_stack.missing("first", &__HICAM_INFO);
                        break '__hicam_suspended;
                    };
                    let ::core::option::Option::Some(second) = ::hicam::__private::Arg::value(
                        __hicam_arg_1,
                    ) else {
                        __hicam_stack.missing("second", &__HICAM_INFO);
                        break '__hicam_suspended;
                    };
                    __hicam_slot_0_first = ::core::option::Option::Some(first);
                    __hicam_slot_1_second = ::core::option::Option::Some(second);
                    (__hicam_slot_0_first, __hicam_slot_1_second)
                } else {
                    let mut __hicam_slot_0_first: ::core::option::Option<Vec<String>> = ::core::option::Option::None;
                    let mut __hicam_slot_1_second: ::core::option::Option<Vec<String>> = ::core::option::Option::None;
                    __hicam_slot_0_first = __hicam_stack.restore_slot(&__hicam_var_0);
                    __hicam_slot_1_second = __hicam_stack.restore_slot(&__hicam_var_1);
                    let () = ();
                    (__hicam_slot_0_first, __hicam_slot_1_second)
                };
                let mut __hicam_slot_0_first = __hicam_carried_0;
                let mut first: Vec<String>;
                let mut __hicam_slot_1_second = __hicam_carried_1;
                let mut second: Vec<String>;
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
                    '__hicam_exit_3: {
                        '__hicam_value_4: {
                            let (
                                mut __hicam_left_3,
                                mut __hicam_iter_5,
                                mut __hicam_iter_6,
                            ) = if __hicam_pc == 0 {
                                first = match __hicam_slot_0_first.take() {
                                    ::core::option::Option::Some(__hicam_taken) => __hicam_taken,
                                    ::core::option::Option::None => {
                                        __hicam_stack.missing("first", &__HICAM_INFO);
                                        break '__hicam_suspended;
                                    }
                                };
                                second = match __hicam_slot_1_second.take() {
                                    ::core::option::Option::Some(__hicam_taken) => __hicam_taken,
                                    ::core::option::Option::None => {
                                        __hicam_stack.missing("second", &__HICAM_INFO);
                                        break '__hicam_suspended;
                                    }
                                };
                                let mut __hicam_iter_2 = ::core::option::Option::Some(
                                    (&mut &mut ::hicam::__private::iterate::Source::new(
                                        ::core::iter::IntoIterator::into_iter(
                                            ::hicam::__private::iterate::adaptor::standard(
                                                first.into_iter(),
                                                ::hicam::__private::iterate::adaptor::named::take,
                                                |__hicam_adapted| __hicam_adapted.take(1),
                                            ),
                                        ),
                                    ))
                                        .iterator(),
                                );
                                let mut __hicam_left_3: usize = 2;
                                let mut __hicam_iter_4 = (&mut &mut ::hicam::__private::iterate::Source::new(
                                    ::core::iter::IntoIterator::into_iter(second),
                                ))
                                    .iterator();
                                let mut __hicam_iter_5 = __hicam_iter_4;
                                let mut __hicam_iter_6 = __hicam_iter_2;
                                (__hicam_left_3, __hicam_iter_5, __hicam_iter_6)
                            } else {
                                match __hicam_stack
                                    .restore_all(|__hicam_frame| {
                                        ::core::option::Option::Some((
                                            __hicam_frame.restore(&__hicam_var_5, &__HICAM_INFO)?,
                                            __hicam_frame.restore(&__hicam_var_7, &__HICAM_INFO)?,
                                            __hicam_frame.restore(&__hicam_var_8, &__HICAM_INFO)?,
                                        ))
                                    })
                                {
                                    ::core::option::Option::Some(__hicam_restored) => {
                                        __hicam_restored
                                    }
                                    ::core::option::Option::None => break '__hicam_exit_3,
                                }
                            };
                            '__hicam_exit_5: {
                                break '__hicam_value_4 {
                                    if __hicam_pc == 2u32 {
                                        __hicam_pc = 0;
                                    } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                                        __hicam_stack.arrive(2u32);
                                        break '__hicam_exit_5;
                                    }
                                    let __hicam_flag = __hicam_stack.flag();
                                    '__hicam_loop_1: loop {
                                        '__hicam_pass___hicam_loop_1: {
                                            '__hicam_value_6: {
                                                let (word,) = if __hicam_pc == 0 {
                                                    let ::core::option::Option::Some(word) = (match if __hicam_left_3
                                                        == 0
                                                    {
                                                        ::core::option::Option::None
                                                    } else {
                                                        __hicam_left_3 -= 1;
                                                        match &mut __hicam_iter_6 {
                                                            ::core::option::Option::Some(__hicam_iter) => {
                                                                ::core::iter::Iterator::next(__hicam_iter)
                                                            }
                                                            ::core::option::Option::None => ::core::option::Option::None,
                                                        }
                                                    } {
                                                        ::core::option::Option::None => {
                                                            ::core::mem::drop(
                                                                ::core::option::Option::take(&mut __hicam_iter_6),
                                                            );
                                                            ::core::iter::Iterator::next(&mut __hicam_iter_5)
                                                        }
                                                        __hicam_some => __hicam_some,
                                                    }) else { break '__hicam_loop_1 };
                                                    (word,)
                                                } else {
                                                    match __hicam_stack
                                                        .restore_all(|__hicam_frame| {
                                                            ::core::option::Option::Some((
                                                                __hicam_frame.restore(&__hicam_var_11, &__HICAM_INFO)?,
                                                            ))
                                                        })
                                                    {
                                                        ::core::option::Option::Some(__hicam_restored) => {
                                                            __hicam_restored
                                                        }
                                                        ::core::option::Option::None => break '__hicam_exit_5,
                                                    }
                                                };
                                                '__hicam_exit_7: {
                                                    {
                                                        let mut __hicam_value_7 = {
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
                                                                break '__hicam_exit_7;
                                                            }
                                                            __hicam_stack.at(&__HICAM_INFO, 4u32);
                                                            let __hicam_tag = ::hicam::__private::Tag::new();
                                                            let __hicam_flow = if __hicam_pc != 4u32 {
                                                                (&mut &mut ::hicam::__private::Site(
                                                                    __hicam_tag.of(weigh(0, word.len() as u64)),
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
                                                                    break '__hicam_exit_7;
                                                                }
                                                            }
                                                        };
                                                        total += __hicam_value_7;
                                                    };
                                                    break '__hicam_value_6 ();
                                                }
                                                __hicam_stack
                                                    .save_all(move |__hicam_frame| {
                                                        __hicam_frame.save(&__hicam_var_11, word);
                                                    });
                                                break '__hicam_exit_5;
                                            }
                                        }
                                        if __hicam_flag.is_set() {
                                            __hicam_stack.arrive(2u32);
                                            break '__hicam_exit_5;
                                        }
                                    }
                                };
                            }
                            __hicam_stack
                                .save_all(move |__hicam_frame| {
                                    __hicam_frame.save(&__hicam_var_5, __hicam_left_3);
                                    __hicam_frame.save(&__hicam_var_7, __hicam_iter_5);
                                    __hicam_frame.save(&__hicam_var_8, __hicam_iter_6);
                                });
                            break '__hicam_exit_3;
                        };
                        break '__hicam_value_1 total;
                    }
                    __hicam_stack
                        .save_all(move |__hicam_frame| {
                            __hicam_frame.save(&__hicam_var_2, total);
                        });
                    break '__hicam_exit_2;
                }
                __hicam_stack
                    .save_all(move |__hicam_frame| {
                        __hicam_frame.save_slot(&__hicam_var_0, __hicam_slot_0_first);
                        __hicam_frame.save_slot(&__hicam_var_1, __hicam_slot_1_second);
                    });
                break '__hicam_suspended;
            };
            return ::hicam::__private::Flow::Done(__hicam_value);
        }
        __hicam_stack
            .local(&__hicam_var_0, (&&&&&&&&&&&&&&__hicam_var_0.probe()).codec::<1>());
        __hicam_stack
            .local(&__hicam_var_1, (&&&&&&&&&&&&&&__hicam_var_1.probe()).codec::<1>());
        __hicam_stack
            .local(&__hicam_var_2, (&&&&&&&&&&&&&&__hicam_var_2.probe()).codec::<3>());
        __hicam_stack
            .local(&__hicam_var_5, (&&&&&&&&&&&&&&__hicam_var_5.probe()).codec::<3>());
        __hicam_stack
            .local(&__hicam_var_7, (&&&&&&&&&&&&&&__hicam_var_7.probe()).codec::<3>());
        __hicam_stack
            .local(&__hicam_var_8, (&&&&&&&&&&&&&&__hicam_var_8.probe()).codec::<3>());
        __hicam_stack
            .local(&__hicam_var_11, (&&&&&&&&&&&&&&__hicam_var_11.probe()).codec::<4>());
        if let ::hicam::__private::Next::Suspended = __hicam_stack.close(&__HICAM_INFO) {
            return ::hicam::__private::Flow::Suspended;
        }
    }
}
