//! Checkpoints: taking one, and looking at those that are stored.

use std::collections::{BTreeMap, BTreeSet};

use hicam_protocol::{
    checkpoint::{
        CheckpointDescription, CheckpointId, GetRequest, ListRequest, ShowRequest,
        checkpoint_store_client::CheckpointStoreClient, get_reply,
    },
    management::CheckpointServerRequest,
    naming::ServerRecord,
};
use tonic::{Code, Status, transport::Channel};

use super::Manager;
use crate::{
    error::{MimanError, Result},
    rpc,
    view::{Checkpoint, CheckpointTaken},
};

impl Manager {
    /// Takes a checkpoint of a running server; returns when it is stable.
    ///
    /// # Errors
    /// [`MimanError::ServerDown`], [`MimanError::ServerSilent`]; as [`Manager::resolve`]; [`MimanError::Remote`] if
    /// the checkpoint could not be taken or stored: the server goes on.
    pub async fn checkpoint(&self, server: &str) -> Result<CheckpointTaken> {
        let running = self.locate(server).await?;
        let name = running.record.full_name();
        self.observer.step(format!("taking a checkpoint of {name}"));
        let report = rpc::management(&name, &running.address)
            .await?
            .checkpoint_server(CheckpointServerRequest {})
            .await
            .map_err(rpc::failed(format!("taking a checkpoint of `{name}`")))?
            .into_inner();
        Ok(CheckpointTaken {
            server: name,
            uuid: running.record.uuid,
            sequence: report.sequence,
            bytes: report.bytes,
            threads: report.threads,
            pause_us: report.pause_us,
            stable_us: report.stable_us,
        })
    }

