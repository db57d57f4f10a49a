//! The cluster of one machine: several daemons as processes, started, watched and ended together.

mod daemon;
mod stop;

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::Duration,
};

use futures::{
    StreamExt as _,
    future::{join_all, select_all, try_join_all},
};
use hicam_protocol::naming::{HostChange, NameService};

use self::daemon::{Daemon, NameServiceOf};
pub use self::stop::{DaemonStopped, down};
use crate::{
    cluster::{ClusterFile, ClusterHost},
    error::{MimanError, Result},
    process::ProcessId,
    progress::Observer,
    rpc,
};

/// How long a daemon may take until it is advertised.
const COME_UP: Duration = Duration::from_secs(30);

/// What to start.
#[derive(Clone, Debug)]
pub struct LocalOptions {
    /// The hosts' names; see [`host_names`].
    pub hosts: Vec<String>,
    /// The directory in which each host has its own, under its name.
    pub dir: PathBuf,
    /// Endpoints of a name service; none: the first daemon hosts the embedded one.
    pub etcd: Option<String>,
    /// How many servers each host may run; none: the daemon's default.
    pub capacity: Option<u32>,
    /// The daemon's program.
    pub remex: PathBuf,
    /// MiMan's own directory, which gets the cluster file.
    pub home: PathBuf,
    /// Whether the daemons are to outlive this process.
    pub detach: bool,
}

/// The host names that `--hosts` means: `3` is host1, host2, host3; anything else is a comma-separated list.
///
/// # Errors
/// [`MimanError::BadHostName`].
///
/// ```
/// assert_eq!(miman::host_names("2").unwrap(), ["host1", "host2"]);
/// assert_eq!(miman::host_names("alpha,beta").unwrap(), ["alpha", "beta"]);
/// assert!(miman::host_names("a,a").is_err());
/// assert!(miman::host_names("0").is_err());
/// ```
pub fn host_names(hosts: &str) -> Result<Vec<String>> {
    let bad = |name: &str, cause| MimanError::BadHostName {
        name: name.to_owned(),
        cause,
    };
    if let Ok(count) = hosts.parse::<u64>() {
        return match count {
            1..=64 => Ok((1..=count).map(|n| format!("host{n}")).collect()),
            _ => Err(bad(
                hosts,
                "give a number from 1 to 64, or names separated by commas",
            )),
        };
    }
    let names: Vec<String> = hosts
        .split(',')
        .map(|name| name.trim().to_owned())
        .collect();
    for (index, name) in names.iter().enumerate() {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if name.is_empty()
            || name.len() > 64
            || name.starts_with(['.', '-'])
            || !name.chars().all(allowed)
        {
            return Err(bad(
                name,
                "use 1 to 64 of the letters, digits, '-', '_' and '.', not beginning with '.' or '-'",
            ));
        }
        if names.iter().take(index).any(|other| other == name) {
            return Err(bad(name, "it is there twice"));
        }
    }
    Ok(names)
}

/// A daemon that has ended by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostEnd {
    /// The host.
    pub host: String,
    /// Its exit status or signal.
    pub exit: String,
    /// Its log.
    pub log: PathBuf,
    /// The log's last line.
    pub last_line: String,
    /// Whether the embedded name service has gone with it.
    pub name_service: bool,
}

/// A running cluster of one machine; its daemons are told to end when this is dropped.
#[derive(Debug)]
pub struct LocalCluster {
    file: ClusterFile,
    home: PathBuf,
    daemons: Vec<Daemon>,
    embedded: bool,
}

impl LocalCluster {
    /// Starts the daemons, waits until all are advertised, and writes the cluster file.
    ///
    /// # Errors
    /// [`MimanError::ClusterIsUp`], [`MimanError::NoRemex`], [`MimanError::HostFailed`],
    /// [`MimanError::NameServiceDown`], [`MimanError::File`]. The daemons that had come up are told to end then.
    pub async fn start(options: &LocalOptions, observer: &Observer) -> Result<Self> {
        if !options.remex.is_file() {
            return Err(MimanError::NoRemex {
                path: options.remex.clone(),
            });
        }
        create_dir(&options.home)?;
        let _lock = lock(&options.home)?;
        if ClusterFile::read(&options.home)?.is_some_and(|cluster| cluster.is_alive()) {
            return Err(MimanError::ClusterIsUp {
                path: ClusterFile::path(&options.home),
            });
        }
        ClusterFile::remove(&options.home)?;
        if let Some(etcd) = &options.etcd {
            connect(etcd).await?;
        }

        let (first, rest) = options.hosts.split_first().ok_or(MimanError::NoHosts)?;
        observer.step(format!("starting host {first}"));
        let name_service = options
            .etcd
            .clone()
            .map_or(NameServiceOf::Own, NameServiceOf::Etcd);
        let mut daemons = vec![Daemon::spawn(options, first, &name_service)?];
        let mut ready = Vec::new();
        for daemon in &mut daemons {
            ready.push(daemon.ready(COME_UP).await?);
        }
        let etcd = match (&options.etcd, ready.first()) {
            (Some(etcd), _) => etcd.clone(),
            (None, Some(first)) => first.etcd.clone(),
            (None, None) => return Err(MimanError::NoHosts),
        };
        let name_service = NameServiceOf::Etcd(etcd.clone());
        for host in rest {
            observer.step(format!("starting host {host}"));
            daemons.push(Daemon::spawn(options, host, &name_service)?);
        }
        let rest = daemons
            .iter_mut()
            .skip(1)
            .map(|daemon| daemon.ready(COME_UP));
        ready.extend(try_join_all(rest).await?);

        observer.step("waiting until every host is advertised");
        let file = ClusterFile {
            hosts: daemons
                .iter()
                .zip(ready)
                .map(|(daemon, ready)| ClusterHost {
                    host: daemon.host.clone(),
                    address: ready.address,
                    directory: daemon.directory.clone(),
                    log: daemon.log.clone(),
                    process: daemon.process.clone(),
                })
                .collect(),
            manager: (!options.detach).then(|| ProcessId::of(std::process::id())),
            etcd,
        };
        let mut cluster = Self {
            file,
            home: options.home.clone(),
            daemons,
            embedded: options.etcd.is_none(),
        };
        cluster.wait_advertised().await?;
        cluster.file.write(&options.home)?;
        Ok(cluster)
    }

