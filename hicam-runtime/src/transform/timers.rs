//! Waits that are suspended with the time that remains of them: `tokio::time::sleep`, `sleep_until`, `timeout`,
//! `timeout_at`. Each has a frame of its own, which holds its deadline. A call that goes on where it stood keeps the
//! deadline; in the portable form it is the time that remained when it was captured.

use std::future::Future;
use std::time::Duration;

use hicam_state::{DecodeError, Decoder, EncodeError, Encoder, State, TypeId, TypeTable};
use tokio::time::error::Elapsed;
use tokio::time::{Instant, Sleep};

use super::call::Flow;
use super::codec::{Codec, Var};
use super::frame::FnInfo;
use super::stack::{Next, Stack};

static SLEEP: FnInfo = FnInfo::library("tokio::time::sleep");
static TIMEOUT: FnInfo = FnInfo::library("tokio::time::timeout");

/// The one local of a timer's frame.
const REMAINING: Var<Deadline> = Var::new(0, "remaining");

/// Captured as the time that remains.
#[derive(Clone, Copy, Debug)]
struct Deadline(Instant);

impl Deadline {
    fn after(duration: Duration) -> Self {
        let now = Instant::now();
        // As far away as tokio itself puts a time that cannot be represented.
        let far = Duration::from_secs(86_400 * 365 * 30);
        Deadline(now.checked_add(duration).unwrap_or(now + far))
    }
}

impl State for Deadline {
    fn describe(types: &mut TypeTable) -> TypeId {
        Duration::describe(types)
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        let remaining = self.0.saturating_duration_since(Instant::now());
        remaining.encode(out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Duration::decode(input).map(Deadline::after)
    }
}

fn codec() -> Codec<Deadline> {
    Codec {
        describe: Deadline::describe,
        encode: Deadline::encode,
        decode: Deadline::decode,
    }
}

/// Sleeps until the timer's time, or for the rest of the sleep whose frame is next.
pub(super) async fn sleep(timer: Option<Sleep>, stack: &mut Stack) -> Flow<()> {
    let given = timer.map(|timer| Deadline(timer.deadline()));
    loop {
        if !stack.must_decode(&SLEEP)
            && let Some(point) = stack.enter(&SLEEP)
        {
            let fresh = point == 0;
            let deadline = if fresh {
                given
            } else {
                stack.restore(&REMAINING, &SLEEP)
            };
            if let Some(deadline) = deadline {
                if fresh && stack.flagged() {
                    stack.arrive(1);
                } else if deadline.0 <= Instant::now() {
                    // tokio's own timers may need another turn of the runtime for that.
                    return Flow::Done(());
                } else {
                    let rest = tokio::time::sleep_until(deadline.0);
                    if stack.flag().unless_wanted(rest).await.is_some() {
                        return Flow::Done(());
                    }
                    stack.suspended_in_call(1);
                }
                stack.save(&REMAINING, deadline);
            } else {
                stack.missing(REMAINING.name, &SLEEP);
            }
        }
        stack.local(&REMAINING, codec());
        if stack.close(&SLEEP) == Next::Suspended {
            return Flow::Suspended;
        }
    }
}

/// An instant, to check the type of a function that takes one.
pub fn now() -> Instant {
    Instant::now()
}

/// The time that an awaited call has.
#[derive(Debug)]
pub struct Limit(Deadline);

impl Limit {
    /// `timeout(duration, call)`
    pub fn after(duration: Duration) -> Self {
        Limit(Deadline::after(duration))
    }

    /// `timeout_at(instant, call)`
    pub fn at(instant: Instant) -> Self {
        Limit(Deadline(instant))
    }

    /// That of the frame which is next; `None`, with the error noted, if it is another's.
    pub fn resumed(stack: &mut Stack) -> Option<Self> {
        loop {
            if !stack.must_decode(&TIMEOUT) {
                stack.enter(&TIMEOUT)?;
                return stack.restore(&REMAINING, &TIMEOUT).map(Limit);
            }
            stack.local(&REMAINING, codec());
            if stack.close(&TIMEOUT) == Next::Suspended {
                return None;
            }
        }
    }

    /// Runs the call until it ends, is suspended, or the time is over.
    pub async fn hold<T>(&self, call: impl Future<Output = Flow<T>>) -> Result<Flow<T>, Elapsed> {
        // It polls the call first: a call that is only suspended again never finds its time over.
        tokio::time::timeout_at(self.0.0, call).await
    }

    /// What comes of the call; if it has been suspended, its time is saved with it.
    pub fn ended<T>(
        self,
        flow: Result<Flow<T>, Elapsed>,
        stack: &mut Stack,
    ) -> Flow<Result<T, Elapsed>> {
        match flow {
            Ok(Flow::Done(value)) => Flow::Done(Ok(value)),
            Err(elapsed) => Flow::Done(Err(elapsed)),
            Ok(Flow::Suspended) => {
                stack.save(&REMAINING, self.0);
                stack.local(&REMAINING, codec());
                stack.suspended_in_call(1);
                stack.close(&TIMEOUT);
                Flow::Suspended
            }
        }
    }
}
