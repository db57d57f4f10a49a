//! Why the store refuses a request, in etcd's own words and codes, which clients match on.

use tonic::{Code, Status};

/// A request that the store refuses; nothing has been changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("etcdserver: key is not provided")]
    EmptyKey,
    #[error("etcdserver: value is provided")]
    ValueProvided,
    #[error("etcdserver: lease is provided")]
    LeaseProvided,
    #[error("etcdserver: key not found")]
    KeyNotFound,
    #[error("etcdserver: duplicate key given in txn request")]
    DuplicateKey,
    #[error("etcdserver: too many operations in txn request")]
    TooManyOperations,
    #[error("etcdserver: invalid sort option")]
    InvalidSort,
    #[error("an operation or comparison of the transaction is empty or of an unknown kind")]
    UnknownOperation,
    #[error("etcdserver: mvcc: required revision has been compacted")]
    Compacted,
    #[error("etcdserver: mvcc: required revision is a future revision")]
    FutureRevision,
    #[error("etcdserver: requested lease not found")]
    LeaseNotFound,
    #[error("etcdserver: lease already exists")]
    LeaseExists,
    #[error("etcdserver: too large lease TTL")]
    LeaseTooLong,
}

impl From<StoreError> for Status {
    fn from(error: StoreError) -> Self {
        let code = match error {
            StoreError::EmptyKey
            | StoreError::ValueProvided
            | StoreError::LeaseProvided
            | StoreError::KeyNotFound
            | StoreError::DuplicateKey
            | StoreError::TooManyOperations
            | StoreError::InvalidSort
            | StoreError::UnknownOperation => Code::InvalidArgument,
            StoreError::Compacted | StoreError::FutureRevision | StoreError::LeaseTooLong => {
                Code::OutOfRange
            }
            StoreError::LeaseNotFound => Code::NotFound,
            StoreError::LeaseExists => Code::FailedPrecondition,
        };
        Self::new(code, error.to_string())
    }
}
