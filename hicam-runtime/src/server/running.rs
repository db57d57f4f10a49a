//! A server process that listens: its gRPC server, its signals, its end.

use super::{
    calls::pending,
    check, checkpointing,
    class::Class,
    core::Core,
    error::{Result, ServerError},
    lifecycle,
    management::Management,
    options::{Durability, Role, ServerOptions},
    store::Store,
};
use hicam_protocol::{
    DESCRIPTOR_SET,
    management::{ServerDescription, management_server::ManagementServer},
    naming::NameService,
    remex::{ReportReadyRequest, remex_client::RemexClient},
    transport,
};
use std::{sync::Arc, time::Duration};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    task::JoinHandle,
};
use tonic::service::RoutesBuilder;

/// How long connections may take to flush their last answers when the process ends.
const DRAIN: Duration = Duration::from_secs(2);
const MAX_MESSAGE: usize = 16 << 20;

/// A server process that listens. Dropping it leaves it running; [`wait`](Self::wait) for its end.
pub struct Running {
    core: Arc<Core>,
    serving: JoinHandle<std::result::Result<(), tonic::transport::Error>>,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running")
            .field("address", &self.core.address)
            .finish_non_exhaustive()
    }
}

pub(super) async fn start(
    options: ServerOptions,
    class: Box<dyn Class>,
    descriptors: Vec<&'static [u8]>,
) -> Result<Running> {
    let naming = match (&options.etcd, &options.role) {
        // The environment of a server that stands alone may speak of a name service all the same.
        (_, Role::Alone | Role::Check(_)) => None,
        (Some(endpoints), _) => Some(NameService::connect(endpoints).await?),
        (None, Role::Named(_)) => {
            return Err(ServerError::NoNameService {
                what: "serve under a name",
            });
        }
        (None, Role::Standby) => {
            return Err(ServerError::NoNameService {
                what: "wait in standby",
            });
        }
    };
    let store = Store::new(
        class.name(),
        options.checkpoint_server.clone(),
        naming.clone(),
    );
    let durability = durability(&options, &store);
    let bound = transport::bind(&options.listen, options.insecure_listen).await?;
    let (health, health_service) = tonic_health::server::health_reporter();
    let address = bound.url();
    let core = Core::new(class, options, address, durability, naming, store, health);
    core.report_health(false).await;

    let mut reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET);
    for descriptor in descriptors {
        reflection = reflection.register_encoded_file_descriptor_set(descriptor);
    }
    let mut routes = RoutesBuilder::default();
    core.class.mount(&core, &mut routes);
    routes
        .add_service(health_service)
        .add_service(reflection.build_v1()?)
        .add_service(
            ManagementServer::new(Management::new(Arc::clone(&core)))
                .max_decoding_message_size(MAX_MESSAGE),
        );
    let server = tonic::transport::Server::builder().add_routes(routes.routes());
    let shutdown = core.shutdown.clone();
    let serving = tokio::spawn(
        server.serve_with_incoming_shutdown(bound.incoming, shutdown.cancelled_owned()),
    );
    let running = Running { core, serving };
    let started = running.assume_role().await;
    if started.is_err() {
        running.core.exit(None);
    }
    started.map(|()| running)
}

/// Durability `replies` cannot be kept where nothing can be made stable; that is said, not passed over.
fn durability(options: &ServerOptions, store: &Store) -> Durability {
    if options.durability == Durability::Replies && !store.is_configured() {
        tracing::warn!(
            "this server runs alone, without a checkpoint server: durability `replies` is not in force, \
             and a crash loses everything"
        );
        return Durability::Periodic;
    }
    options.durability
}

impl Running {
    async fn assume_role(&self) -> Result<()> {
        let core = &self.core;
        match core.options.role.clone() {
            Role::Alone => lifecycle::start_alone(core).await,
            Role::Named(name) => lifecycle::start_named(core, &name).await,
            Role::Standby => report_ready(core).await,
            Role::Check(file) => check::check(core, &file).await,
        }
    }

