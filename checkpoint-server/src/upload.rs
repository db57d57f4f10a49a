//! A checkpoint on its way into the store: invisible until the one step that publishes it.

use std::sync::Arc;

use bytes::Bytes;
use object_store::{MultipartUpload, ObjectStoreExt as _, PutPayload};
use tokio::task::JoinSet;

use crate::description::{Description, ServerKey};
use crate::engine::Inner;
use crate::error::StoreError;
use crate::index::Position;

/// Up to this size a checkpoint is kept in memory and written by one request; above, in parts of this size.
/// S3 asks for at least 5 MiB.
const PART: usize = 8 << 20;

/// Parts on their way at once.
const WRITERS: usize = 4;

/// A checkpoint being stored. Dropped before [`Upload::finish`] it leaves nothing behind.
#[derive(Debug)]
pub struct Upload {
    inner: Arc<Inner>,
    key: ServerKey,
    description: Description,
    hasher: blake3::Hasher,
    received: u64,
    /// Received and not yet handed to the store.
    buffered: Vec<Bytes>,
    buffered_bytes: usize,
    parts: Option<Parts>,
}

impl Upload {
    pub(crate) fn new(inner: Arc<Inner>, key: ServerKey, description: Description) -> Self {
        Self {
            inner,
            key,
            description,
            hasher: blake3::Hasher::new(),
            received: 0,
            buffered: Vec::new(),
            buffered_bytes: 0,
            parts: None,
        }
    }

    /// What the writer said of the checkpoint.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// Takes the next bytes of the state.
    ///
    /// # Errors
    /// [`StoreError::Fenced`], [`StoreError::Invalid`] for more bytes than are accepted,
    /// [`StoreError::StoreReadOnly`], [`StoreError::StoreFull`], [`StoreError::Unavailable`].
    /// Nothing is stored then.
    pub async fn write(&mut self, data: Bytes) -> Result<(), StoreError> {
        self.hasher.update(&data);
        self.received += data.len() as u64;
        let limit = self.inner.options.max_bytes;
        if self.received > limit {
            return Err(StoreError::Invalid(format!(
                "checkpoint {} of server {} is larger than the {limit} bytes this checkpoint server accepts",
                self.description.sequence, self.key
            )));
        }
        self.buffered_bytes += data.len();
        self.buffered.push(data);
        while self.buffered_bytes >= PART {
            let part = self.take(PART);
            self.send(part).await?;
        }
        Ok(())
    }

    /// Publishes the checkpoint if all of it has arrived: once this returns, it is stable.
    ///
    /// Storing the same checkpoint again succeeds.
    ///
    /// # Errors
    /// [`StoreError::Incomplete`] if `checksum` (BLAKE3 of all bytes, in hexadecimal digits) does not match,
    /// [`StoreError::Fenced`], [`StoreError::StaleSequence`], [`StoreError::StoreReadOnly`],
    /// [`StoreError::StoreFull`], [`StoreError::Unavailable`]. Nothing is stored then.
    pub async fn finish(self, checksum: &str) -> Result<Description, StoreError> {
        let computed = self.hasher.finalize().to_hex();
        let incomplete = |reason: String| StoreError::Incomplete {
            server: self.key.to_string(),
            sequence: self.description.sequence,
            reason,
        };
        if !computed.as_str().eq_ignore_ascii_case(checksum) {
            return Err(incomplete(format!(
                "its BLAKE3 checksum is {computed}, not {checksum}"
            )));
        }
        let announced = self.description.bytes;
        if announced != 0 && announced != self.received {
            return Err(incomplete(format!(
                "{} bytes arrived of {announced}",
                self.received
            )));
        }
        // A task of its own: the writer may go away, but publishing and what it must be followed by are not cut in two.
        let inner = Arc::clone(&self.inner);
        let doing = format!("storing a checkpoint of {}", self.key);
        tokio::spawn(self.publish(computed.to_string()))
            .await
            .map_err(|e| inner.store_error(doing, e.into()))?
    }

