//! Leases.

use std::time::{Duration, Instant};

use etcd_client::{EventType, LeaseGrantOptions, LeaseTimeToLiveOptions, PutOptions, WatchOptions};
use tonic::Code;

use crate::{
    harness::{Service, soon},
    kv::code,
};

// The least that a real etcd grants, in seconds.
const SHORT: i64 = 2;

fn under(lease: i64) -> Option<PutOptions> {
    Some(PutOptions::new().with_lease(lease))
}

pub(crate) async fn expiry_deletes_and_is_watched(service: Service) {
    let mut client = service.client().await;
    let options = WatchOptions::new().with_prefix().with_prev_key();
    let mut watch = client.watch("k", Some(options)).await.unwrap();
    soon("the watch", watch.message()).await.unwrap();

    let granted = Instant::now();
    let lease = client.lease_grant(SHORT, None).await.unwrap();
    assert_eq!(lease.ttl(), SHORT);
    client.put("k1", "1", under(lease.id())).await.unwrap();
    client.put("k2", "2", under(lease.id())).await.unwrap();
    client.put("k3", "stays", None).await.unwrap();

    let mut deleted = Vec::new();
    while deleted.len() < 2 {
        let response = soon("the expiry", watch.message()).await.unwrap().unwrap();
        for event in response.events() {
            if event.event_type() == EventType::Delete {
                let kv = event.kv().unwrap();
                let previous = event.prev_kv().unwrap().value().to_vec();
                deleted.push((kv.key().to_vec(), previous, kv.mod_revision()));
            }
        }
    }
    assert!(granted.elapsed() >= Duration::from_secs(SHORT.unsigned_abs()));
    deleted.sort();
    // All that was under the lease goes in one revision.
    assert_eq!(
        deleted,
        [
            (b"k1".to_vec(), b"1".to_vec(), 5),
            (b"k2".to_vec(), b"2".to_vec(), 5)
        ]
    );
    assert_eq!(client.get("k1", None).await.unwrap().count(), 0);
    assert_eq!(client.get("k3", None).await.unwrap().count(), 1);
    assert_eq!(code(client.lease_revoke(lease.id()).await), Code::NotFound);
}

pub(crate) async fn keep_alive_prolongs(service: Service) {
    let mut client = service.client().await;
    let lease = client.lease_grant(SHORT, None).await.unwrap().id();
    client.put("k", "1", under(lease)).await.unwrap();
    let mut watch = client.watch("k", None).await.unwrap();
    soon("the watch", watch.message()).await.unwrap();

    let (mut keeper, mut answers) = client.lease_keep_alive(lease).await.unwrap();
    let mut renewed = Instant::now();
    let until = Instant::now() + Duration::from_secs(3);
    while Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(500)).await;
        renewed = Instant::now();
        keeper.keep_alive().await.unwrap();
        let answer = soon("an answer", answers.message()).await.unwrap().unwrap();
        assert_eq!((answer.id(), answer.ttl()), (lease, SHORT));
    }
    assert_eq!(client.get("k", None).await.unwrap().count(), 1);

    // Not renewed any longer, it expires, and says so.
    let response = soon("the expiry", watch.message()).await.unwrap().unwrap();
    assert_eq!(response.events()[0].event_type(), EventType::Delete);
    assert!(renewed.elapsed() >= Duration::from_secs(SHORT.unsigned_abs()));
    keeper.keep_alive().await.unwrap();
    let answer = soon("an answer", answers.message()).await.unwrap().unwrap();
    assert_eq!(answer.ttl(), 0);
    assert!(client.lease_keep_alive(lease).await.is_err());
}

pub(crate) async fn revoke_and_queries(service: Service) {
    let mut client = service.client().await;
    let chosen = LeaseGrantOptions::new().with_id(77);
    let lease = client.lease_grant(60, Some(chosen.clone())).await.unwrap();
    assert_eq!(lease.id(), 77);
    let again = client.lease_grant(60, Some(chosen)).await;
    assert_eq!(code(again), Code::FailedPrecondition);
    let other = client.lease_grant(60, None).await.unwrap().id();
    assert!(other > 0);

    client.put("b", "1", under(77)).await.unwrap();
    client.put("a", "1", under(77)).await.unwrap();
    let options = LeaseTimeToLiveOptions::new().with_keys();
    let left = client.lease_time_to_live(77, Some(options)).await.unwrap();
    assert_eq!(left.granted_ttl(), 60);
    assert!((1..=60).contains(&left.ttl()), "{}", left.ttl());
    let mut keys = left.keys().to_vec();
    keys.sort();
    assert_eq!(keys, [b"a".to_vec(), b"b".to_vec()]);

    let ids = |response: etcd_client::LeaseLeasesResponse| {
        let mut ids: Vec<i64> = response.leases().iter().map(|lease| lease.id()).collect();
        ids.sort_unstable();
        ids
    };
    let mut expected = [77, other];
    expected.sort_unstable();
    assert_eq!(ids(client.leases().await.unwrap()), expected);

    client.lease_revoke(77).await.unwrap();
    assert_eq!(client.get("a", None).await.unwrap().count(), 0);
    assert_eq!(ids(client.leases().await.unwrap()), [other]);
    assert_eq!(client.lease_time_to_live(77, None).await.unwrap().ttl(), -1);
    assert_eq!(code(client.lease_revoke(77).await), Code::NotFound);
    let long = client.lease_grant(i64::MAX, None).await;
    assert_eq!(code(long), Code::OutOfRange);
}

pub(crate) async fn a_put_moves_a_key_to_another_lease(service: Service) {
    let mut client = service.client().await;
    let first = client.lease_grant(60, None).await.unwrap().id();
    let second = client.lease_grant(60, None).await.unwrap().id();
    client.put("moved", "1", under(first)).await.unwrap();
    client.put("moved", "2", under(second)).await.unwrap();
    client.put("freed", "1", under(first)).await.unwrap();
    client.put("freed", "2", None).await.unwrap();
    client.lease_revoke(first).await.unwrap();
    assert_eq!(client.get("moved", None).await.unwrap().count(), 1);
    client.lease_revoke(second).await.unwrap();
    assert_eq!(client.get("moved", None).await.unwrap().count(), 0);
    assert_eq!(client.get("freed", None).await.unwrap().count(), 1);
}
