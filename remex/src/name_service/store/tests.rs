//! What cannot be reached quickly through the network: bounds of the history, time.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use etcd_client::proto::{
    PbDeleteRequest, PbPutRequest, PbRangeRequest, PbTxnOpRequest, PbTxnRequest, PbTxnRequestOp,
};

use super::{Filter, HistoryLimits, KeyRange, Store, StoreError};

fn store(events: usize) -> Store {
    Store::new(HistoryLimits {
        events,
        bytes: 1 << 20,
    })
}

fn put(key: &str, value: &str) -> PbPutRequest {
    PbPutRequest {
        key: key.into(),
        value: value.into(),
        ..PbPutRequest::default()
    }
}

fn everything() -> Filter {
    Filter {
        range: KeyRange::new(&[0], &[0]),
        puts: true,
        deletes: true,
        prev_kv: true,
    }
}

#[test]
fn ranges_mean_what_etcd_says() {
    assert_eq!(KeyRange::new(b"a", b""), KeyRange::One(b"a".to_vec()));
    assert_eq!(KeyRange::new(b"b", b"a"), KeyRange::Empty);
    assert_eq!(KeyRange::new(b"a", b"a"), KeyRange::Empty);
    let prefix = KeyRange::new(b"a", b"b");
    assert!(prefix.contains(b"a") && prefix.contains(b"azz"));
    assert!(!prefix.contains(b"b") && !prefix.contains(b"A"));
    assert!(KeyRange::new(&[0], &[0]).contains(b"anything"));
}

#[test]
fn history_is_bounded_and_says_so() {
    let mut store = store(10);
    for i in 0..25 {
        store.put(put("k", &i.to_string())).unwrap();
    }
    // Revisions 2 to 26 were made, of which the last 10 are kept.
    assert_eq!(store.compacted(), 17);
    assert_eq!(
        store.events(&everything(), 16, 100),
        Err(StoreError::Compacted)
    );
    let (events, next) = store.events(&everything(), 17, 100).unwrap();
    assert_eq!((events.len(), next), (10, 27));
    let (events, next) = store.events(&everything(), 17, 4).unwrap();
    assert_eq!((events.len(), next), (4, 21));
    let (events, next) = store.events(&everything(), 40, 4).unwrap();
    assert_eq!((events.len(), next), (0, 40));
}

#[test]
fn history_is_bounded_by_bytes() {
    let mut store = Store::new(HistoryLimits {
        events: 1000,
        bytes: 10_000,
    });
    for _ in 0..20 {
        store.put(put("k", &"x".repeat(1000))).unwrap();
    }
    assert!(store.compacted() > 15, "{}", store.compacted());
}

#[test]
fn the_past_can_be_read_within_a_transaction() {
    let mut store = store(100);
    store.put(put("k", "1")).unwrap();
    store.put(put("k", "2")).unwrap();
    let past = PbRangeRequest {
        key: b"k".to_vec(),
        revision: 3,
        ..PbRangeRequest::default()
    };
    let operations = [
        PbTxnOpRequest::RequestDeleteRange(PbDeleteRequest {
            key: b"k".to_vec(),
            ..PbDeleteRequest::default()
        }),
        PbTxnOpRequest::RequestRange(past),
    ];
    let response = store
        .txn(PbTxnRequest {
            success: operations
                .map(|request| PbTxnRequestOp {
                    request: Some(request),
                })
                .to_vec(),
            ..PbTxnRequest::default()
        })
        .unwrap();
    let found = format!("{:?}", response.responses[1]);
    assert!(
        found.contains("count: 1") && found.contains("mod_revision: 3"),
        "{found}"
    );
}

#[test]
fn nesting_is_bounded() {
    let mut txn = PbTxnRequest::default();
    for _ in 0..100 {
        txn = PbTxnRequest {
            success: vec![PbTxnRequestOp {
                request: Some(PbTxnOpRequest::RequestTxn(txn)),
            }],
            ..PbTxnRequest::default()
        };
    }
    assert_eq!(store(10).txn(txn), Err(StoreError::TooManyOperations));
}

#[test]
fn leases_expire_in_time_and_in_one_revision_each() {
    let mut store = store(100);
    let start = Instant::now();
    let after = |seconds| start + Duration::from_secs(seconds);
    store.grant(1, 10, start).unwrap();
    store.grant(2, 20, start).unwrap();
    for (key, lease) in [("a", 1), ("b", 1), ("c", 2)] {
        let request = PbPutRequest {
            lease,
            ..put(key, "")
        };
        store.put(request).unwrap();
    }
    assert_eq!(store.next_expiry(), Some(after(10)));
    assert_eq!(store.keep_alive(1, after(5)), Some(10));
    assert_eq!(store.next_expiry(), Some(after(15)));
    assert!(store.expire(after(14)).is_empty());
    // Its time is up, whether or not it has been ended yet.
    assert_eq!(store.keep_alive(1, after(15)), None);
    assert_eq!(store.expire(after(15)), [1]);
    assert_eq!(store.revision(), 5);
    assert_eq!(store.remaining(2, after(15)).unwrap().left, 5);
    assert_eq!(store.expire(after(60)), [2]);
    assert_eq!(store.revision(), 6);
    assert_eq!((store.size(), store.next_expiry()), (0, None));
    assert_eq!(
        store.grant(3, i64::MAX, start),
        Err(StoreError::LeaseTooLong)
    );
}
