//! Starts a name service of either kind for one test, and what the tests share.

use std::{fmt::Debug, future::Future, time::Duration};

use etcd_client::Client;
use futures::{Stream, StreamExt as _};
use hicam_protocol::{
    naming::{NameService, ServerRecord, Token},
    transport,
};
use remex::name_service::{self, NameServiceHandle};

use crate::etcd_process::EtcdProcess;

/// Bounds every wait.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
const TEST_TIMEOUT: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Embedded,
    Etcd,
}

enum Running {
    Embedded(NameServiceHandle),
    Etcd(Box<EtcdProcess>),
}

/// A name service for one test.
pub(crate) struct Service {
    kind: Kind,
    url: String,
    running: Running,
}

impl Service {
    pub(crate) async fn start(kind: Kind) -> Self {
        let running = match kind {
            Kind::Embedded => {
                let bound = transport::bind("127.0.0.1:0", false).await.unwrap();
                Running::Embedded(name_service::start(bound).await)
            }
            Kind::Etcd => Running::Etcd(Box::new(EtcdProcess::start().await)),
        };
        let url = match &running {
            Running::Embedded(handle) => handle.url(),
            Running::Etcd(process) => process.url().to_owned(),
        };
        Self { kind, url, running }
    }

    /// Another one of the same kind, empty.
    pub(crate) async fn start_another(&self) -> Self {
        Self::start(self.kind).await
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A plain etcd client.
    pub(crate) async fn client(&self) -> Client {
        Client::connect([&self.url], None).await.unwrap()
    }

    /// HiCaM's own client.
    pub(crate) async fn names(&self) -> NameService {
        NameService::connect(&self.url).await.unwrap()
    }

    pub(crate) async fn stop(self) {
        match self.running {
            Running::Embedded(handle) => handle.stop().await,
            Running::Etcd(mut process) => process.kill().await,
        }
    }
}

/// Runs a test against a fresh name service, within a bounded time.
pub(crate) async fn run<F, Fut>(kind: Kind, test: F)
where
    F: FnOnce(Service) -> Fut,
    Fut: Future<Output = ()>,
{
    let service = Service::start(kind).await;
    tokio::time::timeout(TEST_TIMEOUT, test(service))
        .await
        .expect("the test takes too long");
}

/// Waits for a future, but not for ever.
pub(crate) async fn soon<F: Future>(what: &str, future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| panic!("waited too long for {what}"))
}

/// The next item of a stream that is no error.
pub(crate) async fn next<S, T, E>(what: &str, stream: &mut S) -> T
where
    S: Stream<Item = Result<T, E>> + Unpin,
    E: Debug,
{
    soon(what, stream.next())
        .await
        .expect("the stream ended")
        .unwrap()
}

pub(crate) fn server(uuid: &str, name: &str) -> ServerRecord {
    ServerRecord {
        uuid: uuid.to_owned(),
        class: "bank".to_owned(),
        name: name.to_owned(),
        durability: "periodic".to_owned(),
        host: "alpha".to_owned(),
        hash: String::new(),
        interval_ms: 1000,
    }
}

pub(crate) fn token(epoch: u64, holder: &str) -> Token {
    Token {
        epoch,
        holder: holder.to_owned(),
        host: "alpha".to_owned(),
    }
}