    /// The stored checkpoints, by server and sequence number: of one server, or of every class whose checkpoint server
    /// runs.
    ///
    /// # Errors
    /// [`MimanError::NoCheckpointServer`] for one server's class; as [`Manager::resolve`]; the checkpoint server's.
    pub async fn checkpoints(&self, server: Option<&str>) -> Result<Vec<Checkpoint>> {
        if let Some(server) = server {
            let record = self.resolve(server).await?;
            let mut store = self.store(&record.class).await?;
            return list(&mut store, &record.class, &record.uuid, &names([&record])).await;
        }
        let records = self.names.servers().await.map_err(self.naming())?;
        let hosts = self.names.hosts().await.map_err(self.naming())?;
        let classes: BTreeSet<&str> = records
            .iter()
            .map(|record| record.class.as_str())
            .chain(
                hosts
                    .iter()
                    .flat_map(|host| &host.classes)
                    .map(|installed| installed.class.as_str()),
            )
            .collect();
        let names = names(&records);
        let mut checkpoints = Vec::new();
        for class in classes {
            match self.store(class).await {
                Ok(mut store) => checkpoints.extend(list(&mut store, class, "", &names).await?),
                Err(MimanError::NoCheckpointServer { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(checkpoints)
    }

    /// A stored checkpoint as JSON: globals, and each call's frames with function, point and named locals.
    ///
    /// `sequence` 0 is the last stable one.
    ///
    /// # Errors
    /// [`MimanError::NoCheckpoint`], [`MimanError::NoCheckpointServer`]; as [`Manager::resolve`];
    /// [`MimanError::Remote`] for a checkpoint that is corrupted.
    pub async fn show(&self, server: &str, sequence: u64) -> Result<serde_json::Value> {
        let record = self.resolve(server).await?;
        let action = format!(
            "showing {} of `{}`",
            checkpoint_name(sequence),
            record.full_name()
        );
        let reply = self
            .store(&record.class)
            .await?
            .show(ShowRequest {
                id: Some(checkpoint_id(&record, sequence)),
            })
            .await
            .map_err(|status| lookup(&record, sequence, &action, status))?
            .into_inner();
        serde_json::from_str(&reply.json).map_err(|cause| MimanError::Remote {
            action,
            message: format!(
                "the checkpoint server answered with something that is not JSON ({cause})"
            ),
            retryable: false,
        })
    }

    /// A stored checkpoint as it is, in the format of `docs/state-format.md`.
    ///
    /// `sequence` 0 is the last stable one.
    ///
    /// # Errors
    /// As [`Manager::show`].
    pub async fn fetch_checkpoint(&self, server: &str, sequence: u64) -> Result<Vec<u8>> {
        let record = self.resolve(server).await?;
        let action = format!(
            "fetching {} of `{}`",
            checkpoint_name(sequence),
            record.full_name()
        );
        let mut parts = self
            .store(&record.class)
            .await?
            .get(GetRequest {
                id: Some(checkpoint_id(&record, sequence)),
            })
            .await
            .map_err(|status| lookup(&record, sequence, &action, status))?
            .into_inner();
        let (mut bytes, mut announced) = (Vec::new(), 0);
        while let Some(part) = parts
            .message()
            .await
            .map_err(|status| lookup(&record, sequence, &action, status))?
        {
            match part.part {
                Some(get_reply::Part::Header(description)) => announced = description.bytes,
                Some(get_reply::Part::Data(data)) => bytes.extend_from_slice(&data),
                None => {}
            }
        }
        if bytes.len() as u64 != announced {
            return Err(MimanError::Remote {
                action,
                message: format!(
                    "the checkpoint server announced {announced} bytes and sent {}",
                    bytes.len()
                ),
                retryable: true,
            });
        }
        Ok(bytes)
    }

    /// Checks that a server has a checkpoint to be restored from.
    pub(super) async fn check_checkpoint(
        &self,
        record: &ServerRecord,
        sequence: u64,
    ) -> Result<()> {
        let mut store = self.store(&record.class).await?;
        let there = list(&mut store, &record.class, &record.uuid, &BTreeMap::new()).await?;
        let found = there
            .iter()
            .any(|checkpoint| sequence == 0 || checkpoint.sequence == sequence);
        if found {
            return Ok(());
        }
        Err(MimanError::NoCheckpoint {
            server: record.full_name(),
            sequence,
        })
    }

    async fn store(&self, class: &str) -> Result<CheckpointStoreClient<Channel>> {
        let advert = self
            .names
            .checkpoint_server(class)
            .await
            .map_err(self.naming())?
            .ok_or_else(|| MimanError::NoCheckpointServer {
                class: class.to_owned(),
            })?;
        rpc::store(class, &advert.address).await
    }
}

fn checkpoint_id(record: &ServerRecord, sequence: u64) -> CheckpointId {
    CheckpointId {
        class: record.class.clone(),
        uuid: record.uuid.clone(),
        sequence,
    }
}

/// The error of a checkpoint server that was asked for a checkpoint.
fn lookup(record: &ServerRecord, sequence: u64, action: &str, status: Status) -> MimanError {
    match status.code() {
        Code::NotFound => MimanError::NoCheckpoint {
            server: record.full_name(),
            sequence,
        },
        _ => rpc::failed(action)(status),
    }
}

fn checkpoint_name(sequence: u64) -> String {
    if sequence == 0 {
        "the last checkpoint".to_owned()
    } else {
        format!("checkpoint {sequence}")
    }
}

fn names<'a>(records: impl IntoIterator<Item = &'a ServerRecord>) -> BTreeMap<String, String> {
    records
        .into_iter()
        .map(|record| (record.uuid.clone(), record.full_name()))
        .collect()
}

async fn list(
    store: &mut CheckpointStoreClient<Channel>,
    class: &str,
    uuid: &str,
    names: &BTreeMap<String, String>,
) -> Result<Vec<Checkpoint>> {
    let reply = store
        .list(ListRequest {
            class: class.to_owned(),
            uuid: uuid.to_owned(),
        })
        .await
        .map_err(rpc::failed(format!(
            "listing the checkpoints of class `{class}`"
        )))?
        .into_inner();
    let mut checkpoints: Vec<_> = reply
        .checkpoints
        .into_iter()
        .map(|description| view(description, names))
        .collect();
    checkpoints.sort_by(|a, b| (&a.server, a.sequence).cmp(&(&b.server, b.sequence)));
    Ok(checkpoints)
}

fn view(description: CheckpointDescription, names: &BTreeMap<String, String>) -> Checkpoint {
    let id = description.id.unwrap_or_default();
    Checkpoint {
        server: names
            .get(&id.uuid)
            .cloned()
            .unwrap_or_else(|| format!("{}/{}", id.class, id.uuid)),
        uuid: id.uuid,
        sequence: id.sequence,
        epoch: description.epoch,
        bytes: description.bytes,
        threads: description.threads,
        taken_unix_ms: description.taken_unix_ms,
        host: description.host,
        arch: description.arch,
        checksum: description.checksum,
        schema_fingerprint: description.schema_fingerprint,
    }
}
