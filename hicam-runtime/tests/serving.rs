//! Admission, thread monitor and reply table of a server that stands alone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failure in a test is a panic"
)]

mod common;

use common::{Client, alone, describe, hicam_status, management, soon, start, start_watched};
use hicam_protocol::management::{ListThreadsRequest, Phase, SetIntervalRequest};
use tonic::Code;

#[tokio::test]
async fn a_call_is_answered_and_counted() {
    let server = start(alone()).await;
    let client = Client::new(server.address(), "a").await;
    assert_eq!(client.call("Add", 1, 3).await.unwrap(), 3);
    assert_eq!(client.call("Total", 2, 0).await.unwrap(), 3);
    let found = describe(server.address()).await;
    assert_eq!(found.phase(), Phase::Serving);
    assert_eq!((found.active_threads, found.calls_finished), (0, 2));
    assert_eq!((found.class.as_str(), found.epoch), ("counter", 1));
}

#[tokio::test]
async fn a_number_is_executed_once() {
    let server = start(alone()).await;
    let client = Client::new(server.address(), "a").await;
    assert_eq!(client.call("Add", 1, 3).await.unwrap(), 3);
    // The same number again: the stored answer, whatever the message says now.
    assert_eq!(client.call("Add", 1, 5).await.unwrap(), 3);
    assert_eq!(client.call("Total", 2, 0).await.unwrap(), 3);
    // Another client's number 1 is another call.
    let other = Client::new(server.address(), "b").await;
    assert_eq!(other.call("Add", 1, 2).await.unwrap(), 2);
    assert_eq!(other.call("Total", 2, 0).await.unwrap(), 5);
}

#[tokio::test]
async fn an_error_is_an_answer_too() {
    let server = start(alone()).await;
    let client = Client::new(server.address(), "a").await;
    for _ in 0..2 {
        let status = client.call("Fail", 1, 0).await.unwrap_err();
        assert_eq!(
            (status.code(), status.message()),
            (Code::NotFound, "no such thing")
        );
    }
}

#[tokio::test]
async fn a_call_in_progress_is_attached_to() {
    let mut server = start_watched(alone()).await;
    let client = Client::new(server.running.address(), "a").await;
    let first = client.begin("Add", 1, 0);
    server.progressed(2).await;
    // The first connection goes away; the call goes on.
    first.abort();
    let again = Client::new(server.running.address(), "a").await;
    let second = again.begin("Add", 1, 0);
    let third = again.begin("Add", 1, 0);
    let mut management = management(server.running.address()).await;
    let threads = management
        .list_threads(ListThreadsRequest {})
        .await
        .unwrap();
    let threads = threads.into_inner().threads;
    assert_eq!(threads.len(), 1);
    assert_eq!((threads[0].client.as_str(), threads[0].request), ("a", 1));
    assert_eq!(threads[0].method, "/test.Counter/Add");
    assert_eq!(threads[0].state, "running");
    assert_eq!(threads[0].stack.len(), 1);
    assert!(
        threads[0].stack[0].contains("Counter::count"),
        "{threads:?}"
    );
    assert!(
        threads[0].stack[0].contains("common/mod.rs:"),
        "{threads:?}"
    );
    again.call("Release", 2, 0).await.unwrap();
    let answer = soon("the second", second).await.unwrap().unwrap();
    assert_eq!(soon("the third", third).await.unwrap().unwrap(), answer);
    assert_eq!(again.call("Total", 3, 0).await.unwrap(), answer);
}

#[tokio::test]
async fn what_is_acknowledged_is_forgotten() {
    let server = start(alone()).await;
    let client = Client::new(server.address(), "a").await;
    client.call("Add", 1, 1).await.unwrap();
    client.call("Add", 2, 1).await.unwrap();
    client.acknowledging("Add", 3, 1, 1).await.unwrap();
    let status = client.call("Add", 1, 1).await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition);
    assert!(status.message().contains("acknowledged"), "{status}");
    assert_eq!(client.call("Add", 2, 9).await.unwrap(), 1);
    assert_eq!(client.call("Total", 4, 0).await.unwrap(), 3);
}

#[tokio::test]
async fn a_plain_client_is_served_each_time() {
    let server = start(alone()).await;
    let client = Client::plain(server.address()).await;
    assert_eq!(client.call("Add", 0, 2).await.unwrap(), 2);
    assert_eq!(client.call("Add", 0, 2).await.unwrap(), 2);
    assert_eq!(client.call("Total", 0, 0).await.unwrap(), 4);
}

#[tokio::test]
async fn half_an_identity_is_refused() {
    let server = start(alone()).await;
    let client = Client::new(server.address(), "a").await;
    let status = client.call("Add", 0, 2).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(client.call("Total", 1, 0).await.unwrap(), 0);
}

#[tokio::test]
async fn a_panic_ends_its_own_call_only() {
    let server = start(alone()).await;
    let client = Client::new(server.address(), "a").await;
    let status = client.call("Panic", 1, 0).await.unwrap_err();
    assert_eq!(status.code(), Code::Internal);
    assert_eq!(client.call("Add", 2, 1).await.unwrap(), 1);
}

#[tokio::test]
async fn what_stands_alone_says_what_it_lacks() {
    let server = start(common::replies(alone())).await;
    let found = describe(server.address()).await;
    assert_eq!(found.durability, "periodic");
    let mut management = management(server.address()).await;
    let status = management
        .checkpoint_server(hicam_protocol::management::CheckpointServerRequest {})
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition);
    assert!(
        status
            .message()
            .contains("counter checkpoint-server --store"),
        "{status}"
    );
    let found = management
        .set_interval(SetIntervalRequest { interval_ms: 250 })
        .await
        .unwrap();
    assert_eq!(found.into_inner().interval_ms, 250);
}

#[tokio::test]
async fn a_stopped_server_tells_its_clients_to_come_back() {
    let mut server = start_watched(alone()).await;
    let client = Client::new(server.running.address(), "a").await;
    let call = client.begin("Add", 1, 0);
    server.progressed(1).await;
    server.running.terminate().await;
    let status = soon("the call", call).await.unwrap().unwrap_err();
    assert_eq!(hicam_status(&status), Some("pending"));
    soon("the end", server.running.wait()).await.unwrap();
}
