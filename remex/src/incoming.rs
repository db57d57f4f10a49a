//! The destination of migrations: prepared processes, until they hold the token or are discarded.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::StreamExt as _;
use hicam_protocol::{management::DiscardServerRequest, remex};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{
    classes::Installed,
    core::Core,
    error::{RemexError, Result, chain},
    names, peers,
    processes::{Process, Role},
    transfer,
};

/// Between two looks whether a process that does not let itself be discarded holds the token.
const TOKEN_POLL: Duration = Duration::from_millis(200);

/// The migrations to this host. Cloning shares them.
#[derive(Clone, Default)]
pub(crate) struct Incoming(Arc<Mutex<HashMap<String, Entry>>>);

struct Entry {
    aborted: CancellationToken,
    /// Set once it is prepared.
    process: Option<Arc<Process>>,
}

/// Forgets a migration whose preparation does not succeed.
struct Preparing {
    incoming: Incoming,
    migration: Option<String>,
}

impl Drop for Preparing {
    fn drop(&mut self) {
        if let Some(migration) = self.migration.take() {
            self.incoming.lock().remove(&migration);
        }
    }
}

impl Incoming {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Core {
    /// Starts a process in standby for a server that is to come here.
    pub(crate) async fn prepare_migration(
        self: Arc<Self>,
        request: remex::PrepareMigrationRequest,
    ) -> Result<remex::PrepareMigrationReply> {
        self.check_running()?;
        if request.migration.is_empty() || request.uuid.is_empty() {
            return Err(RemexError::InvalidRequest(
                "the preparation of a migration needs the migration's id and the server's UUID"
                    .to_owned(),
            ));
        }
        let aborted = CancellationToken::new();
        let migration = request.migration.clone();
        {
            let mut table = self.incoming.lock();
            if table.contains_key(&migration) {
                return Err(RemexError::InvalidRequest(format!(
                    "migration {migration} is prepared already"
                )));
            }
            table.insert(
                migration.clone(),
                Entry {
                    aborted: aborted.clone(),
                    process: None,
                },
            );
        }
        // Also when the source goes away in the middle and this future is dropped.
        let mut preparing = Preparing {
            incoming: self.incoming.clone(),
            migration: Some(migration.clone()),
        };
        let (process, reply) = tokio::select! {
            () = aborted.cancelled() => return Err(RemexError::Aborted { migration }),
            prepared = self.prepare(&request) => prepared?,
        };
        preparing.migration = None;
        match self.incoming.lock().get_mut(&migration) {
            Some(entry) if !entry.aborted.is_cancelled() => entry.process = Some(process.clone()),
            _ => {
                process.kill();
                return Err(RemexError::Aborted { migration });
            }
        }
        tracing::info!(%migration, uuid = %request.uuid, process = %process.id, "migration prepared");
        let core = self.clone();
        self.tracker
            .spawn(async move { core.supervise(migration, request.uuid, process).await });
        Ok(reply)
    }

    async fn prepare(
        &self,
        request: &remex::PrepareMigrationRequest,
    ) -> Result<(Arc<Process>, remex::PrepareMigrationReply)> {
        names::check("class", &request.class)?;
        names::check_hash(&request.hash)?;
        for process in self.processes.of_server(&request.uuid) {
            self.refresh(&process).await;
            // A server may move to another build on the same host.
            let leaves = request.source == self.address;
            if !leaves
                && process
                    .identity()
                    .is_some_and(|identity| identity.role == Role::Serving)
            {
                return Err(RemexError::AlreadyThere {
                    server: format!("{}/{}", request.class, request.name),
                    host: self.host.clone(),
                });
            }
        }
        // Before anything is fetched in vain; kept until the process has ended.
        let place = self.place()?;
        let binary = self
            .binary_for(&request.class, &request.hash, &request.source)
            .await?;
        let hash = binary.hash.clone();
        let launch = self.standby(binary, &request.uuid, &request.name, place);
        let (process, ready) = self.processes.start(launch).await?;
        let reply = remex::PrepareMigrationReply {
            address: ready.address,
            process: process.id.clone(),
            hash,
        };
        Ok((process, reply))
    }

