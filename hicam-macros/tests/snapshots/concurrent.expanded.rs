// Written by the test `expansions_are_the_reviewed_ones`.

async fn __hicam_body_fetches(
    jobs: &Jobs,
    __hicam_arg_1: ::hicam::__private::Arg<u64>,
    __hicam_stack: &mut ::hicam::__private::Stack,
) -> ::hicam::__private::Flow<u64> {
    static __HICAM_INFO: ::hicam::__private::FnInfo = ::hicam::__private::FnInfo {
        name: ::core::concat!(::core::module_path!(), "::", "fetches"),
        aliases: &[],
        file: ::core::file!(),
        fingerprint: 8834024312566743220u64,
        locals: &[
            (1u16, "wanted"),
            (2u16, "__hicam_operand_1"),
            (7u16, "first"),
            (8u16, "branch 0 of join 5"),
            (9u16, "branch 1 of join 5"),
        ],
        points: &[
            ::hicam::__private::PointInfo {
                name: "entry",
                line: 1u32,
                column: 10u32,
                kind: ::hicam::__private::PointKind::Entry,
                needs: &[1u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "before select!",
                line: 2u32,
                column: 17u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[1u16, 2u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "in select!",
                line: 2u32,
                column: 17u32,
                kind: ::hicam::__private::PointKind::InBranches,
                needs: &[1u16, 2u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "before join!",
                line: 7u32,
                column: 22u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[1u16, 2u16, 7u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "in join!",
                line: 7u32,
                column: 22u32,
                kind: ::hicam::__private::PointKind::InBranches,
                needs: &[1u16, 2u16],
                keeps: &[],
            },
        ],
        upgrade: ::core::option::Option::None,
    };
    let mut __hicam_arg_0 = jobs;
    let mut __hicam_arg_1 = __hicam_arg_1;
    let __hicam_var_1 = ::hicam::__private::Var::new(1u16, "wanted");
    let __hicam_var_2 = ::hicam::__private::Var::new(2u16, "__hicam_operand_1");
    let __hicam_var_7 = ::hicam::__private::Var::new(7u16, "first");
    let __hicam_var_8 = ::hicam::__private::Var::new(8u16, "branch 0 of join 5");
    let __hicam_var_9 = ::hicam::__private::Var::new(9u16, "branch 1 of join 5");
    loop {
        '__hicam_suspended: {
            if __hicam_stack.must_decode(&__HICAM_INFO) {
                break '__hicam_suspended;
            }
            let ::core::option::Option::Some(mut __hicam_pc) = __hicam_stack
                .enter(&__HICAM_INFO) else {
                break '__hicam_suspended;
            };
            let jobs = __hicam_arg_0;
            let __hicam_arg_1 = ::core::mem::replace(
                &mut __hicam_arg_1,
                ::hicam::__private::Arg::Resumed,
            );
            let __hicam_value: u64 = '__hicam_value_1: {
                let (wanted,) = if __hicam_pc == 0 {
                    let ::core::option::Option::Some(wanted) = ::hicam::__private::Arg::value(
                        __hicam_arg_1,
                    ) else {
                        __hicam_stack.missing("wanted", &__HICAM_INFO);
                        break '__hicam_suspended;
                    };
                    (wanted,)
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
                    let (mut __hicam_operand_1,) = if __hicam_pc <= 1u32 {
                        {
                            if __hicam_pc == 1u32 {
                                __hicam_pc = 0;
                            } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                                __hicam_stack.arrive(1u32);
                                break '__hicam_exit_2;
                            }
                        };
                        let mut __hicam_operand_1 = wanted > 0;
                        (__hicam_operand_1,)
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
                        if __hicam_pc <= 2u32 {
                            {
                                if __hicam_pc == 2u32 {
                                    __hicam_pc = 0;
                                } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                                    __hicam_stack.arrive(2u32);
                                    break '__hicam_exit_3;
                                }
                            };
                        }
                        let mut __hicam_slot_7_first = ::core::option::Option::None;
                        let () = if __hicam_pc <= 3u32 {
                            let first = {
                                let mut __hicam_value_4 = {
                                    #[allow(unused_imports)]
                                    use ::hicam::__private::{
                                        Annotated as _, CanSuspend as _, CannotSuspend as _,
                                        DriveAnnotated as _, DriveForeign as _, ForeignResumer as _,
                                    };
                                    __hicam_stack.at(&__HICAM_INFO, 3u32);
                                    let __hicam_fresh = __hicam_pc != 3u32;
                                    let ((mut __hicam_arg_2,), (mut __hicam_arg_3,)) = if __hicam_fresh {
                                        (
                                            (::core::option::Option::Some(wanted),),
                                            (::core::option::Option::Some(__hicam_operand_1),),
                                        )
                                    } else {
                                        __hicam_pc = 0;
                                        (
                                            (::core::option::Option::None,),
                                            (::core::option::Option::None,),
                                        )
                                    };
                                    let __hicam_tag_0 = ::hicam::__private::Tag::new();
                                    let __hicam_tag_1 = ::hicam::__private::Tag::new();
                                    let mut __hicam_result_0 = ::core::option::Option::None;
                                    let mut __hicam_result_1 = ::core::option::Option::None;
                                    let [mut __hicam_stack_0, mut __hicam_stack_1] = __hicam_stack
                                        .branches::<2usize>();
                                    let __hicam_branches = ::hicam::__private::Branches::new(
                                        __hicam_stack.flag(),
                                    );
                                    let mut __hicam_turns = ::hicam::__private::Turns::new(
                                        ::hicam::__private::Order::Biased,
                                        2usize,
                                        __hicam_fresh,
                                    );
                                    let __hicam_ended = {
                                        let __hicam_own_1 = __hicam_branches
                                            .own(&mut __hicam_stack_1);
                                        let mut __hicam_block_1 = ::core::pin::pin!(
                                            async { let mut __hicam_own_1 = __hicam_own_1; let mut
                                            __hicam_first = __hicam_fresh; if ! __hicam_first && !
                                            __hicam_own_1.is_resuming() { return; } loop { let
                                            __hicam_flow = if __hicam_first { __hicam_first = false; let
                                            () = () else { return }; let __hicam_operand = __hicam_tag_1
                                            .of(look(& * jobs)); if __hicam_arg_3.take() !=
                                            ::core::option::Option::Some(true) { __hicam_branches
                                            .disable(1u32). await; } __hicam_branches.evaluated().
                                            await; (& mut & mut
                                            ::hicam::__private::Site(__hicam_operand)).drive(& mut * (&
                                            mut * __hicam_own_1)). await } else { let __hicam_tag =
                                            __hicam_tag_1; (& mut & mut ::hicam::__private::Site({ let
                                            __hicam_tag = __hicam_tag_1; (&& __hicam_tag_1).resumer1()
                                            (& * jobs) })).drive(& mut * (& mut * __hicam_own_1)). await
                                            }; match __hicam_flow {
                                            ::hicam::__private::Flow::Done(__hicam_done) => { if !
                                            (match & __hicam_done { #[allow(unreachable_patterns)]
                                            Some(_) => true, #[allow(unreachable_patterns)] _ => false,
                                            }) { return; } __hicam_branches.end(); __hicam_result_1 =
                                            ::core::option::Option::Some(__hicam_done); return; }
                                            ::hicam::__private::Flow::Suspended => __hicam_branches
                                            .rest(1u32, & mut __hicam_own_1). await, } } }
                                        );
                                        let __hicam_own_0 = __hicam_branches
                                            .own(&mut __hicam_stack_0);
                                        let mut __hicam_block_0 = ::core::pin::pin!(
                                            async { let mut __hicam_own_0 = __hicam_own_0; let mut
                                            __hicam_first = __hicam_fresh; if ! __hicam_first && !
                                            __hicam_own_0.is_resuming() { return; } loop { let
                                            __hicam_flow = if __hicam_first { __hicam_first = false; let
                                            (::core::option::Option::Some(mut __hicam_arg_2),) =
                                            (__hicam_arg_2.take(),) else { return }; let __hicam_operand
                                            = __hicam_tag_0.of(find(& * jobs, __hicam_arg_2));
                                            __hicam_branches.evaluated(). await; (& mut & mut
                                            ::hicam::__private::Site(__hicam_operand)).drive(& mut * (&
                                            mut * __hicam_own_0)). await } else { let __hicam_tag =
                                            __hicam_tag_0; (& mut & mut ::hicam::__private::Site({ let
                                            __hicam_tag = __hicam_tag_0; (&& __hicam_tag_0).resumer2()
                                            (& * jobs, (& & __hicam_tag)
                                            .given(::hicam::__private::Resumed)) })).drive(& mut * (&
                                            mut * __hicam_own_0)). await }; match __hicam_flow {
                                            ::hicam::__private::Flow::Done(__hicam_done) => {
                                            __hicam_branches.end(); __hicam_result_0 =
                                            ::core::option::Option::Some(__hicam_done); return; }
                                            ::hicam::__private::Flow::Suspended => __hicam_branches
                                            .rest(0u32, & mut __hicam_own_0). await, } } }
                                        );
                                        ::core::future::poll_fn(|__hicam_cx| {
                                                __hicam_turns
                                                    .poll(
                                                        &__hicam_branches,
                                                        __hicam_cx,
                                                        |__hicam_number, __hicam_cx| match __hicam_number {
                                                            0usize => {
                                                                ::core::future::Future::poll(
                                                                    __hicam_block_0.as_mut(),
                                                                    __hicam_cx,
                                                                )
                                                            }
                                                            1usize => {
                                                                ::core::future::Future::poll(
                                                                    __hicam_block_1.as_mut(),
                                                                    __hicam_cx,
                                                                )
                                                            }
                                                            _ => ::core::task::Poll::Ready(()),
                                                        },
                                                    )
                                            })
                                            .await
                                    };
                                    let __hicam_any = ::hicam::__private::Or::or(
                                        ::hicam::__private::Or::or(
                                            ::hicam::__private::Cannot,
                                            (&&__hicam_tag_0).suspends(),
                                        ),
                                        (&&__hicam_tag_1).suspends(),
                                    );
                                    ::hicam::__private::beside(
                                        __hicam_any,
                                        (&&__hicam_tag_0).suspends(),
                                    );
                                    ::hicam::__private::beside(
                                        __hicam_any,
                                        (&&__hicam_tag_1).suspends(),
                                    );
                                    if !__hicam_fresh {}
                                    ::core::mem::drop(__hicam_arg_2);
                                    ::core::mem::drop(__hicam_arg_3);
                                    if __hicam_ended == ::hicam::__private::Ended::Suspended {
                                        let __hicam_finished = [
                                            __hicam_turns.is_finished(0usize),
                                            __hicam_turns.is_finished(1usize),
                                        ];
                                        __hicam_stack
                                            .suspended_in_branches(
                                                3u32,
                                                [__hicam_stack_0, __hicam_stack_1],
                                                __hicam_finished,
                                                &__HICAM_INFO,
                                            );
                                        break '__hicam_exit_3;
                                    }
                                    let __hicam_chosen: ::hicam::__private::Chosen<
                                        _,
                                        ::hicam::__private::Chosen<_, ::core::convert::Infallible>,
                                    > = if let ::core::option::Option::Some(__hicam_chosen) = __hicam_result_0 {
                                        ::hicam::__private::Chosen::This(__hicam_chosen)
                                    } else if let ::core::option::Option::Some(
                                        __hicam_chosen,
                                    ) = __hicam_result_1 {
                                        ::hicam::__private::Chosen::Other(
                                            ::hicam::__private::Chosen::This(__hicam_chosen),
                                        )
                                    } else {
                                        ::core::panic!(
                                            "all branches are disabled and there is no else branch"
                                        )
                                    };
                                    __hicam_chosen
                                };
                                match __hicam_value_4 {
                                    ::hicam::__private::Chosen::This(found) => found,
                                    ::hicam::__private::Chosen::Other(
                                        ::hicam::__private::Chosen::This(Some(cached)),
                                    ) => cached,
                                    #[allow(unreachable_patterns)]
                                    __hicam_other => {
                                        ::core::unreachable!(
                                            "a branch of `select!` was chosen whose pattern does not match"
                                        )
                                    }
                                }
                            };
                            __hicam_slot_7_first = ::core::option::Option::Some(first);
                            ()
                        } else {
                            __hicam_slot_7_first = __hicam_stack
                                .restore_slot(&__hicam_var_7);
                            ()
                        };
                        let mut first;
                        '__hicam_exit_4: {
                            if __hicam_pc <= 4u32 {
                                {
                                    if __hicam_pc == 4u32 {
                                        __hicam_pc = 0;
                                    } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                                        __hicam_stack.arrive(4u32);
                                        break '__hicam_exit_4;
                                    }
                                };
                            }
                            let (one, two) = {
                                #[allow(unused_imports)]
                                use ::hicam::__private::{
                                    Annotated as _, CanSuspend as _, CannotSuspend as _,
                                    DriveAnnotated as _, DriveForeign as _, ForeignResumer as _,
                                };
                                __hicam_stack.at(&__HICAM_INFO, 5u32);
                                if false {
                                    first = ::hicam::__private::never(&__hicam_slot_7_first);
                                }
                                let __hicam_fresh = __hicam_pc != 5u32;
                                let ((mut __hicam_arg_5,), ()) = if __hicam_fresh {
                                    first = match __hicam_slot_7_first.take() {
                                        ::core::option::Option::Some(__hicam_taken) => __hicam_taken,
                                        ::core::option::Option::None => {
                                            __hicam_stack.missing("first", &__HICAM_INFO);
                                            break '__hicam_exit_4;
                                        }
                                    };
                                    ((::core::option::Option::Some(first),), ())
                                } else {
                                    __hicam_pc = 0;
                                    ((::core::option::Option::None,), ())
                                };
                                let __hicam_tag_0 = ::hicam::__private::Tag::new();
                                let __hicam_tag_1 = ::hicam::__private::Tag::new();
                                let mut __hicam_result_0 = ::core::option::Option::None;
                                let mut __hicam_result_1 = ::core::option::Option::None;
                                let [mut __hicam_stack_0, mut __hicam_stack_1] = __hicam_stack
                                    .branches::<2usize>();
                                let __hicam_branches = ::hicam::__private::Branches::new(
                                    __hicam_stack.flag(),
                                );
                                let mut __hicam_turns = ::hicam::__private::Turns::new(
                                    ::hicam::__private::Order::Fair,
                                    2usize,
                                    __hicam_fresh,
                                );
                                let __hicam_ended = {
                                    let __hicam_own_1 = __hicam_branches
                                        .own(&mut __hicam_stack_1);
                                    let mut __hicam_block_1 = ::core::pin::pin!(
                                        async { let mut __hicam_own_1 = __hicam_own_1; let mut
                                        __hicam_first = __hicam_fresh; if ! __hicam_first && !
                                        __hicam_own_1.is_resuming() { return; } loop { let
                                        __hicam_flow = if __hicam_first { __hicam_first = false; let
                                        () = () else { return }; let __hicam_operand = __hicam_tag_1
                                        .of(count(& * jobs)); __hicam_branches.evaluated(). await;
                                        (& mut & mut ::hicam::__private::Site(__hicam_operand))
                                        .drive(& mut * (& mut * __hicam_own_1)). await } else { let
                                        __hicam_tag = __hicam_tag_1; (& mut & mut
                                        ::hicam::__private::Site({ let __hicam_tag = __hicam_tag_1;
                                        (&& __hicam_tag_1).resumer1() (& * jobs) })).drive(& mut *
                                        (& mut * __hicam_own_1)). await }; match __hicam_flow {
                                        ::hicam::__private::Flow::Done(__hicam_done) => {
                                        __hicam_result_1 =
                                        ::core::option::Option::Some(__hicam_done); return; }
                                        ::hicam::__private::Flow::Suspended => __hicam_branches
                                        .rest(1u32, & mut __hicam_own_1). await, } } }
                                    );
                                    let __hicam_own_0 = __hicam_branches
                                        .own(&mut __hicam_stack_0);
                                    let mut __hicam_block_0 = ::core::pin::pin!(
                                        async { let mut __hicam_own_0 = __hicam_own_0; let mut
                                        __hicam_first = __hicam_fresh; if ! __hicam_first && !
                                        __hicam_own_0.is_resuming() { return; } loop { let
                                        __hicam_flow = if __hicam_first { __hicam_first = false; let
                                        (::core::option::Option::Some(mut __hicam_arg_5),) =
                                        (__hicam_arg_5.take(),) else { return }; let __hicam_operand
                                        = __hicam_tag_0.of(find(& * jobs, __hicam_arg_5));
                                        __hicam_branches.evaluated(). await; (& mut & mut
                                        ::hicam::__private::Site(__hicam_operand)).drive(& mut * (&
                                        mut * __hicam_own_0)). await } else { let __hicam_tag =
                                        __hicam_tag_0; (& mut & mut ::hicam::__private::Site({ let
                                        __hicam_tag = __hicam_tag_0; (&& __hicam_tag_0).resumer2()
                                        (& * jobs, (& & __hicam_tag)
                                        .given(::hicam::__private::Resumed)) })).drive(& mut * (&
                                        mut * __hicam_own_0)). await }; match __hicam_flow {
                                        ::hicam::__private::Flow::Done(__hicam_done) => {
                                        __hicam_result_0 =
                                        ::core::option::Option::Some(__hicam_done); return; }
                                        ::hicam::__private::Flow::Suspended => __hicam_branches
                                        .rest(0u32, & mut __hicam_own_0). await, } } }
                                    );
                                    ::core::future::poll_fn(|__hicam_cx| {
                                            __hicam_turns
                                                .poll(
                                                    &__hicam_branches,
                                                    __hicam_cx,
                                                    |__hicam_number, __hicam_cx| match __hicam_number {
                                                        0usize => {
                                                            ::core::future::Future::poll(
                                                                __hicam_block_0.as_mut(),
                                                                __hicam_cx,
                                                            )
                                                        }
                                                        1usize => {
                                                            ::core::future::Future::poll(
                                                                __hicam_block_1.as_mut(),
                                                                __hicam_cx,
                                                            )
                                                        }
                                                        _ => ::core::task::Poll::Ready(()),
                                                    },
                                                )
                                        })
                                        .await
                                };
                                let __hicam_any = ::hicam::__private::Or::or(
                                    ::hicam::__private::Or::or(
                                        ::hicam::__private::Cannot,
                                        (&&__hicam_tag_0).suspends(),
                                    ),
                                    (&&__hicam_tag_1).suspends(),
                                );
                                if !__hicam_fresh {
                                    if __hicam_result_0.is_none() {
                                        __hicam_result_0 = ::hicam::__private::Keep::back(
                                            __hicam_any,
                                            __hicam_stack.restore_slot(&__hicam_var_8),
                                        );
                                    }
                                    if __hicam_result_1.is_none() {
                                        __hicam_result_1 = ::hicam::__private::Keep::back(
                                            __hicam_any,
                                            __hicam_stack.restore_slot(&__hicam_var_9),
                                        );
                                    }
                                }
                                ::core::mem::drop(__hicam_arg_5);
                                if __hicam_ended == ::hicam::__private::Ended::Suspended {
                                    let __hicam_finished = [
                                        __hicam_result_0.is_some(),
                                        __hicam_result_1.is_some(),
                                    ];
                                    __hicam_stack
                                        .save_slot(
                                            &__hicam_var_8,
                                            ::hicam::__private::Keep::keep(
                                                __hicam_any,
                                                __hicam_result_0,
                                            ),
                                        );
                                    __hicam_stack
                                        .save_slot(
                                            &__hicam_var_9,
                                            ::hicam::__private::Keep::keep(
                                                __hicam_any,
                                                __hicam_result_1,
                                            ),
                                        );
                                    __hicam_stack
                                        .suspended_in_branches(
                                            5u32,
                                            [__hicam_stack_0, __hicam_stack_1],
                                            __hicam_finished,
                                            &__HICAM_INFO,
                                        );
                                    break '__hicam_exit_4;
                                }
                                let (
                                    ::core::option::Option::Some(__hicam_result_0),
                                    ::core::option::Option::Some(__hicam_result_1),
                                ) = (__hicam_result_0, __hicam_result_1) else {
                                    __hicam_stack.missing("result of a branch", &__HICAM_INFO);
                                    break '__hicam_exit_4;
                                };
                                (__hicam_result_0, __hicam_result_1)
                            };
                            break '__hicam_value_1 one + two;
                        }
                        __hicam_stack
                            .save_all(move |__hicam_frame| {
                                __hicam_frame
                                    .save_slot(&__hicam_var_7, __hicam_slot_7_first);
                            });
                        break '__hicam_exit_3;
                    }
                    __hicam_stack
                        .save_all(move |__hicam_frame| {
                            __hicam_frame.save(&__hicam_var_2, __hicam_operand_1);
                        });
                    break '__hicam_exit_2;
                }
                __hicam_stack
                    .save_all(move |__hicam_frame| {
                        __hicam_frame.save(&__hicam_var_1, wanted);
                    });
                break '__hicam_suspended;
            };
            return ::hicam::__private::Flow::Done(__hicam_value);
        }
        __hicam_stack
            .local(&__hicam_var_1, (&&&&&&&&&&&&&&__hicam_var_1.probe()).codec::<1>());
        __hicam_stack
            .local(&__hicam_var_2, (&&&&&&&&&&&&&&__hicam_var_2.probe()).codec::<2>());
        __hicam_stack
            .local(&__hicam_var_7, (&&&&&&&&&&&&&&__hicam_var_7.probe()).codec::<7>());
        __hicam_stack
            .local(&__hicam_var_8, (&&&&&&&&&&&&&&__hicam_var_8.probe()).codec::<0>());
        __hicam_stack
            .local(&__hicam_var_9, (&&&&&&&&&&&&&&__hicam_var_9.probe()).codec::<0>());
        if let ::hicam::__private::Next::Suspended = __hicam_stack.close(&__HICAM_INFO) {
            return ::hicam::__private::Flow::Suspended;
        }
    }
}
