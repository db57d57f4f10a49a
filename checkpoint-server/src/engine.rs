//! The engine: stores and returns checkpoints so that each is wholly there or not, and never of a superseded epoch.
//!
//! Objects are `CLASS/UUID/EPOCH-SEQUENCE.ckpt` (the state, then its [`Description`]) and
//! `CLASS/UUID/EPOCH.fence` (no lower epoch may write), numbers with 20 digits, so that names sort by age.
//! No object is ever rewritten.
//!
//! A checkpoint is published by one atomic step of the store, with its description in the same object.
//! Several checkpoint servers may use one store: a writer looks for a fence *after* it has published as well,
//! and whoever takes a server over writes the fence *before* it looks for the last checkpoint,
//! so one of the two sees the other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt as _};
use tokio_util::task::TaskTracker;

use crate::description::{Description, ServerKey, check_name};
use crate::error::{StoreError, chain};
use crate::index::{Index, Position, Shelf, agrees, fence_path, write_fence};
use crate::location::StoreLocation;
use crate::probe;
use crate::upload::Upload;

/// Checkpoints kept for each server unless told otherwise.
pub const DEFAULT_KEEP: usize = 8;

/// How long a request to a remote store is tried again before the checkpoint is reported as not stored.
const PATIENCE: Duration = Duration::from_secs(30);

/// Bytes of the largest checkpoint accepted unless told otherwise: 64 GiB.
pub const DEFAULT_MAX_BYTES: u64 = 64 << 30;

/// How an engine behaves.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// The newest checkpoints kept for each server; at least one is.
    pub keep: usize,
    /// Bytes of the largest checkpoint accepted.
    pub max_bytes: u64,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            keep: DEFAULT_KEEP,
            max_bytes: DEFAULT_MAX_BYTES,
        }
    }
}

/// Which checkpoint of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The last stable one: of the highest epoch, the highest sequence number.
    Last,
    /// The one with this sequence number; of several epochs the highest.
    Sequence(u64),
}

impl Which {
    /// As requests say it: 0 is the last one.
    pub fn from_sequence(sequence: u64) -> Self {
        match sequence {
            0 => Self::Last,
            sequence => Self::Sequence(sequence),
        }
    }
}

/// A checkpoint read from the store, its checksum verified.
#[derive(Debug, Clone)]
pub struct StoredCheckpoint {
    /// What is known of it.
    pub description: Description,
    /// The state, as it was put.
    pub data: Bytes,
}

/// Stores and returns checkpoints. Clones share the store.
#[derive(Debug, Clone)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) store: Arc<dyn ObjectStore>,
    /// The store's location, for messages.
    pub(crate) name: String,
    pub(crate) options: EngineOptions,
    index: Index,
    /// One lock for each server: publishing, fencing and deleting exclude one another.
    locks: Mutex<HashMap<ServerKey, Arc<tokio::sync::Mutex<()>>>>,
    background: TaskTracker,
}

impl Engine {
    /// Opens the store at a location, and writes, lists and deletes an object of no meaning in it.
    ///
    /// # Errors
    /// The location cannot be used: [`StoreError::Invalid`], [`StoreError::StoreReadOnly`],
    /// [`StoreError::StoreFull`], [`StoreError::Unavailable`].
    pub async fn open(
        location: &StoreLocation,
        options: EngineOptions,
    ) -> Result<Self, StoreError> {
        let name = location.to_string();
        let open = |patience: Duration| {
            let location = location.clone();
            let opened = tokio::task::spawn_blocking(move || location.open(patience));
            async {
                opened
                    .await
                    .map_err(|e| StoreError::from_store(&name, "opening it", e.into()))?
            }
        };
        // Whoever starts a checkpoint server waits, so an unusable store is to be reported soon.
        probe::probe(open(probe::PATIENCE).await?.as_ref(), &name).await?;
        let store = open(PATIENCE).await?;
        Ok(Self::with_store(store, name, options))
    }

