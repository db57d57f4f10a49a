//! The processes that this daemon has started: starting, waiting until they are ready, watching them end.

use std::{
    collections::{BTreeMap, VecDeque},
    ffi::OsString,
    io,
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use hicam_protocol::naming::NameService;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    process::Child,
    sync::{OwnedSemaphorePermit, mpsc, watch},
};
use tokio_util::task::TaskTracker;

use crate::{
    binary::{self, describe_exit},
    classes::Installed,
    error::{RemexError, Result, chain},
    log_tail,
};

/// How many ended processes are remembered, and their logs kept, for those who ask what became of them.
const REMEMBERED: usize = 64;

/// What a process is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Server,
    CheckpointServer,
}

/// What a process says when it is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// What to start.
pub(crate) struct Launch {
    pub(crate) kind: Kind,
    pub(crate) binary: Installed,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) environment: Vec<(&'static str, String)>,
    /// The server it is to be, if it is to be one.
    pub(crate) server: Option<Identity>,
    /// The place of the host that it takes, until it has ended.
    pub(crate) place: Option<OwnedSemaphorePermit>,
}

/// A process that this daemon has started.
pub(crate) struct Process {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) class: String,
    pub(crate) hash: String,
    /// 0 until it has been started.
    pid: AtomicU32,
    started: Instant,
    log: PathBuf,
    address: Mutex<String>,
    identity: Mutex<Option<Identity>>,
    life: watch::Sender<Life>,
    signals: mpsc::UnboundedSender<Signal>,
}

/// The processes of this daemon. Cloning shares them.
#[derive(Clone)]
pub(crate) struct Processes {
    shared: Arc<Shared>,
}

struct Shared {
    logs: PathBuf,
    ready_limit: Duration,
    lease: Duration,
    naming: NameService,
    tracker: TaskTracker,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    processes: BTreeMap<String, Arc<Process>>,
    ended: VecDeque<String>,
}

impl Process {
    /// How far its life has come.
    pub(crate) fn life(&self) -> Life {
        self.life.borrow().clone()
    }

