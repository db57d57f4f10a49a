//! The source of a migration: has the destination prepare, has the server process move, finds out how it ended.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use hicam_protocol::{management, naming::HostAdvert, remex};
use tokio::sync::mpsc;
use tonic::Status;

use crate::{
    core::{Core, Serving},
    error::{RemexError, Result, chain},
    names,
    operations::Operation,
    peers,
    processes::Role,
};

/// How often the name service is asked how a migration ended, before the answer is "unknown".
const OUTCOME_ATTEMPTS: u32 = 5;

/// The progress of a migration, as it is streamed to the caller.
pub(crate) type Progress = mpsc::Receiver<Result<remex::MigrationProgress, Status>>;

/// A migration that has begun.
struct Migration {
    core: Arc<Core>,
    id: String,
    serving: Serving,
    destination: HostAdvert,
    quiesce_ms: u32,
    capability: bytes::Bytes,
    /// The build that is to run there.
    hash: String,
    begun: Instant,
    /// No other operation on this server meanwhile.
    _operation: Operation,
}

impl Core {
    /// Begins a migration. It goes on also when the caller goes away.
    pub(crate) async fn migrate_server(
        self: Arc<Self>,
        request: remex::MigrateServerRequest,
    ) -> Result<Progress> {
        self.check_running()?;
        let serving = self.serving(&request.uuid).await?;
        let server = serving.full_name.clone();
        let running = &serving.process.hash;
        let other_build = !request.hash.is_empty() && request.hash != *running;
        let hash = if other_build {
            names::check_hash(&request.hash)?;
            request.hash
        } else {
            running.clone()
        };
        if request.destination == self.host && !other_build {
            return Err(RemexError::AlreadyThere {
                server,
                host: request.destination,
            });
        }
        let destination = self.destination(&request.destination).await?;
        let operation = self
            .operations
            .begin(&serving.uuid, &server, "a migration")?;
        let migration = Migration {
            id: uuid::Uuid::new_v4().to_string(),
            serving,
            destination,
            quiesce_ms: request.quiesce_ms,
            capability: request.capability,
            hash,
            begun: Instant::now(),
            _operation: operation,
            core: self.clone(),
        };
        let (progress, receiver) = mpsc::channel(8);
        self.tracker.spawn(async move {
            let last = match migration.run(&progress).await {
                Ok(summary) => Ok(remex::MigrationProgress {
                    step: "done".to_owned(),
                    summary: Some(summary),
                }),
                Err(error) => {
                    tracing::warn!(migration = %migration.id, server = %migration.serving.full_name, error = %chain(&error), "migration failed");
                    Err(error.into())
                }
            };
            // The next operation on this server may begin as soon as the caller knows that this one is over.
            drop(migration);
            let _ = progress.send(last).await;
        });
        Ok(receiver)
    }

    async fn destination(&self, host: &str) -> Result<HostAdvert> {
        if let Some(advert) = self.naming.host(host).await? {
            return Ok(advert);
        }
        let mut known: Vec<_> = self
            .naming
            .hosts()
            .await?
            .into_iter()
            .map(|advert| advert.host)
            .collect();
        known.sort();
        Err(RemexError::UnknownHost {
            host: host.to_owned(),
            known: known.join(", "),
        })
    }
}

/// How a migration ended whose report was lost.
enum Outcome {
    Committed { epoch: u64 },
    NotCommitted,
    Unknown,
}

impl Migration {
    async fn run(
        &self,
        progress: &mpsc::Sender<Result<remex::MigrationProgress, Status>>,
    ) -> Result<remex::MigrationSummary> {
        let server = &self.serving.full_name;
        let process = &self.serving.process;
        tracing::info!(migration = %self.id, server, destination = %self.destination.host, "migration begins");
        step(progress, "preparing").await;
        let prepared = match self.prepare().await {
            Ok(prepared) => prepared,
            Err(error) => {
                // It may have been prepared, and only the answer was lost. Nothing can have been committed, so
                // nobody need wait for that.
                self.core.tracker.spawn(self.abort());
                return Err(error);
            }
        };
        step(progress, "moving").await;
        let moved = self.move_to(&prepared).await;
        let report = match moved {
            Ok(report) => report,
            Err(status) => {
                self.abort().await;
                match self.outcome(&prepared.process).await {
                    Outcome::Committed { epoch } => management::MigrationReport {
                        epoch,
                        address: prepared.address.clone(),
                        ..Default::default()
                    },
                    Outcome::NotCommitted if process.is_alive() => {
                        return Err(RemexError::MigrationFailed {
                            server: server.clone(),
                            host: self.destination.host.clone(),
                            source: Box::new(status),
                        });
                    }
                    Outcome::NotCommitted => {
                        return Err(RemexError::SourceLost {
                            server: server.clone(),
                            host: self.destination.host.clone(),
                            source: Box::new(status),
                        });
                    }
                    Outcome::Unknown => {
                        return Err(RemexError::OutcomeUnknown {
                            server: server.clone(),
                            host: self.destination.host.clone(),
                            source: Box::new(status),
                        });
                    }
                }
            }
        };
        let total = self.begun.elapsed();
        process.set_role(Role::Moved);
        self.core
            .remember(&self.serving.uuid, &self.destination.host, &prepared.hash)
            .await;
        self.reap_source();
        let summary = remex::MigrationSummary {
            migration: self.id.clone(),
            epoch: report.epoch,
            bytes: report.bytes,
            threads: report.threads,
            pause_us: report.pause_us,
            total_us: u64::try_from(total.as_micros()).unwrap_or(u64::MAX),
            address: report.address,
            destination: self.destination.host.clone(),
            quiesce_us: report.quiesce_us,
            transfer_us: report.transfer_us,
            commit_us: report.commit_us,
        };
        tracing::info!(migration = %self.id, server, destination = %summary.destination, epoch = summary.epoch, bytes = summary.bytes, threads = summary.threads, pause_us = summary.pause_us, "migration done");
        Ok(summary)
    }

