//! Revisions, ranges, puts, compaction.

use etcd_client::{
    Client, DeleteOptions, Error, GetOptions, GetResponse, PutOptions, SortOrder, SortTarget,
};
use tonic::Code;

use crate::harness::{Kind, Service};

/// The code of a refusal.
pub(crate) fn code<T>(result: Result<T, Error>) -> Code {
    match result {
        Err(Error::GRpcStatus(status)) => status.code(),
        Err(other) => panic!("not a status: {other}"),
        Ok(_) => panic!("not refused"),
    }
}

pub(crate) async fn revision(client: &mut Client) -> i64 {
    let response = client.get("anything", None).await.unwrap();
    response.header().unwrap().revision()
}

fn keys(response: &GetResponse) -> Vec<&str> {
    response
        .kvs()
        .iter()
        .map(|kv| kv.key_str().unwrap())
        .collect()
}

pub(crate) async fn revisions_count_changes(service: Service) {
    let mut client = service.client().await;
    let start = revision(&mut client).await;
    assert_eq!(start, 1);

    client.put("a", "1", None).await.unwrap();
    client.put("b", "1", None).await.unwrap();
    let put = client.put("a", "2", None).await.unwrap();
    assert_eq!(put.header().unwrap().revision(), start + 3);

    let got = client.get("a", None).await.unwrap();
    let kv = &got.kvs()[0];
    assert_eq!(kv.value(), b"2");
    assert_eq!(kv.create_revision(), start + 1);
    assert_eq!(kv.mod_revision(), start + 3);
    assert_eq!(kv.version(), 2);

    // What changes nothing makes no revision.
    let deleted = client.delete("none", None).await.unwrap();
    assert_eq!(deleted.deleted(), 0);
    assert_eq!(revision(&mut client).await, start + 3);

    let options = DeleteOptions::new().with_prev_key();
    let deleted = client.delete("a", Some(options)).await.unwrap();
    assert_eq!(deleted.deleted(), 1);
    assert_eq!(deleted.prev_kvs()[0].value(), b"2");
    assert_eq!(deleted.header().unwrap().revision(), start + 4);

    // A key that comes back starts again.
    client.put("a", "3", None).await.unwrap();
    let got = client.get("a", None).await.unwrap();
    assert_eq!(got.kvs()[0].version(), 1);
    assert_eq!(got.kvs()[0].create_revision(), start + 5);

    // Deleting many is one revision.
    let all = DeleteOptions::new().with_all_keys();
    let deleted = client.delete("", Some(all)).await.unwrap();
    assert_eq!(deleted.deleted(), 2);
    assert_eq!(revision(&mut client).await, start + 6);
}

pub(crate) async fn ranges_prefixes_limits_and_sorting(service: Service) {
    let mut client = service.client().await;
    for (key, value) in [
        ("k/b", "1"),
        ("k/a", "3"),
        ("k/c", "2"),
        ("l", "0"),
        ("j", "9"),
    ] {
        client.put(key, value, None).await.unwrap();
    }
    let mut get =
        async |key: &str, options: GetOptions| client.get(key, Some(options)).await.unwrap();
    let prefix = || GetOptions::new().with_prefix();

    assert_eq!(keys(&get("k/", prefix()).await), ["k/a", "k/b", "k/c"]);
    let range = GetOptions::new().with_range("k/c");
    assert_eq!(keys(&get("k/a", range).await), ["k/a", "k/b"]);
    let backwards = GetOptions::new().with_range("a");
    assert_eq!(get("k", backwards).await.count(), 0);
    let from = GetOptions::new().with_from_key();
    assert_eq!(keys(&get("k/c", from).await), ["k/c", "l"]);
    let all = get("", GetOptions::new().with_all_keys()).await;
    assert_eq!(all.count(), 5);

    let limited = get("k/", prefix().with_limit(2)).await;
    assert_eq!(keys(&limited), ["k/a", "k/b"]);
    assert!(limited.more());
    assert_eq!(limited.count(), 3);
    let exact = get("k/", prefix().with_limit(3)).await;
    assert!(!exact.more());

    let counted = get("k/", prefix().with_count_only()).await;
    assert_eq!((counted.count(), counted.kvs().len()), (3, 0));
    let names = get("k/", prefix().with_keys_only()).await;
    assert_eq!(names.kvs().len(), 3);
    assert!(names.kvs().iter().all(|kv| kv.value().is_empty()));

    for (target, order, expected) in [
        (SortTarget::Key, SortOrder::Descend, ["k/c", "k/b", "k/a"]),
        (SortTarget::Value, SortOrder::Ascend, ["k/b", "k/c", "k/a"]),
        (SortTarget::Value, SortOrder::None, ["k/b", "k/c", "k/a"]),
        (SortTarget::Create, SortOrder::Ascend, ["k/b", "k/a", "k/c"]),
        (SortTarget::Mod, SortOrder::Descend, ["k/c", "k/a", "k/b"]),
    ] {
        let sorted = get("k/", prefix().with_sort(target, order)).await;
        assert_eq!(keys(&sorted), expected, "{target:?} {order:?}");
    }
    let last = prefix()
        .with_sort(SortTarget::Mod, SortOrder::Descend)
        .with_limit(1);
    assert_eq!(keys(&get("k/", last).await), ["k/c"]);

    let revision = all.header().unwrap().revision();
    let recent = get("k/", prefix().with_min_mod_revision(revision - 3)).await;
    assert_eq!(keys(&recent), ["k/a", "k/c"]);
}

