//! The processes of this daemon: starting, waiting until they are ready, watching them end.

mod process;
mod record;

use std::{
    collections::{BTreeMap, VecDeque},
    ffi::OsString,
    io,
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hicam_protocol::naming::NameService;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{process::Child, sync::OwnedSemaphorePermit};
use tokio_util::task::TaskTracker;

use self::{process::Signals, record::Records};
pub(crate) use self::{
    process::{Identity, Kind, Life, Process, Ready, Role},
    record::{Record, Running},
};
use crate::{
    binary::{self, Launcher, describe_exit},
    classes::Installed,
    error::{RemexError, Result, chain},
};

/// How many ended processes are remembered, and their logs kept, for those who ask what became of them.
const REMEMBERED: usize = 64;

/// The exit status of a process whose parent, the daemon that had started it, was killed.
const UNKNOWN_EXIT: &str = "exit status unknown";

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

/// The processes of this daemon. Cloning shares them.
#[derive(Clone)]
pub(crate) struct Processes {
    shared: Arc<Shared>,
}

struct Shared {
    logs: PathBuf,
    launcher: Launcher,
    records: Records,
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

impl Processes {
    pub(crate) async fn open(
        dir: &Path,
        launcher: Launcher,
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
                launcher,
                records: Records::open(dir)?,
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
                log: process.log().to_owned(),
                tail: process.log_tail().await,
            }),
            _ => Err(RemexError::ReadyTimeout {
                process: process.id.clone(),
                limit,
                log: process.log().to_owned(),
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
        if accepted {
            self.shared.records.write(&process);
        }
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
        let mut command = self.shared.launcher.command(&installed.path);
        command
            .args(arguments)
            .envs(environment)
            .env("HICAM_PROCESS", &id)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors);

        let (process, signals) = Process::new(
            id.clone(),
            kind,
            installed.class,
            installed.hash,
            log,
            server,
        );
        // Known before it runs, so that its report always finds it.
        lock(&self.shared.table)
            .processes
            .insert(id.clone(), process.clone());
        let child = match binary::spawn(&mut command).await {
            Ok(child) => child,
            Err(source) => {
                lock(&self.shared.table).processes.remove(&id);
                return Err(RemexError::Spawn {
                    program: self.shared.launcher.program(&installed.path),
                    source,
                });
            }
        };
        let pid = child.id().unwrap_or_default();
        process.set_pid(pid);
        self.shared.records.write(&process);
        tracing::info!(process = %id, pid, ?kind, "process started");
        self.shared
            .tracker
            .spawn(self.clone().watch(process.clone(), child, signals, place));
        Ok(process)
    }

    /// What an earlier daemon has written down of its processes.
    pub(crate) fn records(&self) -> Result<Vec<Record>> {
        self.shared.records.read()
    }

    /// Watches a process that an earlier daemon has started and that is ready.
    pub(crate) fn adopt(
        &self,
        record: Record,
        ready: Ready,
        role: Role,
        running: Running,
        place: Option<OwnedSemaphorePermit>,
    ) -> Arc<Process> {
        let Record {
            id,
            kind,
            class,
            hash,
            uuid,
            name,
            ..
        } = record;
        let identity = (kind == Kind::Server).then_some(Identity { uuid, name, role });
        let log = self.shared.logs.join(format!("{id}.log"));
        let (process, mut signals) = Process::new(id.clone(), kind, class, hash, log, identity);
        process.set_pid(running.pid);
        lock(&process.address).clone_from(&ready.address);
        process.life.send_replace(Life::Ready(ready));
        lock(&self.shared.table)
            .processes
            .insert(id, process.clone());
        let (processes, watched) = (self.clone(), process.clone());
        self.shared.tracker.spawn(async move {
            loop {
                tokio::select! {
                    () = running.ended() => break,
                    Some(signal) = signals.recv() => if let Err(error) = running.send(signal) {
                        tracing::debug!(process = %watched.id, ?signal, %error, "signal not delivered");
                    },
                }
            }
            processes.ended(&watched, UNKNOWN_EXIT.to_owned(), place).await;
        });
        process
    }

    /// Forgets a process of an earlier daemon that has ended.
    pub(crate) fn bury(&self, record: &Record) {
        self.shared.records.remove(&record.id);
        if record.kind == Kind::Server {
            let (processes, uuid, id) = (self.clone(), record.uuid.clone(), record.id.clone());
            self.shared
                .tracker
                .spawn(async move { processes.release(&uuid, &id).await });
        }
    }

    async fn watch(
        self,
        process: Arc<Process>,
        mut child: Child,
        mut signals: Signals,
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
        self.ended(&process, exit, place).await;
    }

    async fn ended(&self, process: &Process, exit: String, place: Option<OwnedSemaphorePermit>) {
        let identity = process.identity();
        let expected = identity
            .as_ref()
            .is_none_or(|identity| identity.role != Role::Serving);
        let server = identity.as_ref().map(|identity| identity.uuid.as_str());
        if expected || exit == "exit status 0" || exit == UNKNOWN_EXIT {
            tracing::info!(process = %process.id, server, %exit, "process ended");
        } else {
            let tail = process.log_tail().await;
            tracing::warn!(process = %process.id, server, %exit, %tail, "server process ended");
        }
        drop(place);
        self.shared.records.remove(&process.id);
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
                let _ = std::fs::remove_file(forgotten.log());
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
