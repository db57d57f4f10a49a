//! Waiting for a tick of an interval: a library function with a frame of its own. What there is to be captured is in the
//! interval, which is the caller's.

use tokio::time::Instant;

use super::call::Flow;
use super::frame::FnInfo;
use super::stack::{Next, Stack};
use crate::time::Tick;

static TICK: FnInfo = FnInfo::library("hicam::time::Interval::tick");

/// Waits for the tick, or is suspended instead. The caller gives the interval whether it calls first or is resumed.
pub(super) async fn tick(given: Option<Tick<'_>>, stack: &mut Stack) -> Flow<Instant> {
    let mut given = given;
    loop {
        if !stack.must_decode(&TICK)
            && let Some(point) = stack.enter(&TICK)
        {
            if point == 0 && stack.flagged() {
                stack.arrive(1);
            } else if let Some(tick) = &mut given {
                if let Some(due) = stack.flag().unless_wanted(tick.wait()).await {
                    return Flow::Done(due);
                }
                stack.suspended_in_call(1);
            } else {
                stack.missing("interval", &TICK);
            }
        }
        if stack.close(&TICK) == Next::Suspended {
            return Flow::Suspended;
        }
    }
}
