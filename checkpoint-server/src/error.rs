//! What can go wrong with a checkpoint store: one typed error for each thing an operator can do something about.

use std::io::ErrorKind;

use tonic::metadata::MetadataValue;
use tonic::{Code, Status};

/// Name of the response metadata entry that carries an [`ErrorCode`] over gRPC.
pub const ERROR_CODE_METADATA: &str = "hicam-checkpoint-error";

/// The kind of a checkpoint store's error, as it travels over gRPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// There is no such checkpoint.
    NotFound,
    /// A stored checkpoint is not what was written.
    Corrupted,
    /// The writer's epoch has been superseded.
    Fenced,
    /// The sequence number is not higher than the last stored one of the same epoch.
    StaleSequence,
    /// The checkpoint does not fit the class this checkpoint server is for.
    Refused,
    /// The checkpoint is as it was stored, but is of another format than this program reads.
    Unreadable,
    /// The request itself is malformed.
    Invalid,
    /// The data did not arrive as they were sent.
    Incomplete,
    /// The store cannot be written.
    StoreReadOnly,
    /// The store has no room left.
    StoreFull,
    /// The store did not answer, or answered with an error that may pass.
    Unavailable,
}

impl ErrorCode {
    const ALL: [Self; 11] = [
        Self::NotFound,
        Self::Corrupted,
        Self::Fenced,
        Self::StaleSequence,
        Self::Refused,
        Self::Unreadable,
        Self::Invalid,
        Self::Incomplete,
        Self::StoreReadOnly,
        Self::StoreFull,
        Self::Unavailable,
    ];

    /// The name it has in [`ERROR_CODE_METADATA`].
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::Corrupted => "corrupted",
            Self::Fenced => "fenced",
            Self::StaleSequence => "stale-sequence",
            Self::Refused => "refused",
            Self::Unreadable => "unreadable",
            Self::Invalid => "invalid",
            Self::Incomplete => "incomplete",
            Self::StoreReadOnly => "store-read-only",
            Self::StoreFull => "store-full",
            Self::Unavailable => "unavailable",
        }
    }

    /// The code of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == name)
    }

    /// Whether the same request may succeed later without anything else being changed by its sender.
    ///
    /// A full or read-only store counts: an operator can make room while the server goes on.
    pub fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::Incomplete | Self::StoreReadOnly | Self::StoreFull | Self::Unavailable
        )
    }

    fn grpc(self) -> Code {
        match self {
            Self::NotFound => Code::NotFound,
            Self::Corrupted => Code::DataLoss,
            Self::Fenced | Self::StaleSequence | Self::Unreadable => Code::FailedPrecondition,
            Self::Refused | Self::Invalid => Code::InvalidArgument,
            Self::Incomplete => Code::Aborted,
            Self::StoreReadOnly => Code::PermissionDenied,
            Self::StoreFull => Code::ResourceExhausted,
            Self::Unavailable => Code::Unavailable,
        }
    }
}

/// Why the engine refused or failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no such checkpoint.
    #[error("{what} is not in checkpoint store {store}; `miman checkpoints` lists what is stored")]
    NotFound {
        /// The checkpoint or server asked for.
        what: String,
        /// The store's location.
        store: String,
    },
    /// A stored checkpoint is not what was written.
    #[error(
        "checkpoint {sequence} of server {server} is damaged: {file}: {reason}; \
         restore an older one (`miman checkpoints` lists them), and delete this one once it is no longer wanted"
    )]
    Corrupted {
        /// The damaged file or object.
        file: String,
        /// `class/uuid` of the server.
        server: String,
        /// The checkpoint's sequence number.
        sequence: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// The writer's epoch has been superseded.
    #[error(
        "epoch {epoch} of server {server} has been superseded: only epoch {lowest} and later may write; \
         another process has taken the server over, this one must stop"
    )]
    Fenced {
        /// `class/uuid` of the server.
        server: String,
        /// The epoch of the refused checkpoint.
        epoch: u64,
        /// The lowest epoch that is accepted.
        lowest: u64,
    },
    /// The sequence number is not higher than the last stored one of the same epoch.
    #[error(
        "checkpoint {sequence} of server {server} is not newer than checkpoint {last}, which epoch {epoch} \
         has stored already; continue with a number above {last}"
    )]
    StaleSequence {
        /// `class/uuid` of the server.
        server: String,
        /// The writer's epoch.
        epoch: u64,
        /// The refused sequence number.
        sequence: u64,
        /// The last stored one.
        last: u64,
    },
    /// The checkpoint does not fit the class this checkpoint server is for.
    #[error("checkpoint {sequence} of server {server} is refused: {reason}")]
    Refused {
        /// `class/uuid` of the server.
        server: String,
        /// The refused sequence number.
        sequence: u64,
        /// What does not fit.
        reason: String,
    },
    /// The checkpoint is as it was stored, but this program cannot read its contents.
    #[error("checkpoint {sequence} of server {server} is whole but cannot be shown: {reason}")]
    Unreadable {
        /// `class/uuid` of the server.
        server: String,
        /// The checkpoint's sequence number.
        sequence: u64,
        /// Why.
        reason: String,
    },
    /// The request itself is malformed.
    #[error("{0}")]
    Invalid(String),
    /// The data did not arrive as they were sent.
    #[error(
        "checkpoint {sequence} of server {server} did not arrive whole: {reason}; nothing was stored, send it again"
    )]
    Incomplete {
        /// `class/uuid` of the server.
        server: String,
        /// The sequence number.
        sequence: u64,
        /// What is missing or differs.
        reason: String,
    },
    /// The store does not allow what was attempted.
    #[error(
        "checkpoint store {store} does not allow {doing}; make it readable and writable for this user, \
         or start the checkpoint server with another --store"
    )]
    StoreReadOnly {
        /// The store's location.
        store: String,
        /// What was being done.
        doing: String,
        /// The store's own error.
        #[source]
        source: Fault,
    },
    /// The store has no room left.
    #[error(
        "checkpoint store {store} has no room left for {doing}; make room, lower --keep, \
         or start the checkpoint server with another --store"
    )]
    StoreFull {
        /// The store's location.
        store: String,
        /// What was being done.
        doing: String,
        /// The store's own error.
        #[source]
        source: Fault,
    },
    /// The store did not answer, or answered with an error that may pass.
    #[error(
        "checkpoint store {store} is not available: {doing} failed; check that it can be reached, then try again"
    )]
    Unavailable {
        /// The store's location.
        store: String,
        /// What was being done.
        doing: String,
        /// The store's own error.
        #[source]
        source: Fault,
    },
}

