//! One process that this daemon, or an earlier one in its directory, has started.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use rustix::process::Signal;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, watch};

use super::{lock, record::Record};
use crate::log_tail;

/// What a process is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    Server,
    CheckpointServer,
}

/// What a process says when it is ready.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ready {
    pub(crate) address: String,
    pub(crate) class: String,
    pub(crate) schema_fingerprint: String,
}

/// How far the life of a process has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Starting,
    Ready(Ready),
    /// With the exit status in words.
    Exited(String),
}

/// Which part a server process plays for its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Without state: not told yet what it is, or the destination of a migration that is not committed.
    Standby,
    Serving,
    /// Execution has passed to another process; it is about to exit.
    Moved,
}

/// The server that a process is, or is to be.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) uuid: String,
    pub(crate) name: String,
    pub(crate) role: Role,
}

/// A process that this daemon watches.
pub(crate) struct Process {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) class: String,
    pub(crate) hash: String,
    /// 0 until it has been started.
    pid: AtomicU32,
    started: Instant,
    log: PathBuf,
    pub(super) address: Mutex<String>,
    identity: Mutex<Option<Identity>>,
    pub(super) life: watch::Sender<Life>,
    signals: mpsc::UnboundedSender<Signal>,
}

/// The signals that a process is to be sent, for the task that watches it.
pub(super) type Signals = mpsc::UnboundedReceiver<Signal>;

impl Process {
    /// A process that is about to be started.
    pub(super) fn new(
        id: String,
        kind: Kind,
        class: String,
        hash: String,
        log: PathBuf,
        identity: Option<Identity>,
    ) -> (Arc<Self>, Signals) {
        let (signals, receiver) = mpsc::unbounded_channel();
        let process = Self {
            id,
            kind,
            class,
            hash,
            pid: AtomicU32::new(0),
            started: Instant::now(),
            log,
            address: Mutex::default(),
            identity: Mutex::new(identity),
            life: watch::Sender::new(Life::Starting),
            signals,
        };
        (Arc::new(process), receiver)
    }

    /// How far its life has come.
    pub(crate) fn life(&self) -> Life {
        self.life.borrow().clone()
    }

    /// Its number in the operating system.
    pub(crate) fn pid(&self) -> u32 {
        self.pid.load(Ordering::Relaxed)
    }

    pub(super) fn set_pid(&self, pid: u32) {
        self.pid.store(pid, Ordering::Relaxed);
    }

    /// Whether it has not ended.
    pub(crate) fn is_alive(&self) -> bool {
        !matches!(*self.life.borrow(), Life::Exited(_))
    }

    /// Where it listens; empty before it is ready.
    pub(crate) fn address(&self) -> String {
        lock(&self.address).clone()
    }

    /// The server that it is, or is to be.
    pub(crate) fn identity(&self) -> Option<Identity> {
        lock(&self.identity).clone()
    }

    /// Changes its part, unless it is already further.
    pub(crate) fn set_role(&self, role: Role) {
        if let Some(identity) = lock(&self.identity).as_mut()
            && identity.role != Role::Moved
        {
            identity.role = role;
        }
    }

    /// Whether it is, or is to be, this server.
    pub(crate) fn is_server(&self, uuid: &str) -> bool {
        lock(&self.identity)
            .as_ref()
            .is_some_and(|identity| identity.uuid == uuid)
    }

    /// When it was started, or found running.
    pub(crate) fn started(&self) -> Instant {
        self.started
    }

    /// Where its output is.
    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    /// The end of what it has written.
    pub(crate) async fn log_tail(&self) -> String {
        log_tail::read(&self.log).await
    }

    /// What a later daemon needs in order to find it; `None` where the system does not tell.
    pub(super) fn record(&self) -> Option<Record> {
        let ready = match self.life() {
            Life::Ready(ready) => Some(ready),
            _ => None,
        };
        let identity = self.identity();
        Record::new(self, ready, identity)
    }

    /// Asks it to end: a checkpoint server does what it has begun, a server makes its final checkpoint.
    pub(crate) fn terminate(&self) {
        // The receiver is gone when the process has ended, which is what is wanted.
        let _ = self.signals.send(Signal::TERM);
    }

    /// Ends it.
    pub(crate) fn kill(&self) {
        let _ = self.signals.send(Signal::KILL);
    }

    /// The exit status in words, once it has ended; `None` when it does not within `limit`.
    pub(crate) async fn exit(&self, limit: Duration) -> Option<String> {
        let mut life = self.life.subscribe();
        let ended = life.wait_for(|life| matches!(life, Life::Exited(_)));
        match tokio::time::timeout(limit, ended).await {
            Ok(Ok(life)) => match &*life {
                Life::Exited(exit) => Some(exit.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    /// Ends it, at once if `limit` is zero, else if it does not end by itself within `limit`.
    pub(crate) async fn reap(&self, limit: Duration) -> String {
        if let Some(exit) = self.exit(limit).await {
            return exit;
        }
        self.kill();
        // A process cannot refuse SIGKILL; one that hangs in the kernel is left to it.
        self.exit(Duration::from_secs(5))
            .await
            .unwrap_or_else(|| "killed, and hanging in the kernel".to_owned())
    }
}