pub(crate) async fn put_options(service: Service) {
    let mut client = service.client().await;
    let lease = client.lease_grant(60, None).await.unwrap().id();
    let with_lease = PutOptions::new().with_lease(lease);
    client.put("k", "1", Some(with_lease)).await.unwrap();

    let previous = PutOptions::new().with_prev_key().with_ignore_lease();
    let put = client.put("k", "2", Some(previous)).await.unwrap();
    assert_eq!(put.prev_key().unwrap().value(), b"1");
    let got = client.get("k", None).await.unwrap();
    assert_eq!(got.kvs()[0].lease(), lease);

    // Without a lease, a put takes the key out of the one it had.
    let same = PutOptions::new().with_ignore_value();
    client.put("k", "", Some(same.clone())).await.unwrap();
    let got = client.get("k", None).await.unwrap();
    assert_eq!(got.kvs()[0].value(), b"2");
    assert_eq!(got.kvs()[0].lease(), 0);

    assert_eq!(code(client.put("", "1", None).await), Code::InvalidArgument);
    let both = client.put("k", "1", Some(same.clone())).await;
    assert_eq!(code(both), Code::InvalidArgument);
    let missing = client.put("none", "", Some(same)).await;
    assert_eq!(code(missing), Code::InvalidArgument);
    let unknown = PutOptions::new().with_lease(4711);
    let unknown = client.put("k", "1", Some(unknown)).await;
    assert_eq!(code(unknown), Code::NotFound);
}

pub(crate) async fn past_revisions_can_be_read(service: Service) {
    let mut client = service.client().await;
    client.put("k", "1", None).await.unwrap();
    client.put("k", "2", None).await.unwrap();
    client.put("l", "1", None).await.unwrap();
    client.delete("k", None).await.unwrap();
    let mut at = async |revision: i64| {
        let options = GetOptions::new().with_all_keys().with_revision(revision);
        let response = client.get("", Some(options)).await.unwrap();
        let records: Vec<_> = response
            .kvs()
            .iter()
            .map(|kv| {
                (
                    kv.key_str().unwrap().to_owned(),
                    kv.value().to_vec(),
                    kv.version(),
                )
            })
            .collect();
        records
    };
    assert_eq!(at(2).await, [("k".to_owned(), b"1".to_vec(), 1)]);
    assert_eq!(at(3).await, [("k".to_owned(), b"2".to_vec(), 2)]);
    assert_eq!(at(4).await.len(), 2);
    assert_eq!(at(5).await, [("l".to_owned(), b"1".to_vec(), 1)]);
    let future = GetOptions::new().with_revision(6);
    assert_eq!(code(client.get("k", Some(future)).await), Code::OutOfRange);
}

pub(crate) async fn compacted_revisions_are_refused(service: Service) {
    let mut client = service.client().await;
    for value in 0..5 {
        client.put("k", value.to_string(), None).await.unwrap();
    }
    client.compact(4, None).await.unwrap();
    assert_eq!(code(client.compact(4, None).await), Code::OutOfRange);
    assert_eq!(code(client.compact(99, None).await), Code::OutOfRange);
    let old = GetOptions::new().with_revision(3);
    assert_eq!(code(client.get("k", Some(old)).await), Code::OutOfRange);
    let kept = GetOptions::new().with_revision(4);
    let kept = client.get("k", Some(kept)).await.unwrap();
    assert_eq!(kept.kvs()[0].value(), b"2");
}

pub(crate) async fn status_is_told(service: Service) {
    let mut client = service.client().await;
    client.put("k", "1", None).await.unwrap();
    let status = client.status().await.unwrap();
    assert!(!status.version().is_empty());
    assert_ne!(status.leader(), 0);
    assert_eq!(status.header().unwrap().member_id(), status.leader());
    let members = client.member_list().await.unwrap();
    assert_eq!(members.members()[0].id(), status.leader());
    if service.kind() == Kind::Embedded {
        assert_eq!(code(client.defragment().await), Code::Unimplemented);
    }
}
