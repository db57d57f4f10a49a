// Written by the test `expansions_are_the_reviewed_ones`.

async fn __hicam_body_lengths(
    words: &[String],
    out: &mut Vec<usize>,
    __hicam_stack: &mut ::hicam::__private::Stack,
) -> ::hicam::__private::Flow<()> {
    static __HICAM_INFO: ::hicam::__private::FnInfo = ::hicam::__private::FnInfo {
        name: ::core::concat!(::core::module_path!(), "::", "lengths"),
        aliases: &[],
        file: ::core::file!(),
        fingerprint: 7075165133366633003u64,
        locals: &[
            (2u16, "__hicam_count_5"),
            (3u16, "for i, length: passed"),
            (10u16, "i"),
            (11u16, "length"),
            (7u16, "word@2"),
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
                name: "for i, length",
                line: 2u32,
                column: 5u32,
                kind: ::hicam::__private::PointKind::Loop,
                needs: &[2u16, 3u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "before send",
                line: 3u32,
                column: 25u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[2u16, 3u16, 10u16, 11u16],
                keeps: &[7u16],
            },
            ::hicam::__private::PointInfo {
                name: "in send",
                line: 3u32,
                column: 25u32,
                kind: ::hicam::__private::PointKind::InCall,
                needs: &[2u16, 3u16, 10u16, 11u16],
                keeps: &[7u16],
            },
        ],
        upgrade: ::core::option::Option::None,
    };
    let mut __hicam_arg_0 = words;
    let mut __hicam_arg_1 = out;
    let __hicam_var_2 = ::hicam::__private::Var::new(2u16, "__hicam_count_5");
    let __hicam_var_3 = ::hicam::__private::Var::new(3u16, "for i, length: passed");
    let __hicam_var_10 = ::hicam::__private::Var::new(10u16, "i");
    let __hicam_var_11 = ::hicam::__private::Var::new(11u16, "length");
    let __hicam_var_7 = ::hicam::__private::Var::new(7u16, "word@2");
    loop {
        '__hicam_suspended: {
            if __hicam_stack.must_decode(&__HICAM_INFO) {
                break '__hicam_suspended;
            }
            let ::core::option::Option::Some(mut __hicam_pc) = __hicam_stack
                .enter(&__HICAM_INFO) else {
                break '__hicam_suspended;
            };
            let words = __hicam_arg_0;
            let out = &mut *__hicam_arg_1;
            let __hicam_value: () = '__hicam_value_1: {
                let (mut __hicam_count_5,) = if __hicam_pc <= 1u32 {
                    {
                        if __hicam_pc == 1u32 {
                            __hicam_pc = 0;
                        } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                            __hicam_stack.arrive(1u32);
                            break '__hicam_suspended;
                        }
                    };
                    let mut __hicam_count_5 = 0usize;
                    (__hicam_count_5,)
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
                        ::core::option::Option::None => break '__hicam_suspended,
                    }
                };
                '__hicam_exit_2: {
                    break '__hicam_value_1 '__hicam_value_3: {
                        let (mut __hicam_passed_8,) = if __hicam_pc == 0 {
                            let mut __hicam_passed_8 = ::core::default::Default::default();
                            (__hicam_passed_8,)
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
                        '__hicam_exit_4: {
                            let mut __hicam_iter_7 = ::hicam::__private::iterate::again(
                                ::hicam::__private::iterate::Lent(
                                    ::hicam::__private::iterate::adaptor::standard(
                                        words.iter(),
                                        ::hicam::__private::iterate::adaptor::named::filter,
                                        |__hicam_adapted| __hicam_adapted.filter(|_| true),
                                    ),
                                ),
                                &mut __hicam_passed_8,
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
                                '__hicam_loop_6: loop {
                                    '__hicam_pass___hicam_loop_6: {
                                        '__hicam_value_5: {
                                            let ::core::option::Option::Some(__hicam_item_1) = ::core::iter::Iterator::next(
                                                &mut __hicam_iter_7,
                                            ) else { break '__hicam_loop_6 };
                                            let (__hicam_kept_7_word__2, i, length) = if __hicam_pc == 0
                                            {
                                                ::hicam::__private::iterate::Passed::pass(
                                                    &mut __hicam_passed_8,
                                                    1,
                                                );
                                                if !({
                                                    let word = &__hicam_item_1;
                                                    !word.is_empty()
                                                }) {
                                                    break '__hicam_pass___hicam_loop_6;
                                                }
                                                let word__2 = __hicam_item_1;
                                                let __hicam_item_3 = word__2.len();
                                                let __hicam_item_4 = __hicam_count_5;
                                                __hicam_count_5 += 1;
                                                let i = __hicam_item_4;
                                                let length = __hicam_item_3;
                                                __hicam_var_7.see(&word__2);
                                                let __hicam_kept_7_word__2 = (&&&&&&&&&&&&&&&__hicam_var_7
                                                    .probe())
                                                    .keep(word__2);
                                                (__hicam_kept_7_word__2, i, length)
                                            } else {
                                                match __hicam_stack
                                                    .restore_all(|__hicam_frame| {
                                                        ::core::option::Option::Some((
                                                            __hicam_frame.restore_kept(&__hicam_var_7),
                                                            __hicam_frame.restore(&__hicam_var_10, &__HICAM_INFO)?,
                                                            __hicam_frame.restore(&__hicam_var_11, &__HICAM_INFO)?,
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
                                                            __hicam_tag.of(send(i, length)),
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
                                                            break '__hicam_exit_6;
                                                        }
                                                    }
                                                };
                                                break '__hicam_value_5 ();
                                            }
                                            __hicam_stack
                                                .save_all(move |__hicam_frame| {
                                                    __hicam_frame
                                                        .save_kept(&__hicam_var_7, __hicam_kept_7_word__2);
                                                    __hicam_frame.save(&__hicam_var_10, i);
                                                    __hicam_frame.save(&__hicam_var_11, length);
                                                });
                                            break '__hicam_exit_4;
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
                            ::hicam::__private::iterate::Lent(words.iter()),
                            &mut __hicam_passed_8,
                        );
                        __hicam_stack
                            .save_all(move |__hicam_frame| {
                                __hicam_frame.save(&__hicam_var_3, __hicam_passed_8);
                            });
                        break '__hicam_exit_2;
                    };
                }
                __hicam_stack
                    .save_all(move |__hicam_frame| {
                        __hicam_frame.save(&__hicam_var_2, __hicam_count_5);
                    });
                break '__hicam_suspended;
            };
            return ::hicam::__private::Flow::Done(__hicam_value);
        }
        __hicam_stack
            .local(&__hicam_var_2, (&&&&&&&&&&&&&&__hicam_var_2.probe()).codec::<2>());
        __hicam_stack
            .local(&__hicam_var_3, (&&&&&&&&&&&&&&__hicam_var_3.probe()).codec::<2>());
        __hicam_stack
            .local(&__hicam_var_10, (&&&&&&&&&&&&&&__hicam_var_10.probe()).codec::<3>());
        __hicam_stack
            .local(&__hicam_var_11, (&&&&&&&&&&&&&&__hicam_var_11.probe()).codec::<3>());
        (&&&&&&&&&&&&&&&__hicam_var_7.probe()).kept(__hicam_stack, &__hicam_var_7);
        if let ::hicam::__private::Next::Suspended = __hicam_stack.close(&__HICAM_INFO) {
            return ::hicam::__private::Flow::Suspended;
        }
    }
}
