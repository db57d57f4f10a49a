// Written by the test `expansions_are_the_reviewed_ones`.

async fn __hicam_body_chooses(
    __hicam_arg_0: ::hicam::__private::Arg<Order>,
    __hicam_stack: &mut ::hicam::__private::Stack,
) -> ::hicam::__private::Flow<u64> {
    static __HICAM_INFO: ::hicam::__private::FnInfo = ::hicam::__private::FnInfo {
        name: ::core::concat!(::core::module_path!(), "::", "chooses"),
        aliases: &[],
        file: ::core::file!(),
        fingerprint: 8229101440887426539u64,
        locals: &[(0u16, "order"), (3u16, "count@2"), (4u16, "name@2")],
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
                name: "before buy",
                line: 3u32,
                column: 57u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[3u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "in buy",
                line: 3u32,
                column: 57u32,
                kind: ::hicam::__private::PointKind::InCall,
                needs: &[],
                keeps: &[0u16, 3u16],
            },
            ::hicam::__private::PointInfo {
                name: "before sell",
                line: 4u32,
                column: 41u32,
                kind: ::hicam::__private::PointKind::BeforeAwait,
                needs: &[4u16],
                keeps: &[],
            },
            ::hicam::__private::PointInfo {
                name: "in sell",
                line: 4u32,
                column: 41u32,
                kind: ::hicam::__private::PointKind::InCall,
                needs: &[],
                keeps: &[0u16, 4u16],
            },
        ],
        upgrade: ::core::option::Option::None,
    };
    let mut __hicam_arg_0 = __hicam_arg_0;
    let __hicam_var_0 = ::hicam::__private::Var::new(0u16, "order");
    let __hicam_var_3 = ::hicam::__private::Var::new(3u16, "count@2");
    let __hicam_var_4 = ::hicam::__private::Var::new(4u16, "name@2");
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
                let mut __hicam_slot_0_order: ::core::option::Option<Order> = ::core::option::Option::None;
                let () = if __hicam_pc == 0 {
                    let ::core::option::Option::Some(order) = ::hicam::__private::Arg::value(
                        __hicam_arg_0,
                    ) else {
                        __hicam_stack.missing("order", &__HICAM_INFO);
                        break '__hicam_suspended;
                    };
                    __hicam_slot_0_order = ::core::option::Option::Some(order);
                    ()
                } else {
                    __hicam_slot_0_order = __hicam_stack.restore_slot(&__hicam_var_0);
                    ()
                };
                let mut order: Order;
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
                        let mut __hicam_bound_count_1 = ::core::option::Option::None;
                        let mut __hicam_bound_name_2 = ::core::option::Option::None;
                        let __hicam_arm: u32 = if __hicam_pc == 0 {
                            {
                                order = match __hicam_slot_0_order.take() {
                                    ::core::option::Option::Some(__hicam_taken) => __hicam_taken,
                                    ::core::option::Option::None => {
                                        __hicam_stack.missing("order", &__HICAM_INFO);
                                        break '__hicam_suspended;
                                    }
                                };
                                match order {
                                    Order::Buy { count } if count > 1 => {
                                        __hicam_bound_count_1 = ::core::option::Option::Some(count);
                                        0u32
                                    }
                                    Order::Sell(name) => {
                                        __hicam_bound_name_2 = ::core::option::Option::Some(name);
                                        1u32
                                    }
                                    Order::Wait => 2u32,
                                }
                            }
                        } else {
                            match __hicam_pc {
                                2u32..=3u32 => 0u32,
                                4u32..=5u32 => 1u32,
                                _ => 0,
                            }
                        };
                        match __hicam_arm {
                            0u32 => '__hicam_value_3: {
                                let mut __hicam_slot_3_count = ::core::option::Option::None;
                                let () = if __hicam_pc == 0 {
                                    let ::core::option::Option::Some(count) = __hicam_bound_count_1
                                    else {
                                        __hicam_stack.missing("count", &__HICAM_INFO);
                                        break '__hicam_suspended;
                                    };
                                    __hicam_slot_3_count = ::core::option::Option::Some(count);
                                    ()
                                } else {
                                    __hicam_slot_3_count = __hicam_stack
                                        .restore_slot(&__hicam_var_3);
                                    ()
                                };
                                let mut count;
                                '__hicam_exit_4: {
                                    break '__hicam_value_3 {
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
                                            break '__hicam_exit_4;
                                        }
                                        __hicam_stack.at(&__HICAM_INFO, 3u32);
                                        if false {
                                            count = ::hicam::__private::never(&__hicam_slot_3_count);
                                        }
                                        let __hicam_tag = ::hicam::__private::Tag::new();
                                        let __hicam_flow = if __hicam_pc != 3u32 {
                                            count = match __hicam_slot_3_count.take() {
                                                ::core::option::Option::Some(__hicam_taken) => __hicam_taken,
                                                ::core::option::Option::None => {
                                                    __hicam_stack.missing("count@2", &__HICAM_INFO);
                                                    break '__hicam_exit_4;
                                                }
                                            };
                                            (&mut &mut ::hicam::__private::Site(
                                                __hicam_tag
                                                    .of(
                                                        buy(
                                                            if false {
                                                                let __hicam_never = ::hicam::__private::never(
                                                                    &__hicam_slot_3_count,
                                                                );
                                                                __hicam_never
                                                            } else {
                                                                (&mut &mut ::hicam::__private::Resting(
                                                                    &mut __hicam_slot_3_count,
                                                                ))
                                                                    .stay(&count);
                                                                count
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
                                                                &mut __hicam_slot_3_count,
                                                            ))
                                                                .rest()
                                                            {
                                                                ::core::option::Option::Some(__hicam_rest) => __hicam_rest,
                                                                ::core::option::Option::None => {
                                                                    __hicam_stack.missing("count@2", &__HICAM_INFO);
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
                                                __hicam_stack.suspended_in_call(3u32);
                                                break '__hicam_exit_4;
                                            }
                                        }
                                    };
                                }
                                __hicam_stack
                                    .save_all(move |__hicam_frame| {
                                        __hicam_frame
                                            .save_slot(&__hicam_var_3, __hicam_slot_3_count);
                                    });
                                break '__hicam_exit_2;
                            }
                            1u32 => '__hicam_value_5: {
                                let mut __hicam_slot_4_name = ::core::option::Option::None;
                                let () = if __hicam_pc == 0 {
                                    let ::core::option::Option::Some(name) = __hicam_bound_name_2
                                    else {
                                        __hicam_stack.missing("name", &__HICAM_INFO);
                                        break '__hicam_suspended;
                                    };
                                    __hicam_slot_4_name = ::core::option::Option::Some(name);
                                    ()
                                } else {
                                    __hicam_slot_4_name = __hicam_stack
                                        .restore_slot(&__hicam_var_4);
                                    ()
                                };
                                let mut name;
                                '__hicam_exit_6: {
                                    break '__hicam_value_5 {
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
                                            break '__hicam_exit_6;
                                        }
                                        __hicam_stack.at(&__HICAM_INFO, 5u32);
                                        if false {
                                            name = ::hicam::__private::never(&__hicam_slot_4_name);
                                        }
                                        let __hicam_tag = ::hicam::__private::Tag::new();
                                        let __hicam_flow = if __hicam_pc != 5u32 {
                                            name = match __hicam_slot_4_name.take() {
                                                ::core::option::Option::Some(__hicam_taken) => __hicam_taken,
                                                ::core::option::Option::None => {
                                                    __hicam_stack.missing("name@2", &__HICAM_INFO);
                                                    break '__hicam_exit_6;
                                                }
                                            };
                                            (&mut &mut ::hicam::__private::Site(
                                                __hicam_tag
                                                    .of(
                                                        sell(
                                                            if false {
                                                                let __hicam_never = ::hicam::__private::never(
                                                                    &__hicam_slot_4_name,
                                                                );
                                                                __hicam_never
                                                            } else {
                                                                (&mut &mut ::hicam::__private::Resting(
                                                                    &mut __hicam_slot_4_name,
                                                                ))
                                                                    .stay(&name);
                                                                name
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
                                                                &mut __hicam_slot_4_name,
                                                            ))
                                                                .rest()
                                                            {
                                                                ::core::option::Option::Some(__hicam_rest) => __hicam_rest,
                                                                ::core::option::Option::None => {
                                                                    __hicam_stack.missing("name@2", &__HICAM_INFO);
                                                                    break '__hicam_exit_6;
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
                                                break '__hicam_exit_6;
                                            }
                                        }
                                    };
                                }
                                __hicam_stack
                                    .save_all(move |__hicam_frame| {
                                        __hicam_frame
                                            .save_slot(&__hicam_var_4, __hicam_slot_4_name);
                                    });
                                break '__hicam_exit_2;
                            }
                            _ => 0,
                        }
                    };
                }
                __hicam_stack
                    .save_all(move |__hicam_frame| {
                        __hicam_frame.save_slot(&__hicam_var_0, __hicam_slot_0_order);
                    });
                break '__hicam_suspended;
            };
            return ::hicam::__private::Flow::Done(__hicam_value);
        }
        __hicam_stack
            .local(&__hicam_var_0, (&&&&&&&&&&&&&&__hicam_var_0.probe()).codec::<1>());
        __hicam_stack
            .local(&__hicam_var_3, (&&&&&&&&&&&&&&__hicam_var_3.probe()).codec::<3>());
        __hicam_stack
            .local(&__hicam_var_4, (&&&&&&&&&&&&&&__hicam_var_4.probe()).codec::<4>());
        (&&&&&&&&&&&&&&&(&&(&__hicam_var_0.probe()).strip()).copied_from()).drop_early();
        (&&&&&(&(&(&(&&(&__hicam_var_0.probe()).strip()).copied_from()).strip()).strip())
            .strip())
            .drops_itself();
        if let ::hicam::__private::Next::Suspended = __hicam_stack.close(&__HICAM_INFO) {
            return ::hicam::__private::Flow::Suspended;
        }
    }
}
