//! One call's thread of execution: how a conformist handler runs, stops for a capture, and goes on.

use super::{calls::Call, gate::Gate};
use crate::transform::{Arg, Flow, Migratable, RestoreError, SavedFrames, Stack};
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};
use tonic::{Request, Response, Status};

/// How a parked thread goes on.
#[allow(clippy::large_enum_variant, reason = "handed on at once, never stored")]
pub enum Resumption {
    /// Re-enter with these frames.
    Resume(Stack),
    /// Its state is discarded: the handler returns this status.
    Abandon(Status),
}

/// The thread monitor's handle on one call; travels to the handler in the request's extensions.
#[derive(Clone)]
pub struct ThreadHandle(Arc<Inner>);

struct Inner {
    gate: Arc<Gate>,
    call: Arc<Call>,
    /// The frames of a restored thread, until it is re-entered.
    restored: Mutex<Option<SavedFrames>>,
}

impl fmt::Debug for ThreadHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ThreadHandle")
            .field(&self.0.call.describe())
            .finish()
    }
}

impl ThreadHandle {
    pub(super) fn new(gate: Arc<Gate>, call: Arc<Call>, restored: Option<SavedFrames>) -> Self {
        Self(Arc::new(Inner {
            gate,
            call,
            restored: Mutex::new(restored),
        }))
    }

    /// The stack to run with: a fresh one, or that of a restored thread.
    #[must_use]
    pub fn begin(&self) -> Stack {
        let flag = self.0.gate.flag();
        let restored = self
            .0
            .restored
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let stack = match restored {
            Some(frames) => Stack::resume(flag, frames),
            None => Stack::new(flag),
        };
        match self.0.gate.position(self.0.call.id) {
            Some(position) => stack.with_position(position),
            None => stack,
        }
    }

    /// The thread has unwound to its handler: waits until it may go on.
    ///
    /// Returns at once when the capture it unwound for is already over.
    pub async fn park(&self, saved: Result<SavedFrames, RestoreError>) -> Resumption {
        match self.0.gate.park(self.0.call.id, saved) {
            Ok(Ok(stack)) => Resumption::Resume(stack),
            Ok(Err(woken)) => woken.await.unwrap_or_else(|_| {
                Resumption::Abandon(Status::aborted("the state of this call was discarded"))
            }),
            Err(error) => Resumption::Abandon(Status::internal(format!(
                "{} could not be captured: {error}",
                self.0.call.describe()
            ))),
        }
    }
}

/// Runs a conformist handler: under the thread monitor when the conformist layer made the call, else as plain code.
///
/// # Errors
/// The handler's own status, or `INTERNAL` when its frames could not be captured.
pub async fn handle<'a, D, S, M, R>(
    server: &'a S,
    mut request: Request<M>,
) -> Result<Response<R>, Status>
where
    D: Migratable<Args = (&'a S, Arg<Request<M>>), Output = Result<Response<R>, Status>>,
{
    let Some(thread) = request.extensions_mut().remove::<ThreadHandle>() else {
        return D::plain((server, Arg::Value(request))).await;
    };
    let mut stack = thread.begin();
    let mut argument = if stack.is_resuming() {
        Arg::Resumed
    } else {
        Arg::Value(request)
    };
    loop {
        match D::run((server, argument), &mut stack).await {
            Flow::Done(answer) => return answer,
            Flow::Suspended => match thread.park(stack.take_saved()).await {
                Resumption::Resume(next) => stack = next,
                Resumption::Abandon(status) => return Err(status),
            },
        }
        argument = Arg::Resumed;
    }
}
