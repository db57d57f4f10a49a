//! The embedded name service: the part of etcd's v3 gRPC API that HiCaM uses, in memory, in one process.
//!
//! For one machine, or a trial, with nothing installed. Every client speaks to it as to a real etcd:
//!
//! | service | served |
//! |---|---|
//! | KV | Range (also at a past revision), Put, DeleteRange, Txn, Compact |
//! | Lease | all |
//! | Watch | all; `fragment` is ignored |
//! | Maintenance | Status, and Alarm, which lists none |
//! | Cluster | MemberList |
//! | `grpc.health.v1.Health` | all |
//!
//! Records and history live in memory and end with the process. The history kept is bounded, so a watch
//! from long ago may be answered *compacted*. The `store` module holds everything that needs neither
//! network nor clock.

mod admin;
mod expiry;
mod kv;
mod lease;
mod shared;
mod store;
mod watch;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use etcd_client::proto::{
    PbClusterServer, PbKvServer, PbLeaseServer, PbMaintenanceServer, PbWatchServer,
};
use hicam_protocol::transport::{self, Bound};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;

use shared::Shared;
use store::HistoryLimits;

// Open calls end at once on a stop; this bounds how long slow connections are waited for.
const GRACE: Duration = Duration::from_secs(2);

/// A running embedded name service. Dropping it stops the service without waiting.
#[derive(Debug)]
pub struct NameServiceHandle {
    address: SocketAddr,
    stop: CancellationToken,
    server: Option<JoinHandle<()>>,
}

impl NameServiceHandle {
    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://ip:port`: what goes into `--etcd` and HICAM_ETCD.
    #[must_use]
    pub fn url(&self) -> String {
        transport::url(self.address)
    }

    /// Ends all calls and connections and stops listening, within about two seconds.
    pub async fn stop(mut self) {
        self.stop.cancel();
        let Some(mut server) = self.server.take() else {
            return;
        };
        if tokio::time::timeout(GRACE, &mut server).await.is_err() {
            server.abort();
            tracing::warn!(address = %self.address, "connections to the name service were cut off");
        }
    }
}

impl Drop for NameServiceHandle {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Starts an empty name service on a listener made by [`transport::bind`].
///
/// Must be called within a tokio runtime.
pub async fn start(bound: Bound) -> NameServiceHandle {
    let stop = CancellationToken::new();
    let shared = Arc::new(Shared::new(HistoryLimits::default(), stop.clone()));
    tokio::spawn(expiry::run(Arc::clone(&shared)));

    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_serving::<PbKvServer<kv::KvService>>().await;
    let address = bound.address;
    let serving = Server::builder()
        .add_service(health_service)
        .add_service(PbKvServer::new(kv::KvService::new(&shared)))
        .add_service(PbLeaseServer::new(lease::LeaseService::new(&shared)))
        .add_service(PbWatchServer::new(watch::WatchService::new(&shared)))
        .add_service(PbMaintenanceServer::new(admin::AdminService::new(&shared)))
        .add_service(PbClusterServer::new(admin::AdminService::new(&shared)))
        .serve_with_incoming_shutdown(bound.incoming, stop.clone().cancelled_owned());
    let server = tokio::spawn(async move {
        if let Err(error) = serving.await {
            tracing::error!(%address, error = %error, "the name service has failed");
        }
    });
    tracing::info!(%address, "the embedded name service is listening");
    NameServiceHandle {
        address,
        stop,
        server: Some(server),
    }
}
