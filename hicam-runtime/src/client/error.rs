//! Why a channel could not be made.

use hicam_protocol::naming::NamingError;
use hicam_protocol::transport::TransportError;

/// Why a channel could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// Nobody said where the name service is.
    #[error(
        "cannot look up server `{server}`: set HICAM_ETCD to the name service, such as http://127.0.0.1:2379 \
         (`miman up` prints it), or connect by address with `Connector::direct`"
    )]
    NoNameService {
        /// The server asked for.
        server: String,
    },
    /// The name service is not available, or has no such server.
    #[error(transparent)]
    Naming(#[from] NamingError),
    /// The address given to [`Connector::direct`](super::Connector::direct) is none.
    #[error(transparent)]
    Address(#[from] TransportError),
}

impl ConnectError {
    /// Whether the same attempt can succeed later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::NoNameService { .. } => false,
            Self::Naming(error) => error.is_retryable(),
            Self::Address(error) => error.is_retryable(),
        }
    }
}
