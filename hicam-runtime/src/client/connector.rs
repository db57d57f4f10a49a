//! Makes channels: where the name service is, which server, how long calls are tried.

use std::sync::Arc;
use std::time::Duration;

use hicam_protocol::naming::{Binding, NameService};
use hicam_protocol::transport;

use super::channel::{Channel, Shared};
use super::error::ConnectError;
use super::whereabouts::Whereabouts;

/// How long a call without a deadline of its own is tried.
pub const DEFAULT_PATIENCE: Duration = Duration::from_secs(60);

/// A channel to a server by `class/name` or UUID, looked up in the name service of `HICAM_ETCD`.
///
/// # Errors
/// [`ConnectError::NoNameService`] if `HICAM_ETCD` is not set, [`ConnectError::Naming`] if the name service is not
/// available or knows no such server.
pub async fn connect(server: &str) -> Result<Channel, ConnectError> {
    Connector::new().connect(server).await
}

/// Settings for channels.
///
/// ```no_run
/// # use std::time::Duration;
/// # async fn example() -> Result<(), hicam::client::ConnectError> {
/// let channel = hicam::client::Connector::new()
///     .etcd("http://127.0.0.1:2379")
///     .patience(Duration::from_secs(5))
///     .connect("bank/main")
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Connector {
    etcd: Option<String>,
    names: Option<NameService>,
    direct: Option<String>,
    patience: Duration,
}

impl Default for Connector {
    fn default() -> Self {
        Self::new()
    }
}

impl Connector {
    /// The name service of `HICAM_ETCD`, and [`DEFAULT_PATIENCE`].
    #[must_use]
    pub fn new() -> Self {
        Self {
            etcd: None,
            names: None,
            direct: None,
            patience: DEFAULT_PATIENCE,
        }
    }

    /// The name service: comma-separated etcd endpoints.
    #[must_use]
    pub fn etcd(mut self, endpoints: impl Into<String>) -> Self {
        self.etcd = Some(endpoints.into());
        self
    }

    /// The name service, connected already; several channels then share the connection.
    #[must_use]
    pub fn names(mut self, names: NameService) -> Self {
        self.names = Some(names);
        self
    }

    /// The server's address, `http://host:port`, instead of a name service.
    ///
    /// Such a channel follows a server that says where it has moved, and waits for one that comes back
    /// at its address; it cannot find one that was restored elsewhere.
    #[must_use]
    pub fn direct(mut self, address: impl Into<String>) -> Self {
        self.direct = Some(address.into());
        self
    }

    /// How long a call without a deadline of its own is tried, [`DEFAULT_PATIENCE`] unless set.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// A channel to a server by `class/name` or UUID.
    ///
    /// The server need not be serving just now: calls wait for it.
    ///
    /// # Errors
    /// As [`connect`]; [`ConnectError::Address`] if the address for a direct connection is none.
    pub async fn connect(&self, server: &str) -> Result<Channel, ConnectError> {
        let (whereabouts, name) = match &self.direct {
            Some(address) => {
                transport::endpoint(address)?;
                let binding = Binding {
                    address: address.clone(),
                    epoch: 0,
                };
                (Whereabouts::fixed(binding), server.to_owned())
            }
            None => {
                let names = self.name_service(server).await?;
                let record = names.resolve(server).await?;
                let name = record.full_name();
                let first = names.binding(&record.uuid).await?;
                (Whereabouts::watched(names, record.uuid, first), name)
            }
        };
        Ok(Channel::new(Arc::new(Shared::new(
            name,
            self.patience,
            whereabouts,
        ))))
    }

    async fn name_service(&self, server: &str) -> Result<NameService, ConnectError> {
        if let Some(names) = &self.names {
            return Ok(names.clone());
        }
        let endpoints = self
            .etcd
            .clone()
            .or_else(|| std::env::var("HICAM_ETCD").ok())
            .filter(|endpoints| !endpoints.is_empty())
            .ok_or_else(|| ConnectError::NoNameService {
                server: server.to_owned(),
            })?;
        Ok(NameService::connect(&endpoints).await?)
    }
}
