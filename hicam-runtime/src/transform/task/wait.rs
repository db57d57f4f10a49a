//! Awaiting a task's handle: a library function with a frame of its own, which holds the handle.

use hicam_state::State;

use super::handle::{JoinError, JoinHandle};
use crate::transform::call::Flow;
use crate::transform::codec::{Codec, Var};
use crate::transform::frame::FnInfo;
use crate::transform::stack::{Next, Stack};

static JOIN: FnInfo = FnInfo::library("hicam::JoinHandle");

/// Waits for the task, or is suspended instead.
pub(in crate::transform) async fn join<T: Send + 'static>(
    handle: Option<JoinHandle<T>>,
    stack: &mut Stack,
) -> Flow<Result<T, JoinError>> {
    let var: Var<JoinHandle<T>> = Var::new(0, "handle");
    let codec = Codec {
        describe: JoinHandle::<T>::describe,
        encode: JoinHandle::<T>::encode,
        decode: JoinHandle::<T>::decode,
    };
    let mut given = handle;
    loop {
        if !stack.must_decode(&JOIN)
            && let Some(point) = stack.enter(&JOIN)
        {
            let fresh = point == 0;
            let handle = if fresh {
                given.take()
            } else {
                stack.restore(&var, &JOIN)
            };
            if let Some(mut handle) = handle {
                if fresh && stack.flagged() {
                    stack.arrive(1);
                } else if let Some(outcome) = stack.flag().unless_wanted(&mut handle).await {
                    return Flow::Done(outcome);
                } else {
                    stack.suspended_in_call(1);
                }
                stack.save(&var, handle);
            } else {
                stack.missing("handle", &JOIN);
            }
        }
        stack.local(&var, codec);
        if stack.close(&JOIN) == Next::Suspended {
            return Flow::Suspended;
        }
    }
}