    /// The source's own binary; if this host cannot execute it, the one that is installed here for that.
    pub(crate) async fn binary_for(
        &self,
        class: &str,
        hash: &str,
        source: &str,
    ) -> Result<Installed> {
        if let Ok(installed) = self.classes.find(class, hash) {
            return Ok(installed);
        }
        if self.classes.is_foreign(hash)
            && let Ok(installed) = self.classes.find(class, "")
        {
            return Ok(installed);
        }
        match transfer::fetch(&self.classes, source, class, hash).await {
            Err(RemexError::CannotRun { .. }) if self.classes.find(class, "").is_ok() => {
                self.classes.find(class, "")
            }
            fetched => fetched,
        }
    }

    /// Notices that a prepared process has become the server; discards it if that does not happen in time.
    pub(crate) async fn supervise(
        self: Arc<Self>,
        migration: String,
        uuid: String,
        process: Arc<Process>,
    ) {
        tokio::select! {
            _ = process.exit(self.timing.standby) => {}
            () = self.committed(&uuid, &process) => {}
        }
        if process.is_alive() {
            // Without the name service nothing was seen; then the process itself says what it is.
            self.refresh(&process).await;
        }
        let standby = process
            .identity()
            .is_some_and(|identity| identity.role == Role::Standby);
        if standby && process.is_alive() {
            tracing::warn!(%migration, uuid, process = %process.id, "a prepared migration was neither committed nor aborted");
        }
        while standby && process.is_alive() && !self.stopping.is_cancelled() {
            match self.discard(&migration, &uuid, &process).await {
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!(%migration, error = %chain(&error), "cannot discard the prepared process yet");
                    tokio::time::sleep(self.timing.advert).await;
                }
            }
        }
        self.incoming.lock().remove(&migration);
    }

    /// Resolves when the process advertises the server, which only the holder of the token can do.
    async fn committed(&self, uuid: &str, process: &Process) {
        let address = process.address();
        let mut bindings = self.naming.watch_binding(uuid);
        while let Some(change) = bindings.next().await {
            // The stream goes on by itself after an error.
            if let Ok(Some(binding)) = change
                && binding.address == address
            {
                process.set_role(Role::Serving);
                return;
            }
        }
        std::future::pending().await
    }

    /// Calls a migration off, unless its process holds the token. Tells whether there is nothing left of it.
    pub(crate) async fn abort_migration(
        self: Arc<Self>,
        request: remex::AbortMigrationRequest,
    ) -> Result<remex::AbortMigrationReply> {
        let process = match self.incoming.lock().get(&request.migration) {
            Some(entry) => {
                entry.aborted.cancel();
                entry.process.clone()
            }
            // It was never prepared here, or its process has ended.
            None => return Ok(remex::AbortMigrationReply { discarded: true }),
        };
        let discarded = match process {
            Some(process) => {
                self.discard(&request.migration, &request.uuid, &process)
                    .await?
            }
            None => true,
        };
        Ok(remex::AbortMigrationReply { discarded })
    }

    /// Ends a process in standby. One that holds the token is left alone: `false`.
    async fn discard(&self, migration: &str, uuid: &str, process: &Process) -> Result<bool> {
        if !process.is_alive() {
            return Ok(true);
        }
        let answer = peers::within(self.timing.question, async {
            peers::management(&process.address())
                .await?
                .discard_server(DiscardServerRequest {
                    migration: migration.to_owned(),
                })
                .await
        })
        .await;
        let refusal = match answer {
            Ok(_) => {
                process.reap(self.timing.question).await;
                return Ok(true);
            }
            Err(status) => status,
        };
        // It runs the server, or is about to, or it hangs: the token tells.
        let deadline = Instant::now() + self.timing.question;
        loop {
            if process.exit(Duration::ZERO).await.is_some() {
                return Ok(true);
            }
            if let Some(token) = self.naming.token(uuid).await?
                && token.holder == process.id
            {
                process.set_role(Role::Serving);
                return Ok(false);
            }
            if Instant::now() >= deadline {
                break;
            }
            tokio::time::sleep(TOKEN_POLL).await;
        }
        tracing::warn!(migration, process = %process.id, error = %refusal.message(), "the prepared process does not let itself be discarded: killed");
        process.reap(Duration::ZERO).await;
        Ok(true)
    }
}
