//! What every part of a running server shares: who it is, its gate, its state, its place in the name service.

use super::{
    class::{Class, Instance, Moment},
    error::{Result, ServerError},
    gate::{Door, Gate},
    layer::Inner,
    options::{Durability, ServerOptions},
    store::Store,
};
use hicam_protocol::{
    management::{self, ServerDescription},
    naming::{Lease, NameService},
};
use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tonic_health::server::HealthReporter;

/// What a server process is and does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Started, without state; does not hold the execution token.
    Standby,
    /// Serving.
    Serving,
    /// Holds the token; new calls are answered *pending*.
    Withdrawn,
    /// Execution has passed to another process; about to exit.
    Moved,
    /// About to exit.
    Stopping,
    /// The lease was lost; nothing runs until the token is certainly ours again.
    Fenced,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Standby => "in standby",
            Self::Serving => "serving",
            Self::Withdrawn => "withdrawn",
            Self::Moved => "moved to another process",
            Self::Stopping => "stopping",
            Self::Fenced => "fenced: it has lost its lease",
        })
    }
}

impl From<Phase> for management::Phase {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::Standby => Self::Standby,
            Phase::Serving => Self::Serving,
            Phase::Withdrawn => Self::Withdrawn,
            Phase::Moved => Self::Moved,
            Phase::Stopping => Self::Stopping,
            Phase::Fenced => Self::Fenced,
        }
    }
}

/// Where the process is in its life; the finer [`Phase`] follows from this and the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Standby,
    Running,
    Moved,
    Stopping,
}

/// Who the server is; empty in standby.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) life: Life,
    pub(crate) uuid: String,
    pub(crate) name: String,
    pub(crate) interval: Duration,
    /// Number of the last checkpoint taken, stable or not.
    pub(crate) sequence: u64,
    /// Number of the last stable checkpoint, 0: none.
    pub(crate) stable: u64,
}

/// The shared heart of one server process.
pub(crate) struct Core {
    pub(crate) class: Box<dyn Class>,
    pub(crate) options: ServerOptions,
    /// `http://ip:port`
    pub(crate) address: String,
    pub(crate) durability: Durability,
    pub(crate) gate: Arc<Gate>,
    pub(crate) naming: Option<NameService>,
    pub(crate) store: Store,
    pub(crate) health: HealthReporter,
    pub(crate) schema_fingerprint: String,
    identity: Mutex<Identity>,
    epoch: AtomicU64,
    instance: RwLock<Option<Arc<dyn Instance>>>,
    pub(crate) lease: Mutex<Option<Arc<Lease>>>,
    /// Held by whatever changes what this process is: start, restore, receive, commit, migrate, stop.
    pub(crate) transition: Arc<tokio::sync::Mutex<()>>,
    /// Held from a quiesce until its threads go on.
    pub(crate) capture: Arc<tokio::sync::Mutex<()>>,
    /// Held while a checkpoint is taken and made stable, so that they arrive in order.
    pub(crate) checkpoint: tokio::sync::Mutex<()>,
    /// The state of a migration that this process is the destination of, until its commit.
    pub(crate) incoming: tokio::sync::Mutex<Option<super::migration::Incoming>>,
    pub(crate) interval_changes: watch::Sender<()>,
    /// The gRPC server drains and the process ends.
    pub(crate) shutdown: CancellationToken,
    failure: Mutex<Option<ServerError>>,
}

impl Core {
    pub(crate) fn new(
        class: Box<dyn Class>,
        options: ServerOptions,
        address: String,
        durability: Durability,
        naming: Option<NameService>,
        store: Store,
        health: HealthReporter,
    ) -> Arc<Self> {
        Arc::new(Self {
            schema_fingerprint: class.schema().fingerprint(),
            class,
            address,
            durability,
            gate: Arc::new(Gate::new(durability == Durability::Replies)),
            naming,
            store,
            health,
            identity: Mutex::new(Identity {
                life: Life::Standby,
                uuid: String::new(),
                name: String::new(),
                interval: options.interval,
                sequence: 0,
                stable: 0,
            }),
            options,
            epoch: AtomicU64::new(0),
            instance: RwLock::new(None),
            lease: Mutex::new(None),
            transition: Arc::default(),
            capture: Arc::default(),
            checkpoint: tokio::sync::Mutex::default(),
            incoming: tokio::sync::Mutex::default(),
            interval_changes: watch::channel(()).0,
            shutdown: CancellationToken::new(),
            failure: Mutex::new(None),
        })
    }

