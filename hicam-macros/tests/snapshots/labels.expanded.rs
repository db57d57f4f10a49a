// Written by the test `expansions_are_the_reviewed_ones`.

async fn __hicam_body_finds(
    __hicam_arg_0: ::hicam::__private::Arg<Vec<Vec<u64>>>,
    __hicam_stack: &mut ::hicam::__private::Stack,
) -> ::hicam::__private::Flow<Option<u64>> {
    static __HICAM_INFO: ::hicam::__private::FnInfo = ::hicam::__private::FnInfo {
        name: ::core::concat!(::core::module_path!(), "::", "finds"),
        aliases: &[],
        file: ::core::file!(),
        fingerprint: 5499834554045013173u64,
        locals: &[
            (0u16, "rows"),
            (1u16, "'rows: iterator"),
            (3u16, "for value: iterator"),
            (4u16, "value"),
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
                name: "'rows",
                line: 2u32,
                column: 12u32,
                kind: ::hicam::__private::PointKind::Loop,
                needs: &[1u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "for value",
                line: 3u32,
                column: 9u32,
                kind: ::hicam::__private::PointKind::Loop,
                needs: &[1u16, 3u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "before check",
                line: 7u32,
                column: 29u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[1u16, 3u16, 4u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "in check",
                line: 7u32,
                column: 29u32,
                kind: ::hicam::__private::PointKind::InCall,
                needs: &[1u16, 3u16, 4u16],
                keeps: &[0u16],
            },
        ],
        upgrade: ::core::option::Option::None,
    };
    let mut __hicam_arg_0 = __hicam_arg_0;
    let __hicam_var_0 = ::hicam::__private::Var::new(0u16, "rows");
    let __hicam_var_1 = ::hicam::__private::Var::new(1u16, "'rows: iterator");
    let __hicam_var_3 = ::hicam::__private::Var::new(3u16, "for value: iterator");
    let __hicam_var_4 = ::hicam::__private::Var::new(4u16, "value");
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
            let __hicam_value: Option<u64> = '__hicam_value_1: {
                let mut __hicam_slot_0_rows: ::core::option::Option<Vec<Vec<u64>>> = ::core::option::Option::None;
                let () = if __hicam_pc == 0 {
                    let ::core::option::Option::Some(rows) = ::hicam::__private::Arg::value(
                        __hicam_arg_0,
                    ) else {
                        __hicam_stack.missing("rows", &__HICAM_INFO);
                        break '__hicam_suspended;
                    };
                    __hicam_slot_0_rows = ::core::option::Option::Some(rows);
                    ()
                } else {
                    __hicam_slot_0_rows = __hicam_stack.restore_slot(&__hicam_var_0);
                    ()
                };
                let mut rows: Vec<Vec<u64>>;
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
                    '__hicam_value_3: {
                        let (mut __hicam_iter_1,) = if __hicam_pc == 0 {
                            rows = match __hicam_slot_0_rows.take() {
                                ::core::option::Option::Some(__hicam_taken) => __hicam_taken,
                                ::core::option::Option::None => {
                                    __hicam_stack.missing("rows", &__HICAM_INFO);
                                    break '__hicam_suspended;
                                }
                            };
                            let mut __hicam_iter_1 = (&mut &mut ::hicam::__private::iterate::Source::new(
                                ::core::iter::IntoIterator::into_iter(rows),
                            ))
                                .iterator();
                            (__hicam_iter_1,)
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
                                if __hicam_pc == 2u32 {
                                    __hicam_pc = 0;
                                } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                                    __hicam_stack.arrive(2u32);
                                    break '__hicam_exit_4;
                                }
                                let __hicam_flag = __hicam_stack.flag();
                                'rows: loop {
                                    '__hicam_pass_rows: {
                                        '__hicam_value_5: {
                                            let mut __hicam_slot_2_row = ::core::option::Option::None;
                                            if __hicam_pc == 0 {
                                                let ::core::option::Option::Some(row) = (::core::iter::Iterator::next(
                                                    &mut __hicam_iter_1,
                                                )) else { break 'rows };
                                                __hicam_slot_2_row = ::core::option::Option::Some(row);
                                            }
                                            let mut row;
                                            break '__hicam_value_5 '__hicam_value_6: {
                                                let (mut __hicam_iter_3,) = if __hicam_pc == 0 {
                                                    row = match __hicam_slot_2_row.take() {
                                                        ::core::option::Option::Some(__hicam_taken) => __hicam_taken,
                                                        ::core::option::Option::None => {
                                                            __hicam_stack.missing("row", &__HICAM_INFO);
                                                            break '__hicam_suspended;
                                                        }
                                                    };
                                                    let mut __hicam_iter_3 = (&mut &mut ::hicam::__private::iterate::Source::new(
                                                        ::core::iter::IntoIterator::into_iter(row),
                                                    ))
                                                        .iterator();
                                                    (__hicam_iter_3,)
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
                                                        ::core::option::Option::None => break '__hicam_exit_4,
                                                    }
                                                };
                                                '__hicam_exit_7: {
                                                    break '__hicam_value_6 {
                                                        if __hicam_pc == 3u32 {
                                                            __hicam_pc = 0;
                                                        } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                                                            __hicam_stack.arrive(3u32);
                                                            break '__hicam_exit_7;
                                                        }
                                                        let __hicam_flag = __hicam_stack.flag();
                                                        '__hicam_loop_2: loop {
                                                            '__hicam_pass___hicam_loop_2: {
                                                                '__hicam_value_8: {
                                                                    let (value,) = if __hicam_pc == 0 {
                                                                        let ::core::option::Option::Some(value) = (::core::iter::Iterator::next(
                                                                            &mut __hicam_iter_3,
                                                                        )) else { break '__hicam_loop_2 };
                                                                        if value == 0 {
                                                                            break '__hicam_pass_rows;
                                                                        }
                                                                        (value,)
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
                                                                            ::core::option::Option::None => break '__hicam_exit_7,
                                                                        }
                                                                    };
                                                                    '__hicam_exit_9: {
                                                                        break '__hicam_value_8 {
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
                                                                                    break '__hicam_exit_9;
                                                                                }
                                                                                __hicam_stack.at(&__HICAM_INFO, 5u32);
                                                                                let __hicam_tag = ::hicam::__private::Tag::new();
                                                                                let __hicam_flow = if __hicam_pc != 5u32 {
                                                                                    (&mut &mut ::hicam::__private::Site(
                                                                                        __hicam_tag.of(check(value)),
                                                                                    ))
                                                                                        .drive(&mut *__hicam_stack)
                                                                                        .await
                                                                                } else {
                                                                                    __hicam_pc = 0;
                                                                                    (&mut &mut ::hicam::__private::Site({
                                                                                        (&&__hicam_tag).resumer1()((&&__hicam_tag).given(value))
                                                                                    }))
                                                                                        .drive(&mut *__hicam_stack)
                                                                                        .await
                                                                                };
                                                                                match __hicam_flow {
                                                                                    ::hicam::__private::Flow::Done(__hicam_done) => __hicam_done,
                                                                                    ::hicam::__private::Flow::Suspended => {
                                                                                        __hicam_stack.suspended_in_call(5u32);
                                                                                        break '__hicam_exit_9;
                                                                                    }
                                                                                }
                                                                            };
                                                                            if __hicam_value_4 {
                                                                                return ::hicam::__private::Flow::Done(Some(value));
                                                                            }
                                                                        };
                                                                    }
                                                                    __hicam_stack
                                                                        .save_all(move |__hicam_frame| {
                                                                            __hicam_frame.save(&__hicam_var_4, value);
                                                                        });
                                                                    break '__hicam_exit_7;
                                                                }
                                                            }
                                                            if __hicam_flag.is_set() {
                                                                __hicam_stack.arrive(3u32);
                                                                break '__hicam_exit_7;
                                                            }
                                                        }
                                                    };
                                                }
                                                __hicam_stack
                                                    .save_all(move |__hicam_frame| {
                                                        __hicam_frame.save(&__hicam_var_3, __hicam_iter_3);
                                                    });
                                                break '__hicam_exit_4;
                                            };
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
                                __hicam_frame.save(&__hicam_var_1, __hicam_iter_1);
                            });
                        break '__hicam_exit_2;
                    };
                    break '__hicam_value_1 None;
                }
                __hicam_stack
                    .save_all(move |__hicam_frame| {
                        __hicam_frame.save_slot(&__hicam_var_0, __hicam_slot_0_rows);
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
            .local(&__hicam_var_3, (&&&&&&&&&&&&&&__hicam_var_3.probe()).codec::<3>());
        __hicam_stack
            .local(&__hicam_var_4, (&&&&&&&&&&&&&&__hicam_var_4.probe()).codec::<7>());
        if let ::hicam::__private::Next::Suspended = __hicam_stack.close(&__HICAM_INFO) {
            return ::hicam::__private::Flow::Suspended;
        }
    }
}
