//! Watching records: every change, in order, across broken connections and compacted histories.

use std::collections::{BTreeMap, VecDeque};

use etcd_client::{EventType, GetOptions, WatchOptions, WatchResponse, WatchStream};
use futures::stream::{BoxStream, StreamExt as _};
use tokio::time::Instant;

use super::{
    Binding, HostAdvert, NameService, NamingError, Result,
    client::{OPERATION_TIMEOUT, decode},
    error, keys,
};

/// A change of the set of hosts.
#[derive(Debug, Clone, PartialEq)]
pub enum HostChange {
    /// The host is alive, or advertises something new.
    Present(HostAdvert),
    /// The host is gone: it stopped, or its lease expired.
    Gone(String),
}

impl NameService {
    /// The binding of a server: the current one first, `None` while there is none, then every change.
    ///
    /// The stream does not end. While the name service is not available it yields one retryable error
    /// and goes on by itself: what changed meanwhile comes when it is available again.
    #[must_use]
    pub fn watch_binding(&self, uuid: &str) -> BoxStream<'static, Result<Option<Binding>>> {
        self.watch(Range::Key(keys::binding(uuid)))
            .map(|change| {
                let change = change?;
                change
                    .value
                    .map(|value| decode(&change.key, &value))
                    .transpose()
            })
            .boxed()
    }

    /// The hosts: those alive first, then every change. Goes on like [`watch_binding`](Self::watch_binding).
    #[must_use]
    pub fn watch_hosts(&self) -> BoxStream<'static, Result<HostChange>> {
        self.watch(Range::Prefix(keys::HOSTS))
            .map(|change| {
                let change = change?;
                Ok(match change.value {
                    Some(value) => HostChange::Present(decode(&change.key, &value)?),
                    None => {
                        let key = String::from_utf8_lossy(&change.key);
                        let host = key.strip_prefix(keys::HOSTS).unwrap_or(&key);
                        HostChange::Gone(host.to_owned())
                    }
                })
            })
            .boxed()
    }

    fn watch(&self, range: Range) -> BoxStream<'static, Result<Change>> {
        let watcher = Watcher {
            service: self.clone(),
            range,
            known: BTreeMap::new(),
            position: None,
            stream: None,
            pending: VecDeque::new(),
            failing: false,
        };
        futures::stream::unfold(watcher, |mut watcher| async move {
            let change = watcher.next().await;
            Some((change, watcher))
        })
        .boxed()
    }
}

/// What is watched.
enum Range {
    Key(String),
    Prefix(&'static str),
}

impl Range {
    fn key(&self) -> &str {
        match self {
            Self::Key(key) => key,
            Self::Prefix(prefix) => prefix,
        }
    }
}

/// A record was put, or is gone.
struct Change {
    key: Vec<u8>,
    value: Option<Vec<u8>>,
}

/// How far a watch has come.
#[derive(Clone, Copy)]
struct Position {
    /// Which name service counted the revisions.
    cluster: u64,
    /// The first revision not yet seen.
    next: i64,
}

struct Watcher {
    service: NameService,
    range: Range,
    /// What the consumer knows by the changes it was given: key to modification revision.
    known: BTreeMap<Vec<u8>, i64>,
    position: Option<Position>,
    stream: Option<WatchStream>,
    pending: VecDeque<Change>,
    /// An error has been yielded and the name service has not been reached since.
    failing: bool,
}

impl Watcher {
    async fn next(&mut self) -> Result<Change> {
        let mut pause = std::time::Duration::ZERO;
        loop {
            if let Some(change) = self.pending.pop_front() {
                return Ok(change);
            }
            let Some(stream) = &mut self.stream else {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).clamp(
                    std::time::Duration::from_millis(50),
                    std::time::Duration::from_secs(1),
                );
                match self.attach().await {
                    Ok(()) => self.failing = false,
                    Err(error) if self.failing && error.is_retryable() => {}
                    Err(error) => {
                        self.failing = true;
                        return Err(error);
                    }
                }
                continue;
            };
            match stream.message().await {
                Ok(Some(response)) => self.take(&response),
                Ok(None) => self.stream = None,
                Err(error) => {
                    tracing::debug!(key = self.range.key(), %error, "a watch broke, watching again");
                    self.stream = None;
                }
            }
        }
    }

