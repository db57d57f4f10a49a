//! What can go wrong with the name service, and whether trying again helps.

use std::time::Duration;

use tonic::Code;

/// An operation on the name service failed.
#[derive(Debug, thiserror::Error)]
pub enum NamingError {
    /// The setting does not say where the name service is.
    #[error(
        "`{endpoints}` does not say where the name service is: give a comma-separated list such \
         as http://127.0.0.1:2379 (--etcd or HICAM_ETCD)"
    )]
    InvalidEndpoints {
        /// The setting.
        endpoints: String,
    },
    /// The name service cannot be reached, or says that it cannot work now.
    #[error(
        "cannot {operation}: the name service at {endpoints} is not available; check that it runs \
         (--etcd or HICAM_ETCD)"
    )]
    Unavailable {
        /// What was to be done.
        operation: String,
        /// Where the name service should be.
        endpoints: String,
        /// Why.
        #[source]
        source: etcd_client::Error,
    },
    /// The name service did not answer in time. A change may or may not have been made.
    #[error(
        "cannot {operation}: the name service at {endpoints} did not answer within {after:?}; \
         check that it runs (--etcd or HICAM_ETCD)"
    )]
    TimedOut {
        /// What was to be done.
        operation: String,
        /// Where the name service should be.
        endpoints: String,
        /// How long it was waited for.
        after: Duration,
    },
    /// The name service refused the operation.
    #[error("the name service refused to {operation}")]
    Refused {
        /// What was to be done.
        operation: String,
        /// Why.
        #[source]
        source: etcd_client::Error,
    },
    /// Others kept changing the records while this change was tried.
    #[error("cannot {operation}: the records kept changing; try again")]
    Contended {
        /// What was to be done.
        operation: String,
    },
    /// A record is not what this version of HiCaM writes.
    #[error("the record {key} in the name service is damaged or of another version of HiCaM")]
    InvalidRecord {
        /// Its key.
        key: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A text cannot be used in a name.
    #[error("`{text}` is not a valid {what}: use 1 to 128 letters, digits, `.`, `_` and `-`")]
    InvalidName {
        /// What it was to be.
        what: &'static str,
        /// The text.
        text: String,
    },
    /// The name belongs to another server.
    #[error(
        "the name {class}/{name} is taken by server {uuid}; choose another name or use that server"
    )]
    NameTaken {
        /// The class.
        class: String,
        /// The name.
        name: String,
        /// The server that has the name.
        uuid: String,
    },
    /// There is a server with this UUID and another name.
    #[error("server {uuid} exists already")]
    ServerExists {
        /// The UUID.
        uuid: String,
    },
    /// There is no such server.
    #[error("there is no server `{server}`; `miman servers` lists those there are")]
    UnknownServer {
        /// The UUID or class/name.
        server: String,
    },
    /// The execution token has passed to another process.
    #[error(
        "epoch {epoch} of server {uuid} is superseded: epoch {current} is held by process {holder}"
    )]
    Superseded {
        /// The server.
        uuid: String,
        /// The epoch that wanted to act.
        epoch: u64,
        /// The epoch now.
        current: u64,
        /// The holder now.
        holder: String,
    },
    /// A token must be taken with a higher epoch than it has.
    #[error("cannot take the token of server {uuid} with epoch {epoch}: it has epoch {current}")]
    EpochNotNewer {
        /// The server.
        uuid: String,
        /// The epoch it was to be taken with.
        epoch: u64,
        /// The epoch it has.
        current: u64,
    },
    /// The lease has expired or was revoked, so nothing can be advertised under it.
    #[error("the lease {lease:x} in the name service has expired or was revoked")]
    LeaseLost {
        /// The lease's id.
        lease: i64,
    },
}

impl NamingError {
    /// Whether the same operation can succeed later without anything else being changed.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::Unavailable { .. } | Self::TimedOut { .. } | Self::Contended { .. }
        )
    }
}

/// What an error of the etcd client means for an operation.
pub(super) fn classify(
    operation: &str,
    endpoints: &str,
    source: etcd_client::Error,
) -> NamingError {
    use etcd_client::Error;
    let operation = operation.to_owned();
    let retryable = match &source {
        Error::GRpcStatus(status) => is_transient(status.code()),
        Error::IoError(_)
        | Error::TransportError(_)
        | Error::WatchError(_)
        | Error::LeaseKeepAliveError(_)
        | Error::EndpointError(_) => true,
        _ => false,
    };
    if retryable {
        NamingError::Unavailable {
            operation,
            endpoints: endpoints.to_owned(),
            source,
        }
    } else {
        NamingError::Refused { operation, source }
    }
}

// `Unknown` is what tonic reports for a connection that broke in the middle of a call.
fn is_transient(code: Code) -> bool {
    matches!(
        code,
        Code::Unavailable
            | Code::DeadlineExceeded
            | Code::Cancelled
            | Code::Unknown
            | Code::Internal
            | Code::ResourceExhausted
            | Code::Aborted
    )
}

/// Whether the name service says that a lease does not exist.
pub(super) fn is_lease_not_found(error: &etcd_client::Error) -> bool {
    match error {
        etcd_client::Error::GRpcStatus(status) => {
            status.code() == Code::NotFound && status.message().contains("lease not found")
        }
        etcd_client::Error::LeaseKeepAliveError(message) => message == "lease not found",
        _ => false,
    }
}
