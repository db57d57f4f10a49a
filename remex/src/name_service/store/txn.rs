//! Transactions: comparisons choose a branch, the branch is checked, then applied as one revision.
//!
//! As with etcd, all comparisons, those of nested transactions too, see the records as they were before
//! the transaction; a branch is applied only if nothing in it can fail.

use std::collections::BTreeSet;

use etcd_client::{
    CompareOp,
    proto::{
        PbCompare, PbCompareTarget, PbDeleteRequest, PbKeyValue, PbPutRequest, PbRangeRequest,
        PbResponseHeader, PbResponseOp, PbTargetUnion, PbTxnOpRequest, PbTxnOpResponse,
        PbTxnRequest, PbTxnRequestOp, PbTxnResponse,
    },
};

use super::{Batch, KeyRange, Store, StoreError, range};

// etcd's default limit, which also bounds the work of one request.
const MOST_OPERATIONS: usize = 128;
// Bounds the recursion that a request can ask for.
const DEEPEST_NESTING: usize = 16;

/// A transaction whose branches have been chosen.
pub(super) struct Plan {
    succeeded: bool,
    operations: Vec<Operation>,
}

enum Operation {
    Range(PbRangeRequest),
    Put(PbPutRequest),
    Delete(PbDeleteRequest),
    Txn(Plan),
}

impl Plan {
    pub(super) fn new(request: PbTxnRequest, store: &Store) -> Result<Self, StoreError> {
        check(&request, DEEPEST_NESTING)?;
        let plan = Self::choose(request, store)?;
        plan.check(store)?;
        Ok(plan)
    }

    fn choose(request: PbTxnRequest, store: &Store) -> Result<Self, StoreError> {
        let mut succeeded = true;
        for compare in &request.compare {
            succeeded &= holds(compare, store)?;
        }
        let branch = if succeeded {
            request.success
        } else {
            request.failure
        };
        let operations = branch
            .into_iter()
            .map(|operation| {
                Ok(match operation.request {
                    Some(PbTxnOpRequest::RequestRange(request)) => Operation::Range(request),
                    Some(PbTxnOpRequest::RequestPut(request)) => Operation::Put(request),
                    Some(PbTxnOpRequest::RequestDeleteRange(request)) => Operation::Delete(request),
                    Some(PbTxnOpRequest::RequestTxn(request)) => {
                        Operation::Txn(Self::choose(request, store)?)
                    }
                    None => return Err(StoreError::UnknownOperation),
                })
            })
            .collect::<Result<_, StoreError>>()?;
        Ok(Self {
            succeeded,
            operations,
        })
    }

    fn check(&self, store: &Store) -> Result<(), StoreError> {
        self.operations
            .iter()
            .try_for_each(|operation| match operation {
                Operation::Range(request) => store.check_range(request),
                Operation::Put(request) => store.check_put(request),
                Operation::Delete(request) => store.check_delete(request),
                Operation::Txn(plan) => plan.check(store),
            })
    }

    pub(super) fn apply(self, batch: &mut Batch<'_>) -> PbTxnResponse {
        let responses = self
            .operations
            .into_iter()
            .map(|operation| {
                let response = match operation {
                    Operation::Range(request) => {
                        let mut response = batch.range(&request);
                        response.header = Some(header(batch));
                        PbTxnOpResponse::ResponseRange(response)
                    }
                    Operation::Put(request) => {
                        let mut response = batch.put(request);
                        response.header = Some(header(batch));
                        PbTxnOpResponse::ResponsePut(response)
                    }
                    Operation::Delete(request) => {
                        let mut response = batch.delete(&request);
                        response.header = Some(header(batch));
                        PbTxnOpResponse::ResponseDeleteRange(response)
                    }
                    Operation::Txn(plan) => {
                        let mut response = plan.apply(batch);
                        response.header = Some(header(batch));
                        PbTxnOpResponse::ResponseTxn(response)
                    }
                };
                PbResponseOp {
                    response: Some(response),
                }
            })
            .collect();
        PbTxnResponse {
            header: None,
            succeeded: self.succeeded,
            responses,
        }
    }
}

fn header(batch: &Batch<'_>) -> PbResponseHeader {
    PbResponseHeader {
        revision: batch.visible_revision(),
        ..PbResponseHeader::default()
    }
}

