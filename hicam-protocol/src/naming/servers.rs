//! The records of servers: names, execution tokens, holders and bindings.

use etcd_client::{Compare, CompareOp, PutOptions, Txn, TxnOp, TxnOpResponse, TxnResponse};
use serde::Serialize;

use super::{
    Binding, Holder, Lease, NameService, NamingError, Result, ServerRecord, Token,
    client::{Stored, decode, encode},
    keys,
};

// How often a change is tried again because its records changed between reading and writing.
const CONTENTION_LIMIT: u32 = 16;

/// What became of an attempt to take an execution token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakeOutcome {
    /// The token is the caller's.
    Taken,
    /// The token is not what was expected, and stays what it is.
    Held(Token),
}

impl NameService {
    /// Creates a server: its name, its record and its execution token, in one transaction.
    ///
    /// Creating again what was created with the same UUID and token succeeds.
    ///
    /// # Errors
    /// [`NamingError::NameTaken`], [`NamingError::ServerExists`], [`NamingError::InvalidName`]; a
    /// retryable error when the name service is not available.
    pub async fn create_server(&self, record: &ServerRecord, token: &Token) -> Result<()> {
        keys::check_part("class", &record.class)?;
        keys::check_part("server name", &record.name)?;
        keys::check_part("server UUID", &record.uuid)?;
        let name = keys::name(&record.class, &record.name);
        let server = keys::server(&record.uuid);
        let token_key = keys::token(&record.uuid);
        let txn = Txn::new()
            .when([absent(&name), absent(&server), absent(&token_key)])
            .and_then([
                TxnOp::put(name.clone(), record.uuid.clone(), None),
                put(&server, record)?,
                put(&token_key, token)?,
            ])
            .or_else([
                TxnOp::get(name, None),
                TxnOp::get(server, None),
                TxnOp::get(token_key, None),
            ]);
        let response = self
            .txn(&format!("create server {}", record.full_name()), txn)
            .await?;
        if response.succeeded() {
            return Ok(());
        }
        let mut found = got(&response).into_iter();
        if let Some((_, uuid)) = found.next().flatten() {
            let uuid = String::from_utf8_lossy(&uuid).into_owned();
            if uuid != record.uuid {
                return Err(NamingError::NameTaken {
                    class: record.class.clone(),
                    name: record.name.clone(),
                    uuid,
                });
            }
        }
        let server: Option<ServerRecord> = parse(found.next().flatten())?;
        let present: Option<Token> = parse(found.next().flatten())?;
        if server.as_ref() == Some(record) && present.as_ref() == Some(token) {
            return Ok(());
        }
        Err(NamingError::ServerExists {
            uuid: record.uuid.clone(),
        })
    }

    /// Finds a server by UUID or by `class/name`.
    ///
    /// # Errors
    /// [`NamingError::UnknownServer`]; a retryable error when the name service is not available.
    pub async fn resolve(&self, server: &str) -> Result<ServerRecord> {
        let unknown = || NamingError::UnknownServer {
            server: server.to_owned(),
        };
        let operation = format!("resolve server {server}");
        let uuid = match server.split_once('/') {
            None => server.to_owned(),
            Some((class, name)) => {
                let key = keys::name(class, name);
                let response = self
                    .call(&operation, |client| {
                        let key = key.clone();
                        async move { client.kv_client().get(key, None).await }
                    })
                    .await?;
                let found = response.kvs().first().ok_or_else(unknown)?;
                String::from_utf8_lossy(found.value()).into_owned()
            }
        };
        self.value(&operation, keys::server(&uuid))
            .await?
            .ok_or_else(unknown)
    }

    /// The record of a server.
    ///
    /// # Errors
    /// A retryable error when the name service is not available; [`NamingError::InvalidRecord`].
    pub async fn server(&self, uuid: &str) -> Result<Option<ServerRecord>> {
        self.value(&format!("look up server {uuid}"), keys::server(uuid))
            .await
    }

    /// The records of all servers, running or not.
    ///
    /// # Errors
    /// As [`server`](Self::server).
    pub async fn servers(&self) -> Result<Vec<ServerRecord>> {
        self.list("list the servers", keys::SERVERS).await
    }

