//! What every operation of the daemon shares: who it is, what it knows, how it starts a process.

use std::{ffi::OsString, future::Future, net::IpAddr, sync::Arc};

use hicam_protocol::{management::Phase, naming::NameService, remex};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    binary::Launcher,
    classes::{Classes, Installed},
    error::{RemexError, Result, chain},
    host::Gauge,
    incoming::Incoming,
    operations::Operations,
    options::Timing,
    peers,
    processes::{Identity, Kind, Launch, Life, Process, Processes, Role},
};

/// The state of one daemon.
pub(crate) struct Core {
    pub(crate) host: String,
    /// `http://ip:port` of this daemon.
    pub(crate) address: String,
    /// The address that processes started here listen on.
    pub(crate) ip: IpAddr,
    pub(crate) dir: std::path::PathBuf,
    pub(crate) capacity: u32,
    pub(crate) timing: Timing,
    pub(crate) naming: NameService,
    pub(crate) classes: Classes,
    pub(crate) processes: Processes,
    pub(crate) launcher: Launcher,
    /// One permit for each server process that may still be started.
    pub(crate) places: Arc<Semaphore>,
    pub(crate) operations: Operations,
    pub(crate) incoming: Incoming,
    pub(crate) tracker: TaskTracker,
    pub(crate) stopping: CancellationToken,
    /// Notified when what is advertised has changed.
    pub(crate) changed: Notify,
    pub(crate) gauge: Gauge,
}

/// A server that is served here.
pub(crate) struct Serving {
    pub(crate) process: Arc<Process>,
    pub(crate) uuid: String,
    pub(crate) name: String,
    /// class/name
    pub(crate) full_name: String,
}

impl Core {
    /// Runs an operation to its end also when the caller goes away: half of one helps nobody.
    pub(crate) async fn detached<T: Send + 'static>(
        &self,
        operation: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        match self.tracker.spawn(operation).await {
            Ok(result) => result,
            Err(_) => Err(RemexError::Stopping {
                host: self.host.clone(),
            }),
        }
    }

    /// Refuses new work once the daemon is on its way out.
    pub(crate) fn check_running(&self) -> Result<()> {
        if self.stopping.is_cancelled() {
            return Err(RemexError::Stopping {
                host: self.host.clone(),
            });
        }
        Ok(())
    }

    /// Takes a place for one more server process.
    pub(crate) fn place(&self) -> Result<OwnedSemaphorePermit> {
        self.check_running()?;
        self.places
            .clone()
            .try_acquire_owned()
            .map_err(|_| RemexError::HostFull {
                host: self.host.clone(),
                capacity: self.capacity,
            })
    }

    /// How many server processes have a place now.
    pub(crate) fn servers(&self) -> u32 {
        let free = u32::try_from(self.places.available_permits()).unwrap_or(u32::MAX);
        self.capacity.saturating_sub(free)
    }

    /// How a server process in standby is started.
    pub(crate) fn standby(
        &self,
        binary: Installed,
        uuid: &str,
        name: &str,
        place: OwnedSemaphorePermit,
    ) -> Launch {
        let server = Identity {
            uuid: uuid.to_owned(),
            name: name.to_owned(),
            role: Role::Standby,
        };
        Launch {
            kind: Kind::Server,
            binary,
            arguments: self.arguments(["serve", "--standby"]),
            environment: self.environment(),
            server: Some(server),
            place: Some(place),
        }
    }

    /// The arguments of a process, with those that say where it listens.
    pub(crate) fn arguments<const N: usize>(&self, first: [&str; N]) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = first.map(OsString::from).into();
        arguments.push("--listen".into());
        arguments.push(std::net::SocketAddr::new(self.ip, 0).to_string().into());
        if !self.ip.is_loopback() {
            // The daemon itself was allowed to listen there.
            arguments.push("--insecure-listen".into());
        }
        arguments
    }

    /// The environment of a process that this daemon starts.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("HICAM_ETCD", self.naming.endpoints().to_owned()),
            ("HICAM_HOST", self.host.clone()),
            ("HICAM_REPORT_TO", self.address.clone()),
        ]
    }

    /// Asks a process in standby whether it has become a server by the commit of a migration meanwhile.
    pub(crate) async fn refresh(&self, process: &Process) {
        let standby = process
            .identity()
            .is_some_and(|identity| identity.role == Role::Standby);
        if !standby || !matches!(process.life(), Life::Ready(_)) {
            return;
        }
        let described = peers::describe(&process.address(), self.timing.question).await;
        if let Ok(description) = described
            && matches!(description.phase(), Phase::Serving | Phase::Withdrawn)
        {
            process.set_role(Role::Serving);
        }
    }

    /// The process here that serves what the caller calls `server`, a UUID or class/name.
    ///
    /// What is here is found without the name service.
    pub(crate) async fn serving(&self, server: &str) -> Result<Serving> {
        for process in self.processes.list() {
            let Some(identity) = process.identity().filter(|_| process.is_alive()) else {
                continue;
            };
            let full_name = format!("{}/{}", process.class, identity.name);
            if server != identity.uuid && server != full_name {
                continue;
            }
            self.refresh(&process).await;
            if process
                .identity()
                .is_some_and(|identity| identity.role == Role::Serving)
            {
                return Ok(Serving {
                    process,
                    uuid: identity.uuid,
                    name: identity.name,
                    full_name,
                });
            }
        }
        let record = self.naming.resolve(server).await?;
        match self.naming.holder(&record.uuid).await? {
            Some(holder) if holder.host != self.host => Err(RemexError::ServerElsewhere {
                server: record.full_name(),
                here: self.host.clone(),
                host: holder.host,
            }),
            _ => Err(RemexError::NotRunning {
                server: record.full_name(),
            }),
        }
    }

    /// Writes into the durable record of a server where it is now, and by which binary. Failing is not fatal:
    /// the record is a memory of where the server was, and the token decides.
    pub(crate) async fn remember(&self, uuid: &str, host: &str, hash: &str) {
        let updated = self
            .naming
            .update_server(uuid, |record| {
                host.clone_into(&mut record.host);
                if !hash.is_empty() {
                    hash.clone_into(&mut record.hash);
                }
            })
            .await;
        if let Err(error) = updated {
            tracing::warn!(uuid, error = %chain(&error), "cannot update the record of the server");
        }
    }
}

/// A process as the daemon's clients see it.
pub(crate) fn describe(process: &Process) -> remex::ServerProcess {
    let (state, exit) = match (process.life(), process.identity()) {
        (Life::Exited(exit), _) => ("exited", exit),
        (_, Some(identity)) if identity.role == Role::Serving => ("serving", String::new()),
        (_, Some(identity)) if identity.role == Role::Moved => ("moved", String::new()),
        _ => ("standby", String::new()),
    };
    let (uuid, name) = process
        .identity()
        .map(|identity| (identity.uuid, identity.name))
        .unwrap_or_default();
    remex::ServerProcess {
        uuid,
        class: process.class.clone(),
        name,
        process: process.id.clone(),
        address: process.address(),
        pid: process.pid(),
        state: state.to_owned(),
        exit,
        hash: process.hash.clone(),
    }
}
