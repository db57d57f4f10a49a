// Written by the test `expansions_are_the_reviewed_ones`.

async fn __hicam_body_matches(
    __hicam_stack: &mut ::hicam::__private::Stack,
) -> ::hicam::__private::Flow<u32> {
    static __HICAM_INFO: ::hicam::__private::FnInfo = ::hicam::__private::FnInfo {
        name: ::core::concat!(::core::module_path!(), "::", "matches"),
        aliases: &[],
        file: ::core::file!(),
        fingerprint: 4546074296444584637u64,
        locals: &[(1u16, "n@2")],
        points: &[
            ::hicam::__private::PointInfo {
                name: "entry",
                line: 4u32,
                column: 10u32,
                kind: ::hicam::__private::PointKind::Entry,
                needs: &[],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "before step",
                line: 6u32,
                column: 33u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[1u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "in step",
                line: 6u32,
                column: 33u32,
                kind: ::hicam::__private::PointKind::InCall,
                needs: &[],
                keeps: &[1u16],
            },
        ],
        upgrade: ::core::option::Option::None,
    };
    let __hicam_var_1 = ::hicam::__private::Var::new(1u16, "n@2");
    let __hicam_lent_0 = ::hicam::__private::Lent::new();
    let __hicam_lent_1 = ::hicam::__private::Lent::new();
    let __hicam_made_link_0 = ::hicam::__private::Link::new();
    loop {
        '__hicam_suspended: {
            if __hicam_stack.must_decode(&__HICAM_INFO) {
                break '__hicam_suspended;
            }
            let ::core::option::Option::Some(mut __hicam_pc) = __hicam_stack
                .enter(&__HICAM_INFO) else {
                break '__hicam_suspended;
            };
            let __hicam_value: u32 = '__hicam_value_1: {
                if __hicam_pc <= 1u32 {
                    {
                        if __hicam_pc == 1u32 {
                            __hicam_pc = 0;
                        } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                            __hicam_stack.arrive(1u32);
                            break '__hicam_suspended;
                        }
                    };
                }
                break '__hicam_value_1 {
                    let mut __hicam_bound_n_1 = ::core::option::Option::None;
                    let __hicam_arm: u32 = if __hicam_pc == 0 {
                        match (match ((match ((match (order()) {
                            __hicam_made => {
                                if false {
                                    ::hicam::__private::diverge();
                                    let mut __hicam_lender = ::hicam::__private::like(
                                        &__hicam_made,
                                    );
                                    __hicam_lent_0
                                        .by(
                                            &__hicam_lender,
                                            &|| {
                                                ::hicam::__private::diverge();
                                                __hicam_made_link_0.of(&__hicam_lender.with(3));
                                            },
                                        );
                                }
                                __hicam_made
                            }
                        })
                            .with(3))
                        {
                            __hicam_made => {
                                if false {
                                    ::hicam::__private::diverge();
                                    __hicam_made_link_0.of(&__hicam_made);
                                }
                                __hicam_made
                            }
                        })) {
                            __hicam_made => {
                                if false {
                                    ::hicam::__private::diverge();
                                    match ::hicam::__private::like(&__hicam_made) {
                                        Some((__hicam_left_0, _)) => {
                                            __hicam_lent_1.value(&__hicam_left_0);
                                        }
                                        #[allow(unreachable_patterns)]
                                        _ => {}
                                    }
                                }
                                __hicam_made
                            }
                        }) {
                            Some((_, n)) => {
                                __hicam_bound_n_1 = ::core::option::Option::Some(n);
                                0u32
                            }
                            None => 1u32,
                        }
                    } else {
                        match __hicam_pc {
                            2u32..=3u32 => 0u32,
                            _ => 0,
                        }
                    };
                    match __hicam_arm {
                        0u32 => '__hicam_value_2: {
                            let mut __hicam_slot_1_n = ::core::option::Option::None;
                            let () = if __hicam_pc == 0 {
                                let ::core::option::Option::Some(n) = __hicam_bound_n_1
                                else {
                                    __hicam_stack.missing("n", &__HICAM_INFO);
                                    break '__hicam_suspended;
                                };
                                __hicam_slot_1_n = ::core::option::Option::Some(n);
                                ()
                            } else {
                                __hicam_slot_1_n = __hicam_stack
                                    .restore_slot(&__hicam_var_1);
                                ()
                            };
                            let mut n;
                            '__hicam_exit_3: {
                                break '__hicam_value_2 {
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
                                        break '__hicam_exit_3;
                                    }
                                    __hicam_stack.at(&__HICAM_INFO, 3u32);
                                    if false {
                                        n = ::hicam::__private::never(&__hicam_slot_1_n);
                                    }
                                    let __hicam_tag = ::hicam::__private::Tag::new();
                                    let __hicam_flow = if __hicam_pc != 3u32 {
                                        n = match __hicam_slot_1_n.take() {
                                            ::core::option::Option::Some(__hicam_taken) => __hicam_taken,
                                            ::core::option::Option::None => {
                                                __hicam_stack.missing("n@2", &__HICAM_INFO);
                                                break '__hicam_exit_3;
                                            }
                                        };
                                        (&mut &mut ::hicam::__private::Site(
                                            __hicam_tag
                                                .of(
                                                    step(
                                                        if false {
                                                            let __hicam_never = ::hicam::__private::never(
                                                                &__hicam_slot_1_n,
                                                            );
                                                            __hicam_never
                                                        } else {
                                                            (&mut &mut ::hicam::__private::Resting(
                                                                &mut __hicam_slot_1_n,
                                                            ))
                                                                .stay(&n);
                                                            n
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
                                                            &mut __hicam_slot_1_n,
                                                        ))
                                                            .rest()
                                                        {
                                                            ::core::option::Option::Some(__hicam_rest) => __hicam_rest,
                                                            ::core::option::Option::None => {
                                                                __hicam_stack.missing("n@2", &__HICAM_INFO);
                                                                break '__hicam_exit_3;
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
                                            __hicam_stack.suspended_in_call(3u32);
                                            break '__hicam_exit_3;
                                        }
                                    }
                                };
                            }
                            __hicam_stack
                                .save_all(move |__hicam_frame| {
                                    __hicam_frame.save_slot(&__hicam_var_1, __hicam_slot_1_n);
                                });
                            break '__hicam_suspended;
                        }
                        _ => 0,
                    }
                };
            };
            return ::hicam::__private::Flow::Done(__hicam_value);
        }
        __hicam_stack
            .local(&__hicam_var_1, (&&&&&&&&&&&&&&__hicam_var_1.probe()).codec::<6>());
        (&&&&&&&&&&&&&&&&__hicam_lent_0.probe())
            .temporary::<6, _, _>(__hicam_lent_0.borrower(), ::hicam::__private::Can);
        (&&&&&(&(&(&__hicam_lent_0.probe()).strip()).strip()).strip())
            .drops_temporary(__hicam_lent_0.borrower(), ::hicam::__private::Can);
        (&&&&&&&&&&&&&&&&__hicam_lent_1.probe())
            .temporary::<6, _, _>(__hicam_lent_1.borrower(), ::hicam::__private::Can);
        (&&&&&(&(&(&__hicam_lent_1.probe()).strip()).strip()).strip())
            .drops_temporary(__hicam_lent_1.borrower(), ::hicam::__private::Can);
        if let ::hicam::__private::Next::Suspended = __hicam_stack.close(&__HICAM_INFO) {
            return ::hicam::__private::Flow::Suspended;
        }
    }
}
