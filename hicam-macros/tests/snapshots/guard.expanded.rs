// Written by the test `expansions_are_the_reviewed_ones`.

async fn __hicam_body_serves(
    __hicam_arg_0: ::hicam::__private::Arg<Request>,
    log: &mut Vec<u64>,
    __hicam_stack: &mut ::hicam::__private::Stack,
) -> ::hicam::__private::Flow<u64> {
    static __HICAM_INFO: ::hicam::__private::FnInfo = ::hicam::__private::FnInfo {
        name: ::core::concat!(::core::module_path!(), "::", "serves"),
        aliases: &[],
        file: ::core::file!(),
        fingerprint: 327454340815323611u64,
        locals: &[(1u16, "request"), (5u16, "name__2@3")],
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
                name: "before allowed",
                line: 5u32,
                column: 52u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[1u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "in allowed",
                line: 5u32,
                column: 52u32,
                kind: ::hicam::__private::PointKind::InCall,
                needs: &[1u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "before read",
                line: 5u32,
                column: 72u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[5u16],
                keeps: &[1u16],
            },
            ::hicam::__private::PointInfo {
                name: "in read",
                line: 5u32,
                column: 72u32,
                kind: ::hicam::__private::PointKind::InCall,
                needs: &[],
                keeps: &[1u16, 5u16],
            },
        ],
        upgrade: ::core::option::Option::None,
    };
    let mut __hicam_arg_0 = __hicam_arg_0;
    let mut __hicam_arg_1 = log;
    let __hicam_var_1 = ::hicam::__private::Var::new(1u16, "request");
    let __hicam_var_5 = ::hicam::__private::Var::new(5u16, "name__2@3");
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
            let log = &mut *__hicam_arg_1;
            let __hicam_value: u64 = '__hicam_value_1: {
                const _: fn() = || {
                    let name @ _ = ();
                };
                let mut __hicam_slot_1_request: ::core::option::Option<Request> = ::core::option::Option::None;
                let () = if __hicam_pc == 0 {
                    let ::core::option::Option::Some(request) = ::hicam::__private::Arg::value(
                        __hicam_arg_0,
                    ) else {
                        __hicam_stack.missing("request", &__HICAM_INFO);
                        break '__hicam_suspended;
                    };
                    __hicam_slot_1_request = ::core::option::Option::Some(request);
                    ()
                } else {
                    __hicam_slot_1_request = __hicam_stack.restore_slot(&__hicam_var_1);
                    ()
                };
                let mut request: Request;
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
                        let mut __hicam_bound_name_1 = ::core::option::Option::None;
                        let mut __hicam_bound_name__2_2 = ::core::option::Option::None;
                        let __hicam_arm: u32 = if matches!(
                            __hicam_pc, 0 | 2u32..= 3u32
                        ) {
                            request = match __hicam_slot_1_request.take() {
                                ::core::option::Option::Some(__hicam_taken) => __hicam_taken,
                                ::core::option::Option::None => {
                                    __hicam_stack.missing("request", &__HICAM_INFO);
                                    break '__hicam_exit_2;
                                }
                            };
                            let __hicam_arm: u32 = '__hicam_held_7: {
                                '__hicam_exit_5: {
                                    break '__hicam_held_7 match request {
                                        Request::Wait => {
                                            __hicam_slot_1_request = ::core::option::Option::Some(
                                                request,
                                            );
                                            0u32
                                        }
                                        Request::Read(
                                            name,
                                        ) if (if __hicam_pc == 0 {
                                            name.is_empty()
                                        } else {
                                            false
                                        }) => {
                                            __hicam_bound_name_1 = ::core::option::Option::Some(name);
                                            1u32
                                        }
                                        Request::Read(
                                            name__2,
                                        ) if (if matches!(__hicam_pc, 0 | 2u32..= 3u32) {
                                            '__hicam_value_6: {
                                                break '__hicam_value_6 {
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
                                                        break '__hicam_exit_5;
                                                    }
                                                    __hicam_stack.at(&__HICAM_INFO, 3u32);
                                                    let __hicam_tag = ::hicam::__private::Tag::new();
                                                    let __hicam_flow = if __hicam_pc != 3u32 {
                                                        (&mut &mut ::hicam::__private::Site(
                                                            __hicam_tag.of(allowed(&name__2, log)),
                                                        ))
                                                            .drive(&mut *__hicam_stack)
                                                            .await
                                                    } else {
                                                        __hicam_pc = 0;
                                                        (&mut &mut ::hicam::__private::Site({
                                                            (&&__hicam_tag).resumer2()(&name__2, &mut *log)
                                                        }))
                                                            .drive(&mut *__hicam_stack)
                                                            .await
                                                    };
                                                    match __hicam_flow {
                                                        ::hicam::__private::Flow::Done(__hicam_done) => __hicam_done,
                                                        ::hicam::__private::Flow::Suspended => {
                                                            __hicam_stack.suspended_in_call(3u32);
                                                            break '__hicam_exit_5;
                                                        }
                                                    }
                                                };
                                            }
                                        } else {
                                            false
                                        }) => {
                                            __hicam_bound_name__2_2 = ::core::option::Option::Some(
                                                name__2,
                                            );
                                            2u32
                                        }
                                        _ => {
                                            __hicam_slot_1_request = ::core::option::Option::Some(
                                                request,
                                            );
                                            3u32
                                        }
                                    };
                                }
                                __hicam_slot_1_request = ::core::option::Option::Some(
                                    request,
                                );
                                break '__hicam_exit_2;
                            };
                            if __hicam_pc != 0 {
                                __hicam_stack.missing("match", &__HICAM_INFO);
                                break '__hicam_suspended;
                            }
                            __hicam_arm
                        } else {
                            match __hicam_pc {
                                4u32..=5u32 => 2u32,
                                _ => 0,
                            }
                        };
                        match __hicam_arm {
                            0u32 => 0,
                            1u32 => {
                                let ::core::option::Option::Some(name) = __hicam_bound_name_1
                                else {
                                    __hicam_stack.missing("name", &__HICAM_INFO);
                                    break '__hicam_suspended;
                                };
                                1
                            }
                            2u32 => '__hicam_value_3: {
                                let mut __hicam_slot_5_name__2 = ::core::option::Option::None;
                                let () = if __hicam_pc == 0 {
                                    let ::core::option::Option::Some(name__2) = __hicam_bound_name__2_2
                                    else {
                                        __hicam_stack.missing("name__2", &__HICAM_INFO);
                                        break '__hicam_suspended;
                                    };
                                    __hicam_slot_5_name__2 = ::core::option::Option::Some(
                                        name__2,
                                    );
                                    ()
                                } else {
                                    __hicam_slot_5_name__2 = __hicam_stack
                                        .restore_slot(&__hicam_var_5);
                                    ()
                                };
                                let mut name__2;
                                '__hicam_exit_4: {
                                    break '__hicam_value_3 {
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
                                            break '__hicam_exit_4;
                                        }
                                        __hicam_stack.at(&__HICAM_INFO, 5u32);
                                        if false {
                                            name__2 = ::hicam::__private::never(
                                                &__hicam_slot_5_name__2,
                                            );
                                        }
                                        let __hicam_tag = ::hicam::__private::Tag::new();
                                        let __hicam_flow = if __hicam_pc != 5u32 {
                                            name__2 = match __hicam_slot_5_name__2.take() {
                                                ::core::option::Option::Some(__hicam_taken) => __hicam_taken,
                                                ::core::option::Option::None => {
                                                    __hicam_stack.missing("name__2@3", &__HICAM_INFO);
                                                    break '__hicam_exit_4;
                                                }
                                            };
                                            (&mut &mut ::hicam::__private::Site(
                                                __hicam_tag
                                                    .of(
                                                        read(
                                                            if false {
                                                                let __hicam_never = ::hicam::__private::never(
                                                                    &__hicam_slot_5_name__2,
                                                                );
                                                                __hicam_never
                                                            } else {
                                                                (&mut &mut ::hicam::__private::Resting(
                                                                    &mut __hicam_slot_5_name__2,
                                                                ))
                                                                    .stay(&name__2);
                                                                name__2
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
                                                                &mut __hicam_slot_5_name__2,
                                                            ))
                                                                .rest()
                                                            {
                                                                ::core::option::Option::Some(__hicam_rest) => __hicam_rest,
                                                                ::core::option::Option::None => {
                                                                    __hicam_stack.missing("name__2@3", &__HICAM_INFO);
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
                                                __hicam_stack.suspended_in_call(5u32);
                                                break '__hicam_exit_4;
                                            }
                                        }
                                    };
                                }
                                __hicam_stack
                                    .save_all(move |__hicam_frame| {
                                        __hicam_frame
                                            .save_slot(&__hicam_var_5, __hicam_slot_5_name__2);
                                    });
                                break '__hicam_exit_2;
                            }
                            _ => 2,
                        }
                    };
                }
                __hicam_stack
                    .save_all(move |__hicam_frame| {
                        __hicam_frame.save_slot(&__hicam_var_1, __hicam_slot_1_request);
                    });
                break '__hicam_suspended;
            };
            return ::hicam::__private::Flow::Done(__hicam_value);
        }
        __hicam_stack
            .local(&__hicam_var_1, (&&&&&&&&&&&&&&__hicam_var_1.probe()).codec::<1>());
        __hicam_stack
            .local(&__hicam_var_5, (&&&&&&&&&&&&&&__hicam_var_5.probe()).codec::<5>());
        (&&&&&&&&&&&&&&&(&&(&__hicam_var_1.probe()).strip()).copied_from()).drop_early();
        (&&&&&(&(&(&(&&(&__hicam_var_1.probe()).strip()).copied_from()).strip()).strip())
            .strip())
            .drops_itself();
        if let ::hicam::__private::Next::Suspended = __hicam_stack.close(&__HICAM_INFO) {
            return ::hicam::__private::Flow::Suspended;
        }
    }
}
