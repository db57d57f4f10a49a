//! A running checkpoint server: started from options, stopped through its handle.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hicam_protocol::transport::Bound;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;

use crate::check::ClassCheck;
use crate::engine::{Engine, EngineOptions};
use crate::error::StoreError;
use crate::location::StoreLocation;
use crate::service::{CHUNK, StoreService};
use crate::wire::checkpoint_store_server::CheckpointStoreServer;

/// How long requests in progress may go on after a stop has been asked for.
const DRAIN: Duration = Duration::from_secs(10);

/// Bytes that may be under way to this server in one stream; the default of HTTP/2 makes large checkpoints slow.
const WINDOW: u32 = 8 << 20;

/// What a checkpoint server is to be.
#[derive(Clone)]
pub struct Options {
    /// Where checkpoints are kept.
    pub store: StoreLocation,
    /// Retention and limits.
    pub engine: EngineOptions,
    /// The class it belongs to; `None` stores any class.
    pub check: Option<Arc<dyn ClassCheck>>,
}

impl Options {
    /// Defaults: [`crate::DEFAULT_KEEP`] checkpoints for each server, of any class.
    pub fn new(store: StoreLocation) -> Self {
        Self {
            store,
            engine: EngineOptions::default(),
            check: None,
        }
    }
}

/// Why a checkpoint server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The descriptions of the services, compiled into this program, are unusable.
    #[error("gRPC reflection cannot be offered: this program was built wrongly")]
    Reflection(#[from] tonic_reflection::server::Error),
}

/// Starts checkpoint servers.
#[derive(Debug)]
pub struct Service;

impl Service {
    /// Opens the store and serves on the listener, beside gRPC health and reflection.
    ///
    /// # Errors
    /// [`StartError::Store`] if the store cannot be opened.
    pub async fn start(options: Options, listener: Bound) -> Result<Handle, StartError> {
        let engine = Engine::open(&options.store, options.engine).await?;
        Self::start_with(engine, options.check, listener).await
    }

    /// Serves an engine that is open already.
    ///
    /// # Errors
    /// [`StartError::Reflection`].
    pub async fn start_with(
        engine: Engine,
        check: Option<Arc<dyn ClassCheck>>,
        listener: Bound,
    ) -> Result<Handle, StartError> {
        let address = listener.address;
        let store = CheckpointStoreServer::new(StoreService {
            engine: engine.clone(),
            check,
        })
        .max_decoding_message_size(2 * CHUNK)
        .max_encoding_message_size(2 * CHUNK);
        let (health, health_service) = tonic_health::server::health_reporter();
        health
            .set_serving::<CheckpointStoreServer<StoreService>>()
            .await;
        let reflection = tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(hicam_protocol::DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            .build_v1()?;
        let stop = CancellationToken::new();
        let (stopped, _) = watch::channel(None);
        let serving = Server::builder()
            .initial_stream_window_size(WINDOW)
            .initial_connection_window_size(2 * WINDOW)
            .add_service(store)
            .add_service(health_service)
            .add_service(reflection)
            .serve_with_incoming_shutdown(listener.incoming, stop.clone().cancelled_owned());
        let handle = Handle {
            engine: engine.clone(),
            address,
            stop: stop.clone(),
            stopped: stopped.clone(),
        };
        tokio::spawn(async move {
            let drained = async {
                stop.cancelled().await;
                health
                    .set_not_serving::<CheckpointStoreServer<StoreService>>()
                    .await;
                tokio::time::sleep(DRAIN).await;
            };
            let outcome = tokio::select! {
                served = serving => served.map_err(|error| error.to_string()),
                () = drained => Err(format!("requests were cut off {} s after the stop", DRAIN.as_secs())),
            };
            if let Err(error) = &outcome {
                tracing::warn!(%error, "the checkpoint server did not end cleanly");
            }
            engine.settle().await;
            stopped.send_replace(Some(outcome));
        });
        tracing::info!(%address, store = handle.engine.store_name(), "checkpoint server started");
        Ok(handle)
    }
}

/// A running checkpoint server. Clones are of the same server; dropping them does not stop it.
#[derive(Debug, Clone)]
pub struct Handle {
    engine: Engine,
    address: SocketAddr,
    stop: CancellationToken,
    stopped: watch::Sender<Option<Result<(), String>>>,
}

impl Handle {
    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://ip:port`, what is advertised.
    pub fn url(&self) -> String {
        hicam_protocol::transport::url(self.address)
    }

    /// Its engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Takes no more requests, finishes those in progress (for at most 10 s) and the deletions of old checkpoints.
    pub async fn stop(&self) {
        self.stop.cancel();
        // How it ended has been logged where it happened.
        let _outcome = self.stopped().await;
    }

    /// Waits until the server has ended, by [`Handle::stop`] or by an error of its listener.
    ///
    /// # Errors
    /// Says what the listener's error was, or that requests had to be cut off.
    pub async fn stopped(&self) -> Result<(), String> {
        let mut stopped = self.stopped.subscribe();
        match stopped.wait_for(Option::is_some).await {
            Ok(outcome) => outcome.clone().unwrap_or(Ok(())),
            // The sender is ours, so it cannot be gone.
            Err(_) => Ok(()),
        }
    }
}
