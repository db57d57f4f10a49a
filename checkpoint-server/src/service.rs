//! The gRPC service `CheckpointStore` over the engine.

use std::pin::Pin;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::Stream;
use hicam_state::Checkpoint;
use tonic::{Request, Response, Status, Streaming};

use crate::check::{ClassCheck, Mismatch};
use crate::description::{Description, ServerKey};
use crate::engine::{Engine, Which};
use crate::error::{StoreError, chain};
use crate::wire::checkpoint_store_server::CheckpointStore;
use crate::wire::{
    CheckpointId, DeleteReply, DeleteRequest, FenceReply, FenceRequest, GetReply, GetRequest,
    ListReply, ListRequest, PutReply, PutRequest, ShowReply, ShowRequest, get_reply, put_request,
};

/// Bytes of state in one message of a stream.
pub(crate) const CHUNK: usize = 1 << 20;

/// Answers requests from the engine.
#[derive(Clone)]
pub(crate) struct StoreService {
    pub(crate) engine: Engine,
    pub(crate) check: Option<Arc<dyn ClassCheck>>,
}

#[tonic::async_trait]
impl CheckpointStore for StoreService {
    type GetStream = Pin<Box<dyn Stream<Item = Result<GetReply, Status>> + Send>>;

    async fn put(
        &self,
        request: Request<Streaming<PutRequest>>,
    ) -> Result<Response<PutReply>, Status> {
        let mut parts = request.into_inner();
        let Some(put_request::Part::Header(header)) = next_part(&mut parts).await? else {
            return Err(
                StoreError::Invalid("a checkpoint starts with its header".to_owned()).into(),
            );
        };
        let description = Description::from(header);
        self.refuse_other_class(&description)?;
        let mut upload = self.engine.put(description)?;
        // Only a class that is to be checked needs the state in one piece.
        let mut whole = self.check.as_ref().map(|_| BytesMut::new());
        let checksum = loop {
            match next_part(&mut parts).await? {
                Some(put_request::Part::Data(data)) => {
                    if let Some(whole) = &mut whole {
                        whole.extend_from_slice(&data);
                    }
                    upload.write(data).await?;
                }
                Some(put_request::Part::EndChecksum(checksum)) => break checksum,
                Some(put_request::Part::Header(_)) => {
                    return Err(
                        StoreError::Invalid("a checkpoint has one header".to_owned()).into(),
                    );
                }
                None => {
                    return Err(incomplete(
                        upload.description(),
                        "the stream ended without its checksum",
                    )
                    .into());
                }
            }
        };
        if let (Some(check), Some(whole)) = (&self.check, whole) {
            // A damaged transfer is to be reported as such and sent again, not as state of another class.
            if blake3::hash(&whole).to_hex().as_str() != checksum {
                return Err(
                    incomplete(upload.description(), "it does not match its checksum").into(),
                );
            }
            let check = Arc::clone(check);
            let description = upload.description().clone();
            blocking(move || examine(check.as_ref(), &description, &whole)).await??;
        }
        let stored = upload.finish(&checksum).await?;
        Ok(Response::new(PutReply {
            stored: Some(stored.into()),
        }))
    }

    async fn get(&self, request: Request<GetRequest>) -> Result<Response<Self::GetStream>, Status> {
        let (key, which) = identify(request.into_inner().id)?;
        let stored = self.engine.get(&key, which).await?;
        let header = get_reply::Part::Header(stored.description.into());
        let data = chunks(stored.data).map(get_reply::Part::Data);
        let parts = std::iter::once(header)
            .chain(data)
            .map(|part| Ok(GetReply { part: Some(part) }));
        Ok(Response::new(Box::pin(futures::stream::iter(parts))))
    }

    async fn list(&self, request: Request<ListRequest>) -> Result<Response<ListReply>, Status> {
        let ListRequest { class, uuid } = request.into_inner();
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let (class, uuid) = (given(&class), given(&uuid));
        let checkpoints = self
            .engine
            .list(class.as_deref(), uuid.as_deref())
            .await?
            .into_iter()
            .map(Into::into)
            .collect();
        Ok(Response::new(ListReply { checkpoints }))
    }

