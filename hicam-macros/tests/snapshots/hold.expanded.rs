// Written by the test `expansions_are_the_reviewed_ones`.

async fn __hicam_body_walks(
    __hicam_arg_0: ::hicam::__private::Arg<Vec<String>>,
    __hicam_stack: &mut ::hicam::__private::Stack,
) -> ::hicam::__private::Flow<Vec<String>> {
    static __HICAM_INFO: ::hicam::__private::FnInfo = ::hicam::__private::FnInfo {
        name: ::core::concat!(::core::module_path!(), "::", "walks"),
        aliases: &[],
        file: ::core::file!(),
        fingerprint: 13924024929625774814u64,
        locals: &[
            (0u16, "names"),
            (1u16, "for name: passed"),
            (5u16, "for name (2): passed"),
        ],
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
                name: "for name",
                line: 2u32,
                column: 5u32,
                kind: ::hicam::__private::PointKind::Loop,
                needs: &[0u16, 1u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "before measure",
                line: 3u32,
                column: 23u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[0u16, 1u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "in measure",
                line: 3u32,
                column: 23u32,
                kind: ::hicam::__private::PointKind::InCall,
                needs: &[0u16, 1u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "before rename",
                line: 5u32,
                column: 27u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[0u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "in rename",
                line: 5u32,
                column: 27u32,
                kind: ::hicam::__private::PointKind::InCall,
                needs: &[],
                keeps: &[0u16],
            },
            ::hicam::__private::PointInfo {
                name: "for name (2)",
                line: 6u32,
                column: 5u32,
                kind: ::hicam::__private::PointKind::Loop,
                needs: &[0u16, 5u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "before measure (2)",
                line: 7u32,
                column: 23u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[0u16, 5u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "in measure (2)",
                line: 7u32,
                column: 23u32,
                kind: ::hicam::__private::PointKind::InCall,
                needs: &[0u16, 5u16],
                keeps: &[],
            },
        ],
        upgrade: ::core::option::Option::None,
    };
    let mut __hicam_arg_0 = __hicam_arg_0;
    let __hicam_var_0 = ::hicam::__private::Var::new(0u16, "names");
    let __hicam_var_1 = ::hicam::__private::Var::new(1u16, "for name: passed");
    let __hicam_var_5 = ::hicam::__private::Var::new(5u16, "for name (2): passed");
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
            let __hicam_value: Vec<String> = '__hicam_value_1: {
                let mut __hicam_slot_0_names: ::core::option::Option<Vec<String>> = ::core::option::Option::None;
                let () = if __hicam_pc == 0 {
                    let ::core::option::Option::Some(mut names) = ::hicam::__private::Arg::value(
                        __hicam_arg_0,
                    ) else {
                        __hicam_stack.missing("mut names", &__HICAM_INFO);
                        break '__hicam_suspended;
                    };
                    __hicam_slot_0_names = ::core::option::Option::Some(names);
                    ()
                } else {
                    __hicam_slot_0_names = __hicam_stack.restore_slot(&__hicam_var_0);
                    ()
                };
                let mut names: Vec<String>;
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
                    if __hicam_pc <= 4u32 {
                        {
                            names = match __hicam_slot_0_names.take() {
                                ::core::option::Option::Some(__hicam_taken) => __hicam_taken,
                                ::core::option::Option::None => {
                                    __hicam_stack.missing("names", &__HICAM_INFO);
                                    break '__hicam_exit_2;
                                }
                            };
                            let __hicam_held = '__hicam_hold_3: {
                                '__hicam_exit_4: {
                                    break '__hicam_hold_3 '__hicam_value_5: {
                                        let (mut __hicam_passed_3,) = if __hicam_pc == 0 {
                                            let mut __hicam_passed_3 = ::core::default::Default::default();
                                            (__hicam_passed_3,)
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
                                                ::core::option::Option::None => break '__hicam_exit_4,
                                            }
                                        };
                                        '__hicam_exit_6: {
                                            let mut __hicam_iter_2 = ::hicam::__private::iterate::again(
                                                ::hicam::__private::iterate::Lent(&names),
                                                &mut __hicam_passed_3,
                                                __hicam_pc > 2u32,
                                            );
                                            break '__hicam_value_5 {
                                                if __hicam_pc == 2u32 {
                                                    __hicam_pc = 0;
                                                } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                                                    __hicam_stack.arrive(2u32);
                                                    break '__hicam_exit_6;
                                                }
                                                let __hicam_flag = __hicam_stack.flag();
                                                '__hicam_loop_1: loop {
                                                    '__hicam_pass___hicam_loop_1: {
                                                        '__hicam_value_7: {
                                                            let ::core::option::Option::Some(name) = ::core::iter::Iterator::next(
                                                                &mut __hicam_iter_2,
                                                            ) else { break '__hicam_loop_1 };
                                                            if __hicam_pc == 0 {
                                                                ::hicam::__private::iterate::Passed::pass(
                                                                    &mut __hicam_passed_3,
                                                                    1,
                                                                );
                                                            }
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
                                                                    break '__hicam_exit_6;
                                                                }
                                                                __hicam_stack.at(&__HICAM_INFO, 4u32);
                                                                let __hicam_tag = ::hicam::__private::Tag::new();
                                                                let __hicam_flow = if __hicam_pc != 4u32 {
                                                                    (&mut &mut ::hicam::__private::Site(
                                                                        __hicam_tag.of(measure(name)),
                                                                    ))
                                                                        .drive(&mut *__hicam_stack)
                                                                        .await
                                                                } else {
                                                                    __hicam_pc = 0;
                                                                    (&mut &mut ::hicam::__private::Site({
                                                                        (&&__hicam_tag)
                                                                            .resumer1()((&&::hicam::__private::Item(&name)).again())
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
                                                            break '__hicam_value_7 ();
                                                        }
                                                    }
                                                    if __hicam_flag.is_set() {
                                                        __hicam_stack.arrive(2u32);
                                                        break '__hicam_exit_6;
                                                    }
                                                }
                                            };
                                        }
                                        ::hicam::__private::iterate::leave(
                                            ::hicam::__private::iterate::Lent(&names),
                                            &mut __hicam_passed_3,
                                        );
                                        __hicam_stack
                                            .save_all(move |__hicam_frame| {
                                                __hicam_frame.save(&__hicam_var_1, __hicam_passed_3);
                                            });
                                        break '__hicam_exit_4;
                                    };
                                }
                                __hicam_slot_0_names = ::core::option::Option::Some(names);
                                break '__hicam_exit_2;
                            };
                            __hicam_slot_0_names = ::core::option::Option::Some(names);
                            __hicam_held
                        };
                    }
                    if __hicam_pc <= 6u32 {
                        {
                            let mut __hicam_value_4 = {
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
                                    break '__hicam_exit_2;
                                }
                                __hicam_stack.at(&__HICAM_INFO, 6u32);
                                if false {
                                    names = ::hicam::__private::never(&__hicam_slot_0_names);
                                }
                                let __hicam_tag = ::hicam::__private::Tag::new();
                                let __hicam_flow = if __hicam_pc != 6u32 {
                                    names = match __hicam_slot_0_names.take() {
                                        ::core::option::Option::Some(__hicam_taken) => __hicam_taken,
                                        ::core::option::Option::None => {
                                            __hicam_stack.missing("names", &__HICAM_INFO);
                                            break '__hicam_exit_2;
                                        }
                                    };
                                    (&mut &mut ::hicam::__private::Site(
                                        __hicam_tag.of(rename(names)),
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
                                        __hicam_stack.suspended_in_call(6u32);
                                        break '__hicam_exit_2;
                                    }
                                }
                            };
                            {
                                if false {
                                    names = ::hicam::__private::never(&__hicam_slot_0_names);
                                }
                                if let ::core::option::Option::Some(__hicam_left) = __hicam_slot_0_names
                                    .take()
                                {
                                    names = __hicam_left;
                                }
                                let __hicam_result = names = __hicam_value_4;
                                __hicam_slot_0_names = ::core::option::Option::Some(names);
                                __hicam_result
                            }
                        };
                    }
                    {
                        names = match __hicam_slot_0_names.take() {
                            ::core::option::Option::Some(__hicam_taken) => __hicam_taken,
                            ::core::option::Option::None => {
                                __hicam_stack.missing("names", &__HICAM_INFO);
                                break '__hicam_exit_2;
                            }
                        };
                        let __hicam_held = '__hicam_hold_8: {
                            '__hicam_exit_9: {
                                break '__hicam_hold_8 '__hicam_value_10: {
                                    let (mut __hicam_passed_7,) = if __hicam_pc == 0 {
                                        let mut __hicam_passed_7 = ::core::default::Default::default();
                                        (__hicam_passed_7,)
                                    } else {
                                        match __hicam_stack
                                            .restore_all(|__hicam_frame| {
                                                ::core::option::Option::Some((
                                                    __hicam_frame.restore(&__hicam_var_5, &__HICAM_INFO)?,
                                                ))
                                            })
                                        {
                                            ::core::option::Option::Some(__hicam_restored) => {
                                                __hicam_restored
                                            }
                                            ::core::option::Option::None => break '__hicam_exit_9,
                                        }
                                    };
                                    '__hicam_exit_11: {
                                        let mut __hicam_iter_6 = ::hicam::__private::iterate::again(
                                            ::hicam::__private::iterate::Lent(&names),
                                            &mut __hicam_passed_7,
                                            __hicam_pc > 7u32,
                                        );
                                        break '__hicam_value_10 {
                                            if __hicam_pc == 7u32 {
                                                __hicam_pc = 0;
                                            } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                                                __hicam_stack.arrive(7u32);
                                                break '__hicam_exit_11;
                                            }
                                            let __hicam_flag = __hicam_stack.flag();
                                            '__hicam_loop_5: loop {
                                                '__hicam_pass___hicam_loop_5: {
                                                    '__hicam_value_12: {
                                                        let ::core::option::Option::Some(name__2) = ::core::iter::Iterator::next(
                                                            &mut __hicam_iter_6,
                                                        ) else { break '__hicam_loop_5 };
                                                        if __hicam_pc == 0 {
                                                            ::hicam::__private::iterate::Passed::pass(
                                                                &mut __hicam_passed_7,
                                                                1,
                                                            );
                                                        }
                                                        {
                                                            #[allow(unused_imports)]
                                                            use ::hicam::__private::{
                                                                Annotated as _, CopyReference as _, DriveAnnotated as _,
                                                                DriveForeign as _, ForeignResumer as _, ReferenceAgain as _,
                                                                TakeValue as _, ValueAgain as _,
                                                            };
                                                            if __hicam_pc == 8u32 {
                                                                __hicam_pc = 0;
                                                            } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                                                                __hicam_stack.arrive(8u32);
                                                                break '__hicam_exit_11;
                                                            }
                                                            __hicam_stack.at(&__HICAM_INFO, 9u32);
                                                            let __hicam_tag = ::hicam::__private::Tag::new();
                                                            let __hicam_flow = if __hicam_pc != 9u32 {
                                                                (&mut &mut ::hicam::__private::Site(
                                                                    __hicam_tag.of(measure(name__2)),
                                                                ))
                                                                    .drive(&mut *__hicam_stack)
                                                                    .await
                                                            } else {
                                                                __hicam_pc = 0;
                                                                (&mut &mut ::hicam::__private::Site({
                                                                    (&&__hicam_tag)
                                                                        .resumer1()((&&::hicam::__private::Item(&name__2)).again())
                                                                }))
                                                                    .drive(&mut *__hicam_stack)
                                                                    .await
                                                            };
                                                            match __hicam_flow {
                                                                ::hicam::__private::Flow::Done(__hicam_done) => __hicam_done,
                                                                ::hicam::__private::Flow::Suspended => {
                                                                    __hicam_stack.suspended_in_call(9u32);
                                                                    break '__hicam_exit_11;
                                                                }
                                                            }
                                                        };
                                                        break '__hicam_value_12 ();
                                                    }
                                                }
                                                if __hicam_flag.is_set() {
                                                    __hicam_stack.arrive(7u32);
                                                    break '__hicam_exit_11;
                                                }
                                            }
                                        };
                                    }
                                    ::hicam::__private::iterate::leave(
                                        ::hicam::__private::iterate::Lent(&names),
                                        &mut __hicam_passed_7,
                                    );
                                    __hicam_stack
                                        .save_all(move |__hicam_frame| {
                                            __hicam_frame.save(&__hicam_var_5, __hicam_passed_7);
                                        });
                                    break '__hicam_exit_9;
                                };
                            }
                            __hicam_slot_0_names = ::core::option::Option::Some(names);
                            break '__hicam_exit_2;
                        };
                        __hicam_slot_0_names = ::core::option::Option::Some(names);
                        __hicam_held
                    };
                    names = match __hicam_slot_0_names.take() {
                        ::core::option::Option::Some(__hicam_taken) => __hicam_taken,
                        ::core::option::Option::None => {
                            __hicam_stack.missing("names", &__HICAM_INFO);
                            break '__hicam_suspended;
                        }
                    };
                    break '__hicam_value_1 names;
                }
                __hicam_stack
                    .save_all(move |__hicam_frame| {
                        __hicam_frame.save_slot(&__hicam_var_0, __hicam_slot_0_names);
                    });
                break '__hicam_suspended;
            };
            return ::hicam::__private::Flow::Done(__hicam_value);
        }
        __hicam_stack
            .local(&__hicam_var_0, (&&&&&&&&&&&&&&__hicam_var_0.probe()).codec::<1>());
        __hicam_stack
            .local(&__hicam_var_1, (&&&&&&&&&&&&&&__hicam_var_1.probe()).codec::<2>());
        __hicam_stack
            .local(&__hicam_var_5, (&&&&&&&&&&&&&&__hicam_var_5.probe()).codec::<6>());
        if let ::hicam::__private::Next::Suspended = __hicam_stack.close(&__HICAM_INFO) {
            return ::hicam::__private::Flow::Suspended;
        }
    }
}
