//! Servers: which there are, starting, stopping, and what they do now.

use std::time::Duration;

use futures::{StreamExt as _, future::join_all};
use hicam_protocol::{
    management::{
        DescribeRequest, ListThreadsRequest, Phase, ServerDescription, SetIntervalRequest,
        StopServerRequest as StopProcess,
    },
    naming::{Holder, ServerRecord},
    remex::{ListServersRequest, StartServerRequest, StopServerRequest},
};

use super::Manager;
use crate::{
    error::{MimanError, Result},
    interval, rpc,
    view::{Host, Interval, Server, Started, Stopped, Thread},
};

/// For how long a server may be without an address before it is called silent: longer than a checkpoint's pause.
const READVERTISE: Duration = Duration::from_secs(5);

/// What to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartRequest {
    /// The class; it must be installed on the host.
    pub class: String,
    /// The server's name, unique within its class.
    pub name: String,
    /// The host; none: the one with the least to do.
    pub host: Option<String>,
    /// The interval of automatic checkpoints: none leaves it to the binary, `Some(None)` switches them off.
    pub interval: Option<Option<Duration>>,
}

/// Where a running server is.
pub(super) struct Running {
    pub(super) record: ServerRecord,
    pub(super) host: String,
    pub(super) address: String,
}

impl Manager {
    /// All servers, running or not, by name.
    ///
    /// # Errors
    /// The name service's errors. A server that does not answer is no error: its phase is `silent`.
    pub async fn servers(&self) -> Result<Vec<Server>> {
        let records = self.names.servers().await.map_err(self.naming())?;
        let servers = join_all(records.into_iter().map(|record| self.look_at(record))).await;
        let mut servers = servers.into_iter().collect::<Result<Vec<_>>>()?;
        servers.sort_by(|a, b| a.server.cmp(&b.server));
        Ok(servers)
    }

    /// One server, running or not.
    ///
    /// # Errors
    /// As [`Manager::resolve`].
    pub async fn server(&self, server: &str) -> Result<Server> {
        self.look_at(self.resolve(server).await?).await
    }

    async fn look_at(&self, record: ServerRecord) -> Result<Server> {
        let (token, holder, binding) = futures::try_join!(
            self.names.token(&record.uuid),
            self.names.holder(&record.uuid),
            self.names.binding(&record.uuid),
        )
        .map_err(self.naming())?;
        let mut server = Server {
            server: record.full_name(),
            host: token
                .as_ref()
                .map_or_else(|| record.host.clone(), |token| token.host.clone()),
            epoch: token.map_or(0, |token| token.epoch),
            uuid: record.uuid.clone(),
            phase: "down".to_owned(),
            address: None,
            threads: None,
            last_checkpoint: None,
            interval_ms: record.interval_ms,
            durability: record.durability.clone(),
        };
        let Some(holder) = holder else {
            return Ok(server);
        };
        "silent".clone_into(&mut server.phase);
        let address = match binding {
            Some(binding) => Some(binding.address),
            None => self.address_from_host(&record, &holder).await,
        };
        let Some(address) = address else {
            return Ok(server);
        };
        if let Some(now) = describe(&server.server, &address).await
            && now.uuid == record.uuid
        {
            server.phase = phase_name(now.phase()).to_owned();
            server.epoch = now.epoch;
            server.threads = Some(now.active_threads);
            server.last_checkpoint = Some(now.last_checkpoint);
            server.interval_ms = now.interval_ms;
            server.address = Some(address);
        }
        Ok(server)
    }

    /// Where the holder's own host says that it listens: a withdrawn server advertises no address itself.
    async fn address_from_host(&self, record: &ServerRecord, holder: &Holder) -> Option<String> {
        let advert = self.names.host(&holder.host).await.ok()??;
        let question = async {
            let mut remex = rpc::remex(&advert.host, &advert.address).await.ok()?;
            let list = remex.list_servers(ListServersRequest {}).await.ok()?;
            list.into_inner()
                .servers
                .into_iter()
                .find(|server| server.uuid == record.uuid && server.process == holder.process)
                .map(|server| server.address)
                .filter(|address| !address.is_empty())
        };
        tokio::time::timeout(rpc::QUESTION, question)
            .await
            .ok()
            .flatten()
    }

