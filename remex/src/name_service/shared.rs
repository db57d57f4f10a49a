//! What the services of the name service share: the store, and the news that it has changed.

use std::sync::{Mutex, MutexGuard, PoisonError};

use etcd_client::proto::PbResponseHeader;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use super::store::{HistoryLimits, Store};

// The name service is its own only member, and its own leader for ever.
pub(super) const RAFT_TERM: u64 = 1;

pub(super) struct Shared {
    store: Mutex<Store>,
    revision: watch::Sender<i64>,
    /// Notified when a lease is granted, which may be the next to expire.
    pub(super) granted: Notify,
    pub(super) cluster_id: u64,
    pub(super) member_id: u64,
    pub(super) stop: CancellationToken,
}

impl Shared {
    pub(super) fn new(limits: HistoryLimits, stop: CancellationToken) -> Self {
        let store = Store::new(limits);
        // A new identity for each start, by which clients tell that the revisions have started again.
        let (cluster_id, member_id) = uuid::Uuid::new_v4().as_u64_pair();
        Self {
            revision: watch::Sender::new(store.revision()),
            store: Mutex::new(store),
            granted: Notify::new(),
            cluster_id,
            member_id,
            stop,
        }
    }

    /// Looks at the store.
    pub(super) fn read<T>(&self, look: impl FnOnce(&Store) -> T) -> T {
        look(&self.lock())
    }

    /// Changes the store, and tells the watchers if that made a new revision.
    pub(super) fn write<T>(&self, change: impl FnOnce(&mut Store) -> T) -> T {
        let mut store = self.lock();
        let result = change(&mut store);
        // Still under the lock, so that the watchers' revision never goes back.
        let revision = store.revision();
        self.revision.send_if_modified(|known| {
            let new = *known != revision;
            *known = revision;
            new
        });
        result
    }

    /// Tells of every new revision.
    pub(super) fn revisions(&self) -> watch::Receiver<i64> {
        self.revision.subscribe()
    }

    /// The header of an answer at this state of the store.
    pub(super) fn header(&self, store: &Store) -> PbResponseHeader {
        PbResponseHeader {
            cluster_id: self.cluster_id,
            member_id: self.member_id,
            revision: store.revision(),
            raft_term: RAFT_TERM,
        }
    }

    // The store checks a request before it changes anything, so one left by a panic is whole.
    fn lock(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
