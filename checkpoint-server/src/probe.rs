//! Tries a store before anybody relies on it: an unusable one is an error at the start, not at the first checkpoint.

use std::time::Duration;

use futures::TryStreamExt as _;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};

use crate::error::StoreError;

/// What the names of the objects written here start with. They are none of a class, so no listing shows them.
pub(crate) const PREFIX: &str = "hicam-probe-";

/// How long a request to a remote store is tried again here.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

/// How long everything here may take, also when a remote store accepts requests and never answers.
const LIMIT: Duration = Duration::from_secs(15);

/// Writes, lists and deletes an object of no meaning.
///
/// # Errors
/// What a checkpoint would fail with: [`StoreError::StoreReadOnly`], [`StoreError::StoreFull`],
/// [`StoreError::Unavailable`].
pub(crate) async fn probe(store: &dyn ObjectStore, name: &str) -> Result<(), StoreError> {
    match tokio::time::timeout(LIMIT, attempt(store, name)).await {
        Ok(outcome) => outcome,
        Err(_) => {
            let source = object_store::Error::Generic {
                store: "remote",
                source: format!("there was no answer within {LIMIT:?}").into(),
            };
            Err(StoreError::from_store(name, "trying it", source))
        }
    }
}

async fn attempt(store: &dyn ObjectStore, name: &str) -> Result<(), StoreError> {
    // Several checkpoint servers may try the same store at the same time.
    let path = Path::from(format!("{PREFIX}{}", uuid::Uuid::new_v4()));
    let failed = |doing: &'static str| {
        move |source: object_store::Error| StoreError::from_store(name, doing, source)
    };
    store
        .put(&path, PutPayload::from_static(b"hicam"))
        .await
        .map_err(failed("writing an object"))?;
    let listed = store.list(None).try_next().await;
    let deleted = store.delete(&path).await;
    listed.map_err(failed("listing what it holds"))?;
    match deleted {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(failed("deleting an object")(error)),
    }
}
