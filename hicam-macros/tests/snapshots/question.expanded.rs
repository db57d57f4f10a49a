// Written by the test `expansions_are_the_reviewed_ones`.

async fn __hicam_body_reads(
    __hicam_arg_0: ::hicam::__private::Arg<String>,
    __hicam_stack: &mut ::hicam::__private::Stack,
) -> ::hicam::__private::Flow<Result<u64, Error>> {
    static __HICAM_INFO: ::hicam::__private::FnInfo = ::hicam::__private::FnInfo {
        name: ::core::concat!(::core::module_path!(), "::", "reads"),
        aliases: &[],
        file: ::core::file!(),
        fingerprint: 4319806921766534617u64,
        locals: &[(0u16, "text")],
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
                name: "before parse",
                line: 2u32,
                column: 29u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[0u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "in parse",
                line: 2u32,
                column: 29u32,
                kind: ::hicam::__private::PointKind::InCall,
                needs: &[],
                keeps: &[0u16],
            },
        ],
        upgrade: ::core::option::Option::None,
    };
    let mut __hicam_arg_0 = __hicam_arg_0;
    let __hicam_var_0 = ::hicam::__private::Var::new(0u16, "text");
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
            let __hicam_value: Result<u64, Error> = '__hicam_value_1: {
                let mut __hicam_slot_0_text: ::core::option::Option<String> = ::core::option::Option::None;
                let () = if __hicam_pc == 0 {
                    let ::core::option::Option::Some(text) = ::hicam::__private::Arg::value(
                        __hicam_arg_0,
                    ) else {
                        __hicam_stack.missing("text", &__HICAM_INFO);
                        break '__hicam_suspended;
                    };
                    __hicam_slot_0_text = ::core::option::Option::Some(text);
                    ()
                } else {
                    __hicam_slot_0_text = __hicam_stack.restore_slot(&__hicam_var_0);
                    ()
                };
                let mut text: String;
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
                    let value = {
                        let mut __hicam_value_1 = {
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
                                break '__hicam_exit_2;
                            }
                            __hicam_stack.at(&__HICAM_INFO, 3u32);
                            if false {
                                text = ::hicam::__private::never(&__hicam_slot_0_text);
                            }
                            let __hicam_tag = ::hicam::__private::Tag::new();
                            let __hicam_flow = if __hicam_pc != 3u32 {
                                text = match __hicam_slot_0_text.take() {
                                    ::core::option::Option::Some(__hicam_taken) => __hicam_taken,
                                    ::core::option::Option::None => {
                                        __hicam_stack.missing("text", &__HICAM_INFO);
                                        break '__hicam_exit_2;
                                    }
                                };
                                (&mut &mut ::hicam::__private::Site(
                                    __hicam_tag.of(parse(text)),
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
                                    __hicam_stack.suspended_in_call(3u32);
                                    break '__hicam_exit_2;
                                }
                            }
                        };
                        (match ::hicam::__private::Question::branch(__hicam_value_1) {
                            ::core::ops::ControlFlow::Continue(__hicam_continued) => {
                                __hicam_continued
                            }
                            ::core::ops::ControlFlow::Break(__hicam_residual) => {
                                return ::hicam::__private::Flow::Done(
                                    ::hicam::__private::FromResidual::from_residual(
                                        __hicam_residual,
                                    ),
                                );
                            }
                        })
                    };
                    break '__hicam_value_1 Ok(value + 1);
                }
                __hicam_stack
                    .save_all(move |__hicam_frame| {
                        __hicam_frame.save_slot(&__hicam_var_0, __hicam_slot_0_text);
                    });
                break '__hicam_suspended;
            };
            return ::hicam::__private::Flow::Done(__hicam_value);
        }
        __hicam_stack
            .local(&__hicam_var_0, (&&&&&&&&&&&&&&__hicam_var_0.probe()).codec::<1>());
        if let ::hicam::__private::Next::Suspended = __hicam_stack.close(&__HICAM_INFO) {
            return ::hicam::__private::Flow::Suspended;
        }
    }
}