    async fn prepare(&self) -> Result<remex::PrepareMigrationReply> {
        let core = &self.core;
        let described = peers::describe(&self.serving.process.address(), core.timing.question)
            .await
            .map_err(|status| RemexError::Server {
                server: self.serving.full_name.clone(),
                operation: "asking it for its epoch",
                source: Box::new(status),
            })?;
        let request = remex::PrepareMigrationRequest {
            migration: self.id.clone(),
            uuid: self.serving.uuid.clone(),
            name: self.serving.name.clone(),
            class: self.serving.process.class.clone(),
            hash: self.hash.clone(),
            source: core.address.clone(),
            epoch: described.epoch,
        };
        peers::within(core.timing.prepare, async {
            peers::remex(&self.destination.address)
                .await?
                .prepare_migration(request)
                .await
        })
        .await
        .map_err(|status| RemexError::Peer {
            host: self.destination.host.clone(),
            operation: "preparing the migration",
            source: Box::new(status),
        })
    }

    async fn move_to(
        &self,
        prepared: &remex::PrepareMigrationReply,
    ) -> Result<management::MigrationReport, Status> {
        let request = management::MigrateServerRequest {
            migration: self.id.clone(),
            destination: prepared.address.clone(),
            destination_process: prepared.process.clone(),
            quiesce_ms: self.quiesce_ms,
            capability: self.capability.clone(),
        };
        let limit = self.core.timing.migrate + Duration::from_millis(u64::from(self.quiesce_ms));
        peers::within(limit, async {
            peers::management(&self.serving.process.address())
                .await?
                .migrate_server(request)
                .await
        })
        .await
    }

    /// Has the destination discard its copy; if it cannot be reached, it does so by itself after a time.
    fn abort(&self) -> impl Future<Output = ()> + Send + 'static {
        let migration = self.id.clone();
        let address = self.destination.address.clone();
        let request = remex::AbortMigrationRequest {
            migration: migration.clone(),
            uuid: self.serving.uuid.clone(),
        };
        // The destination itself waits for its process, for the time of several questions.
        let limit = self.core.timing.question * 4;
        async move {
            let aborted = peers::within(limit, async {
                peers::remex(&address).await?.abort_migration(request).await
            })
            .await;
            match aborted {
                Ok(reply) => {
                    tracing::info!(
                        migration,
                        discarded = reply.discarded,
                        "aborted at the destination"
                    );
                }
                Err(status) => {
                    tracing::warn!(migration, error = %status.message(), "the destination cannot be told to abort");
                }
            }
        }
    }

    /// Whoever asks the name service learns who runs.
    async fn outcome(&self, destination_process: &str) -> Outcome {
        for attempt in 0..OUTCOME_ATTEMPTS {
            match self.core.naming.token(&self.serving.uuid).await {
                Ok(Some(token)) if token.holder == destination_process => {
                    return Outcome::Committed { epoch: token.epoch };
                }
                Ok(_) => return Outcome::NotCommitted,
                Err(error) => {
                    tracing::warn!(migration = %self.id, attempt, error = %chain(&error), "cannot ask how the migration ended");
                }
            }
            // Nothing commits without the name service: a source that serves has kept the execution.
            let address = self.serving.process.address();
            if let Ok(described) = peers::describe(&address, self.core.timing.question).await
                && described.phase() == management::Phase::Serving
            {
                return Outcome::NotCommitted;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Outcome::Unknown
    }

    /// The source process answers its open calls and exits; the report need not wait for that.
    fn reap_source(&self) {
        let process = self.serving.process.clone();
        let limit = self.core.timing.stop;
        self.core.tracker.spawn(async move {
            let exit = process.reap(limit).await;
            tracing::debug!(process = %process.id, %exit, "the source of the migration has ended");
        });
    }
}

async fn step(progress: &mpsc::Sender<Result<remex::MigrationProgress, Status>>, step: &str) {
    let message = remex::MigrationProgress {
        step: step.to_owned(),
        summary: None,
    };
    // A caller that does not listen any more does not stop the migration.
    let _ = progress.send(Ok(message)).await;
}
