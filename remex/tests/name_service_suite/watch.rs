//! Watches.

use etcd_client::{EventType, WatchFilterType, WatchOptions, WatchResponse, WatchStream};

use crate::harness::{Service, soon};

async fn message(watch: &mut WatchStream) -> WatchResponse {
    soon("a watch response", watch.message())
        .await
        .unwrap()
        .expect("the watch stream ended")
}

/// Collects `count` events, as `put key=value@revision` or `delete key@revision`.
async fn events(watch: &mut WatchStream, count: usize) -> Vec<String> {
    let mut events = Vec::new();
    while events.len() < count {
        let response = message(watch).await;
        assert!(!response.canceled(), "{response:?}");
        events.extend(response.events().iter().map(|event| {
            let kv = event.kv().unwrap();
            let (key, revision) = (kv.key_str().unwrap(), kv.mod_revision());
            match event.event_type() {
                EventType::Put => format!("put {key}={}@{revision}", kv.value_str().unwrap()),
                EventType::Delete => format!("delete {key}@{revision}"),
            }
        }));
    }
    events
}

pub(crate) async fn history_then_news(service: Service) {
    let mut client = service.client().await;
    client.put("k", "1", None).await.unwrap();
    client.put("other", "1", None).await.unwrap();
    client.put("k", "2", None).await.unwrap();
    client.delete("k", None).await.unwrap();

    let past = WatchOptions::new().with_start_revision(3);
    let mut watch = client.watch("k", Some(past)).await.unwrap();
    assert!(message(&mut watch).await.created());
    assert_eq!(events(&mut watch, 2).await, ["put k=2@4", "delete k@5"]);
    client.put("k", "3", None).await.unwrap();
    assert_eq!(events(&mut watch, 1).await, ["put k=3@6"]);

    let future = WatchOptions::new().with_start_revision(8);
    let mut watch = client.watch("k", Some(future)).await.unwrap();
    assert!(message(&mut watch).await.created());
    client.put("k", "not yet", None).await.unwrap();
    client.put("k", "now", None).await.unwrap();
    assert_eq!(events(&mut watch, 1).await, ["put k=now@8"]);

    // Much history comes in order and whole.
    let mut writer = service.client().await;
    for i in 0..300 {
        writer.put("many", i.to_string(), None).await.unwrap();
    }
    let past = WatchOptions::new().with_start_revision(1);
    let mut watch = client.watch("many", Some(past)).await.unwrap();
    let expected: Vec<String> = (0..300)
        .map(|i| format!("put many={i}@{}", i + 9))
        .collect();
    assert_eq!(events(&mut watch, 300).await, expected);
}

pub(crate) async fn filters_and_previous_values(service: Service) {
    let mut client = service.client().await;
    let deletes = WatchOptions::new()
        .with_filters([WatchFilterType::NoPut])
        .with_prev_key();
    let mut watch = client.watch("k", Some(deletes)).await.unwrap();
    assert!(message(&mut watch).await.created());
    client.put("k", "1", None).await.unwrap();
    client.delete("k", None).await.unwrap();
    let response = message(&mut watch).await;
    assert_eq!(response.events().len(), 1);
    let event = &response.events()[0];
    assert_eq!(event.event_type(), EventType::Delete);
    assert_eq!(event.prev_kv().unwrap().value(), b"1");

    let puts = WatchOptions::new()
        .with_filters([WatchFilterType::NoDelete])
        .with_start_revision(2);
    let mut watch = client.watch("k", Some(puts)).await.unwrap();
    client.put("k", "2", None).await.unwrap();
    assert_eq!(events(&mut watch, 2).await, ["put k=1@2", "put k=2@4"]);
}

pub(crate) async fn several_watchers_on_one_stream(service: Service) {
    let mut client = service.client().await;
    let mut watch = client.watch("a", None).await.unwrap();
    let first = message(&mut watch).await;
    assert!(first.created());
    watch.watch("b", None).await.unwrap();
    let second = message(&mut watch).await;
    assert!(second.created());
    assert_ne!(first.watch_id(), second.watch_id());

    client.put("b", "1", None).await.unwrap();
    assert_eq!(message(&mut watch).await.watch_id(), second.watch_id());
    client.put("a", "1", None).await.unwrap();
    assert_eq!(message(&mut watch).await.watch_id(), first.watch_id());

    watch.cancel(first.watch_id()).await.unwrap();
    let cancelled = message(&mut watch).await;
    assert!(cancelled.canceled());
    assert_eq!(cancelled.watch_id(), first.watch_id());
    client.put("a", "2", None).await.unwrap();
    client.put("b", "2", None).await.unwrap();
    let response = message(&mut watch).await;
    assert_eq!(response.watch_id(), second.watch_id());
    assert_eq!(response.events()[0].kv().unwrap().value(), b"2");

    let same = WatchOptions::new().with_watch_id(second.watch_id());
    watch.watch("c", Some(same)).await.unwrap();
    let refused = message(&mut watch).await;
    if second.watch_id() != 0 {
        assert!(refused.canceled(), "{refused:?}");
    }

    watch.request_progress().await.unwrap();
    let progress = message(&mut watch).await;
    assert!(progress.events().is_empty());
    assert_eq!(progress.header().unwrap().revision(), 5);
}

pub(crate) async fn compacted_history_is_told(service: Service) {
    let mut client = service.client().await;
    for value in 0..5 {
        client.put("k", value.to_string(), None).await.unwrap();
    }
    client.compact(4, None).await.unwrap();
    let lost = WatchOptions::new().with_start_revision(2);
    let mut watch = client.watch("k", Some(lost)).await.unwrap();
    let mut response = message(&mut watch).await;
    if response.created() && !response.canceled() {
        response = message(&mut watch).await;
    }
    assert!(response.canceled());
    assert_eq!(response.compact_revision(), 4);

    let kept = WatchOptions::new().with_start_revision(4);
    let mut watch = client.watch("k", Some(kept)).await.unwrap();
    assert_eq!(
        events(&mut watch, 3).await,
        ["put k=2@4", "put k=3@5", "put k=4@6"]
    );
}

pub(crate) async fn ranges_are_watched(service: Service) {
    let mut client = service.client().await;
    let prefix = WatchOptions::new().with_prefix();
    let mut watch = client.watch("k/", Some(prefix)).await.unwrap();
    assert!(message(&mut watch).await.created());
    let all = WatchOptions::new().with_all_keys();
    let mut watch_all = client.watch("", Some(all)).await.unwrap();
    assert!(message(&mut watch_all).await.created());
    for key in ["j", "k/a", "k0", "k/b"] {
        client.put(key, "1", None).await.unwrap();
    }
    assert_eq!(events(&mut watch, 2).await, ["put k/a=1@3", "put k/b=1@5"]);
    assert_eq!(events(&mut watch_all, 4).await.len(), 4);
}
