// Written by the test `expansions_are_the_reviewed_ones`.

async fn __hicam_body_adds(
    __hicam_arg_0: ::hicam::__private::Arg<Vec<u64>>,
    __hicam_arg_1: ::hicam::__private::Arg<usize>,
    __hicam_stack: &mut ::hicam::__private::Stack,
) -> ::hicam::__private::Flow<u64> {
    static __HICAM_INFO: ::hicam::__private::FnInfo = ::hicam::__private::FnInfo {
        name: ::core::concat!(::core::module_path!(), "::", "adds"),
        aliases: &[],
        file: ::core::file!(),
        fingerprint: 715216232093683163u64,
        locals: &[(0u16, "table"), (1u16, "at")],
        points: &[
            ::hicam::__private::PointInfo {
                name: "entry",
                line: 1u32,
                column: 10u32,
                kind: ::hicam::__private::PointKind::Entry,
                needs: &[0u16, 1u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "before point",
                line: 4u32,
                column: 20u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[0u16, 1u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "in point",
                line: 4u32,
                column: 20u32,
                kind: ::hicam::__private::PointKind::InCall,
                needs: &[0u16, 1u16],
                keeps: &[],
            },
        ],
        upgrade: ::core::option::Option::None,
    };
    let mut __hicam_arg_0 = __hicam_arg_0;
    let mut __hicam_arg_1 = __hicam_arg_1;
    let __hicam_var_0 = ::hicam::__private::Var::new(0u16, "table");
    let __hicam_var_1 = ::hicam::__private::Var::new(1u16, "at");
    let __hicam_var_2 = ::hicam::__private::Var::new(2u16, "entry");
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
            let __hicam_arg_1 = ::core::mem::replace(
                &mut __hicam_arg_1,
                ::hicam::__private::Arg::Resumed,
            );
            let __hicam_value: u64 = '__hicam_value_1: {
                let (mut table, at) = if __hicam_pc == 0 {
                    let ::core::option::Option::Some(mut table) = ::hicam::__private::Arg::value(
                        __hicam_arg_0,
                    ) else {
                        __hicam_stack.missing("mut table", &__HICAM_INFO);
                        break '__hicam_suspended;
                    };
                    let ::core::option::Option::Some(at) = ::hicam::__private::Arg::value(
                        __hicam_arg_1,
                    ) else {
                        __hicam_stack.missing("at", &__HICAM_INFO);
                        break '__hicam_suspended;
                    };
                    (table, at)
                } else {
                    match __hicam_stack
                        .restore_all(|__hicam_frame| {
                            ::core::option::Option::Some((
                                __hicam_frame.restore(&__hicam_var_0, &__HICAM_INFO)?,
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
                    let mut __hicam_slot_2_entry = ::core::option::Option::None;
                    if __hicam_pc == 0 {
                        let entry = &mut table[at];
                        __hicam_var_2.see(&entry);
                        *entry += 1;
                        __hicam_slot_2_entry = ::core::option::Option::Some(entry);
                    } else {
                        if matches!(__hicam_pc, 2u32..= 3u32) {
                            (__hicam_slot_2_entry,) = (
                                ::core::option::Option::Some(&mut table[at]),
                            );
                        }
                    }
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
                            break '__hicam_exit_2;
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
                                break '__hicam_exit_2;
                            }
                        }
                    };
                    let ::core::option::Option::Some(entry) = __hicam_slot_2_entry
                        .as_deref_mut() else {
                        __hicam_stack.missing("entry", &__HICAM_INFO);
                        break '__hicam_suspended;
                    };
                    *entry += 1;
                    break '__hicam_value_1 table[at];
                }
                __hicam_stack
                    .save_all(move |__hicam_frame| {
                        __hicam_frame.save(&__hicam_var_0, table);
                        __hicam_frame.save(&__hicam_var_1, at);
                    });
                break '__hicam_suspended;
            };
            return ::hicam::__private::Flow::Done(__hicam_value);
        }
        __hicam_stack
            .local(&__hicam_var_0, (&&&&&&&&&&&&&&__hicam_var_0.probe()).codec::<1>());
        __hicam_stack
            .local(&__hicam_var_1, (&&&&&&&&&&&&&&__hicam_var_1.probe()).codec::<1>());
        (&&&&&&&&&&&&&&&__hicam_var_2.probe()).drop_early();
        (&&&&&(&(&(&__hicam_var_2.probe()).strip()).strip()).strip()).drops_itself();
        if let ::hicam::__private::Next::Suspended = __hicam_stack.close(&__HICAM_INFO) {
            return ::hicam::__private::Flow::Suspended;
        }
    }
}
