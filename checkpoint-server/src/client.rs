//! The client of a checkpoint server.

use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use hicam_protocol::transport::{self, TransportError};
use tonic::transport::Channel;
use tonic::{Code, Status};

use crate::description::Description;
use crate::engine::{StoredCheckpoint, Which};
use crate::error::{ErrorCode, error_code};
use crate::service::chunks;
use crate::wire::checkpoint_store_client::CheckpointStoreClient;
use crate::wire::{
    CheckpointId, DeleteRequest, FenceRequest, GetRequest, ListRequest, PutRequest, ShowRequest,
    get_reply, put_request,
};

/// Bytes that may be under way to this client in one stream.
const WINDOW: u32 = 8 << 20;

/// Largest reservation made on the word of a checkpoint server.
const RESERVE: u64 = 64 << 20;

/// Why a request to a checkpoint server failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The address is none.
    #[error(transparent)]
    Address(#[from] TransportError),
    /// The checkpoint server answered with an error of its own.
    #[error("{message}")]
    Store {
        /// Its kind.
        code: ErrorCode,
        /// What it said.
        message: String,
    },
    /// The checkpoint server could not be reached, or the connection broke.
    #[error("checkpoint server {address} did not answer: {}; check that it runs", status.message())]
    Unreachable {
        /// Its address.
        address: String,
        /// The transport's error.
        status: Box<Status>,
    },
    /// What arrived is not a checkpoint as it was stored.
    #[error("the answer of checkpoint server {address} is not whole: {reason}; try again")]
    Damaged {
        /// Its address.
        address: String,
        /// What is missing or differs.
        reason: String,
    },
}

impl ClientError {
    /// The checkpoint server's own error, if it was one.
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Store { code, .. } => Some(*code),
            Self::Damaged { .. } => Some(ErrorCode::Incomplete),
            Self::Address(_) | Self::Unreachable { .. } => None,
        }
    }

    /// Whether the same request may succeed later without being changed.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Store { code, .. } => code.is_retryable(),
            Self::Unreachable { .. } | Self::Damaged { .. } => true,
            Self::Address(_) => false,
        }
    }

    /// Whether the sender's epoch has been superseded: it must stop.
    pub fn is_fenced(&self) -> bool {
        self.code() == Some(ErrorCode::Fenced)
    }
}

/// Speaks to one checkpoint server. Clones share the connection, which is made when it is needed.
#[derive(Debug, Clone)]
pub struct CheckpointClient {
    address: String,
    inner: CheckpointStoreClient<Channel>,
}

impl CheckpointClient {
    /// A client for the checkpoint server at `http://host:port`.
    ///
    /// # Errors
    /// [`ClientError::Address`] if that is not an address.
    pub fn new(address: impl Into<String>) -> Result<Self, ClientError> {
        let address = address.into();
        let channel = transport::endpoint(&address)?
            .initial_stream_window_size(WINDOW)
            .initial_connection_window_size(2 * WINDOW)
            .connect_lazy();
        Ok(Self {
            address,
            inner: CheckpointStoreClient::new(channel),
        })
    }

    /// The checkpoint server's address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Stores a checkpoint; once this returns, it is stable.
    ///
    /// Size and checksum are computed here. Storing the same checkpoint again succeeds, so a lost answer does no harm.
    ///
    /// # Errors
    /// [`ClientError::Store`] with [`ErrorCode::Fenced`] if the epoch has been superseded, [`ErrorCode::Refused`]
    /// if the class's own checkpoint server finds another schema, and those of the store.
    pub async fn put(
        &self,
        mut description: Description,
        data: Bytes,
    ) -> Result<Description, ClientError> {
        let hashed = data.clone();
        let checksum = tokio::task::spawn_blocking(move || blake3::hash(&hashed).to_hex())
            .await
            .map_err(|error| self.damaged(error.to_string()))?
            .to_string();
        description.bytes = data.len() as u64;
        description.checksum.clone_from(&checksum);
        let header = put_request::Part::Header(description.into());
        let parts = std::iter::once(header)
            .chain(chunks(data).map(put_request::Part::Data))
            .chain(std::iter::once(put_request::Part::EndChecksum(checksum)))
            .map(|part| PutRequest { part: Some(part) });
        let reply = self
            .inner
            .clone()
            .put(futures::stream::iter(parts))
            .await
            .map_err(|status| self.failed(status))?;
        reply
            .into_inner()
            .stored
            .map(Into::into)
            .ok_or_else(|| self.damaged("it does not say what was stored".to_owned()))
    }