    /// Where a server runs; waits a moment for one that is withdrawn.
    pub(super) async fn locate(&self, server: &str) -> Result<Running> {
        let record = self.resolve(server).await?;
        let holder = self
            .names
            .holder(&record.uuid)
            .await
            .map_err(self.naming())?;
        let Some(holder) = holder else {
            return Err(MimanError::ServerDown {
                server: record.full_name(),
            });
        };
        let mut address = match self
            .names
            .binding(&record.uuid)
            .await
            .map_err(self.naming())?
        {
            Some(binding) => Some(binding.address),
            None => self.address_from_host(&record, &holder).await,
        };
        if address.is_none() {
            let mut bindings = self.names.watch_binding(&record.uuid);
            let advertised = async {
                while let Some(change) = bindings.next().await {
                    if let Ok(Some(binding)) = change {
                        return Some(binding.address);
                    }
                }
                None
            };
            address = tokio::time::timeout(READVERTISE, advertised)
                .await
                .ok()
                .flatten();
        }
        match address {
            Some(address) => Ok(Running {
                record,
                host: holder.host,
                address,
            }),
            None => Err(MimanError::ServerSilent {
                server: record.full_name(),
                host: holder.host,
                process: holder.process,
            }),
        }
    }

    /// Starts a new server of an installed class.
    ///
    /// # Errors
    /// [`MimanError::NameTaken`], [`MimanError::NameTakenByDown`], [`MimanError::ClassNotInstalled`],
    /// [`MimanError::UnknownHost`], [`MimanError::HostFull`], [`MimanError::AllHostsFull`]; the host's refusal.
    pub async fn start(&self, request: &StartRequest) -> Result<Started> {
        self.check_name_is_free(&request.class, &request.name)
            .await?;
        let host = self
            .room_for(&request.class, request.host.as_deref())
            .await?;
        let server = format!("{}/{}", request.class, request.name);
        self.observer
            .step(format!("starting {server} on {}", host.host));
        self.start_on(
            &host,
            &server,
            StartServerRequest {
                class: request.class.clone(),
                name: request.name.clone(),
                uuid: String::new(),
                restore_sequence: None,
                interval_ms: request.interval.map(interval::to_wire),
                hash: String::new(),
            },
        )
        .await
    }

    pub(super) async fn check_name_is_free(&self, class: &str, name: &str) -> Result<()> {
        let server = format!("{class}/{name}");
        match self.names.resolve(&server).await.map_err(self.naming()) {
            Err(MimanError::UnknownServer { .. }) => Ok(()),
            Err(error) => Err(error),
            Ok(record) => {
                let holder = self
                    .names
                    .holder(&record.uuid)
                    .await
                    .map_err(self.naming())?;
                Err(match holder {
                    Some(_) => MimanError::NameTaken {
                        server,
                        uuid: record.uuid,
                    },
                    None => MimanError::NameTakenByDown { server },
                })
            }
        }
    }

    /// Asks a host to start or restore a server, and reports what came of it.
    pub(super) async fn start_on(
        &self,
        host: &Host,
        server: &str,
        request: StartServerRequest,
    ) -> Result<Started> {
        let action = if request.restore_sequence.is_some() {
            "restoring"
        } else {
            "starting"
        };
        let process = rpc::remex(&host.host, &host.address)
            .await?
            .start_server(request)
            .await
            .map_err(rpc::failed(format!(
                "{action} `{server}` on host `{}`",
                host.host
            )))?
            .into_inner();
        let (record, token) = futures::try_join!(
            self.names.server(&process.uuid),
            self.names.token(&process.uuid)
        )
        .map_err(self.naming())?;
        let record = record.ok_or_else(|| MimanError::UnknownServer {
            server: server.to_owned(),
        })?;
        Ok(Started {
            server: record.full_name(),
            uuid: process.uuid,
            host: host.host.clone(),
            address: process.address,
            epoch: token.map_or(0, |token| token.epoch),
            durability: record.durability,
            interval_ms: record.interval_ms,
        })
    }