    async fn show(&self, request: Request<ShowRequest>) -> Result<Response<ShowReply>, Status> {
        let (key, which) = identify(request.into_inner().id)?;
        let stored = self.engine.get(&key, which).await?;
        let sequence = stored.description.sequence;
        let json = blocking(move || {
            let checkpoint = Checkpoint::decode(&stored.data).map_err(|error| chain(&error))?;
            serde_json::to_string_pretty(&checkpoint.to_json()).map_err(|error| error.to_string())
        })
        .await?
        .map_err(|reason| StoreError::Unreadable {
            server: key.to_string(),
            sequence,
            reason,
        })?;
        Ok(Response::new(ShowReply { json }))
    }

    async fn fence(&self, request: Request<FenceRequest>) -> Result<Response<FenceReply>, Status> {
        let FenceRequest { class, uuid, epoch } = request.into_inner();
        let key = ServerKey::new(class, uuid)?;
        let epoch = self.engine.fence(&key, epoch).await?;
        Ok(Response::new(FenceReply { epoch }))
    }

    async fn delete(
        &self,
        request: Request<DeleteRequest>,
    ) -> Result<Response<DeleteReply>, Status> {
        let (key, which) = identify(request.into_inner().id)?;
        let Which::Sequence(sequence) = which else {
            return Err(StoreError::Invalid(format!(
                "say by its number which checkpoint of server {key} to delete"
            ))
            .into());
        };
        self.engine.delete(&key, sequence).await?;
        Ok(Response::new(DeleteReply {}))
    }
}

impl StoreService {
    fn refuse_other_class(&self, description: &Description) -> Result<(), StoreError> {
        match &self.check {
            Some(check) if check.class() != description.class => Err(StoreError::Refused {
                server: format!("{}/{}", description.class, description.uuid),
                sequence: description.sequence,
                reason: format!(
                    "this is the checkpoint server of class {}, and it is of class {}; \
                     use the class's own checkpoint server",
                    check.class(),
                    description.class
                ),
            }),
            _ => Ok(()),
        }
    }
}

/// Refuses state that the class cannot restore, or that is not what its header says.
fn examine(
    check: &dyn ClassCheck,
    description: &Description,
    data: &[u8],
) -> Result<(), StoreError> {
    let refused = |reason: String| StoreError::Refused {
        server: format!("{}/{}", description.class, description.uuid),
        sequence: description.sequence,
        reason,
    };
    let checkpoint = Checkpoint::decode(data).map_err(|error| refused(chain(&error)))?;
    let same = checkpoint.class == description.class
        && checkpoint.uuid == description.uuid
        && checkpoint.epoch == description.epoch
        && checkpoint.sequence == description.sequence;
    if !same {
        return Err(refused(format!(
            "it holds checkpoint {} of epoch {} of server {}/{}",
            checkpoint.sequence, checkpoint.epoch, checkpoint.class, checkpoint.uuid
        )));
    }
    check
        .check(&checkpoint)
        .map_err(|mismatch: Mismatch| refused(mismatch.to_string()))
}

async fn next_part(parts: &mut Streaming<PutRequest>) -> Result<Option<put_request::Part>, Status> {
    match parts.message().await? {
        None => Ok(None),
        Some(PutRequest { part: Some(part) }) => Ok(Some(part)),
        Some(PutRequest { part: None }) => Err(StoreError::Invalid(
            "a message of the stream is empty or of a newer protocol".to_owned(),
        )
        .into()),
    }
}

fn identify(id: Option<CheckpointId>) -> Result<(ServerKey, Which), StoreError> {
    let id = id.ok_or_else(|| StoreError::Invalid("say which checkpoint".to_owned()))?;
    Ok((
        ServerKey::new(id.class, id.uuid)?,
        Which::from_sequence(id.sequence),
    ))
}

fn incomplete(description: &Description, reason: &str) -> StoreError {
    StoreError::Incomplete {
        server: format!("{}/{}", description.class, description.uuid),
        sequence: description.sequence,
        reason: reason.to_owned(),
    }
}

/// State cut into the pieces in which it travels, without copying.
pub(crate) fn chunks(mut data: Bytes) -> impl Iterator<Item = Bytes> {
    std::iter::from_fn(move || (!data.is_empty()).then(|| data.split_to(data.len().min(CHUNK))))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Status> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        Status::internal(format!("a task of the checkpoint server failed: {error}"))
    })
}