    async fn publish(mut self, checksum: String) -> Result<Description, StoreError> {
        self.description.bytes = self.received;
        self.description.checksum = checksum;
        self.description.damage = None;
        let trailer = self.description.to_trailer()?;
        let inner = Arc::clone(&self.inner);
        let lock = inner.lock(&self.key);
        let _held = lock.lock().await;
        if !inner.admit(&self.key, &self.description).await? {
            return Ok(self.description.clone());
        }
        self.buffered_bytes += trailer.len();
        self.buffered.push(trailer);
        let path = self.position().path(&self.key);
        let rest = self.take(self.buffered_bytes);
        let published = match self.parts.take() {
            None => inner.store.put(&path, rest).await.map(|_| ()),
            Some(mut parts) => {
                let complete = async {
                    parts.send(rest).await?;
                    parts.complete().await
                };
                complete.await
            }
        };
        published.map_err(|e| inner.store_error(format!("writing {path}"), e))?;
        inner.confirm(&self.key, &self.description).await?;
        tracing::debug!(
            server = %self.key,
            epoch = self.description.epoch,
            sequence = self.description.sequence,
            bytes = self.received,
            "checkpoint stored"
        );
        Ok(self.description.clone())
    }

    fn position(&self) -> Position {
        Position {
            epoch: self.description.epoch,
            sequence: self.description.sequence,
        }
    }

    /// The first `bytes` of what is buffered.
    fn take(&mut self, bytes: usize) -> PutPayload {
        let mut left = bytes;
        let mut taken = Vec::new();
        let mut rest = Vec::new();
        for mut piece in self.buffered.drain(..) {
            if left >= piece.len() {
                left -= piece.len();
                taken.push(piece);
            } else {
                if left > 0 {
                    taken.push(piece.split_to(left));
                    left = 0;
                }
                rest.push(piece);
            }
        }
        self.buffered = rest;
        self.buffered_bytes -= bytes - left;
        taken.into_iter().collect()
    }

    async fn send(&mut self, part: PutPayload) -> Result<(), StoreError> {
        let path = self.position().path(&self.key);
        let parts = match &mut self.parts {
            Some(parts) => parts,
            None => {
                self.inner
                    .check_epoch(&self.key, self.description.epoch)
                    .await?;
                let upload = self.inner.store.put_multipart(&path).await;
                let upload =
                    upload.map_err(|e| self.inner.store_error(format!("writing {path}"), e))?;
                self.parts.insert(Parts {
                    upload: Some(upload),
                    tasks: JoinSet::new(),
                })
            }
        };
        parts
            .send(part)
            .await
            .map_err(|e| self.inner.store_error(format!("writing {path}"), e))
    }
}

/// The parts of a large checkpoint, which the store puts together at the end.
#[derive(Debug)]
struct Parts {
    /// `None` once it is complete.
    upload: Option<Box<dyn MultipartUpload>>,
    tasks: JoinSet<object_store::Result<()>>,
}

impl Parts {
    async fn send(&mut self, part: PutPayload) -> object_store::Result<()> {
        self.wait_below(WRITERS).await?;
        if let Some(upload) = &mut self.upload {
            self.tasks.spawn(upload.put_part(part));
        }
        Ok(())
    }

    async fn complete(&mut self) -> object_store::Result<()> {
        self.wait_below(1).await?;
        if let Some(upload) = &mut self.upload {
            upload.complete().await?;
            self.upload = None;
        }
        Ok(())
    }

    async fn wait_below(&mut self, limit: usize) -> object_store::Result<()> {
        while self.tasks.len() >= limit {
            if let Some(done) = self.tasks.join_next().await {
                done??;
            }
        }
        Ok(())
    }
}

impl Drop for Parts {
    /// An upload that was not completed is aborted, so that the store does not keep its parts.
    fn drop(&mut self) {
        let Some(mut upload) = self.upload.take() else {
            return;
        };
        let mut tasks = std::mem::take(&mut self.tasks);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                tasks.shutdown().await;
                if let Err(error) = upload.abort().await {
                    tracing::debug!(%error, "the parts of an interrupted checkpoint were not removed");
                }
            });
        }
    }
}
