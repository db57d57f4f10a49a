//! Passing execution on: migrating a running server, restoring a dead one.

use bytes::Bytes;
use hicam_protocol::remex::{MigrateServerRequest, MigrationSummary, StartServerRequest};

use super::{
    Manager,
    hosts::{check_class, check_room},
    servers::Running,
};
use crate::{
    error::{MimanError, Result},
    rpc,
    view::{Host, Migration, Started},
};

impl Manager {
    /// Moves a running server to another host, with its calls in progress.
    ///
    /// # Errors
    /// [`MimanError::UnknownHost`], [`MimanError::AlreadyThere`], [`MimanError::HostFull`],
    /// [`MimanError::ServerDown`]; as [`Manager::resolve`]; [`MimanError::Remote`] if it failed: the server goes on
    /// where it was.
    pub async fn migrate(&self, server: &str, host: &str) -> Result<Migration> {
        let running = self.locate(server).await?;
        let name = running.record.full_name();
        let destination = self.host(host).await?;
        if running.host == destination.host {
            return Err(MimanError::AlreadyThere {
                server: name,
                host: running.host,
            });
        }
        self.move_to(running, destination, String::new()).await
    }

    /// Moves a running server to a host, into the build of this hash; empty: the one that runs.
    pub(super) async fn move_to(
        &self,
        running: Running,
        destination: Host,
        hash: String,
    ) -> Result<Migration> {
        check_room(&destination)?;
        let (name, host) = (running.record.full_name(), destination.host.clone());
        let source = self.advert(&running.host).await?;
        let failed = || rpc::failed(format!("migrating `{name}` to host `{host}`"));
        let mut progress = rpc::remex(&source.host, &source.address)
            .await?
            .migrate_server(MigrateServerRequest {
                uuid: running.record.uuid.clone(),
                destination: destination.host.clone(),
                quiesce_ms: 0,
                capability: Bytes::new(),
                hash,
            })
            .await
            .map_err(failed())?
            .into_inner();
        let mut summary = None;
        while let Some(step) = progress.message().await.map_err(failed())? {
            if !step.step.is_empty() && step.summary.is_none() {
                self.observer
                    .step(format!("{name}: {} → {host}: {}", running.host, step.step));
            }
            summary = step.summary.or(summary);
        }
        let summary: MigrationSummary = summary.ok_or_else(|| MimanError::Remote {
            action: format!("migrating `{name}` to host `{host}`"),
            message:
                "the source host ended without a report; `miman servers` shows where the server is"
                    .to_owned(),
            retryable: true,
        })?;
        Ok(Migration {
            server: name,
            uuid: running.record.uuid,
            migration: summary.migration,
            from: running.host,
            to: destination.host,
            address: summary.address,
            epoch: summary.epoch,
            bytes: summary.bytes,
            threads: summary.threads,
            pause_us: summary.pause_us,
            quiesce_us: summary.quiesce_us,
            transfer_us: summary.transfer_us,
            commit_us: summary.commit_us,
            total_us: summary.total_us,
        })
    }

    /// Continues a dead server from a stored checkpoint; `sequence` 0 is the last stable one.
    ///
    /// A server whose process has died holds its lease for some seconds more; this waits for that.
    ///
    /// # Errors
    /// [`MimanError::ServerAlive`], [`MimanError::NoCheckpoint`], [`MimanError::NoCheckpointServer`],
    /// [`MimanError::ClassNotInstalled`], [`MimanError::UnknownHost`], [`MimanError::HostFull`]; as
    /// [`Manager::resolve`]; [`MimanError::Remote`] for a checkpoint that is corrupted or does not fit.
    pub async fn restore(
        &self,
        server: &str,
        host: Option<&str>,
        sequence: u64,
    ) -> Result<Started> {
        let record = self.resolve(server).await?;
        let name = record.full_name();
        let now = self.server(&record.uuid).await?;
        if matches!(now.phase.as_str(), "serving" | "withdrawn" | "stopping") {
            return Err(MimanError::ServerAlive {
                server: name,
                host: now.host,
            });
        }
        let host = self.room_for(&record.class, host).await?;
        check_class(&host, &record.class)?;
        self.check_checkpoint(&record, sequence).await?;
        if now.phase == "silent" {
            // The daemon waits for the lease: it also notices a process that comes back.
            self.observer.step(format!(
                "waiting until the lease of {name}'s last process has run out"
            ));
        } else {
            self.observer
                .step(format!("restoring {name} on {}", host.host));
        }
        self.start_on(
            &host,
            &name,
            StartServerRequest {
                class: record.class,
                name: record.name,
                uuid: record.uuid,
                restore_sequence: Some(sequence),
                interval_ms: None,
                hash: String::new(),
            },
        )
        .await
    }
}