    // Nothing that can panic runs under this lock.
    pub(crate) fn identity(&self) -> MutexGuard<'_, Identity> {
        self.identity.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    pub(crate) fn set_epoch(&self, epoch: u64) {
        self.epoch.store(epoch, Ordering::SeqCst);
    }

    pub(crate) fn uuid(&self) -> String {
        self.identity().uuid.clone()
    }

    pub(crate) fn phase(&self) -> Phase {
        let life = self.identity().life;
        match life {
            Life::Standby => Phase::Standby,
            Life::Moved => Phase::Moved,
            Life::Stopping => Phase::Stopping,
            Life::Running if self.gate.is_fenced() => Phase::Fenced,
            Life::Running => match self.gate.door() {
                Door::Open | Door::Held => Phase::Serving,
                Door::Closed(_) => Phase::Withdrawn,
            },
        }
    }

    /// Fails unless the process is in this phase.
    pub(crate) fn require(&self, phase: Phase, needed: &'static str) -> Result<()> {
        let now = self.phase();
        if now == phase {
            return Ok(());
        }
        if now == Phase::Fenced {
            return Err(ServerError::Fenced);
        }
        Err(ServerError::WrongPhase { phase: now, needed })
    }

    pub(crate) fn set_instance(&self, instance: Option<Arc<dyn Instance>>) {
        *self
            .instance
            .write()
            .unwrap_or_else(PoisonError::into_inner) = instance;
    }

    pub(crate) fn instance(&self) -> Option<Arc<dyn Instance>> {
        self.instance
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn service_of(&self, method: &str) -> Option<Inner> {
        self.instance()?.service(method)
    }

    pub(crate) async fn run_hooks(&self, moment: Moment) {
        if let Some(instance) = self.instance() {
            instance.run_hooks(moment).await;
        }
    }

    /// The lease under which this process holds its server.
    pub(crate) fn lease(&self) -> Option<Arc<Lease>> {
        self.lease
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn set_lease(&self, lease: Option<Arc<Lease>>) {
        *self.lease.lock().unwrap_or_else(PoisonError::into_inner) = lease;
    }

    /// Says through gRPC health whether the user's services serve.
    pub(crate) async fn report_health(&self, serving: bool) {
        let status = if serving {
            tonic_health::ServingStatus::Serving
        } else {
            tonic_health::ServingStatus::NotServing
        };
        for service in self.class.services() {
            self.health.set_service_status(service, status).await;
        }
    }

    /// Ends the process's service; a failure becomes its exit status.
    pub(crate) fn exit(&self, failure: Option<ServerError>) {
        if let Some(failure) = failure {
            let mut first = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
            first.get_or_insert(failure);
        }
        self.shutdown.cancel();
    }

    pub(crate) fn take_failure(&self) -> Option<ServerError> {
        self.failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    pub(crate) fn describe(&self) -> ServerDescription {
        let phase: management::Phase = self.phase().into();
        let identity = self.identity().clone();
        let (active, finished) = self.gate.counts();
        ServerDescription {
            class: self.class.name().to_owned(),
            uuid: identity.uuid,
            name: identity.name,
            epoch: self.epoch(),
            phase: phase.into(),
            address: self.address.clone(),
            process: self.options.process.clone(),
            interval_ms: to_ms(identity.interval),
            durability: self.durability.to_string(),
            active_threads: active,
            calls_finished: finished,
            last_checkpoint: identity.stable,
            arch: std::env::consts::ARCH.to_owned(),
            schema_fingerprint: self.schema_fingerprint.clone(),
        }
    }
}

/// Whole milliseconds, at most `u32::MAX`.
pub(crate) fn to_ms(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}

/// Whole microseconds, at most `u64::MAX`.
pub(crate) fn to_us(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