fn check(request: &PbTxnRequest, depth: usize) -> Result<(), StoreError> {
    let most = request
        .compare
        .len()
        .max(request.success.len())
        .max(request.failure.len());
    if most > MOST_OPERATIONS || depth == 0 {
        return Err(StoreError::TooManyOperations);
    }
    if request.compare.iter().any(|compare| compare.key.is_empty()) {
        return Err(StoreError::EmptyKey);
    }
    for operation in request.success.iter().chain(&request.failure) {
        match &operation.request {
            Some(PbTxnOpRequest::RequestRange(request)) => range::check(request)?,
            Some(PbTxnOpRequest::RequestPut(request)) => super::check_put_form(request)?,
            Some(PbTxnOpRequest::RequestDeleteRange(request)) if request.key.is_empty() => {
                return Err(StoreError::EmptyKey);
            }
            Some(PbTxnOpRequest::RequestDeleteRange(_)) => {}
            Some(PbTxnOpRequest::RequestTxn(request)) => check(request, depth - 1)?,
            None => return Err(StoreError::UnknownOperation),
        }
    }
    Writes::of(&request.success)?;
    Writes::of(&request.failure)?;
    Ok(())
}

/// What a branch writes; a key may be written once only.
#[derive(Default)]
struct Writes {
    puts: BTreeSet<Vec<u8>>,
    deletes: Vec<KeyRange>,
}

impl Writes {
    fn of(operations: &[PbTxnRequestOp]) -> Result<Self, StoreError> {
        let mut all = Self::default();
        for operation in operations {
            match &operation.request {
                Some(PbTxnOpRequest::RequestPut(request)) => all.add(Self {
                    puts: BTreeSet::from([request.key.clone()]),
                    deletes: Vec::new(),
                })?,
                Some(PbTxnOpRequest::RequestDeleteRange(request)) => all.add(Self {
                    puts: BTreeSet::new(),
                    deletes: vec![KeyRange::new(&request.key, &request.range_end)],
                })?,
                Some(PbTxnOpRequest::RequestTxn(request)) => {
                    // Only one of the two branches is applied, so they may write the same.
                    let mut either = Self::of(&request.success)?;
                    let failure = Self::of(&request.failure)?;
                    either.puts.extend(failure.puts);
                    either.deletes.extend(failure.deletes);
                    all.add(either)?;
                }
                Some(PbTxnOpRequest::RequestRange(_)) | None => {}
            }
        }
        Ok(all)
    }

    fn add(&mut self, other: Self) -> Result<(), StoreError> {
        let deleted = |deletes: &[KeyRange], puts: &BTreeSet<Vec<u8>>| {
            puts.iter()
                .any(|key| deletes.iter().any(|range| range.contains(key)))
        };
        if !self.puts.is_disjoint(&other.puts)
            || deleted(&self.deletes, &other.puts)
            || deleted(&other.deletes, &self.puts)
        {
            return Err(StoreError::DuplicateKey);
        }
        self.puts.extend(other.puts);
        self.deletes.extend(other.deletes);
        Ok(())
    }
}

/// Whether a comparison holds for every key that it means.
fn holds(compare: &PbCompare, store: &Store) -> Result<bool, StoreError> {
    let op = CompareOp::try_from(compare.result).map_err(|_| StoreError::UnknownOperation)?;
    let target =
        PbCompareTarget::try_from(compare.target).map_err(|_| StoreError::UnknownOperation)?;
    let range = KeyRange::new(&compare.key, &compare.range_end);
    let mut found = range.select(&store.keys).peekable();
    if found.peek().is_none() {
        // A record that is not there has zeroes everywhere, and no value to compare.
        return Ok(target != PbCompareTarget::Value
            && matches(compare, target, op, &PbKeyValue::default()));
    }
    Ok(found.all(|kv| matches(compare, target, op, kv)))
}

fn matches(compare: &PbCompare, target: PbCompareTarget, op: CompareOp, kv: &PbKeyValue) -> bool {
    let union = compare.target_union.as_ref();
    let ordering = match target {
        PbCompareTarget::Version => kv.version.cmp(&match union {
            Some(PbTargetUnion::Version(version)) => *version,
            _ => 0,
        }),
        PbCompareTarget::Create => kv.create_revision.cmp(&match union {
            Some(PbTargetUnion::CreateRevision(revision)) => *revision,
            _ => 0,
        }),
        PbCompareTarget::Mod => kv.mod_revision.cmp(&match union {
            Some(PbTargetUnion::ModRevision(revision)) => *revision,
            _ => 0,
        }),
        PbCompareTarget::Lease => kv.lease.cmp(&match union {
            Some(PbTargetUnion::Lease(lease)) => *lease,
            _ => 0,
        }),
        PbCompareTarget::Value => kv.value.as_slice().cmp(match union {
            Some(PbTargetUnion::Value(value)) => value.as_slice(),
            _ => &[],
        }),
    };
    match op {
        CompareOp::Equal => ordering.is_eq(),
        CompareOp::NotEqual => ordering.is_ne(),
        CompareOp::Greater => ordering.is_gt(),
        CompareOp::Less => ordering.is_lt(),
    }
}