    /// The name service and the daemons, as in the cluster file.
    #[must_use]
    pub fn file(&self) -> &ClusterFile {
        &self.file
    }

    /// Whether any daemon runs.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.daemons.iter().any(|daemon| !daemon.ended)
    }

    /// Waits until a daemon ends by itself; pending when none is left. Cancel-safe.
    pub async fn next_end(&mut self) -> HostEnd {
        let embedded = self.embedded;
        let running: Vec<_> = self
            .daemons
            .iter_mut()
            .enumerate()
            .filter(|(_, daemon)| !daemon.ended)
            .map(|(index, daemon)| {
                Box::pin(async move {
                    let exit = daemon.wait().await;
                    HostEnd {
                        host: daemon.host.clone(),
                        exit,
                        log: daemon.log.clone(),
                        last_line: daemon.last_line(),
                        name_service: embedded && index == 0,
                    }
                })
            })
            .collect();
        if running.is_empty() {
            return std::future::pending().await;
        }
        select_all(running).await.0
    }

    /// Leaves the daemons running when this process ends.
    pub fn detach(mut self) {
        for daemon in &mut self.daemons {
            daemon.ended = true;
        }
        self.daemons.clear();
    }

    /// Ends the servers, then the daemons, within bounds, and removes the cluster file.
    ///
    /// # Errors
    /// [`MimanError::File`] if the cluster file cannot be removed; the daemons have ended all the same.
    pub async fn stop(mut self, observer: &Observer) -> Result<Vec<DaemonStopped>> {
        let stopped = stop::stop(&self.file, observer).await;
        join_all(self.daemons.iter_mut().map(Daemon::wait)).await;
        ClusterFile::remove(&self.home)?;
        Ok(stopped)
    }

    async fn wait_advertised(&mut self) -> Result<()> {
        let names = connect(&self.file.etcd).await?;
        let mut missing: Vec<_> = self
            .file
            .hosts
            .iter()
            .map(|host| (host.host.clone(), host.address.clone()))
            .collect();
        let mut changes = names.watch_hosts();
        let advertised = async {
            while !missing.is_empty() {
                match changes.next().await {
                    Some(Ok(HostChange::Present(advert))) => {
                        // An older advert of the name may still be there until its lease runs out.
                        missing.retain(|(host, address)| {
                            *host != advert.host || *address != advert.address
                        });
                    }
                    Some(Ok(HostChange::Gone(_)) | Err(_)) => {}
                    None => break,
                }
            }
        };
        let waited = tokio::select! {
            waited = rpc::within(COME_UP, || "the hosts' adverts".to_owned(), advertised) => waited,
            end = self.next_end() => return Err(MimanError::HostFailed {
                host: end.host,
                cause: format!("it ended with {}: {}", end.exit, end.last_line),
                log: end.log,
            }),
        };
        waited
    }
}

/// Ends the daemons of `cluster` at once, without waiting for anything, and removes the cluster file of `home`.
///
/// # Errors
/// [`MimanError::File`] if the cluster file cannot be removed; the daemons have been ended all the same.
pub fn kill(home: &Path, cluster: &ClusterFile) -> Result<()> {
    for host in &cluster.hosts {
        host.process.kill();
    }
    ClusterFile::remove(home)
}

async fn connect(etcd: &str) -> Result<NameService> {
    NameService::connect(etcd)
        .await
        .map_err(|error| rpc::naming(etcd, error))
}

fn create_dir(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|cause| MimanError::File {
        action: "create",
        path: path.to_owned(),
        cause,
    })
}

/// Keeps two `miman up` from starting at the same moment.
fn lock(home: &Path) -> Result<File> {
    let path = home.join("up.lock");
    let lock = File::create(&path).map_err(|cause| MimanError::File {
        action: "create",
        path: path.clone(),
        cause,
    })?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(fs::TryLockError::WouldBlock) => Err(MimanError::ClusterIsUp {
            path: ClusterFile::path(home),
        }),
        Err(fs::TryLockError::Error(cause)) => Err(MimanError::File {
            action: "lock",
            path,
            cause,
        }),
    }
}