    /// Stops a running server: withdraw, final checkpoint, exit. It can be restored later.
    ///
    /// `discard` leaves the final checkpoint out: what happened since the last one is lost.
    ///
    /// # Errors
    /// [`MimanError::ServerDown`]; as [`Manager::resolve`]; the server's refusal, such as a final checkpoint that
    /// cannot be stored, after which it keeps running.
    pub async fn stop(&self, server: &str, discard: bool) -> Result<Stopped> {
        let running = self.locate(server).await?;
        let Running { record, host, .. } = &running;
        let name = record.full_name();
        self.observer.step(format!("stopping {name} on {host}"));
        let failed = rpc::failed(format!("stopping `{name}` on host `{host}`"));
        let daemon = self.names.host(host).await.map_err(self.naming())?;
        let exit = match daemon {
            Some(daemon) => {
                rpc::remex(&daemon.host, &daemon.address)
                    .await?
                    .stop_server(StopServerRequest {
                        uuid: record.uuid.clone(),
                        discard,
                        kill: false,
                    })
                    .await
                    .map_err(failed)?
                    .into_inner()
                    .exit
            }
            // A server that was started by hand has no daemon to ask.
            None => {
                rpc::management(&name, &running.address)
                    .await?
                    .stop_server(StopProcess { discard })
                    .await
                    .map_err(failed)?;
                "stopped".to_owned()
            }
        };
        Ok(Stopped {
            server: name,
            uuid: record.uuid.clone(),
            host: host.clone(),
            exit,
            forgotten: false,
        })
    }

    /// Forgets a server: stops it without a final checkpoint if it runs, and frees its name. It cannot be restored;
    /// what its checkpoint server stored stays there.
    ///
    /// # Errors
    /// As [`Manager::stop`], except that a server which is down is forgotten too.
    pub async fn forget(&self, server: &str) -> Result<Stopped> {
        let mut stopped = match self.stop(server, true).await {
            Ok(stopped) => stopped,
            Err(MimanError::ServerDown { .. }) => {
                let record = self.resolve(server).await?;
                Stopped {
                    server: record.full_name(),
                    uuid: record.uuid,
                    host: record.host,
                    exit: "was down".to_owned(),
                    forgotten: false,
                }
            }
            Err(error) => return Err(error),
        };
        self.names
            .delete_server(&stopped.uuid)
            .await
            .map_err(self.naming())?;
        stopped.forgotten = true;
        Ok(stopped)
    }

    /// The calls and tasks in progress of a server, and where each stands.
    ///
    /// # Errors
    /// [`MimanError::ServerDown`], [`MimanError::ServerSilent`]; as [`Manager::resolve`].
    pub async fn threads(&self, server: &str) -> Result<Vec<Thread>> {
        let running = self.locate(server).await?;
        let name = running.record.full_name();
        let reply = rpc::management(&name, &running.address)
            .await?
            .list_threads(ListThreadsRequest {})
            .await
            .map_err(rpc::failed(format!("listing the threads of `{name}`")))?
            .into_inner();
        Ok(reply
            .threads
            .into_iter()
            .map(|thread| Thread {
                task: thread.task,
                client: thread.client,
                request: thread.request,
                method: thread.method,
                running_ms: thread.running_ms,
                state: thread.state,
                stack: thread.stack,
            })
            .collect())
    }

    /// Changes the interval of a server's automatic checkpoints; none switches them off.
    ///
    /// # Errors
    /// [`MimanError::ServerDown`], [`MimanError::ServerSilent`]; as [`Manager::resolve`].
    pub async fn set_interval(&self, server: &str, interval: Option<Duration>) -> Result<Interval> {
        let running = self.locate(server).await?;
        let name = running.record.full_name();
        let now = rpc::management(&name, &running.address)
            .await?
            .set_interval(SetIntervalRequest {
                interval_ms: interval::to_wire(interval),
            })
            .await
            .map_err(rpc::failed(format!("changing the interval of `{name}`")))?
            .into_inner();
        Ok(Interval {
            server: name,
            uuid: running.record.uuid,
            interval_ms: now.interval_ms,
        })
    }
}

/// What the process at `address` says it is; none if it does not answer in time.
pub(super) async fn describe(server: &str, address: &str) -> Option<ServerDescription> {
    let question = async {
        let mut management = rpc::management(server, address).await.ok()?;
        let answer = management.describe(DescribeRequest {}).await.ok()?;
        Some(answer.into_inner())
    };
    tokio::time::timeout(rpc::QUESTION, question)
        .await
        .ok()
        .flatten()
}

fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Unspecified => "unknown",
        Phase::Standby => "standby",
        Phase::Serving => "serving",
        Phase::Withdrawn => "withdrawn",
        Phase::Moved => "moved",
        Phase::Stopping => "stopping",
        Phase::Fenced => "fenced",
    }
}
