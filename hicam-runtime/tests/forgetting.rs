//! Clients that are not heard of any more are forgotten, and what they had asked for is not executed twice.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failure in a test is a panic"
)]

mod common;

use checkpoint_server::{CheckpointClient, Which};
use common::{Client, become_server, checkpoints, management, name_service, soon, standby, start};
use hicam::ServerOptions;
use hicam_protocol::management::{CheckpointServerRequest, MigrateServerRequest};
use hicam_state::Checkpoint;
use std::time::Duration;
use tonic::{Code, Status};

/// Between two looks whether a client has been forgotten.
const LOOK: Duration = Duration::from_millis(50);

/// The state of server `u1` at this address, captured now.
async fn state(address: &str, store: &CheckpointClient) -> Checkpoint {
    let mut server = management(address).await;
    let report = server.checkpoint_server(CheckpointServerRequest {}).await;
    let sequence = report.unwrap().into_inner().sequence;
    let stored = store
        .get("counter", "u1", Which::Sequence(sequence))
        .await
        .unwrap();
    Checkpoint::decode(&stored.data).unwrap()
}

fn refused(answer: Result<u64, Status>) {
    let status = answer.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition, "{status}");
    for words in [
        "/test.Counter/Add",
        "was first sent 60.",
        "not executed again",
    ] {
        assert!(status.message().contains(words), "{status}");
    }
}

#[tokio::test]
async fn a_request_of_a_forgotten_client_is_not_executed_twice() {
    let etcd = name_service().await;
    let store = checkpoints(Some(&etcd.url())).await;
    let stored = CheckpointClient::new(store.handle.url()).unwrap();
    let source = start(ServerOptions {
        forget_clients: Duration::from_millis(1500),
        ..standby(&etcd.url(), "p1")
    })
    .await;
    let address = source.address().to_owned();
    become_server(&address, "u1", "main").await;

    let client = Client::new(&address, "a").await;
    assert_eq!(client.call("Add", 1, 3).await.unwrap(), 3);
    let before = state(&address, &stored).await;
    assert_eq!((before.clients.len(), before.replies.len()), (1, 1));
    assert_eq!(before.clients_forgotten_after_ms, 0);
    // Its number 1 is known, however old it says to be.
    let minute = Duration::from_secs(60);
    assert_eq!(client.again("Add", 1, minute, 3).await.unwrap(), 3);

    let forgotten = async {
        loop {
            let state = state(&address, &stored).await;
            if state.clients.is_empty() {
                return state;
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    let state = soon("the client to be forgotten", forgotten).await;
    assert_eq!((state.replies.len(), state.threads.len()), (0, 0));
    assert_eq!(state.clients_forgotten_after_ms, 1500);

    refused(client.again("Add", 1, minute, 3).await);
    // The client itself is welcome, with what it has not asked before.
    assert_eq!(client.call("Add", 2, 2).await.unwrap(), 2);
    refused(client.again("Add", 1, minute, 3).await);

    // Another process knows it too, though it never forgets anybody.
    let destination = start(ServerOptions {
        forget_clients: Duration::ZERO,
        ..standby(&etcd.url(), "p2")
    })
    .await;
    let request = MigrateServerRequest {
        migration: "m1".to_owned(),
        destination: destination.address().to_owned(),
        destination_process: "p2".to_owned(),
        ..MigrateServerRequest::default()
    };
    let mut server = management(&address).await;
    soon("the migration", server.migrate_server(request))
        .await
        .unwrap();
    let client = Client::new(destination.address(), "a").await;
    refused(client.again("Add", 1, minute, 3).await);
    assert_eq!(client.again("Add", 2, minute, 2).await.unwrap(), 2);
    assert_eq!(client.call("Total", 3, 0).await.unwrap(), 5);
}