    /// Its number in the operating system.
    pub(crate) fn pid(&self) -> u32 {
        self.pid.load(Ordering::Relaxed)
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

    /// When it was started.
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

impl Processes {
    pub(crate) async fn open(
        dir: &Path,
        ready_limit: Duration,
        lease: Duration,
        naming: NameService,
        tracker: TaskTracker,
    ) -> Result<Self> {
        let logs = dir.join("logs");
        tokio::fs::create_dir_all(&logs)
            .await
            .map_err(RemexError::io("create", &logs))?;
        Ok(Self {
            shared: Arc::new(Shared {
                logs,
                ready_limit,
                lease,
                naming,
                tracker,
                table: Mutex::default(),
            }),
        })
    }

    /// Starts a process and waits until it is ready. One that is not, or of another class, is gone again.
    pub(crate) async fn start(&self, launch: Launch) -> Result<(Arc<Process>, Ready)> {
        let process = self.spawn(launch).await?;
        // If the caller goes away, so does the process: nobody else knows of it yet.
        let mut guard = KillGuard(Some(process.clone()));
        let mut life = process.life.subscribe();
        let limit = self.shared.ready_limit;
        let settled = life.wait_for(|life| *life != Life::Starting);
        let settled = tokio::time::timeout(limit, settled)
            .await
            .map(|life| life.map(|life| life.clone()));
        let result = match settled {
            Ok(Ok(Life::Ready(ready))) if ready.class == process.class => Ok(ready),
            Ok(Ok(Life::Ready(ready))) => Err(RemexError::WrongClass {
                expected: process.class.clone(),
                found: ready.class,
            }),
            Ok(Ok(Life::Exited(exit))) => Err(RemexError::EarlyExit {
                process: process.id.clone(),
                exit,
                log: process.log.clone(),
                tail: process.log_tail().await,
            }),
            _ => Err(RemexError::ReadyTimeout {
                process: process.id.clone(),
                limit,
                log: process.log.clone(),
                tail: process.log_tail().await,
            }),
        };
        match result {
            Ok(ready) => {
                guard.0 = None;
                Ok((process, ready))
            }
            Err(error) => {
                process.reap(Duration::ZERO).await;
                Err(error)
            }
        }
    }

    /// A process says that it is ready.
    pub(crate) fn report(&self, process: &str, ready: Ready) -> Result<()> {
        let unknown = || RemexError::UnknownProcess {
            process: process.to_owned(),
        };
        let process = self.get(process).ok_or_else(unknown)?;
        lock(&process.address).clone_from(&ready.address);
        let accepted = process.life.send_if_modified(|life| {
            let starting = *life == Life::Starting;
            if starting {
                *life = Life::Ready(ready.clone());
            }
            starting
        });
        // A report that is sent again because its answer was lost says the same.
        if accepted || process.life() == Life::Ready(ready) {
            Ok(())
        } else {
            Err(unknown())
        }
    }

    /// The process with this id, also when it has ended.
    pub(crate) fn get(&self, id: &str) -> Option<Arc<Process>> {
        lock(&self.shared.table).processes.get(id).cloned()
    }

    /// All processes, those that have ended lately included.
    pub(crate) fn list(&self) -> Vec<Arc<Process>> {
        lock(&self.shared.table)
            .processes
            .values()
            .cloned()
            .collect()
    }

    /// The living processes that are, or are to be, this server.
    pub(crate) fn of_server(&self, uuid: &str) -> Vec<Arc<Process>> {
        let mut processes = self.list();
        processes.retain(|process| process.is_alive() && process.is_server(uuid));
        processes
    }

    async fn spawn(&self, launch: Launch) -> Result<Arc<Process>> {
        let Launch {
            kind,
            binary: installed,
            arguments,
            environment,
            server,
            place,
        } = launch;
        let id = format!("{}-{}", installed.class, uuid::Uuid::new_v4());
        let log = self.shared.logs.join(format!("{id}.log"));
        let output = std::fs::File::create(&log).map_err(RemexError::io("create", &log))?;
        let errors = output.try_clone().map_err(RemexError::io("create", &log))?;
        let mut command = binary::command(&installed.path);
        command
            .args(arguments)
            .envs(environment)
            .env("HICAM_PROCESS", &id)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors);

        let (signals, receiver) = mpsc::unbounded_channel();
        let process = Arc::new(Process {
            id: id.clone(),
            kind,
            class: installed.class,
            hash: installed.hash,
            pid: AtomicU32::new(0),
            started: Instant::now(),
            log,
            address: Mutex::default(),
            identity: Mutex::new(server),
            life: watch::Sender::new(Life::Starting),
            signals,
        });
        // Known before it runs, so that its report always finds it.
        lock(&self.shared.table)
            .processes
            .insert(id.clone(), process.clone());
        let child = match binary::spawn(&mut command).await {
            Ok(child) => child,
            Err(source) => {
                lock(&self.shared.table).processes.remove(&id);
                return Err(RemexError::Spawn {
                    program: installed.path,
                    source,
                });
            }
        };
        let pid = child.id().unwrap_or_default();
        process.pid.store(pid, Ordering::Relaxed);
        tracing::info!(process = %id, pid, ?kind, "process started");
        self.shared
            .tracker
            .spawn(self.clone().watch(process.clone(), child, receiver, place));
        Ok(process)
    }

    async fn watch(
        self,
        process: Arc<Process>,
        mut child: Child,
        mut signals: mpsc::UnboundedReceiver<Signal>,
        place: Option<OwnedSemaphorePermit>,
    ) {
        let exit = loop {
            tokio::select! {
                status = child.wait() => break status.map_or_else(
                    |error| format!("cannot be watched: {error}"),
                    describe_status,
                ),
                // The process holds a sender itself, so this only ends with it.
                Some(signal) = signals.recv() => send(process.pid(), signal, &mut child),
            }
        };
        let identity = process.identity();
        let expected = identity
            .as_ref()
            .is_none_or(|identity| identity.role != Role::Serving);
        let server = identity.as_ref().map(|identity| identity.uuid.as_str());
        if expected || exit == "exit status 0" {
            tracing::info!(process = %process.id, server, %exit, "process ended");
        } else {
            let tail = process.log_tail().await;
            tracing::warn!(process = %process.id, server, %exit, %tail, "server process ended");
        }
        drop(place);
        process.life.send_replace(Life::Exited(exit));
        self.forget_oldest(&process.id);
        if let Some(identity) = identity {
            self.release(&identity.uuid, &process.id).await;
        }
    }

    /// Deletes what the ended process still advertises, so that recovery need not wait for its lease.
    async fn release(&self, uuid: &str, process: &str) {
        let attempts = async {
            loop {
                match self.shared.naming.release(uuid, process).await {
                    Ok(released) => {
                        tracing::debug!(uuid, process, released, "the ended process holds nothing");
                        return;
                    }
                    Err(error) if error.is_retryable() => {
                        tokio::time::sleep(Duration::from_millis(200)).await;
                    }
                    Err(error) => {
                        tracing::warn!(uuid, process, error = %chain(&error), "cannot release what the ended process holds");
                        return;
                    }
                }
            }
        };
        // After that time its lease has run out by itself.
        if tokio::time::timeout(self.shared.lease, attempts)
            .await
            .is_err()
        {
            tracing::warn!(
                uuid,
                process,
                "the name service is not available: the lease of the ended process runs out by itself"
            );
        }
    }

    fn forget_oldest(&self, ended: &str) {
        let mut table = lock(&self.shared.table);
        table.ended.push_back(ended.to_owned());
        while table.ended.len() > REMEMBERED {
            let oldest = table.ended.pop_front();
            if let Some(forgotten) = oldest.and_then(|id| table.processes.remove(&id)) {
                // Its log goes with it: a host that servers visit again and again must not fill up.
                let _ = std::fs::remove_file(&forgotten.log);
            }
        }
    }
}

/// Kills a process whose start nobody waits for any more.
struct KillGuard(Option<Arc<Process>>);

impl Drop for KillGuard {
    fn drop(&mut self) {
        if let Some(process) = &self.0 {
            process.kill();
        }
    }
}

/// Sends a signal to a child that has not been waited for, whose number is therefore still its own.
fn send(pid: u32, signal: Signal, child: &mut Child) {
    let group = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let sent = match group {
        Some(group) => kill_process_group(group, signal).map_err(io::Error::from),
        None => child.start_kill(),
    };
    if let Err(error) = sent {
        tracing::debug!(pid, ?signal, %error, "signal not delivered");
    }
}

fn describe_status(status: std::process::ExitStatus) -> String {
    if status.core_dumped() {
        format!("{}, core dumped", describe_exit(status))
    } else {
        describe_exit(status)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Everything under these locks is changed by single assignments: whole at every moment.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
