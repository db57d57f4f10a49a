//! The events of the recent revisions: what watches are served from.

use std::collections::VecDeque;

use etcd_client::proto::{PbEvent, PbKeyValue};

use super::{KeyRange, Keys, StoreError};

/// How much history is kept, whichever is reached first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HistoryLimits {
    pub(crate) events: usize,
    pub(crate) bytes: usize,
}

impl Default for HistoryLimits {
    fn default() -> Self {
        Self {
            events: 32 * 1024,
            bytes: 32 * 1024 * 1024,
        }
    }
}

/// Which events a watcher wants.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    pub(crate) range: KeyRange,
    pub(crate) puts: bool,
    pub(crate) deletes: bool,
    pub(crate) prev_kv: bool,
}

struct Revision {
    number: i64,
    bytes: usize,
    /// With the previous record, if there was one.
    events: Vec<PbEvent>,
}

/// All events from revision `compacted` on.
pub(super) struct History {
    limits: HistoryLimits,
    revisions: VecDeque<Revision>,
    events: usize,
    bytes: usize,
    compacted: i64,
}

impl History {
    pub(super) fn new(limits: HistoryLimits) -> Self {
        Self {
            limits,
            revisions: VecDeque::new(),
            events: 0,
            bytes: 0,
            compacted: 0,
        }
    }

    /// The first revision whose events are all there.
    pub(super) fn compacted(&self) -> i64 {
        self.compacted
    }

    pub(super) fn push(&mut self, number: i64, events: Vec<PbEvent>) {
        let bytes = events.iter().map(size).sum();
        self.events += events.len();
        self.bytes += bytes;
        self.revisions.push_back(Revision {
            number,
            bytes,
            events,
        });
        while self.events > self.limits.events || self.bytes > self.limits.bytes {
            let Some(number) = self.drop_oldest() else {
                break;
            };
            self.compacted = number + 1;
        }
    }

    /// Forgets the events before `revision`.
    pub(super) fn compact(&mut self, revision: i64) {
        while self
            .revisions
            .front()
            .is_some_and(|oldest| oldest.number < revision)
        {
            self.drop_oldest();
        }
        self.compacted = self.compacted.max(revision);
    }

    fn drop_oldest(&mut self) -> Option<i64> {
        let oldest = self.revisions.pop_front()?;
        self.events -= oldest.events.len();
        self.bytes -= oldest.bytes;
        Some(oldest.number)
    }

    /// The events from revision `start` on that pass the filter, whole revisions, about `limit` of them,
    /// and the revision to go on from; `current` is the store's.
    pub(super) fn events(
        &self,
        filter: &Filter,
        start: i64,
        current: i64,
        limit: usize,
    ) -> Result<(Vec<PbEvent>, i64), StoreError> {
        if start < self.compacted {
            return Err(StoreError::Compacted);
        }
        let first = self.revisions.partition_point(|r| r.number < start);
        let mut found = Vec::new();
        for revision in self.revisions.range(first..) {
            if found.len() >= limit {
                return Ok((found, revision.number));
            }
            found.extend(
                revision
                    .events
                    .iter()
                    .filter_map(|event| pick(filter, event)),
            );
        }
        Ok((found, start.max(current + 1)))
    }

    /// The records of a range as they were at `revision`, from those there are now.
    pub(super) fn undo<'e>(
        &'e self,
        range: &KeyRange,
        revision: i64,
        now: &Keys,
        uncommitted: &'e [PbEvent],
    ) -> Keys {
        let mut keys: Keys = range
            .select(now)
            .map(|kv| (kv.key.clone(), kv.clone()))
            .collect();
        let later = self
            .revisions
            .iter()
            .rev()
            .take_while(|r| r.number > revision)
            .flat_map(|r| r.events.iter().rev());
        for event in uncommitted.iter().rev().chain(later) {
            let Some(kv) = event.kv.as_ref().filter(|kv| range.contains(&kv.key)) else {
                continue;
            };
            match &event.prev_kv {
                Some(previous) => keys.insert(kv.key.clone(), previous.clone()),
                None => keys.remove(&kv.key),
            };
        }
        keys
    }
}

fn pick(filter: &Filter, event: &PbEvent) -> Option<PbEvent> {
    let kv = event.kv.as_ref()?;
    let deleted = event.r#type == etcd_client::EventType::Delete as i32;
    let wanted = if deleted { filter.deletes } else { filter.puts };
    (wanted && filter.range.contains(&kv.key)).then(|| PbEvent {
        r#type: event.r#type,
        kv: event.kv.clone(),
        prev_kv: event.prev_kv.clone().filter(|_| filter.prev_kv),
    })
}

fn size(event: &PbEvent) -> usize {
    let record = |kv: &Option<PbKeyValue>| {
        kv.as_ref().map_or(0, |kv| {
            kv.key.len() + kv.value.len() + size_of::<PbKeyValue>()
        })
    };
    size_of::<PbEvent>() + record(&event.kv) + record(&event.prev_kv)
}