    /// Replaces the record of a server that exists. Its UUID, class and name must be what they were.
    ///
    /// # Errors
    /// [`NamingError::UnknownServer`] when it was never created, or has been deleted; a retryable error
    /// when the name service is not available.
    pub async fn put_server(&self, record: &ServerRecord) -> Result<()> {
        let key = keys::server(&record.uuid);
        let txn = Txn::new()
            .when([Compare::version(key.clone(), CompareOp::Greater, 0)])
            .and_then([put(&key, record)?]);
        let response = self
            .txn(&format!("update server {}", record.full_name()), txn)
            .await?;
        if response.succeeded() {
            Ok(())
        } else {
            Err(NamingError::UnknownServer {
                server: record.uuid.clone(),
            })
        }
    }

    /// Deletes everything about a server. One that is not there is deleted already.
    ///
    /// # Errors
    /// A retryable error when the name service is not available.
    pub async fn delete_server(&self, uuid: &str) -> Result<()> {
        let operation = format!("delete server {uuid}");
        for _ in 0..CONTENTION_LIMIT {
            let server = keys::server(uuid);
            let Some(Stored {
                value,
                mod_revision,
            }) = self
                .stored::<ServerRecord>(&operation, server.clone())
                .await?
            else {
                return Ok(());
            };
            let txn = Txn::new()
                .when([unchanged(&server, mod_revision)])
                .and_then([
                    TxnOp::delete(keys::name(&value.class, &value.name), None),
                    TxnOp::delete(server, None),
                    TxnOp::delete(keys::token(uuid), None),
                    TxnOp::delete(keys::holder(uuid), None),
                    TxnOp::delete(keys::binding(uuid), None),
                ]);
            if self.txn(&operation, txn).await?.succeeded() {
                return Ok(());
            }
        }
        Err(NamingError::Contended { operation })
    }

    /// The execution token of a server.
    ///
    /// # Errors
    /// As [`server`](Self::server).
    pub async fn token(&self, uuid: &str) -> Result<Option<Token>> {
        self.value(
            &format!("read the execution token of server {uuid}"),
            keys::token(uuid),
        )
        .await
    }

    /// Takes the execution token by compare-and-swap: it becomes `new` if it is `expected`.
    ///
    /// Of any number of processes that take the same token, one succeeds. After a retryable error it is
    /// not known whether the token was taken: call again with the same arguments, which tells.
    ///
    /// # Errors
    /// [`NamingError::EpochNotNewer`] unless `new` has a higher epoch; [`NamingError::UnknownServer`]
    /// when there is no token; a retryable error when the name service is not available.
    pub async fn take_token(
        &self,
        uuid: &str,
        expected: &Token,
        new: &Token,
    ) -> Result<TakeOutcome> {
        if new.epoch <= expected.epoch {
            return Err(NamingError::EpochNotNewer {
                uuid: uuid.to_owned(),
                epoch: new.epoch,
                current: expected.epoch,
            });
        }
        let operation = format!("take the execution token of server {uuid}");
        let key = keys::token(uuid);
        let mut condition = Compare::value(key.clone(), CompareOp::Equal, encode(&key, expected)?);
        for _ in 0..CONTENTION_LIMIT {
            let txn = Txn::new()
                .when([condition])
                .and_then([put(&key, new)?])
                .or_else([TxnOp::get(key.clone(), None)]);
            let response = self.txn(&operation, txn).await?;
            if response.succeeded() {
                return Ok(TakeOutcome::Taken);
            }
            let found = got(&response).into_iter().next().flatten();
            let Some((mod_revision, value)) = found else {
                return Err(NamingError::UnknownServer {
                    server: uuid.to_owned(),
                });
            };
            let current: Token = decode(key.as_bytes(), &value)?;
            if current == *new {
                // An earlier attempt succeeded whose answer was lost.
                return Ok(TakeOutcome::Taken);
            }
            if current != *expected {
                return Ok(TakeOutcome::Held(current));
            }
            // The token expected, but written with other bytes by another version of HiCaM.
            condition = unchanged(&key, mod_revision);
        }
        Err(NamingError::Contended { operation })
    }

    /// Says that the holder of the token is alive, for as long as the lease is.
    ///
    /// # Errors
    /// [`NamingError::Superseded`] when the token has another epoch; [`NamingError::UnknownServer`],
    /// [`NamingError::LeaseLost`]; a retryable error when the name service is not available.
    pub async fn hold(&self, uuid: &str, holder: &Holder, lease: &Lease) -> Result<()> {
        let operation = format!("register the holder of server {uuid}");
        self.put_fenced(
            &operation,
            uuid,
            holder.epoch,
            &keys::holder(uuid),
            holder,
            lease,
        )
        .await
    }

