//! The connection to the name service, and the records of hosts and checkpoint servers.

use std::{future::Future, sync::Arc, time::Duration};

use etcd_client::{Client, ConnectOptions, GetOptions, PutOptions, Txn, TxnResponse};
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::Instant;

use super::{
    CheckpointServerAdvert, HostAdvert, Lease, NamingError, Result, error, keys, lease::LeaseTerms,
};

/// How long an operation may take, with everything tried again in it.
pub(super) const OPERATION_TIMEOUT: Duration = Duration::from_secs(3);

// etcd closes connections that ping more often than every 5 s.
const PING_INTERVAL: Duration = Duration::from_secs(6);
const PING_TIMEOUT: Duration = Duration::from_secs(3);

/// A client of the name service; cheap to clone.
///
/// Every operation answers within a few seconds, with a retryable error when the name service is not
/// available (see [`NamingError::is_retryable`]). Every change may be issued again after such an error:
/// one that had been made in spite of it is recognised.
#[derive(Clone)]
pub struct NameService {
    inner: Arc<Inner>,
}

struct Inner {
    endpoints: String,
    attempts: u32,
    client: Client,
}

impl std::fmt::Debug for NameService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NameService")
            .field("endpoints", &self.inner.endpoints)
            .finish_non_exhaustive()
    }
}

/// A record with what the name service knows about it.
pub(super) struct Stored<T> {
    pub(super) value: T,
    pub(super) mod_revision: i64,
}

impl NameService {
    /// Connects to a comma-separated list of endpoints, such as `http://127.0.0.1:2379`, and checks that
    /// the name service answers.
    ///
    /// # Errors
    /// [`NamingError::InvalidEndpoints`]; a retryable error when the name service is not available.
    pub async fn connect(endpoints: &str) -> Result<Self> {
        let list: Vec<&str> = endpoints
            .split(',')
            .map(str::trim)
            .filter(|endpoint| !endpoint.is_empty())
            .collect();
        let invalid = || NamingError::InvalidEndpoints {
            endpoints: endpoints.to_owned(),
        };
        if list.is_empty() {
            return Err(invalid());
        }
        let options = ConnectOptions::new()
            .with_connect_timeout(OPERATION_TIMEOUT)
            .with_keep_alive(PING_INTERVAL, PING_TIMEOUT)
            .with_require_leader(true);
        let client = Client::connect(&list, Some(options))
            .await
            .map_err(|_| invalid())?;
        let service = Self {
            inner: Arc::new(Inner {
                endpoints: list.join(","),
                // A connection that broke while it was idle fails one call; of several endpoints
                // each may be down.
                attempts: u32::try_from(list.len()).unwrap_or(1).saturating_add(1),
                client,
            }),
        };
        let probe = GetOptions::new().with_prefix().with_count_only();
        service
            .call("connect", |client| {
                let probe = probe.clone();
                async move { client.kv_client().get(keys::HOSTS, Some(probe)).await }
            })
            .await?;
        Ok(service)
    }

    /// The endpoints, comma-separated, as they are passed on to other processes.
    #[must_use]
    pub fn endpoints(&self) -> &str {
        &self.inner.endpoints
    }

    /// Grants a lease of at least `ttl` (whole seconds, rounded up; the name service may choose longer)
    /// and keeps it alive until it is dropped or revoked.
    ///
    /// # Errors
    /// A retryable error when the name service is not available.
    pub async fn lease(&self, ttl: Duration) -> Result<Lease> {
        let seconds = i64::try_from(ttl.as_millis().div_ceil(1000).max(1)).unwrap_or(i64::MAX);
        let sent = Instant::now();
        let granted = self
            .call("grant a lease", |client| async move {
                client.lease_client().grant(seconds, None).await
            })
            .await?;
        let terms = LeaseTerms {
            id: granted.id(),
            ttl: Duration::from_secs(u64::try_from(granted.ttl()).unwrap_or(1).max(1)),
        };
        Ok(Lease::start(self.clone(), terms, sent))
    }

    /// All hosts that are alive.
    ///
    /// # Errors
    /// A retryable error when the name service is not available; [`NamingError::InvalidRecord`].
    pub async fn hosts(&self) -> Result<Vec<HostAdvert>> {
        self.list("list the hosts", keys::HOSTS).await
    }

    /// One host, if it is alive.
    ///
    /// # Errors
    /// As [`hosts`](Self::hosts).
    pub async fn host(&self, host: &str) -> Result<Option<HostAdvert>> {
        self.value(&format!("look up host {host}"), keys::host(host))
            .await
    }

