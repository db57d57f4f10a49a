//! The life of a daemon: start, handle, stop.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::future::join_all;
use hicam_protocol::{
    DESCRIPTOR_SET,
    naming::NameService,
    remex::remex_server::{RemexServer, SERVICE_NAME},
    transport::{self, Bound},
};
use tokio::sync::{OnceCell, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::transport::Server;
use tonic_health::server::HealthReporter;

use crate::{
    binary::Launcher,
    classes::Classes,
    core::Core,
    directory::{Directory, Whereabouts},
    error::{RemexError, Result, chain},
    host::{self, Gauge},
    incoming::Incoming,
    name_service::{self, NameServiceHandle},
    names,
    operations::Operations,
    options::{NameServiceOption, Options},
    processes::{Kind, Process, Processes, Role},
    service::Service,
};

/// How long connections that are still open are waited for at the end.
const GRACE: Duration = Duration::from_secs(2);
/// How long a checkpoint server may take to finish what it has begun.
const CHECKPOINT_SERVER_STOP: Duration = Duration::from_secs(5);

/// A daemon of one host.
#[derive(Debug)]
pub struct Daemon;

/// A running daemon. Clones are handles of the same one.
///
/// When the last one is dropped without [`Handle::shutdown`], the daemon and its processes are killed.
#[derive(Clone)]
pub struct Handle {
    inner: Arc<Inner>,
}

struct Inner {
    core: Arc<Core>,
    directory: Directory,
    whereabouts: Whereabouts,
    health: HealthReporter,
    /// Ends the gRPC server.
    close: CancellationToken,
    /// Cancelled when the gRPC server has ended.
    closed: CancellationToken,
    server: tokio::task::AbortHandle,
    name_service: Mutex<Option<NameServiceHandle>>,
    shut_down: OnceCell<()>,
}

impl Daemon {
    /// Starts a daemon; when this returns it is reachable, advertised, and `<dir>/remex.json` says where it is.
    ///
    /// Processes that a daemon which was killed has left running, started in the same directory, are its own again.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from running: an invalid or taken host name, an address that may not or cannot be
    /// listened on, a directory that is not writable or in use, a name service that is not available.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), remex::RemexError> {
    /// use remex::{Daemon, Options};
    ///
    /// let daemon = Daemon::start(Options::new("alpha", "/var/lib/hicam/alpha")).await?;
    /// println!("{} listens at {}", daemon.host(), daemon.address());
    /// daemon.shutdown().await;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn start(options: Options) -> Result<Handle> {
        names::check("host", &options.host)?;
        let bound = transport::bind(&options.listen.to_string(), options.insecure_listen).await?;
        let directory = Directory::open(&options.dir)?;
        let name_service = match &options.name_service {
            NameServiceOption::Etcd(_) => None,
            NameServiceOption::Embedded(listen) => {
                let bound = transport::bind(&listen.to_string(), options.insecure_listen).await?;
                Some(name_service::start(bound).await)
            }
        };
        let endpoints = match (&options.name_service, &name_service) {
            (NameServiceOption::Etcd(endpoints), _) => endpoints.clone(),
            (_, Some(embedded)) => embedded.url(),
            (NameServiceOption::Embedded(listen), None) => transport::url(*listen),
        };
        let naming = NameService::connect(&endpoints).await?;
        host::check_free(
            &naming,
            &options.host,
            &bound.url(),
            options.timing.question,
        )
        .await?;
        let core = open_core(options, &directory, &bound, naming).await?;
        let whereabouts = Whereabouts {
            host: core.host.clone(),
            address: core.address.clone(),
            etcd: core.naming.endpoints().to_owned(),
            pid: std::process::id(),
        };
        // Connections wait in the listener's queue until the daemon knows what it has.
        let lease = host::advertise(&core).await?;
        core.recover().await?;
        let (health, close, closed, server) = serve(&core, bound).await?;
        let handle = Handle {
            inner: Arc::new(Inner {
                core: core.clone(),
                directory,
                whereabouts,
                health,
                close,
                closed,
                server,
                name_service: Mutex::new(name_service),
                shut_down: OnceCell::new(),
            }),
        };
        // From here on dropping the handle undoes everything.
        core.tracker
            .spawn(host::keep_advertised(core.clone(), lease));
        handle
            .inner
            .directory
            .write_whereabouts(&handle.inner.whereabouts)?;
        tracing::info!(host = %core.host, address = %core.address, etcd = %core.naming.endpoints(), "the daemon is ready");
        Ok(handle)
    }
}

async fn open_core(
    options: Options,
    directory: &Directory,
    bound: &Bound,
    naming: NameService,
) -> Result<Arc<Core>> {
    let tracker = TaskTracker::new();
    let timing = options.timing;
    let launcher = Launcher::new(&options.launcher);
    let classes = Classes::open(
        directory.path(),
        &options.host,
        timing.schema,
        launcher.clone(),
    )
    .await?;
    let processes = Processes::open(
        directory.path(),
        launcher.clone(),
        timing.ready,
        timing.lease,
        naming.clone(),
        tracker.clone(),
    )
    .await?;
    let places = usize::try_from(options.capacity)
        .unwrap_or(Semaphore::MAX_PERMITS)
        .min(Semaphore::MAX_PERMITS);
    Ok(Arc::new(Core {
        host: options.host,
        address: bound.url(),
        ip: bound.address.ip(),
        dir: directory.path().to_owned(),
        capacity: options.capacity,
        timing,
        naming,
        classes,
        processes,
        launcher,
        places: Arc::new(Semaphore::new(places)),
        operations: Operations::default(),
        incoming: Incoming::default(),
        tracker,
        stopping: CancellationToken::new(),
        changed: tokio::sync::Notify::new(),
        gauge: Gauge::new(),
    }))
}

