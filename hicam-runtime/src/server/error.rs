//! What can go wrong in a running server, and whether trying again can help.

use super::core::Phase;
use checkpoint_server::{ClientError, ErrorCode};
use hicam_protocol::{naming::NamingError, transport::TransportError};
use hicam_state::{CheckpointError, DecodeError, EncodeError, SchemaMismatch};
use std::time::Duration;
use tonic::{Code, Status};

/// An operation on a server that failed. The server itself goes on unless the variant says otherwise.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// The process is in a phase in which this cannot be done.
    #[error("this process is {phase}; {needed}")]
    WrongPhase {
        /// What it is now.
        phase: Phase,
        /// What it would have to be.
        needed: &'static str,
    },
    /// Calls did not reach a migration point within the deadline; they have gone on.
    #[error(
        "not captured within {deadline:?}, so the server goes on: held up by {}; \
         put a migration point there or allow more time",
        .laggards.join("; ")
    )]
    Quiesce {
        /// How long it was waited for.
        deadline: Duration,
        /// Handler and last known position of each call that held it up.
        laggards: Vec<String>,
    },
    /// Functions stood at a migration point, but what they hold cannot be captured there; they have gone on.
    #[error("not captured, so the server goes on: {}", .refused.join("; "))]
    Locals {
        /// Function, file, line and reason of each.
        refused: Vec<String>,
    },
    /// A hook of the user's did not end.
    #[error(
        "not captured, so the server goes on: a `before_capture` hook did not end within {deadline:?}"
    )]
    Hook {
        /// How long it was waited for.
        deadline: Duration,
    },
    /// Frames could not be saved or re-entered.
    #[error("threads that cannot be captured or restored: {}", .threads.join("; "))]
    Threads {
        /// Handler and reason of each.
        threads: Vec<String>,
    },
    /// The globals or a local cannot be captured now.
    #[error("the state cannot be captured")]
    Encode(#[from] EncodeError),
    /// The globals cannot be restored.
    #[error("the state cannot be restored")]
    Decode(#[from] DecodeError),
    /// The captured state is of another shape.
    #[error("the captured state does not fit this program")]
    Schema(#[from] SchemaMismatch),
    /// This build cannot go on from a checkpoint, as has been reported.
    #[error("this build cannot go on from the checkpoint")]
    Unfit,
    /// The container of a checkpoint is damaged.
    #[error("the captured state is not a whole checkpoint")]
    Checkpoint(#[from] CheckpointError),
    /// A reply in a checkpoint is damaged.
    #[error("the reply to {method} in the captured state is damaged")]
    Reply {
        /// The method.
        method: String,
        /// Why.
        source: prost::DecodeError,
    },
    /// There is nowhere to put checkpoints.
    #[error(
        "no checkpoint server for class {class}; start one with `{class} checkpoint-server --store DIR`"
    )]
    NoCheckpointServer {
        /// The class.
        class: String,
    },
    /// The checkpoint server refused, or could not be reached.
    #[error("the checkpoint server has not done it")]
    Store(#[from] ClientError),
    /// The checkpoint server did not answer in time.
    #[error("checkpoint server {address} did not answer within {after:?}")]
    StoreTimeout {
        /// Its address.
        address: String,
        /// How long it was waited for.
        after: Duration,
    },
    /// The name service refused or could not be reached.
    #[error(transparent)]
    Naming(#[from] NamingError),
    /// Listening or connecting failed.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// This needs a name service and the process was started without one.
    #[error("this server runs alone; give it a name service with --etcd or HICAM_ETCD to {what}")]
    NoNameService {
        /// What needs it.
        what: &'static str,
    },
    /// Another process holds the execution token. Terminal.
    #[error(
        "server {uuid} is held by process {holder} on host {host} in epoch {epoch}; \
         this process may not run it"
    )]
    TokenHeld {
        /// The server.
        uuid: String,
        /// The holder.
        holder: String,
        /// Its host.
        host: String,
        /// Its epoch.
        epoch: u64,
    },
    /// The lease was lost and the token is not certainly ours.
    #[error("this server has lost its lease in the name service and is stopped until it is back")]
    Fenced,
    /// The other side of a migration failed.
    #[error("destination {address}: {}", .status.message())]
    Destination {
        /// Its address.
        address: String,
        /// What it said.
        status: Box<Status>,
    },
    /// The remex that started this process could not be told that it listens.
    #[error("remex {address}: {}", .status.message())]
    Remex {
        /// Its address.
        address: String,
        /// What it said.
        status: Box<Status>,
    },
    /// A migration's message does not fit the one that is under way.
    #[error("migration {migration}: {what}")]
    Migration {
        /// The migration's id.
        migration: String,
        /// What does not fit.
        what: String,
    },
    /// The user's services could not be served any longer. Terminal.
    #[error("the gRPC server has failed")]
    Serve(#[source] tonic::transport::Error),
    /// The gRPC reflection service could not be built from the given descriptors.
    #[error("the descriptors given for reflection are not valid")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// Not possible for want of something in the operating system.
    #[error("{what}")]
    System {
        /// What was to be done.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// A second signal ended the process before it had stopped in an orderly way.
    #[error("ended by a second signal: the final checkpoint may be missing")]
    SecondSignal,
    /// A task of the server's own has ended before its work was done.
    #[error("{what} was interrupted: it panicked (see the log), or the process is stopping")]
    Interrupted {
        /// The work.
        what: &'static str,
    },
}

impl ServerError {
    /// Whether the same operation can succeed later without anything else being changed.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Quiesce { .. }
            | Self::Locals { .. }
            | Self::Hook { .. }
            | Self::Encode(_)
            | Self::NoCheckpointServer { .. }
            | Self::StoreTimeout { .. }
            | Self::Fenced => true,
            Self::Store(error) => error.is_retryable(),
            Self::Destination { status, .. } => matches!(
                status.code(),
                Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled | Code::Unknown
            ),
            Self::Naming(error) => error.is_retryable(),
            Self::Transport(error) => error.is_retryable(),
            _ => false,
        }
    }

    fn code(&self) -> Code {
        match self {
            Self::WrongPhase { .. }
            | Self::Schema(_)
            | Self::Threads { .. }
            | Self::NoCheckpointServer { .. }
            | Self::NoNameService { .. }
            | Self::TokenHeld { .. }
            | Self::Migration { .. } => Code::FailedPrecondition,
            Self::Quiesce { .. } | Self::Hook { .. } => Code::DeadlineExceeded,
            Self::Checkpoint(_) | Self::Decode(_) | Self::Reply { .. } => Code::DataLoss,
            Self::Store(error) => match error.code() {
                Some(ErrorCode::NotFound) => Code::NotFound,
                Some(ErrorCode::Corrupted) => Code::DataLoss,
                _ if error.is_retryable() => Code::Unavailable,
                _ => Code::FailedPrecondition,
            },
            Self::Destination { status, .. } => status.code(),
            _ if self.is_retryable() => Code::Unavailable,
            _ => Code::Internal,
        }
    }

    /// The error with everything that caused it, in one line.
    #[must_use]
    pub fn chain(&self) -> String {
        chain(self)
    }
}

/// An error with everything that caused it, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

impl From<ServerError> for Status {
    fn from(error: ServerError) -> Self {
        Self::new(error.code(), error.chain())
    }
}

/// Result of an operation on a server.
pub(crate) type Result<T> = std::result::Result<T, ServerError>;