    /// `http://ip:port` of the gRPC server.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.core.address
    }

    /// What this process is and does now.
    #[must_use]
    pub fn describe(&self) -> ServerDescription {
        self.core.describe()
    }

    /// Withdraws, takes a final checkpoint where there is a checkpoint server, and ends the service, as SIGTERM does.
    pub async fn terminate(&self) {
        lifecycle::terminate(&self.core).await;
    }

    /// Ends the process's part at once, as a crash does, except that the port is closed in an orderly way: nothing is
    /// captured, revoked or withdrawn.
    pub fn abandon(self) {
        self.core.set_lease(None);
        self.core.gate.fence();
        self.core.gate.set_lease(None);
        self.core.shutdown.cancel();
        self.serving.abort();
    }

    /// Waits until the server has been stopped, has moved, or has failed.
    ///
    /// # Errors
    /// What ended it against its will.
    pub async fn wait(self) -> Result<()> {
        self.core.shutdown.cancelled().await;
        self.drain().await
    }

    async fn drain(mut self) -> Result<()> {
        // Whoever still waits for an answer is told to ask elsewhere, unless told so already.
        self.core.gate.dismiss(&pending());
        let served = tokio::time::timeout(DRAIN, &mut self.serving).await;
        self.serving.abort();
        if let Some(failure) = self.core.take_failure() {
            return Err(failure);
        }
        match served {
            Ok(Ok(Err(error))) => Err(ServerError::Serve(error)),
            _ => Ok(()),
        }
    }

    /// As [`wait`](Self::wait), with SIGTERM and SIGINT for an orderly stop and SIGUSR1 for a checkpoint.
    ///
    /// # Errors
    /// What ended the server against its will, or [`ServerError::System`] when signals cannot be received.
    pub async fn wait_with_signals(self) -> Result<()> {
        let mut terminate = listen(SignalKind::terminate())?;
        let mut interrupt = listen(SignalKind::interrupt())?;
        let mut user = listen(SignalKind::user_defined1())?;
        let mut stopping = false;
        loop {
            tokio::select! {
                () = self.core.shutdown.cancelled() => return self.drain().await,
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
                _ = user.recv() => {
                    tokio::spawn(checkpoint_now(Arc::clone(&self.core)));
                    continue;
                }
            }
            if stopping {
                // The second signal: whoever sends it does not want to wait.
                self.core.exit(Some(ServerError::SecondSignal));
                continue;
            }
            stopping = true;
            let core = Arc::clone(&self.core);
            tokio::spawn(async move { lifecycle::terminate(&core).await });
        }
    }
}

fn listen(kind: SignalKind) -> Result<Signal> {
    signal(kind).map_err(|source| ServerError::System {
        what: "signals cannot be received",
        source,
    })
}

async fn checkpoint_now(core: Arc<Core>) {
    match checkpointing::checkpoint(&core).await {
        Ok(report) => tracing::info!(
            sequence = report.sequence,
            bytes = report.bytes,
            "checkpoint is stable"
        ),
        Err(error) => tracing::error!(error = error.chain(), "no checkpoint"),
    }
}

/// Tells the remex that started this process where it listens.
async fn report_ready(core: &Core) -> Result<()> {
    let Some(remex) = &core.options.report_to else {
        return Ok(());
    };
    let request = ReportReadyRequest {
        process: core.options.process.clone(),
        address: core.address.clone(),
        pid: std::process::id(),
        class: core.class.name().to_owned(),
        schema_fingerprint: core.schema_fingerprint.clone(),
    };
    let mut client = RemexClient::new(transport::connect(remex).await?);
    let reported = client.report_ready(request).await;
    reported.map(drop).map_err(|status| ServerError::Remex {
        address: remex.clone(),
        status: Box::new(status),
    })
}
