//! Calls as the server knows them: who asked, under which number, and what became of it.

use super::reply::StoredReply;
use hicam_protocol::metadata::NotServing;
use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// After how long a client that was told *pending* should ask again.
const RETRY_AFTER: Duration = Duration::from_millis(10);

/// What a client is told while its call cannot be executed here.
pub(crate) fn pending() -> NotServing {
    NotServing::Pending {
        retry_after: RETRY_AFTER,
    }
}

/// What the connections that wait for a call see.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// Not answered yet.
    Running,
    /// The answer, free to leave.
    Finished(Arc<StoredReply>),
    /// Not answered here.
    Refused(NotServing),
}

/// One call, from its admission until its answer is acknowledged.
pub(crate) struct Call {
    /// Unique in this process.
    pub(crate) id: u64,
    /// `None` for a plain gRPC client.
    pub(crate) client: Option<String>,
    pub(crate) request: u64,
    /// `/package.Service/Method`
    pub(crate) method: String,
    pub(crate) started: Instant,
    reply: OnceLock<Arc<StoredReply>>,
    outcome: watch::Sender<Outcome>,
}

impl Call {
    pub(super) fn new(
        id: u64,
        client: Option<String>,
        request: u64,
        method: &str,
    ) -> (Arc<Self>, watch::Receiver<Outcome>) {
        let (outcome, receiver) = watch::channel(Outcome::Running);
        let call = Self {
            id,
            client,
            request,
            method: method.to_owned(),
            started: Instant::now(),
            reply: OnceLock::new(),
            outcome,
        };
        (Arc::new(call), receiver)
    }

    /// A call of an earlier process that has its answer.
    pub(super) fn answered(
        client: String,
        request: u64,
        method: &str,
        reply: StoredReply,
    ) -> Arc<Self> {
        let (call, _) = Self::new(0, Some(client), request, method);
        call.set_reply(Arc::new(reply));
        call.release();
        call
    }

    pub(super) fn set_reply(&self, reply: Arc<StoredReply>) {
        // A call finishes once: its thread is removed from the monitor under the same lock.
        let _ = self.reply.set(reply);
    }

    pub(super) fn reply(&self) -> Option<&Arc<StoredReply>> {
        self.reply.get()
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<Outcome> {
        self.outcome.subscribe()
    }

    pub(super) fn release(&self) {
        if let Some(reply) = self.reply.get() {
            self.outcome
                .send_replace(Outcome::Finished(Arc::clone(reply)));
        }
    }

    /// Whether its answer is free to leave.
    pub(super) fn is_released(&self) -> bool {
        matches!(*self.outcome.borrow(), Outcome::Finished(_))
    }

    pub(super) fn redirect(&self, refusal: &NotServing) {
        self.outcome.send_replace(Outcome::Refused(refusal.clone()));
    }

    pub(super) fn dismiss(&self, refusal: &NotServing) {
        self.outcome.send_if_modified(|outcome| {
            let running = matches!(outcome, Outcome::Running);
            if running {
                *outcome = Outcome::Refused(refusal.clone());
            }
            running
        });
    }

    pub(super) fn reattach(&self) {
        self.outcome.send_if_modified(|outcome| {
            let refused = matches!(outcome, Outcome::Refused(_));
            if refused {
                *outcome = Outcome::Running;
            }
            refused
        });
    }

    /// For messages: the method, who called it, and its number.
    pub(crate) fn describe(&self) -> String {
        match &self.client {
            Some(client) => format!(
                "{} (client {client}, request {})",
                self.method, self.request
            ),
            None => format!("{} (plain client, call {})", self.method, self.request),
        }
    }
}
