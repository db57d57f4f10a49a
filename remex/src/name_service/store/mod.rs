//! The records, their revisions, leases and history: all of the name service that needs no network or clock.
//!
//! Every change goes through a [`Batch`], which makes one revision of it. Requests are checked before a
//! batch is begun, so that a batch is applied whole.

mod error;
mod history;
mod lease;
mod range;
mod txn;

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, time::Instant};

use etcd_client::{
    EventType,
    proto::{
        PbDeleteRequest, PbDeleteResponse, PbEvent, PbKeyValue, PbPutRequest, PbPutResponse,
        PbRangeRequest, PbRangeResponse, PbTxnRequest, PbTxnResponse,
    },
};

pub(crate) use error::StoreError;
use history::History;
pub(crate) use history::{Filter, HistoryLimits};
use lease::Leases;
pub(crate) use lease::Remaining;
pub(crate) use range::KeyRange;

type Keys = BTreeMap<Vec<u8>, PbKeyValue>;

/// The whole state of a name service.
pub(crate) struct Store {
    revision: i64,
    keys: Keys,
    leases: Leases,
    history: History,
}

impl Store {
    /// An empty store; as with etcd, its revision is 1.
    pub(crate) fn new(limits: HistoryLimits) -> Self {
        Self {
            revision: 1,
            keys: Keys::new(),
            leases: Leases::default(),
            history: History::new(limits),
        }
    }

    pub(crate) fn revision(&self) -> i64 {
        self.revision
    }

    /// The bytes of all keys and values.
    pub(crate) fn size(&self) -> usize {
        self.keys
            .values()
            .map(|kv| kv.key.len() + kv.value.len())
            .sum()
    }

    pub(crate) fn range(&self, request: &PbRangeRequest) -> Result<PbRangeResponse, StoreError> {
        self.check_range(request)?;
        Ok(self.read(request, &[]))
    }

    pub(crate) fn put(&mut self, request: PbPutRequest) -> Result<PbPutResponse, StoreError> {
        self.check_put(&request)?;
        Ok(self.batch(|batch| batch.put(request)))
    }

    pub(crate) fn delete(
        &mut self,
        request: &PbDeleteRequest,
    ) -> Result<PbDeleteResponse, StoreError> {
        self.check_delete(request)?;
        Ok(self.batch(|batch| batch.delete(request)))
    }

    pub(crate) fn txn(&mut self, request: PbTxnRequest) -> Result<PbTxnResponse, StoreError> {
        let plan = txn::Plan::new(request, self)?;
        Ok(self.batch(|batch| plan.apply(batch)))
    }

    /// Forgets the history before `revision`.
    pub(crate) fn compact(&mut self, revision: i64) -> Result<(), StoreError> {
        if revision <= self.history.compacted() {
            return Err(StoreError::Compacted);
        }
        if revision > self.revision {
            return Err(StoreError::FutureRevision);
        }
        self.history.compact(revision);
        Ok(())
    }

    /// The first revision that can still be read and watched from.
    pub(crate) fn compacted(&self) -> i64 {
        self.history.compacted()
    }

    /// The events from revision `start` on that pass the filter, about `limit` at most, and the revision
    /// to go on from.
    pub(crate) fn events(
        &self,
        filter: &Filter,
        start: i64,
        limit: usize,
    ) -> Result<(Vec<PbEvent>, i64), StoreError> {
        self.history.events(filter, start, self.revision, limit)
    }

    /// Grants a lease for `ttl` seconds, at least 1, and returns them.
    pub(crate) fn grant(&mut self, id: i64, ttl: i64, now: Instant) -> Result<i64, StoreError> {
        self.leases.grant(id, ttl, now)
    }

    /// Renews a lease and returns its time to live in seconds; `None` when there is no such lease.
    pub(crate) fn keep_alive(&mut self, id: i64, now: Instant) -> Option<i64> {
        self.leases.keep_alive(id, now)
    }

    pub(crate) fn remaining(&self, id: i64, now: Instant) -> Option<Remaining> {
        self.leases.remaining(id, now)
    }

    pub(crate) fn leases(&self) -> Vec<i64> {
        self.leases.ids()
    }

    pub(crate) fn has_lease(&self, id: i64) -> bool {
        self.leases.contains(id)
    }

    /// Ends a lease and deletes what was put under it.
    pub(crate) fn revoke(&mut self, id: i64) -> Result<(), StoreError> {
        let keys = self.leases.remove(id)?;
        self.batch(|batch| {
            for key in keys {
                batch.remove(&key);
            }
        });
        Ok(())
    }

    /// Ends the leases that have expired and returns their ids.
    pub(crate) fn expire(&mut self, now: Instant) -> Vec<i64> {
        let expired = self.leases.expired(now);
        for id in &expired {
            // It was found a moment ago, so it is there.
            let _ = self.revoke(*id);
        }
        expired
    }

    /// When the next lease expires unless it is renewed.
    pub(crate) fn next_expiry(&self) -> Option<Instant> {
        self.leases.next_expiry()
    }