    /// Reads a whole checkpoint, verified once more after the transfer.
    ///
    /// # Errors
    /// [`ClientError::Store`] with [`ErrorCode::NotFound`] or [`ErrorCode::Corrupted`], and those of the store.
    pub async fn get(
        &self,
        class: &str,
        uuid: &str,
        which: Which,
    ) -> Result<StoredCheckpoint, ClientError> {
        let request = GetRequest {
            id: Some(id(class, uuid, which)),
        };
        let mut parts = self
            .inner
            .clone()
            .get(request)
            .await
            .map_err(|status| self.failed(status))?
            .into_inner();
        let mut description = None;
        let mut data = BytesMut::new();
        while let Some(reply) = parts.next().await {
            match reply.map_err(|status| self.failed(status))?.part {
                Some(get_reply::Part::Header(header)) => {
                    let header = Description::from(header);
                    data.reserve(usize::try_from(header.bytes.min(RESERVE)).unwrap_or_default());
                    description = Some(header);
                }
                Some(get_reply::Part::Data(piece)) => data.extend_from_slice(&piece),
                None => {}
            }
        }
        let description =
            description.ok_or_else(|| self.damaged("it has no description".to_owned()))?;
        let data = data.freeze();
        let hashed = data.clone();
        let checksum = tokio::task::spawn_blocking(move || blake3::hash(&hashed).to_hex())
            .await
            .map_err(|error| self.damaged(error.to_string()))?;
        if checksum.as_str() != description.checksum {
            return Err(self.damaged(format!(
                "{} bytes of {} arrived, or others",
                data.len(),
                description.bytes
            )));
        }
        Ok(StoredCheckpoint { description, data })
    }

    /// Descriptions of what is stored, oldest first; of one class or server if given.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list(
        &self,
        class: Option<&str>,
        uuid: Option<&str>,
    ) -> Result<Vec<Description>, ClientError> {
        let request = ListRequest {
            class: class.unwrap_or_default().to_owned(),
            uuid: uuid.unwrap_or_default().to_owned(),
        };
        let reply = self
            .inner
            .clone()
            // One line for each checkpoint of each server: more than tonic's default in a large installation.
            .max_decoding_message_size(usize::MAX)
            .list(request)
            .await
            .map_err(|status| self.failed(status))?;
        Ok(reply
            .into_inner()
            .checkpoints
            .into_iter()
            .map(Into::into)
            .collect())
    }

    /// A checkpoint as indented JSON.
    ///
    /// # Errors
    /// [`ClientError::Store`] with [`ErrorCode::NotFound`] or [`ErrorCode::Corrupted`], and those of the store.
    pub async fn show(&self, class: &str, uuid: &str, which: Which) -> Result<String, ClientError> {
        let request = ShowRequest {
            id: Some(id(class, uuid, which)),
        };
        let reply = self
            .inner
            .clone()
            .max_decoding_message_size(usize::MAX)
            .show(request)
            .await
            .map_err(|status| self.failed(status))?;
        Ok(reply.into_inner().json)
    }

    /// Refuses every epoch below `epoch` from now on; returns the lowest epoch accepted, which may be higher.
    ///
    /// # Errors
    /// Those of the store: the fence is durable only if this succeeds.
    pub async fn fence(&self, class: &str, uuid: &str, epoch: u64) -> Result<u64, ClientError> {
        let request = FenceRequest {
            class: class.to_owned(),
            uuid: uuid.to_owned(),
            epoch,
        };
        let reply = self
            .inner
            .clone()
            .fence(request)
            .await
            .map_err(|status| self.failed(status))?;
        Ok(reply.into_inner().epoch)
    }

    /// Deletes one checkpoint for good.
    ///
    /// # Errors
    /// [`ClientError::Store`] with [`ErrorCode::NotFound`], and those of the store.
    pub async fn delete(&self, class: &str, uuid: &str, sequence: u64) -> Result<(), ClientError> {
        let request = DeleteRequest {
            id: Some(id(class, uuid, Which::Sequence(sequence))),
        };
        self.inner
            .clone()
            .delete(request)
            .await
            .map_err(|status| self.failed(status))?;
        Ok(())
    }

    fn failed(&self, status: Status) -> ClientError {
        if let Some(code) = error_code(&status) {
            return ClientError::Store {
                code,
                message: status.message().to_owned(),
            };
        }
        match status.code() {
            // Without a code of ours these are faults of the program at the other end, not of the network.
            Code::InvalidArgument | Code::Unimplemented => ClientError::Store {
                code: ErrorCode::Invalid,
                message: status.message().to_owned(),
            },
            _ => ClientError::Unreachable {
                address: self.address.clone(),
                status: Box::new(status),
            },
        }
    }

    fn damaged(&self, reason: String) -> ClientError {
        ClientError::Damaged {
            address: self.address.clone(),
            reason,
        }
    }
}

fn id(class: &str, uuid: &str, which: Which) -> CheckpointId {
    CheckpointId {
        class: class.to_owned(),
        uuid: uuid.to_owned(),
        sequence: match which {
            Which::Last => 0,
            Which::Sequence(sequence) => sequence,
        },
    }
}
