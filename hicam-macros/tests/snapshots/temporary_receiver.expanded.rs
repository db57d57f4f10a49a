// Written by the test `expansions_are_the_reviewed_ones`.

async fn __hicam_body_finish(
    __hicam_stack: &mut ::hicam::__private::Stack,
) -> ::hicam::__private::Flow<String> {
    static __HICAM_INFO: ::hicam::__private::FnInfo = ::hicam::__private::FnInfo {
        name: ::core::concat!(::core::module_path!(), "::", "finish"),
        aliases: &[],
        file: ::core::file!(),
        fingerprint: 10264054977774390541u64,
        locals: &[(0u16, "__hicam_receiver_1")],
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
                name: "before run",
                line: 2u32,
                column: 29u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "in run",
                line: 2u32,
                column: 29u32,
                kind: ::hicam::__private::PointKind::InCall,
                needs: &[],
                keeps: &[0u16],
            },
        ],
        upgrade: ::core::option::Option::None,
    };
    let __hicam_var_0 = ::hicam::__private::Var::new(0u16, "__hicam_receiver_1");
    loop {
        '__hicam_suspended: {
            if __hicam_stack.must_decode(&__HICAM_INFO) {
                break '__hicam_suspended;
            }
            let ::core::option::Option::Some(mut __hicam_pc) = __hicam_stack
                .enter(&__HICAM_INFO) else {
                break '__hicam_suspended;
            };
            let __hicam_value: String = '__hicam_value_1: {
                let mut __hicam_slot_0___hicam_receiver_1 = ::core::option::Option::None;
                let () = if __hicam_pc <= 1u32 {
                    {
                        if __hicam_pc == 1u32 {
                            __hicam_pc = 0;
                        } else if __hicam_pc == 0 && __hicam_stack.flagged() {
                            __hicam_stack.arrive(1u32);
                            break '__hicam_suspended;
                        }
                    };
                    ()
                } else {
                    __hicam_slot_0___hicam_receiver_1 = __hicam_stack
                        .restore_slot(&__hicam_var_0);
                    ()
                };
                '__hicam_exit_2: {
                    break '__hicam_value_1 {
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
                        let __hicam_tag = ::hicam::__private::Tag::new();
                        let __hicam_given = ::hicam::__private::Link::new();
                        let __hicam_link_0 = ::hicam::__private::Link::new();
                        let mut __hicam_kind = ::core::option::Option::None;
                        let __hicam_like = ::hicam::__private::Link::new();
                        let __hicam_flow = if __hicam_pc != 3u32 {
                            match match (Query::new()) {
                                mut __hicam_made => {
                                    if false {
                                        ::hicam::__private::diverge();
                                        let mut __hicam_never = __hicam_like
                                            .of(&__hicam_made)
                                            .never();
                                        let __hicam_shape = ::hicam::__private::Tag::new();
                                        let __hicam_call = __hicam_shape
                                            .of(__hicam_never.run(__hicam_link_0.never()));
                                        __hicam_given
                                            .of(&::hicam::__private::flow_of(&__hicam_call));
                                        __hicam_kind = (&&__hicam_shape).kind_of_temporary();
                                    }
                                    (&mut &mut ::hicam::__private::Site(
                                        __hicam_tag
                                            .of(
                                                ::hicam::__private::keep_receiver(
                                                        &__hicam_kind,
                                                        __hicam_made,
                                                        &mut __hicam_slot_0___hicam_receiver_1,
                                                    )
                                                    .run(__hicam_link_0.same(1 + 2)),
                                            ),
                                    ))
                                        .drive(&mut *__hicam_stack)
                                        .await
                                }
                            } {
                                __hicam_flow => __hicam_given.same(__hicam_flow),
                            }
                        } else {
                            __hicam_pc = 0;
                            (&mut &mut ::hicam::__private::Site({
                                (&&__hicam_tag)
                                    .resumer2()(
                                    match ::hicam::__private::kept_again(
                                        &__hicam_kind,
                                        __hicam_like,
                                        &mut __hicam_slot_0___hicam_receiver_1,
                                    ) {
                                        ::core::option::Option::Some(__hicam_found) => __hicam_found,
                                        ::core::option::Option::None => {
                                            __hicam_stack.missing("__hicam_receiver_1", &__HICAM_INFO);
                                            break '__hicam_exit_2;
                                        }
                                    },
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
                }
                __hicam_stack
                    .save_all(move |__hicam_frame| {
                        __hicam_frame
                            .save_slot(
                                &__hicam_var_0,
                                __hicam_slot_0___hicam_receiver_1,
                            );
                    });
                break '__hicam_suspended;
            };
            return ::hicam::__private::Flow::Done(__hicam_value);
        }
        __hicam_stack
            .local(&__hicam_var_0, (&&&&&&&&&&&&&&__hicam_var_0.probe()).codec::<2>());
        if let ::hicam::__private::Next::Suspended = __hicam_stack.close(&__HICAM_INFO) {
            return ::hicam::__private::Flow::Suspended;
        }
    }
}