    /// An engine on an object store of the caller's; `name` is how messages call it.
    pub fn with_store(
        store: Arc<dyn ObjectStore>,
        name: impl Into<String>,
        options: EngineOptions,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                store,
                name: name.into(),
                options: EngineOptions {
                    keep: options.keep.max(1),
                    ..options
                },
                index: Index::default(),
                locks: Mutex::default(),
                background: TaskTracker::new(),
            }),
        }
    }

    /// The store's location.
    pub fn store_name(&self) -> &str {
        &self.inner.name
    }

    /// Starts to store a checkpoint; nothing of it is visible before [`Upload::finish`] returns.
    ///
    /// `description.bytes` and `description.checksum` need not be known yet.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] if class, UUID, epoch or sequence number cannot be those of a checkpoint.
    pub fn put(&self, description: Description) -> Result<Upload, StoreError> {
        let key = description.key()?;
        if description.sequence == 0 || description.epoch == 0 {
            return Err(StoreError::Invalid(format!(
                "checkpoint {} of epoch {} of server {key}: epochs and sequence numbers start at 1",
                description.sequence, description.epoch
            )));
        }
        Ok(Upload::new(self.inner.clone(), key, description))
    }

    /// Reads one checkpoint and verifies it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Corrupted`], [`StoreError::Unavailable`].
    pub async fn get(&self, key: &ServerKey, which: Which) -> Result<StoredCheckpoint, StoreError> {
        self.inner.get(key, which).await
    }

    /// Descriptions of what is stored, by class, server and age; of one class or server if given.
    ///
    /// Looks at the descriptions only: damage within the state itself shows when a checkpoint is read.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for a name that cannot be one, [`StoreError::Unavailable`].
    pub async fn list(
        &self,
        class: Option<&str>,
        uuid: Option<&str>,
    ) -> Result<Vec<Description>, StoreError> {
        self.inner.list(class, uuid).await
    }

    /// Refuses every epoch below `epoch` from now on, also after a restart; returns the lowest epoch accepted.
    ///
    /// A fence is never lowered: if a higher one is there, that one is returned.
    ///
    /// # Errors
    /// The fence could not be made durable: [`StoreError::StoreReadOnly`], [`StoreError::StoreFull`],
    /// [`StoreError::Unavailable`].
    pub async fn fence(&self, key: &ServerKey, epoch: u64) -> Result<u64, StoreError> {
        let lock = self.inner.lock(key);
        let _held = lock.lock().await;
        let shelf = self.inner.shelf(key).await?;
        self.inner.raise_fence(key, &shelf, epoch).await?;
        Ok(epoch.max(shelf.lowest_epoch()))
    }

    /// Deletes one checkpoint for good, the last one too.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::StoreReadOnly`], [`StoreError::Unavailable`].
    pub async fn delete(&self, key: &ServerKey, sequence: u64) -> Result<(), StoreError> {
        let lock = self.inner.lock(key);
        let _held = lock.lock().await;
        let position = self
            .inner
            .shelf(key)
            .await?
            .find(sequence)
            .ok_or_else(|| self.inner.not_found(key, Which::from_sequence(sequence)))?;
        self.inner.remove(key, position).await
    }

    /// Waits until no old checkpoints are being deleted any more.
    pub async fn settle(&self) {
        self.inner.background.close();
        self.inner.background.wait().await;
        self.inner.background.reopen();
    }
}

impl Inner {
    pub(crate) fn lock(&self, key: &ServerKey) -> Arc<tokio::sync::Mutex<()>> {
        self.locks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(key.clone())
            .or_default()
            .clone()
    }

    pub(crate) fn store_error(&self, doing: String, source: object_store::Error) -> StoreError {
        StoreError::from_store(&self.name, doing, source)
    }

