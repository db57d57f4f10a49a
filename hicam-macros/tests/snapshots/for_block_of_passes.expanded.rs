// Written by the test `expansions_are_the_reviewed_ones`.

async fn __hicam_body_sums(
    __hicam_arg_0: ::hicam::__private::Arg<u64>,
    __hicam_stack: &mut ::hicam::__private::Stack,
) -> ::hicam::__private::Flow<u64> {
    static __HICAM_INFO: ::hicam::__private::FnInfo = ::hicam::__private::FnInfo {
        name: ::core::concat!(::core::module_path!(), "::", "sums"),
        aliases: &[],
        file: ::core::file!(),
        fingerprint: 9720025773222405973u64,
        locals: &[(0u16, "n"), (1u16, "total"), (2u16, "for i: iterator")],
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
                name: "for i",
                line: 3u32,
                column: 5u32,
                kind: ::hicam::__private::PointKind::Loop,
                needs: &[0u16, 1u16, 2u16],
                keeps: &[],
            },
        ],
        upgrade: ::core::option::Option::None,
    };
    let mut __hicam_arg_0 = __hicam_arg_0;
    let __hicam_var_0 = ::hicam::__private::Var::new(0u16, "n");
    let __hicam_var_1 = ::hicam::__private::Var::new(1u16, "total");
    let __hicam_var_2 = ::hicam::__private::Var::new(2u16, "for i: iterator");
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
                    let (mut total,) = if __hicam_pc <= 1u32 {
                        {
                            if __hicam_pc == 1u32 {
                                __hicam_pc = 0;
                            } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                                __hicam_stack.arrive(1u32);
                                break '__hicam_exit_2;
                            }
                        };
                        let mut total = 0u64;
                        (total,)
                    } else {
                        match __hicam_stack
                            .restore_all(|__hicam_frame| {
                                ::core::option::Option::Some((
                                    __hicam_frame
                                        .restore_at_loop(&__hicam_var_1, &__HICAM_INFO)?,
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
                            let (mut __hicam_iter_2,) = if __hicam_pc == 0 {
                                let mut __hicam_iter_2 = ::core::iter::IntoIterator::into_iter(
                                    0..n,
                                );
                                (__hicam_iter_2,)
                            } else {
                                match __hicam_stack
                                    .restore_all(|__hicam_frame| {
                                        ::core::option::Option::Some((
                                            __hicam_frame
                                                .restore_at_loop(&__hicam_var_2, &__HICAM_INFO)?,
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
                                            {
                                                let ::core::option::Option::Some(
                                                    (__hicam_block_3, __hicam_passes_4),
                                                ) = (&mut &mut ::hicam::__private::iterate::Passes(
                                                    &mut __hicam_iter_2,
                                                ))
                                                    .next_block(__hicam_flag.passes(14563usize)) else {
                                                    break '__hicam_loop_1
                                                };
                                                for i in __hicam_block_3 {
                                                    total = total.wrapping_add(i * i);
                                                }
                                                ()
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
                                    __hicam_frame.save_at_loop(&__hicam_var_2, __hicam_iter_2);
                                });
                            break '__hicam_exit_3;
                        };
                        break '__hicam_value_1 total;
                    }
                    __hicam_stack
                        .save_all(move |__hicam_frame| {
                            __hicam_frame.save_at_loop(&__hicam_var_1, total);
                        });
                    break '__hicam_exit_2;
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
            .local(&__hicam_var_1, (&&&&&&&&&&&&&&__hicam_var_1.probe()).codec::<3>());
        __hicam_stack
            .local(&__hicam_var_2, (&&&&&&&&&&&&&&__hicam_var_2.probe()).codec::<3>());
        if let ::hicam::__private::Next::Suspended = __hicam_stack.close(&__HICAM_INFO) {
            return ::hicam::__private::Flow::Suspended;
        }
    }
}
