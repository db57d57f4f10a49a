//! The leases: how long each lives, and which keys go when it ends.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use super::StoreError;

// etcd's own limit, in seconds.
const LONGEST_TTL: i64 = 9_000_000_000;

struct Lease {
    ttl: Duration,
    expires: Instant,
    keys: BTreeSet<Vec<u8>>,
}

/// What a lease has left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remaining {
    pub(crate) granted: i64,
    pub(crate) left: i64,
    pub(crate) keys: Vec<Vec<u8>>,
}

#[derive(Default)]
pub(super) struct Leases {
    leases: BTreeMap<i64, Lease>,
}

impl Leases {
    /// Grants a lease and returns the time to live, in seconds.
    pub(super) fn grant(&mut self, id: i64, ttl: i64, now: Instant) -> Result<i64, StoreError> {
        if ttl > LONGEST_TTL {
            return Err(StoreError::LeaseTooLong);
        }
        if self.leases.contains_key(&id) {
            return Err(StoreError::LeaseExists);
        }
        let seconds = ttl.max(1);
        let ttl = Duration::from_secs(seconds.unsigned_abs());
        self.leases.insert(
            id,
            Lease {
                ttl,
                expires: now.checked_add(ttl).ok_or(StoreError::LeaseTooLong)?,
                keys: BTreeSet::new(),
            },
        );
        Ok(seconds)
    }

    /// Renews a lease and returns its time to live; `None` when there is no such lease.
    pub(super) fn keep_alive(&mut self, id: i64, now: Instant) -> Option<i64> {
        let lease = self
            .leases
            .get_mut(&id)
            .filter(|lease| lease.expires > now)?;
        lease.expires = now.checked_add(lease.ttl)?;
        Some(seconds(lease.ttl))
    }

    pub(super) fn remaining(&self, id: i64, now: Instant) -> Option<Remaining> {
        let lease = self.leases.get(&id)?;
        Some(Remaining {
            granted: seconds(lease.ttl),
            left: seconds(lease.expires.saturating_duration_since(now)),
            keys: lease.keys.iter().cloned().collect(),
        })
    }

    pub(super) fn ids(&self) -> Vec<i64> {
        self.leases.keys().copied().collect()
    }

    pub(super) fn contains(&self, id: i64) -> bool {
        self.leases.contains_key(&id)
    }

    /// Ends a lease and returns the keys to delete.
    pub(super) fn remove(&mut self, id: i64) -> Result<BTreeSet<Vec<u8>>, StoreError> {
        self.leases
            .remove(&id)
            .map(|lease| lease.keys)
            .ok_or(StoreError::LeaseNotFound)
    }

    pub(super) fn attach(&mut self, id: i64, key: &[u8]) {
        if let Some(lease) = self.leases.get_mut(&id) {
            lease.keys.insert(key.to_vec());
        }
    }

    pub(super) fn detach(&mut self, id: i64, key: &[u8]) {
        if let Some(lease) = self.leases.get_mut(&id) {
            lease.keys.remove(key);
        }
    }

    pub(super) fn expired(&self, now: Instant) -> Vec<i64> {
        self.leases
            .iter()
            .filter(|(_, lease)| lease.expires <= now)
            .map(|(id, _)| *id)
            .collect()
    }

    pub(super) fn next_expiry(&self) -> Option<Instant> {
        self.leases.values().map(|lease| lease.expires).min()
    }
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