    async fn shelf(&self, key: &ServerKey) -> Result<Shelf, StoreError> {
        self.index
            .shelf(self.store.as_ref(), key)
            .await
            .map_err(|e| self.store_error(format!("listing the checkpoints of {key}"), e))
    }

    fn not_found(&self, key: &ServerKey, which: Which) -> StoreError {
        StoreError::NotFound {
            what: match which {
                Which::Last => format!("a checkpoint of server {key}"),
                Which::Sequence(sequence) => format!("checkpoint {sequence} of server {key}"),
            },
            store: self.name.clone(),
        }
    }

    async fn get(&self, key: &ServerKey, which: Which) -> Result<StoredCheckpoint, StoreError> {
        let shelf = self.shelf(key).await?;
        let position = match which {
            Which::Last => shelf.last(),
            Which::Sequence(sequence) => shelf.find(sequence),
        }
        .ok_or_else(|| self.not_found(key, which))?;
        let path = position.path(key);
        let object = async { self.store.get(&path).await?.bytes().await }
            .await
            .map_err(|error| match error {
                object_store::Error::NotFound { .. } => self.not_found(key, which),
                error => self.store_error(format!("reading {path}"), error),
            })?;
        let owner = key.clone();
        tokio::task::spawn_blocking(move || verify(&owner, position, object))
            .await
            .map_err(|e| self.store_error(format!("verifying {path}"), e.into()))?
            .map_err(|reason| StoreError::Corrupted {
                file: format!("{}/{path}", self.name.trim_end_matches('/')),
                server: key.to_string(),
                sequence: position.sequence,
                reason,
            })
    }

    async fn list(
        &self,
        class: Option<&str>,
        uuid: Option<&str>,
    ) -> Result<Vec<Description>, StoreError> {
        let doing = || "listing checkpoints".to_owned();
        let shelves = match (class, uuid) {
            (Some(class), Some(uuid)) => {
                let key = ServerKey::new(class, uuid)?;
                let shelf = self.shelf(&key).await?;
                [(key, shelf)].into()
            }
            (class, uuid) => {
                if let Some(class) = class {
                    check_name("class", class)?;
                }
                let mut shelves = self
                    .index
                    .shelves(self.store.as_ref(), class)
                    .await
                    .map_err(|e| self.store_error(doing(), e))?;
                shelves.retain(|key, _| uuid.is_none_or(|uuid| key.uuid() == uuid));
                shelves
            }
        };
        let mut all = Vec::new();
        for (key, shelf) in &shelves {
            let described = self
                .index
                .describe(self.store.as_ref(), key, shelf)
                .await
                .map_err(|e| self.store_error(doing(), e))?;
            all.extend(described);
        }
        Ok(all)
    }

    /// Makes a fence durable unless one as high is there; then removes those it supersedes.
    async fn raise_fence(
        &self,
        key: &ServerKey,
        shelf: &Shelf,
        epoch: u64,
    ) -> Result<(), StoreError> {
        if epoch < shelf.lowest_epoch() || shelf.fences.contains(&epoch) {
            return Ok(());
        }
        write_fence(self.store.as_ref(), key, epoch)
            .await
            .map_err(|e| self.store_error(format!("fencing {key} at epoch {epoch}"), e))?;
        for lower in shelf.fences.iter().filter(|fence| **fence < epoch) {
            // One that stays does no harm.
            if let Err(error) = self.store.delete(&fence_path(key, *lower)).await {
                tracing::debug!(server = %key, epoch = lower, error = chain(&error), "a superseded fence was not removed");
            }
        }
        Ok(())
    }