    /// Reads the records and watches on from where the consumer is.
    ///
    /// The history is replayed from there if the name service still has it. If it has not (it was
    /// compacted, or another name service has taken the place of the one known), what is different now
    /// from what the consumer knows becomes changes.
    async fn attach(&mut self) -> Result<()> {
        let operation = format!("watch {}", self.range.key());
        let response = self
            .service
            .call(&operation, |client| {
                let key = self.range.key().to_owned();
                let options = match self.range {
                    Range::Key(_) => None,
                    Range::Prefix(_) => Some(GetOptions::new().with_prefix()),
                };
                async move { client.kv_client().get(key, options).await }
            })
            .await?;
        let (cluster, revision) = response
            .header()
            .map_or((0, 0), |header| (header.cluster_id(), header.revision()));
        let position = match self.position {
            Some(position) if position.cluster == cluster && position.next <= revision + 1 => {
                position
            }
            _ => {
                let records = response
                    .kvs()
                    .iter()
                    .map(|kv| (kv.key().to_vec(), (kv.mod_revision(), kv.value().to_vec())))
                    .collect();
                self.catch_up(records, cluster);
                Position {
                    cluster,
                    next: revision + 1,
                }
            }
        };
        self.position = Some(position);
        self.open(&operation, position.next).await
    }

    async fn open(&mut self, operation: &str, start: i64) -> Result<()> {
        let options = match self.range {
            Range::Key(_) => WatchOptions::new(),
            Range::Prefix(_) => WatchOptions::new().with_prefix(),
        }
        .with_start_revision(start);
        let mut client = self.service.client().watch_client();
        let opening = async {
            let mut stream = client.watch(self.range.key(), Some(options)).await?;
            let first = stream.message().await?;
            Ok::<_, etcd_client::Error>((stream, first))
        };
        let deadline = Instant::now() + OPERATION_TIMEOUT;
        let (stream, first) = tokio::time::timeout_at(deadline, opening)
            .await
            .map_err(|_| NamingError::TimedOut {
                operation: operation.to_owned(),
                endpoints: self.service.endpoints().to_owned(),
                after: OPERATION_TIMEOUT,
            })?
            .map_err(|source| error::classify(operation, self.service.endpoints(), source))?;
        self.stream = Some(stream);
        match first {
            Some(first) => self.take(&first),
            None => self.stream = None,
        }
        Ok(())
    }

    /// Turns the difference between what the consumer knows and what there is into changes.
    fn catch_up(&mut self, records: BTreeMap<Vec<u8>, (i64, Vec<u8>)>, cluster: u64) {
        let first = self.position.is_none();
        let same = self
            .position
            .is_some_and(|position| position.cluster == cluster);
        if first
            && records.is_empty()
            && let Range::Key(key) = &self.range
        {
            // The consumer of one key is told at once that it is not there.
            self.pending.push_back(Change {
                key: key.clone().into_bytes(),
                value: None,
            });
        }
        let known = std::mem::take(&mut self.known);
        for key in known.keys().filter(|key| !records.contains_key(*key)) {
            self.pending.push_back(Change {
                key: key.clone(),
                value: None,
            });
        }
        for (key, (revision, value)) in records {
            // Revisions of two name services cannot be compared.
            if !same || known.get(&key) != Some(&revision) {
                self.pending.push_back(Change {
                    key: key.clone(),
                    value: Some(value),
                });
            }
            self.known.insert(key, revision);
        }
    }

    fn take(&mut self, response: &WatchResponse) {
        if response.canceled() {
            tracing::debug!(
                key = self.range.key(),
                reason = response.cancel_reason(),
                compacted = response.compact_revision(),
                "a watch was cancelled, watching again"
            );
            self.stream = None;
            if response.compact_revision() > 0
                && let Some(position) = &mut self.position
            {
                // Beyond any revision: the records are compared when the watch is set up again.
                position.next = i64::MAX;
            }
            return;
        }
        for event in response.events() {
            let Some(kv) = event.kv() else { continue };
            let value = match event.event_type() {
                EventType::Put => {
                    self.known.insert(kv.key().to_vec(), kv.mod_revision());
                    Some(kv.value().to_vec())
                }
                EventType::Delete => {
                    self.known.remove(kv.key());
                    None
                }
            };
            self.pending.push_back(Change {
                key: kv.key().to_vec(),
                value,
            });
            if let Some(position) = &mut self.position {
                position.next = position.next.max(kv.mod_revision() + 1);
            }
        }
    }
}