    fn check_range(&self, request: &PbRangeRequest) -> Result<(), StoreError> {
        range::check(request)?;
        if request.revision > self.revision {
            return Err(StoreError::FutureRevision);
        }
        if request.revision > 0 && request.revision < self.history.compacted() {
            return Err(StoreError::Compacted);
        }
        Ok(())
    }

    fn check_put(&self, request: &PbPutRequest) -> Result<(), StoreError> {
        check_put_form(request)?;
        if request.lease != 0 && !self.leases.contains(request.lease) {
            return Err(StoreError::LeaseNotFound);
        }
        if (request.ignore_value || request.ignore_lease) && !self.keys.contains_key(&request.key) {
            return Err(StoreError::KeyNotFound);
        }
        Ok(())
    }

    fn check_delete(&self, request: &PbDeleteRequest) -> Result<(), StoreError> {
        if request.key.is_empty() {
            return Err(StoreError::EmptyKey);
        }
        Ok(())
    }

    fn read(&self, request: &PbRangeRequest, uncommitted: &[PbEvent]) -> PbRangeResponse {
        if request.revision <= 0 {
            return range::answer(request, &self.keys);
        }
        let range = KeyRange::new(&request.key, &request.range_end);
        let keys = self
            .history
            .undo(&range, request.revision, &self.keys, uncommitted);
        range::answer(request, &keys)
    }

    fn batch<T>(&mut self, change: impl FnOnce(&mut Batch<'_>) -> T) -> T {
        let mut batch = Batch {
            revision: self.revision + 1,
            store: self,
            events: Vec::new(),
        };
        let result = change(&mut batch);
        let Batch {
            revision, events, ..
        } = batch;
        if !events.is_empty() {
            self.revision = revision;
            self.history.push(revision, events);
        }
        result
    }
}

/// What is wrong with a put whatever the store holds.
fn check_put_form(request: &PbPutRequest) -> Result<(), StoreError> {
    if request.key.is_empty() {
        return Err(StoreError::EmptyKey);
    }
    if request.ignore_value && !request.value.is_empty() {
        return Err(StoreError::ValueProvided);
    }
    if request.ignore_lease && request.lease != 0 {
        return Err(StoreError::LeaseProvided);
    }
    Ok(())
}

/// One revision in the making: nothing in it can fail.
struct Batch<'s> {
    store: &'s mut Store,
    revision: i64,
    events: Vec<PbEvent>,
}

impl Batch<'_> {
    /// The revision that a reader inside the batch sees.
    fn visible_revision(&self) -> i64 {
        if self.events.is_empty() {
            self.store.revision
        } else {
            self.revision
        }
    }

    fn range(&self, request: &PbRangeRequest) -> PbRangeResponse {
        self.store.read(request, &self.events)
    }

    fn put(&mut self, request: PbPutRequest) -> PbPutResponse {
        let previous = self.store.keys.get(&request.key).cloned();
        let old = previous.as_ref();
        let kv = PbKeyValue {
            create_revision: old.map_or(self.revision, |old| old.create_revision),
            mod_revision: self.revision,
            version: old.map_or(1, |old| old.version + 1),
            value: match old {
                Some(old) if request.ignore_value => old.value.clone(),
                _ => request.value,
            },
            lease: match old {
                Some(old) if request.ignore_lease => old.lease,
                _ => request.lease,
            },
            key: request.key,
        };
        if let Some(old) = old {
            self.store.leases.detach(old.lease, &kv.key);
        }
        self.store.leases.attach(kv.lease, &kv.key);
        self.store.keys.insert(kv.key.clone(), kv.clone());
        self.events.push(PbEvent {
            r#type: EventType::Put.into(),
            kv: Some(kv),
            prev_kv: previous.clone(),
        });
        PbPutResponse {
            header: None,
            prev_kv: previous.filter(|_| request.prev_kv),
        }
    }

    fn delete(&mut self, request: &PbDeleteRequest) -> PbDeleteResponse {
        let range = KeyRange::new(&request.key, &request.range_end);
        let keys: Vec<Vec<u8>> = range
            .select(&self.store.keys)
            .map(|kv| kv.key.clone())
            .collect();
        let deleted: Vec<PbKeyValue> = keys.iter().filter_map(|key| self.remove(key)).collect();
        PbDeleteResponse {
            header: None,
            deleted: range::length(deleted.len()),
            prev_kvs: if request.prev_kv { deleted } else { Vec::new() },
        }
    }

    fn remove(&mut self, key: &[u8]) -> Option<PbKeyValue> {
        let previous = self.store.keys.remove(key)?;
        self.store.leases.detach(previous.lease, key);
        self.events.push(PbEvent {
            r#type: EventType::Delete.into(),
            kv: Some(PbKeyValue {
                key: key.to_vec(),
                mod_revision: self.revision,
                ..PbKeyValue::default()
            }),
            prev_kv: Some(previous.clone()),
        });
        Some(previous)
    }
}