    /// Whether a checkpoint may be published now. `false`: the very same one is there already.
    pub(crate) async fn admit(
        &self,
        key: &ServerKey,
        description: &Description,
    ) -> Result<bool, StoreError> {
        let shelf = self.shelf(key).await?;
        refuse_superseded(key, &shelf, description.epoch)?;
        self.raise_fence(key, &shelf, description.epoch).await?;
        let Some(last) = shelf.last_of(description.epoch) else {
            return Ok(true);
        };
        if description.sequence > last.sequence {
            return Ok(true);
        }
        let stored = self
            .index
            .describe(self.store.as_ref(), key, &shelf)
            .await
            .map_err(|e| self.store_error(format!("listing the checkpoints of {key}"), e))?;
        // The writer did not receive the answer and asks again.
        let repeated = stored.iter().any(|d| {
            d.epoch == description.epoch
                && d.sequence == description.sequence
                && d.checksum == description.checksum
        });
        if repeated {
            return Ok(false);
        }
        Err(StoreError::StaleSequence {
            server: key.to_string(),
            epoch: description.epoch,
            sequence: description.sequence,
            last: last.sequence,
        })
    }

    /// Refuses an epoch before its data have been received; [`Self::admit`] decides for good.
    pub(crate) async fn check_epoch(&self, key: &ServerKey, epoch: u64) -> Result<(), StoreError> {
        let shelf = self.shelf(key).await?;
        refuse_superseded(key, &shelf, epoch)
    }

    /// After publication: takes the checkpoint back if another checkpoint server has fenced its epoch meanwhile.
    pub(crate) async fn confirm(
        self: &Arc<Self>,
        key: &ServerKey,
        description: &Description,
    ) -> Result<(), StoreError> {
        let position = Position {
            epoch: description.epoch,
            sequence: description.sequence,
        };
        let shelf = self.shelf(key).await?;
        if let Err(fenced) = refuse_superseded(key, &shelf, description.epoch) {
            self.remove(key, position).await?;
            return Err(fenced);
        }
        self.index.remember(key, position, description.clone());
        if shelf.checkpoints.len() > self.options.keep {
            let inner = Arc::clone(self);
            let key = key.clone();
            self.background
                .spawn(async move { inner.delete_old(&key).await });
        }
        Ok(())
    }

    async fn delete_old(&self, key: &ServerKey) {
        let lock = self.lock(key);
        let _held = lock.lock().await;
        let outcome = async {
            let shelf = self.shelf(key).await?;
            let surplus = shelf.checkpoints.len().saturating_sub(self.options.keep);
            for position in shelf.checkpoints.keys().take(surplus) {
                self.remove(key, *position).await?;
            }
            Ok::<(), StoreError>(())
        };
        if let Err(error) = outcome.await {
            // The next checkpoint tries again.
            tracing::warn!(server = %key, error = chain(&error), "old checkpoints were not deleted");
        }
    }

    async fn remove(&self, key: &ServerKey, position: Position) -> Result<(), StoreError> {
        let path = position.path(key);
        self.index.forget(key, position);
        match self.store.delete(&path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.store_error(format!("deleting {path}"), error)),
        }
    }
}

fn refuse_superseded(key: &ServerKey, shelf: &Shelf, epoch: u64) -> Result<(), StoreError> {
    let lowest = shelf.lowest_epoch();
    if epoch < lowest {
        return Err(StoreError::Fenced {
            server: key.to_string(),
            epoch,
            lowest,
        });
    }
    Ok(())
}

/// Splits an object into state and description; the error says what is wrong.
fn verify(
    key: &ServerKey,
    position: Position,
    mut object: Bytes,
) -> Result<StoredCheckpoint, String> {
    let (description, trailer) = Description::from_trailer(&object)?;
    agrees(&description, key, position)?;
    object.truncate(object.len() - trailer);
    if object.len() as u64 != description.bytes {
        return Err(format!(
            "it holds {} bytes of state instead of {}",
            object.len(),
            description.bytes
        ));
    }
    if blake3::hash(&object).to_hex().as_str() != description.checksum {
        return Err("its contents do not match their checksum".to_owned());
    }
    Ok(StoredCheckpoint {
        description,
        data: object,
    })
}