impl StoreError {
    /// The error's kind.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NotFound { .. } => ErrorCode::NotFound,
            Self::Corrupted { .. } => ErrorCode::Corrupted,
            Self::Fenced { .. } => ErrorCode::Fenced,
            Self::StaleSequence { .. } => ErrorCode::StaleSequence,
            Self::Refused { .. } => ErrorCode::Refused,
            Self::Unreadable { .. } => ErrorCode::Unreadable,
            Self::Invalid(_) => ErrorCode::Invalid,
            Self::Incomplete { .. } => ErrorCode::Incomplete,
            Self::StoreReadOnly { .. } => ErrorCode::StoreReadOnly,
            Self::StoreFull { .. } => ErrorCode::StoreFull,
            Self::Unavailable { .. } => ErrorCode::Unavailable,
        }
    }

    /// Whether the same request may succeed later; see [`ErrorCode::is_retryable`].
    pub fn is_retryable(&self) -> bool {
        self.code().is_retryable()
    }

    /// Sorts an error of the object store by what can be done about it.
    pub(crate) fn from_store(
        store: &str,
        doing: impl Into<String>,
        source: object_store::Error,
    ) -> Self {
        let (store, doing) = (store.to_owned(), doing.into());
        let kind = cause(&source);
        let source = Fault(source);
        match kind {
            Cause::ReadOnly => Self::StoreReadOnly {
                store,
                doing,
                source,
            },
            Cause::Full => Self::StoreFull {
                store,
                doing,
                source,
            },
            Cause::Passing => Self::Unavailable {
                store,
                doing,
                source,
            },
        }
    }
}

/// What the store itself said, from the operation down to the operating system, each thing once.
#[derive(Debug)]
pub struct Fault(object_store::Error);

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            // It only says "generic".
            object_store::Error::Generic { source, .. } => f.write_str(&chain(source.as_ref())),
            error => f.write_str(&chain(error)),
        }
    }
}

/// Without a source: what it would be is part of the text.
impl std::error::Error for Fault {}

/// An error with its sources in one line, outermost first.
///
/// Some libraries repeat a source in their own words; what has been said is left out.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let words = source.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        next = source.source();
    }
    text
}

enum Cause {
    ReadOnly,
    Full,
    Passing,
}

/// The operating system's own reason is at the bottom of the chain of sources.
fn cause(error: &object_store::Error) -> Cause {
    if matches!(
        error,
        object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. }
    ) {
        return Cause::ReadOnly;
    }
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(io) = error.downcast_ref::<std::io::Error>() {
            match io.kind() {
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                    return Cause::Full;
                }
                ErrorKind::ReadOnlyFilesystem
                | ErrorKind::PermissionDenied
                | ErrorKind::NotADirectory
                | ErrorKind::IsADirectory => return Cause::ReadOnly,
                _ => {}
            }
        }
        next = error.source();
    }
    Cause::Passing
}

impl From<StoreError> for Status {
    fn from(error: StoreError) -> Self {
        let code = error.code();
        // The reason of the store itself is for the operator too, and a status has no chain of sources.
        let mut status = Self::new(code.grpc(), chain(&error));
        status.metadata_mut().insert(
            ERROR_CODE_METADATA,
            MetadataValue::from_static(code.as_str()),
        );
        status
    }
}

/// The error's kind as a checkpoint server wrote it into a status; `None` if the status is of another origin.
pub fn error_code(status: &Status) -> Option<ErrorCode> {
    ErrorCode::parse(status.metadata().get(ERROR_CODE_METADATA)?.to_str().ok()?)
}
