//! Functions whose names generated code might use.

use super::{hicam, programs};

#[hicam::migratable]
async fn value(value: u32) -> u32 {
    let stack = value + 1;
    hicam::point().await;
    stack
}

#[hicam::migratable]
async fn taken(pc: u32) -> u32 {
    let info = value(pc).await;
    let iter = value(info).await;
    for consumed in 0..iter {
        if consumed == 2 {
            return program_counter(consumed, info).await;
        }
    }
    info
}

#[hicam::migratable]
async fn program_counter(args: u32, stack: u32) -> u32 {
    let value = frames(args, stack).await;
    let operand = value + frames(value, args).await;
    operand + stack
}

#[hicam::migratable]
async fn frames(stack: u32, suspended: u32) -> u32 {
    let taken = stack * 2;
    hicam::point().await;
    taken + suspended
}

#[hicam::migratable]
async fn arg_0(arg_0: u32, arg_1: &mut u32) -> u32 {
    *arg_1 += arg_0;
    hicam::point().await;
    *arg_1
}

#[hicam::migratable]
async fn body_value(n: u32) -> u32 {
    let mut total = n;
    let first = arg_0(1, &mut total).await;
    first * 10 + value(total).await
}

#[hicam::migratable]
async fn r#type(r#match: u32) -> u32 {
    let r#loop = r#match + 1;
    hicam::point().await;
    r#loop + value(r#match).await
}

programs! {
    names;
    names_of_functions: taken(1);
    names_of_parameters: body_value(4);
    raw_names: r#type(4) => 10;
}
