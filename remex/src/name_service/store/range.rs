//! Which keys a request means, and how those it finds are sorted, filtered and cut.

use std::ops::Bound::{Excluded, Included, Unbounded};

use etcd_client::{
    SortOrder, SortTarget,
    proto::{PbKeyValue, PbRangeRequest, PbRangeResponse},
};

use super::{Keys, StoreError};

/// The keys that `key` and `range_end` of a request mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeyRange {
    Empty,
    One(Vec<u8>),
    Between(Vec<u8>, Vec<u8>),
    From(Vec<u8>),
}

impl KeyRange {
    pub(crate) fn new(key: &[u8], end: &[u8]) -> Self {
        match end {
            [] => Self::One(key.to_vec()),
            [0] => Self::From(key.to_vec()),
            _ if key < end => Self::Between(key.to_vec(), end.to_vec()),
            _ => Self::Empty,
        }
    }

    pub(crate) fn contains(&self, key: &[u8]) -> bool {
        match self {
            Self::Empty => false,
            Self::One(one) => key == one.as_slice(),
            Self::Between(start, end) => start.as_slice() <= key && key < end.as_slice(),
            Self::From(start) => start.as_slice() <= key,
        }
    }

    /// The records in the range, by key.
    pub(super) fn select<'k>(
        &self,
        keys: &'k Keys,
    ) -> Box<dyn Iterator<Item = &'k PbKeyValue> + 'k> {
        match self {
            Self::Empty => Box::new(std::iter::empty()),
            Self::One(key) => Box::new(keys.get(key).into_iter()),
            Self::Between(start, end) => Box::new(
                keys.range::<[u8], _>((Included(start.as_slice()), Excluded(end.as_slice())))
                    .map(|(_, kv)| kv),
            ),
            Self::From(start) => Box::new(
                keys.range::<[u8], _>((Included(start.as_slice()), Unbounded))
                    .map(|(_, kv)| kv),
            ),
        }
    }
}

/// What is wrong with a range request whatever the store holds.
pub(super) fn check(request: &PbRangeRequest) -> Result<(), StoreError> {
    if request.key.is_empty() {
        return Err(StoreError::EmptyKey);
    }
    if SortOrder::try_from(request.sort_order).is_err()
        || SortTarget::try_from(request.sort_target).is_err()
    {
        return Err(StoreError::InvalidSort);
    }
    Ok(())
}

/// Answers a range request from the records at its revision. The header is left out.
pub(super) fn answer(request: &PbRangeRequest, keys: &Keys) -> PbRangeResponse {
    let range = KeyRange::new(&request.key, &request.range_end);
    let mut found: Vec<&PbKeyValue> = range.select(keys).collect();
    let mut response = PbRangeResponse {
        count: length(found.len()),
        ..PbRangeResponse::default()
    };
    if request.count_only {
        return response;
    }
    found.retain(|kv| passes(request, kv));
    sort(request, &mut found);
    if let Ok(limit) = usize::try_from(request.limit)
        && limit > 0
        && found.len() > limit
    {
        found.truncate(limit);
        response.more = true;
    }
    response.kvs = found
        .into_iter()
        .map(|kv| PbKeyValue {
            key: kv.key.clone(),
            value: if request.keys_only {
                Vec::new()
            } else {
                kv.value.clone()
            },
            ..*kv
        })
        .collect();
    response
}

pub(super) fn length(len: usize) -> i64 {
    i64::try_from(len).unwrap_or(i64::MAX)
}

fn passes(request: &PbRangeRequest, kv: &PbKeyValue) -> bool {
    let within = |revision: i64, min: i64, max: i64| {
        (min <= 0 || revision >= min) && (max <= 0 || revision <= max)
    };
    within(
        kv.mod_revision,
        request.min_mod_revision,
        request.max_mod_revision,
    ) && within(
        kv.create_revision,
        request.min_create_revision,
        request.max_create_revision,
    )
}

fn sort(request: &PbRangeRequest, found: &mut [&PbKeyValue]) {
    let target = SortTarget::try_from(request.sort_target).unwrap_or(SortTarget::Key);
    let by_target = |a: &PbKeyValue, b: &PbKeyValue| match target {
        SortTarget::Key => a.key.cmp(&b.key),
        SortTarget::Version => a.version.cmp(&b.version),
        SortTarget::Create => a.create_revision.cmp(&b.create_revision),
        SortTarget::Mod => a.mod_revision.cmp(&b.mod_revision),
        SortTarget::Value => a.value.cmp(&b.value),
    };
    // Without an order, another target than the key means ascending, as with etcd.
    match SortOrder::try_from(request.sort_order).unwrap_or(SortOrder::None) {
        SortOrder::None if target == SortTarget::Key => {}
        SortOrder::None | SortOrder::Ascend => found.sort_by(|a, b| by_target(a, b)),
        SortOrder::Descend => found.sort_by(|a, b| by_target(b, a)),
    }
}
