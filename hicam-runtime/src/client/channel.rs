//! The channel: what a tonic client is built on.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response};
use tonic::Status;
use tonic::body::Body;
use tower::Service;

use super::call;
use super::numbers::Numbers;
use super::pool::Pool;
use super::stats::{ChannelStats, Counters};
use super::whereabouts::Whereabouts;

/// A channel to one server, wherever it runs.
///
/// Goes into any tonic client: `BankClient::new(channel)`. Clones are cheap and share connections, the client's
/// identity and the request numbers. See the [module](super) for what becomes of a call.
#[derive(Clone)]
pub struct Channel {
    shared: Arc<Shared>,
}

/// What the clones of a channel share.
pub(super) struct Shared {
    /// As messages call the server.
    pub(super) server: String,
    pub(super) patience: Duration,
    pub(super) whereabouts: Whereabouts,
    pub(super) numbers: Arc<Numbers>,
    pub(super) pool: Pool,
    pub(super) counters: Counters,
}

impl Shared {
    pub(super) fn new(server: String, patience: Duration, whereabouts: Whereabouts) -> Self {
        Self {
            server,
            patience,
            whereabouts,
            numbers: Arc::new(Numbers::new()),
            pool: Pool::default(),
            counters: Counters::default(),
        }
    }
}

impl Channel {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// The server as `class/name`, or as it was called when connecting by address.
    #[must_use]
    pub fn server(&self) -> &str {
        &self.shared.server
    }

    /// The UUID under which the server knows this channel and its clones.
    #[must_use]
    pub fn client_id(&self) -> &str {
        self.shared.numbers.client()
    }

    /// Where the server was last known to serve, `http://host:port`; `None` while it is withdrawn.
    #[must_use]
    pub fn address(&self) -> Option<String> {
        let known = self.shared.whereabouts.known();
        known.binding.map(|binding| binding.address)
    }

    /// What this channel and its clones have been through.
    #[must_use]
    pub fn stats(&self) -> ChannelStats {
        self.shared.counters.read()
    }

    /// [`stats`](Self::stats), after which the longest call and interruption are measured anew.
    ///
    /// A call counts for the period in which it was answered.
    pub fn take_longest(&self) -> ChannelStats {
        self.shared.counters.take_longest()
    }
}

impl std::fmt::Debug for Channel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Channel")
            .field("server", &self.shared.server)
            .field("client", &self.client_id())
            .field("address", &self.address())
            .finish_non_exhaustive()
    }
}

impl Service<Request<Body>> for Channel {
    type Response = Response<Body>;
    type Error = Status;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Status>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(call::run(Arc::clone(&self.shared), request))
    }
}
