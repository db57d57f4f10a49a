// Written by the test `expansions_are_the_reviewed_ones`.

async fn __hicam_body_find(
    queue: &Queue,
    __hicam_arg_1: ::hicam::__private::Arg<u64>,
    __hicam_stack: &mut ::hicam::__private::Stack,
) -> ::hicam::__private::Flow<Option<u64>> {
    #[allow(unused_macros, unused_macro_rules)]
    macro_rules! __hicam_since_2024 {
        ($__hicam_any:expr; { $($__hicam_since:tt)* } { $($__hicam_before:tt)* }) => {
            $($__hicam_since)*
        };
        (_; { $($__hicam_since:tt)* } { $($__hicam_before:tt)* }) => {
            $($__hicam_before)*
        };
    }
    static __HICAM_INFO: ::hicam::__private::FnInfo = ::hicam::__private::FnInfo {
        name: ::core::concat!(::core::module_path!(), "::", "find"),
        aliases: &[],
        file: ::core::file!(),
        fingerprint: 7320737336730290392u64,
        locals: &[(1u16, "id"), (2u16, "asked")],
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
                name: "before point",
                line: 3u32,
                column: 20u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[1u16, 2u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "in point",
                line: 3u32,
                column: 20u32,
                kind: ::hicam::__private::PointKind::InCall,
                needs: &[1u16, 2u16],
                keeps: &[],
            },
        ],
        upgrade: ::core::option::Option::None,
    };
    let mut __hicam_arg_0 = queue;
    let mut __hicam_arg_1 = __hicam_arg_1;
    let __hicam_var_1 = ::hicam::__private::Var::new(1u16, "id");
    let __hicam_var_2 = ::hicam::__private::Var::new(2u16, "asked");
    loop {
        '__hicam_suspended: {
            if __hicam_stack.must_decode(&__HICAM_INFO) {
                break '__hicam_suspended;
            }
            let ::core::option::Option::Some(mut __hicam_pc) = __hicam_stack
                .enter(&__HICAM_INFO) else {
                break '__hicam_suspended;
            };
            let queue = __hicam_arg_0;
            let __hicam_arg_1 = ::core::mem::replace(
                &mut __hicam_arg_1,
                ::hicam::__private::Arg::Resumed,
            );
            let __hicam_value: Option<u64> = '__hicam_value_1: {
                let (id,) = if __hicam_pc == 0 {
                    let ::core::option::Option::Some(id) = ::hicam::__private::Arg::value(
                        __hicam_arg_1,
                    ) else {
                        __hicam_stack.missing("id", &__HICAM_INFO);
                        break '__hicam_suspended;
                    };
                    (id,)
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
                    __hicam_since_2024! {
                        _; {} { let mut __hicam_tail_0; let mut __hicam_tail_1; }
                    }
                    let (asked,) = if __hicam_pc <= 1u32 {
                        {
                            if __hicam_pc == 1u32 {
                                __hicam_pc = 0;
                            } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                                __hicam_stack.arrive(1u32);
                                break '__hicam_exit_2;
                            }
                        };
                        let asked = note(id);
                        (asked,)
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
                        {
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
                            let __hicam_tag = ::hicam::__private::Tag::new();
                            let __hicam_flow = if __hicam_pc != 3u32 {
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
                                    __hicam_stack.suspended_in_call(3u32);
                                    break '__hicam_exit_3;
                                }
                            }
                        };
                        break '__hicam_value_1 __hicam_since_2024! {
                            _; { queue.lock().unwrap().find(asked.id) } { ({
                            __hicam_tail_1 = ({ __hicam_tail_0 = queue.lock();
                            __hicam_tail_0.unwrap() }); __hicam_tail_1.find(asked.id) })
                            }
                        };
                    }
                    __hicam_stack
                        .save_all(move |__hicam_frame| {
                            __hicam_frame.save(&__hicam_var_2, asked);
                        });
                    break '__hicam_exit_2;
                }
                __hicam_stack
                    .save_all(move |__hicam_frame| {
                        __hicam_frame.save(&__hicam_var_1, id);
                    });
                break '__hicam_suspended;
            };
            return ::hicam::__private::Flow::Done(__hicam_value);
        }
        __hicam_stack
            .local(&__hicam_var_1, (&&&&&&&&&&&&&&__hicam_var_1.probe()).codec::<1>());
        __hicam_stack
            .local(&__hicam_var_2, (&&&&&&&&&&&&&&__hicam_var_2.probe()).codec::<3>());
        if let ::hicam::__private::Next::Suspended = __hicam_stack.close(&__HICAM_INFO) {
            return ::hicam::__private::Flow::Suspended;
        }
    }
}
