//! Starting a server, fresh or from a checkpoint, and stopping it.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::future::join_all;
use hicam_protocol::{
    management::{
        Phase, RestoreServerRequest, ServerDescription, StartServerRequest, StopServerRequest,
    },
    naming::{Holder, NamingError, ServerRecord, Token},
    remex,
};
use tonic::{Code, Status};

use crate::{
    core::{Core, describe},
    error::{RemexError, Result, chain},
    names, peers,
    processes::{Kind, Life, Process, Role},
};

/// The name of a server for which none is given.
const DEFAULT_NAME: &str = "main";
/// Between two looks whether a holder is gone.
const HOLDER_POLL: Duration = Duration::from_millis(100);

impl Core {
    /// Starts a server process: a new server, a known one with fresh state, or one from a checkpoint.
    pub(crate) async fn start_server(
        self: Arc<Self>,
        request: remex::StartServerRequest,
    ) -> Result<remex::ServerProcess> {
        self.check_running()?;
        if request.uuid.is_empty() && request.restore_sequence.is_none() {
            self.start_new(request).await
        } else {
            self.start_known(request).await
        }
    }

    async fn start_new(&self, request: remex::StartServerRequest) -> Result<remex::ServerProcess> {
        let name = match request.name.as_str() {
            "" => DEFAULT_NAME,
            name => name,
        };
        names::check("server", name)?;
        let binary = self.classes.find(&request.class, &request.hash)?;
        let full_name = format!("{}/{name}", request.class);
        let _operation = self
            .operations
            .begin(&full_name, &full_name, "starting it")?;
        match self.naming.resolve(&full_name).await {
            Ok(_) => return Err(RemexError::NameTaken { server: full_name }),
            Err(NamingError::UnknownServer { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let uuid = uuid::Uuid::new_v4().to_string();
        let hash = binary.hash.clone();
        let place = self.place()?;
        let launch = self.standby(binary, &uuid, name, place);
        let (process, ready) = self.processes.start(launch).await?;

        let created = self
            .create(&request, &process, &ready.address, name, &uuid, hash)
            .await;
        let result = match created {
            Ok(()) => {
                let start = StartServerRequest {
                    uuid: uuid.clone(),
                    name: name.to_owned(),
                    expected_epoch: 0,
                    interval_ms: request.interval_ms,
                };
                let answer = self.ask_to_start(&ready.address, start).await;
                self.settle(&process, &full_name, "starting it", answer)
                    .await
            }
            Err(error) => {
                process.reap(Duration::ZERO).await;
                Err(error)
            }
        };
        match result {
            Ok(description) => Ok(self.started(&process, &uuid, &description).await),
            Err(error) => {
                // Nobody has been told of the server: it must not keep its name.
                if let Err(error) = self.naming.delete_server(&uuid).await {
                    tracing::warn!(uuid, error = %chain(&error), "cannot delete the record of a server that did not start");
                }
                Err(error)
            }
        }
    }

    /// Writes the records of a new server, which say what its class says of itself.
    async fn create(
        &self,
        request: &remex::StartServerRequest,
        process: &Process,
        address: &str,
        name: &str,
        uuid: &str,
        hash: String,
    ) -> Result<()> {
        let described = peers::describe(address, self.timing.question)
            .await
            .map_err(|status| RemexError::Server {
                server: format!("{}/{name}", process.class),
                operation: "asking it what it is",
                source: Box::new(status),
            })?;
        let record = ServerRecord {
            uuid: uuid.to_owned(),
            class: process.class.clone(),
            name: name.to_owned(),
            durability: described.durability,
            host: self.host.clone(),
            hash,
            interval_ms: request.interval_ms.unwrap_or(described.interval_ms),
        };
        // Nobody holds the token of a new server.
        let token = Token {
            epoch: 0,
            holder: String::new(),
            host: String::new(),
        };
        Ok(self.naming.create_server(&record, &token).await?)
    }

    async fn start_known(
        &self,
        request: remex::StartServerRequest,
    ) -> Result<remex::ServerProcess> {
        let server = match (request.uuid.as_str(), request.name.as_str()) {
            ("", "") => format!("{}/{DEFAULT_NAME}", request.class),
            ("", name) => format!("{}/{name}", request.class),
            (uuid, _) => uuid.to_owned(),
        };
        let record = self.naming.resolve(&server).await?;
        let full_name = record.full_name();
        if !request.class.is_empty() && request.class != record.class {
            return Err(RemexError::InvalidRequest(format!(
                "server {full_name} ({}) is of class {}, not {}",
                record.uuid, record.class, request.class
            )));
        }
        let operation = match request.restore_sequence {
            Some(_) => "restoring it",
            None => "starting it",
        };
        let binary = self.classes.find(&record.class, &request.hash)?;
        let _operation = self.operations.begin(&record.uuid, &full_name, operation)?;
        // Before a process is started in vain.
        self.look_for_holder(&record).await?;
        let place = self.place()?;
        let launch = self.standby(binary, &record.uuid, &record.name, place);
        let (started, free) =
            tokio::join!(self.processes.start(launch), self.wait_until_free(&record));
        let (process, ready) = started?;
        let token = match free {
            Ok(()) => self.naming.token(&record.uuid).await.map_err(Into::into),
            Err(error) => Err(error),
        };
        let expected_epoch = match token {
            Ok(token) => token.map_or(0, |token| token.epoch),
            Err(error) => {
                process.reap(Duration::ZERO).await;
                return Err(error);
            }
        };
        let interval_ms = request.interval_ms.or(Some(record.interval_ms));
        let answer = match request.restore_sequence {
            Some(sequence) => {
                let restore = RestoreServerRequest {
                    uuid: record.uuid.clone(),
                    name: record.name.clone(),
                    expected_epoch,
                    sequence,
                    interval_ms,
                };
                self.ask_to_restore(&ready.address, restore).await
            }
            None => {
                let start = StartServerRequest {
                    uuid: record.uuid.clone(),
                    name: record.name.clone(),
                    expected_epoch,
                    interval_ms,
                };
                self.ask_to_start(&ready.address, start).await
            }
        };
        let description = self.settle(&process, &full_name, operation, answer).await?;
        Ok(self.started(&process, &record.uuid, &description).await)
    }

    async fn ask_to_start(
        &self,
        address: &str,
        request: StartServerRequest,
    ) -> Result<ServerDescription, Status> {
        peers::within(self.timing.start, async {
            peers::management(address)
                .await?
                .start_server(request)
                .await
        })
        .await
    }

    async fn ask_to_restore(
        &self,
        address: &str,
        request: RestoreServerRequest,
    ) -> Result<ServerDescription, Status> {
        peers::within(self.timing.start, async {
            peers::management(address)
                .await?
                .restore_server(request)
                .await
        })
        .await
    }

    /// Finds out what an answer means: one that was lost says nothing about what the process has done.
    async fn settle(
        &self,
        process: &Process,
        server: &str,
        operation: &'static str,
        answer: Result<ServerDescription, Status>,
    ) -> Result<ServerDescription> {
        let status = match answer {
            Ok(description) => return Ok(description),
            Err(status) => status,
        };
        if let Ok(description) = peers::describe(&process.address(), self.timing.question).await
            && matches!(description.phase(), Phase::Serving | Phase::Withdrawn)
        {
            tracing::warn!(server, error = %status.message(), "the answer was lost, but the server has started");
            return Ok(description);
        }
        // It may end because of what it could not do; its own words are in the answer or in its log.
        let exited = process.exit(Duration::ZERO).await;
        let exit = process.reap(Duration::ZERO).await;
        if exited.is_some() {
            return Err(RemexError::EarlyExit {
                process: process.id.clone(),
                exit,
                log: process.log().to_owned(),
                tail: process.log_tail().await,
            });
        }
        Err(RemexError::Server {
            server: server.to_owned(),
            operation,
            source: Box::new(status),
        })
    }

    async fn started(
        &self,
        process: &Process,
        uuid: &str,
        description: &ServerDescription,
    ) -> remex::ServerProcess {
        process.set_role(Role::Serving);
        self.remember(uuid, &self.host, &process.hash).await;
        tracing::info!(uuid, process = %process.id, epoch = description.epoch, address = %process.address(), "server started");
        describe(process)
    }

    /// The living holder of the server's token, if it is silent. One that answers is an error.
    async fn look_for_holder(&self, record: &ServerRecord) -> Result<Option<Holder>> {
        let Some(holder) = self.naming.holder(&record.uuid).await? else {
            return Ok(None);
        };
        let alive = match self.processes.get(&holder.process) {
            Some(process) if !process.is_alive() => {
                self.naming.release(&record.uuid, &holder.process).await?;
                return Ok(None);
            }
            Some(process) => {
                self.refresh(&process).await;
                process
                    .identity()
                    .is_some_and(|identity| identity.role == Role::Serving)
            }
            None => self.holder_answers(record, &holder).await?,
        };
        if alive {
            return Err(RemexError::HolderAlive {
                server: record.full_name(),
                host: holder.host,
                process: holder.process,
            });
        }
        Ok(Some(holder))
    }

    async fn holder_answers(&self, record: &ServerRecord, holder: &Holder) -> Result<bool> {
        let Some(binding) = self.naming.binding(&record.uuid).await? else {
            return Ok(false);
        };
        let described = peers::describe(&binding.address, self.timing.question).await;
        Ok(described.is_ok_and(|description| {
            description.process == holder.process
                && matches!(description.phase(), Phase::Serving | Phase::Withdrawn)
        }))
    }

    /// Waits until nobody can hold the server's token any more: for the end of a silent holder's lease.
    async fn wait_until_free(&self, record: &ServerRecord) -> Result<()> {
        let deadline = tokio::time::Instant::now() + self.timing.holder;
        while let Some(holder) = self.look_for_holder(record).await? {
            if tokio::time::Instant::now() >= deadline {
                return Err(RemexError::HolderLeased {
                    server: record.full_name(),
                    host: holder.host,
                    process: holder.process,
                });
            }
            tokio::time::sleep(HOLDER_POLL).await;
        }
        Ok(())
    }

    /// Stops a server: by a final checkpoint, without one (`discard`), or at once (`kill`).
    pub(crate) async fn stop_server(
        self: Arc<Self>,
        request: remex::StopServerRequest,
    ) -> Result<remex::StopServerReply> {
        let serving = self.serving(&request.uuid).await?;
        let exit = if request.kill {
            serving.process.reap(Duration::ZERO).await
        } else {
            let server = &serving.full_name;
            let _operation = self
                .operations
                .begin(&serving.uuid, server, "stopping it")?;
            self.stop_process(&serving.process, server, request.discard)
                .await?
        };
        Ok(remex::StopServerReply { exit })
    }

    /// Has a server process make its final checkpoint and exit; it goes on if it cannot.
    pub(crate) async fn stop_process(
        &self,
        process: &Process,
        server: &str,
        discard: bool,
    ) -> Result<String> {
        let answer = peers::within(self.timing.stop, async {
            peers::management(&process.address())
                .await?
                .stop_server(StopServerRequest { discard })
                .await
        })
        .await;
        match answer {
            Ok(_) => Ok(process.reap(self.timing.stop).await),
            Err(status) => {
                let lost = matches!(
                    status.code(),
                    Code::Unavailable | Code::Unknown | Code::Cancelled | Code::Internal
                );
                // A process that exits closes its connections, perhaps before its answer has left.
                if lost && let Some(exit) = self.exit_unless_it_serves(process).await {
                    return Ok(exit);
                }
                Err(RemexError::Server {
                    server: server.to_owned(),
                    operation: "stopping it",
                    source: Box::new(status),
                })
            }
        }
    }

    /// Waits for the exit of a process that may be ending; `None` as soon as it says that it goes on.
    async fn exit_unless_it_serves(&self, process: &Process) -> Option<String> {
        let address = process.address();
        let goes_on = async {
            match peers::describe(&address, self.timing.question).await {
                Ok(described) if !matches!(described.phase(), Phase::Stopping | Phase::Moved) => {}
                _ => std::future::pending().await,
            }
        };
        tokio::select! {
            exit = process.exit(self.timing.question) => exit,
            () = goes_on => None,
        }
    }

    /// The server processes of this host; of those that have ended, the last one of each server that has no
    /// living one here.
    pub(crate) async fn list_servers(&self) -> Vec<remex::ServerProcess> {
        let processes: Vec<_> = self
            .processes
            .list()
            .into_iter()
            .filter(|process| process.kind == Kind::Server)
            .collect();
        join_all(processes.iter().map(|process| self.refresh(process))).await;
        let (living, ended): (Vec<_>, Vec<_>) = processes
            .into_iter()
            .partition(|process| process.is_alive());
        let mut last: HashMap<String, Arc<Process>> = HashMap::new();
        for process in ended {
            let Some(identity) = process.identity() else {
                continue;
            };
            let replaced = living
                .iter()
                .any(|process| process.is_server(&identity.uuid));
            let later = last
                .get(&identity.uuid)
                .is_none_or(|other| other.started() < process.started());
            // What ended in standby or moved away has not ended as a server.
            if identity.role == Role::Serving && !replaced && later {
                last.insert(identity.uuid, process);
            }
        }
        let mut list: Vec<_> = living
            .iter()
            .chain(last.values())
            .filter(|process| !matches!(process.life(), Life::Starting))
            .map(|process| describe(process))
            .collect();
        list.sort_by(|a, b| (&a.class, &a.name, &a.process).cmp(&(&b.class, &b.name, &b.process)));
        list
    }
}