    /// The living holder of the token.
    ///
    /// # Errors
    /// As [`server`](Self::server).
    pub async fn holder(&self, uuid: &str) -> Result<Option<Holder>> {
        self.value(
            &format!("look up the holder of server {uuid}"),
            keys::holder(uuid),
        )
        .await
    }

    /// Advertises where the server serves, for as long as the lease is alive.
    ///
    /// # Errors
    /// As [`hold`](Self::hold).
    pub async fn advertise(&self, uuid: &str, binding: &Binding, lease: &Lease) -> Result<()> {
        let operation = format!("advertise server {uuid}");
        self.put_fenced(
            &operation,
            uuid,
            binding.epoch,
            &keys::binding(uuid),
            binding,
            lease,
        )
        .await
    }

    /// Deletes the binding of this epoch. That of another epoch is left alone.
    ///
    /// # Errors
    /// A retryable error when the name service is not available.
    pub async fn withdraw(&self, uuid: &str, epoch: u64) -> Result<()> {
        let operation = format!("withdraw server {uuid}");
        let key = keys::binding(uuid);
        for _ in 0..CONTENTION_LIMIT {
            let stored = self.stored::<Binding>(&operation, key.clone()).await?;
            let Some(stored) = stored.filter(|stored| stored.value.epoch == epoch) else {
                return Ok(());
            };
            let txn = Txn::new()
                .when([unchanged(&key, stored.mod_revision)])
                .and_then([TxnOp::delete(key.clone(), None)]);
            if self.txn(&operation, txn).await?.succeeded() {
                return Ok(());
            }
        }
        Err(NamingError::Contended { operation })
    }

    /// Where the server serves, if it does.
    ///
    /// # Errors
    /// As [`server`](Self::server).
    pub async fn binding(&self, uuid: &str) -> Result<Option<Binding>> {
        self.value(
            &format!("look up the binding of server {uuid}"),
            keys::binding(uuid),
        )
        .await
    }

    /// Puts a leased record of a server, in one transaction with the check that `epoch` is the token's.
    async fn put_fenced<T: Serialize>(
        &self,
        operation: &str,
        uuid: &str,
        epoch: u64,
        key: &str,
        record: &T,
        lease: &Lease,
    ) -> Result<()> {
        let token_key = keys::token(uuid);
        let value = encode(key, record)?;
        for _ in 0..CONTENTION_LIMIT {
            lease.check()?;
            let token = self
                .stored::<Token>(operation, token_key.clone())
                .await?
                .ok_or_else(|| NamingError::UnknownServer {
                    server: uuid.to_owned(),
                })?;
            if token.value.epoch != epoch {
                return Err(NamingError::Superseded {
                    uuid: uuid.to_owned(),
                    epoch,
                    current: token.value.epoch,
                    holder: token.value.holder,
                });
            }
            let options = PutOptions::new().with_lease(lease.id());
            let txn = Txn::new()
                .when([unchanged(&token_key, token.mod_revision)])
                .and_then([TxnOp::put(key, value.clone(), Some(options))]);
            let response = self
                .txn(operation, txn)
                .await
                .map_err(|error| lease.explain(error))?;
            if response.succeeded() {
                return Ok(());
            }
        }
        Err(NamingError::Contended {
            operation: operation.to_owned(),
        })
    }
}

fn absent(key: &str) -> Compare {
    Compare::version(key, CompareOp::Equal, 0)
}

fn unchanged(key: &str, mod_revision: i64) -> Compare {
    Compare::mod_revision(key, CompareOp::Equal, mod_revision)
}

fn put<T: Serialize>(key: &str, record: &T) -> Result<TxnOp> {
    Ok(TxnOp::put(key, encode(key, record)?, None))
}

/// What each `get` of a transaction's executed branch found: modification revision and value.
fn got(response: &TxnResponse) -> Vec<Option<(i64, Vec<u8>)>> {
    response
        .op_responses()
        .into_iter()
        .filter_map(|operation| match operation {
            TxnOpResponse::Get(get) => Some(
                get.kvs()
                    .first()
                    .map(|kv| (kv.mod_revision(), kv.value().to_vec())),
            ),
            _ => None,
        })
        .collect()
}

fn parse<T: serde::de::DeserializeOwned>(found: Option<(i64, Vec<u8>)>) -> Result<Option<T>> {
    found
        .map(|(_, value)| decode(b"of the server", &value))
        .transpose()
}