type Serving = (
    HealthReporter,
    CancellationToken,
    CancellationToken,
    tokio::task::AbortHandle,
);

/// Starts the gRPC server: the daemon's service, health and reflection on one port.
async fn serve(core: &Arc<Core>, bound: Bound) -> Result<Serving> {
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_serving::<RemexServer<Service>>().await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .with_service_name(SERVICE_NAME)
        .with_service_name("grpc.health.v1.Health")
        .build_v1()
        .map_err(|source| RemexError::Reflection {
            host: core.host.clone(),
            source,
        })?;
    let (close, closed) = (CancellationToken::new(), CancellationToken::new());
    let serving = Server::builder()
        .add_service(health_service)
        .add_service(reflection)
        .add_service(RemexServer::new(Service::new(core.clone())))
        .serve_with_incoming_shutdown(bound.incoming, close.clone().cancelled_owned());
    let (host, ended) = (core.host.clone(), closed.clone().drop_guard());
    let server = tokio::spawn(async move {
        let _ended = ended;
        if let Err(error) = serving.await {
            tracing::error!(host, error = %chain(&error), "the gRPC server has failed");
        }
    });
    Ok((health, close, closed, server.abort_handle()))
}

impl Handle {
    /// The name of the host.
    pub fn host(&self) -> &str {
        &self.inner.whereabouts.host
    }

    /// The daemon's address, `http://ip:port`.
    pub fn address(&self) -> &str {
        &self.inner.whereabouts.address
    }

    /// The endpoints of the name service that it uses, or hosts.
    pub fn etcd(&self) -> &str {
        &self.inner.whereabouts.etcd
    }

    /// Where it is, as `<dir>/remex.json` says.
    pub fn whereabouts(&self) -> &Whereabouts {
        &self.inner.whereabouts
    }

    /// Resolves when the daemon no longer serves, for whatever reason.
    pub async fn stopped(&self) {
        self.inner.closed.cancelled().await;
    }

    /// Stops the daemon: no new work, a final checkpoint of every server, then the checkpoint servers, then
    /// itself. Every step is bounded in time; what does not end by then is killed.
    ///
    /// Further calls wait for the first one.
    pub async fn shutdown(&self) {
        self.inner
            .shut_down
            .get_or_init(|| self.inner.shut_down())
            .await;
    }
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handle")
            .field("whereabouts", &self.inner.whereabouts)
            .finish_non_exhaustive()
    }
}

impl Inner {
    async fn shut_down(&self) {
        let core = &self.core;
        tracing::info!(host = %core.host, "the daemon stops");
        core.stopping.cancel();
        self.directory.remove_whereabouts();
        self.health.set_not_serving::<RemexServer<Service>>().await;
        let (servers, checkpoint_servers): (Vec<_>, Vec<_>) = core
            .processes
            .list()
            .into_iter()
            .filter(|process| process.is_alive())
            .partition(|process| process.kind == Kind::Server);
        join_all(servers.iter().map(|process| stop_server(core, process))).await;
        // After the servers, whose final checkpoints go there.
        join_all(checkpoint_servers.iter().map(|process| {
            process.terminate();
            process.reap(CHECKPOINT_SERVER_STOP)
        }))
        .await;
        core.tracker.close();
        if tokio::time::timeout(GRACE, core.tracker.wait())
            .await
            .is_err()
        {
            tracing::warn!(host = %core.host, "some operations were cut off");
        }
        self.close.cancel();
        if tokio::time::timeout(GRACE, self.closed.cancelled())
            .await
            .is_err()
        {
            tracing::debug!(host = %core.host, "open connections were cut off");
            self.server.abort();
        }
        let name_service = self.take_name_service();
        if let Some(name_service) = name_service {
            name_service.stop().await;
        }
        self.directory.release();
        tracing::info!(host = %core.host, "the daemon has stopped");
    }

    fn take_name_service(&self) -> Option<NameServiceHandle> {
        self.name_service
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.core.stopping.cancel();
        if !self.shut_down.initialized() {
            self.directory.release();
        }
        for process in self.core.processes.list() {
            process.kill();
        }
        self.server.abort();
        // The embedded name service stops when it is dropped with this.
    }
}

async fn stop_server(core: &Core, process: &Process) {
    core.refresh(process).await;
    let Some(identity) = process.identity() else {
        process.reap(Duration::ZERO).await;
        return;
    };
    let exit = match identity.role {
        // It has nothing to lose.
        Role::Standby => process.reap(Duration::ZERO).await,
        Role::Moved => process.reap(core.timing.stop).await,
        Role::Serving => {
            let server = format!("{}/{}", process.class, identity.name);
            match core.stop_process(process, &server, false).await {
                Ok(exit) => exit,
                Err(error) => {
                    tracing::error!(server, error = %chain(&error), "stopping without a final checkpoint: it can be restored from its last stable one");
                    match core.stop_process(process, &server, true).await {
                        Ok(exit) => exit,
                        Err(_) => process.reap(Duration::ZERO).await,
                    }
                }
            }
        }
    };
    tracing::info!(process = %process.id, uuid = %identity.uuid, %exit, "server stopped");
}
