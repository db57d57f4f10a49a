//! The way to the class's checkpoint server: found by name service, found again when it does not answer.

use super::error::{Result, ServerError};
use bytes::Bytes;
use checkpoint_server::{CheckpointClient, ClientError, Description, Which};
use hicam_protocol::naming::NameService;
use hicam_state::Checkpoint;
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

const TIMEOUT: Duration = Duration::from_secs(10);
/// A store slower than this is taken for one that hangs.
const SLOWEST_BYTES_PER_SECOND: usize = 1 << 20;
const GET_TIMEOUT: Duration = Duration::from_secs(120);

/// Where a checkpoint server is found.
enum Place {
    Nowhere,
    At(String),
    Named(NameService),
}

/// A class's checkpoint server, as one of its servers sees it.
pub(crate) struct Store {
    class: &'static str,
    place: Place,
    /// The one that was found last and has not failed since.
    known: Mutex<Option<CheckpointClient>>,
}

/// What is stored of a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stored {
    /// Number of the last stable checkpoint, 0: none.
    pub(crate) last: u64,
    /// The highest number given in any epoch, 0: none.
    pub(crate) highest: u64,
}

impl Store {
    /// `address` wins over what the name service says.
    pub(crate) fn new(
        class: &'static str,
        address: Option<String>,
        naming: Option<NameService>,
    ) -> Self {
        let place = match (address, naming) {
            (Some(address), _) => Place::At(address),
            (None, Some(naming)) => Place::Named(naming),
            (None, None) => Place::Nowhere,
        };
        Self {
            class,
            place,
            known: Mutex::new(None),
        }
    }

    /// Whether there can be a checkpoint server at all.
    pub(crate) fn is_configured(&self) -> bool {
        !matches!(self.place, Place::Nowhere)
    }

    /// Fails with [`ServerError::NoCheckpointServer`] when none is known and none can be found.
    pub(crate) async fn find(&self) -> Result<()> {
        self.client().await.map(drop)
    }

    /// Stores a checkpoint; returns once it is stable.
    pub(crate) async fn put(&self, description: Description, data: Bytes) -> Result<()> {
        let limit = TIMEOUT + Duration::from_secs((data.len() / SLOWEST_BYTES_PER_SECOND) as u64);
        let put = |client: CheckpointClient| async move { client.put(description, data).await };
        self.call(limit, put).await.map(drop)
    }

    /// The bytes of a checkpoint; sequence 0: the last stable one.
    pub(crate) async fn get(&self, uuid: &str, sequence: u64) -> Result<Bytes> {
        let which = match sequence {
            0 => Which::Last,
            sequence => Which::Sequence(sequence),
        };
        let get =
            |client: CheckpointClient| async move { client.get(self.class, uuid, which).await };
        Ok(self.call(GET_TIMEOUT, get).await?.data)
    }

    /// What is stored of a server.
    pub(crate) async fn stored(&self, uuid: &str) -> Result<Stored> {
        let list = |client: CheckpointClient| async move {
            client.list(Some(self.class), Some(uuid)).await
        };
        let list = self.call(TIMEOUT, list).await?;
        let last = list.iter().max_by_key(|one| (one.epoch, one.sequence));
        Ok(Stored {
            last: last.map_or(0, |one| one.sequence),
            highest: list.iter().map(|one| one.sequence).max().unwrap_or(0),
        })
    }

    /// From now on checkpoints of lower epochs are refused.
    pub(crate) async fn fence(&self, uuid: &str, epoch: u64) -> Result<()> {
        let fence =
            |client: CheckpointClient| async move { client.fence(self.class, uuid, epoch).await };
        self.call(TIMEOUT, fence).await.map(drop)
    }

    async fn call<T, F, R>(&self, limit: Duration, request: F) -> Result<T>
    where
        F: FnOnce(CheckpointClient) -> R,
        R: Future<Output = std::result::Result<T, ClientError>>,
    {
        let client = self.client().await?;
        let address = client.address().to_owned();
        match tokio::time::timeout(limit, request(client)).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => {
                if matches!(error, ClientError::Unreachable { .. }) {
                    self.forget();
                }
                Err(error.into())
            }
            Err(_) => {
                self.forget();
                Err(ServerError::StoreTimeout {
                    address,
                    after: limit,
                })
            }
        }
    }

    async fn client(&self) -> Result<CheckpointClient> {
        if let Some(client) = self.known().clone() {
            return Ok(client);
        }
        let client = CheckpointClient::new(self.resolve().await?)?;
        *self.known() = Some(client.clone());
        Ok(client)
    }

    async fn resolve(&self) -> Result<String> {
        let none = || ServerError::NoCheckpointServer {
            class: self.class.to_owned(),
        };
        match &self.place {
            Place::Nowhere => Err(none()),
            Place::At(address) => Ok(address.clone()),
            Place::Named(naming) => {
                let advert = naming.checkpoint_server(self.class).await?;
                advert.map(|advert| advert.address).ok_or_else(none)
            }
        }
    }

    fn forget(&self) {
        *self.known() = None;
    }

    fn known(&self) -> MutexGuard<'_, Option<CheckpointClient>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the checkpoint server is told about a checkpoint; its client adds size and checksum.
pub(crate) fn describe(checkpoint: &Checkpoint) -> Description {
    let threads = checkpoint.threads.len() + checkpoint.tasks.in_progress();
    Description {
        class: checkpoint.class.clone(),
        uuid: checkpoint.uuid.clone(),
        epoch: checkpoint.epoch,
        sequence: checkpoint.sequence,
        threads: u32::try_from(threads).unwrap_or(u32::MAX),
        taken_unix_ms: checkpoint.taken_unix_ms,
        schema_fingerprint: checkpoint.schema_fingerprint.clone(),
        host: checkpoint.host.clone(),
        arch: checkpoint.arch.clone(),
        ..Description::default()
    }
}