    /// Advertises a host for as long as the lease is alive, replacing what it advertised before.
    ///
    /// # Errors
    /// [`NamingError::InvalidName`], [`NamingError::LeaseLost`]; a retryable error when the name service
    /// is not available.
    pub async fn advertise_host(&self, advert: &HostAdvert, lease: &Lease) -> Result<()> {
        keys::check_part("host name", &advert.host)?;
        let operation = format!("advertise host {}", advert.host);
        self.put_leased(&operation, keys::host(&advert.host), advert, lease)
            .await
    }

    /// The checkpoint server of a class, if one is alive.
    ///
    /// # Errors
    /// As [`hosts`](Self::hosts).
    pub async fn checkpoint_server(&self, class: &str) -> Result<Option<CheckpointServerAdvert>> {
        let operation = format!("look up the checkpoint server of class {class}");
        self.value(&operation, keys::checkpoint_server(class)).await
    }

    /// Advertises the checkpoint server of a class for as long as the lease is alive.
    ///
    /// # Errors
    /// As [`advertise_host`](Self::advertise_host).
    pub async fn advertise_checkpoint_server(
        &self,
        class: &str,
        advert: &CheckpointServerAdvert,
        lease: &Lease,
    ) -> Result<()> {
        keys::check_part("class", class)?;
        let operation = format!("advertise the checkpoint server of class {class}");
        self.put_leased(&operation, keys::checkpoint_server(class), advert, lease)
            .await
    }

    async fn put_leased<T: Serialize>(
        &self,
        operation: &str,
        key: String,
        record: &T,
        lease: &Lease,
    ) -> Result<()> {
        lease.check()?;
        let value = encode(&key, record)?;
        self.call(operation, |client| {
            let (key, value) = (key.clone(), value.clone());
            let options = PutOptions::new().with_lease(lease.id());
            async move { client.kv_client().put(key, value, Some(options)).await }
        })
        .await
        .map(drop)
        .map_err(|error| lease.explain(error))
    }

    pub(super) async fn value<T: DeserializeOwned>(
        &self,
        operation: &str,
        key: String,
    ) -> Result<Option<T>> {
        Ok(self
            .stored(operation, key)
            .await?
            .map(|stored| stored.value))
    }

    pub(super) async fn stored<T: DeserializeOwned>(
        &self,
        operation: &str,
        key: String,
    ) -> Result<Option<Stored<T>>> {
        let response = self
            .call(operation, |client| {
                let key = key.clone();
                async move { client.kv_client().get(key, None).await }
            })
            .await?;
        response
            .kvs()
            .first()
            .map(|kv| {
                Ok(Stored {
                    value: decode(kv.key(), kv.value())?,
                    mod_revision: kv.mod_revision(),
                })
            })
            .transpose()
    }

    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        operation: &str,
        prefix: &'static str,
    ) -> Result<Vec<T>> {
        let response = self
            .call(operation, |client| async move {
                let options = GetOptions::new().with_prefix();
                client.kv_client().get(prefix, Some(options)).await
            })
            .await?;
        response
            .kvs()
            .iter()
            .map(|kv| decode(kv.key(), kv.value()))
            .collect()
    }

    pub(super) async fn txn(&self, operation: &str, txn: Txn) -> Result<TxnResponse> {
        self.call(operation, |client| {
            let txn = txn.clone();
            async move { client.kv_client().txn(txn).await }
        })
        .await
    }

    /// Performs one request, again if the connection failed, within [`OPERATION_TIMEOUT`].
    pub(super) async fn call<T, F, Fut>(&self, operation: &str, request: F) -> Result<T>
    where
        F: Fn(Client) -> Fut,
        Fut: Future<Output = std::result::Result<T, etcd_client::Error>>,
    {
        let endpoints = &self.inner.endpoints;
        let attempts = async {
            let mut attempt = 1;
            loop {
                let failure = match request(self.inner.client.clone()).await {
                    Ok(response) => return Ok(response),
                    Err(source) => error::classify(operation, endpoints, source),
                };
                if !failure.is_retryable() || attempt >= self.inner.attempts {
                    return Err(failure);
                }
                tracing::debug!(operation, attempt, error = %failure, "trying the name service again");
                attempt += 1;
            }
        };
        match tokio::time::timeout(OPERATION_TIMEOUT, attempts).await {
            Ok(result) => result,
            Err(_) => Err(NamingError::TimedOut {
                operation: operation.to_owned(),
                endpoints: endpoints.clone(),
                after: OPERATION_TIMEOUT,
            }),
        }
    }

    pub(super) fn client(&self) -> Client {
        self.inner.client.clone()
    }
}

pub(super) fn encode<T: Serialize>(key: &str, record: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(record).map_err(|source| NamingError::InvalidRecord {
        key: key.to_owned(),
        source,
    })
}

pub(super) fn decode<T: DeserializeOwned>(key: &[u8], value: &[u8]) -> Result<T> {
    serde_json::from_slice(value).map_err(|source| NamingError::InvalidRecord {
        key: String::from_utf8_lossy(key).into_owned(),
        source,
    })
}
