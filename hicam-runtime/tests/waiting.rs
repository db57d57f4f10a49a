//! Calls that wait, for hours if need be, are captured while they wait.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failure in a test is a panic"
)]

mod common;

use checkpoint_server::{ServerKey, Which};
use common::{
    Checkpoints, Client, alone, become_server, checkpoints, describe, management, name_service,
    soon, standby, start, start_watched,
};
use hicam::ServerOptions;
use hicam_protocol::management::{CheckpointServerRequest, RestoreServerRequest};
use hicam_state::{Branch, Checkpoint};
use std::time::Duration;

const HOUR_MS: u64 = 3_600_000;

/// Takes checkpoints until one has caught the call `Wait` in its branches.
async fn checkpoint_of_the_wait(address: &str, uuid: &str, store: &Checkpoints) -> Checkpoint {
    let mut management = management(address).await;
    let key = ServerKey::new("counter", uuid).unwrap();
    soon("a checkpoint of the waiting call", async {
        loop {
            management
                .checkpoint_server(CheckpointServerRequest {})
                .await
                .unwrap();
            let stored = store.handle.engine().get(&key, Which::Last).await.unwrap();
            let checkpoint = Checkpoint::decode(&stored.data).unwrap();
            let caught = |checkpoint: &Checkpoint| {
                let thread = checkpoint.threads.first()?;
                (thread.frames.first()?.branches.len() == 3).then_some(())
            };
            if caught(&checkpoint).is_some() {
                return checkpoint;
            }
        }
    })
    .await
}

fn functions(branch: &Branch) -> Vec<&str> {
    let names = branch.frames.iter().map(|frame| frame.function.as_str());
    names
        .map(|name| name.rsplit("::").next().unwrap_or(name))
        .collect()
}

#[tokio::test]
async fn a_waiting_call_does_not_hold_up_a_checkpoint() {
    let store = checkpoints(None).await;
    let server = start_watched(ServerOptions {
        checkpoint_server: Some(store.handle.url()),
        interval: Duration::ZERO,
        ..alone()
    })
    .await;
    let address = server.running.address().to_owned();
    let uuid = describe(&address).await.uuid;
    let client = Client::new(&address, "a").await;
    let waiting = client.begin("Wait", 1, HOUR_MS);
    let checkpoint = checkpoint_of_the_wait(&address, &uuid, &store).await;
    let branches = &checkpoint.threads[0].frames[0].branches;
    assert_eq!(functions(&branches[0]), ["sleep"]);
    assert_eq!(functions(&branches[1])[0], "until_released");
    assert_eq!(functions(&branches[2]), ["reissue"]);

    let shown = checkpoint.to_json();
    let sleep = &shown["threads"][0]["frames"][0]["branches"][0]["frames"][0];
    assert_eq!(sleep["function"], "tokio::time::sleep");
    assert!(sleep["locals"]["remaining"].is_object(), "{sleep}");
    assert!(sleep["at"].is_null(), "{sleep}");

    // The call goes on in place: the future that was dropped is made again.
    server.stall.notify_one();
    assert_eq!(soon("the call", waiting).await.unwrap().unwrap(), 2);
}

#[tokio::test]
async fn a_waiting_call_goes_on_in_another_process() {
    let etcd = name_service().await;
    let store = checkpoints(Some(&etcd.url())).await;
    let first = start(standby(&etcd.url(), "p1")).await;
    become_server(first.address(), "u1", "main").await;
    let client = Client::new(first.address(), "a").await;
    let waiting = client.begin("Wait", 1, HOUR_MS);
    checkpoint_of_the_wait(first.address(), "u1", &store).await;
    first.abandon();
    assert!(soon("the call", waiting).await.unwrap().is_err());

    let second = start(standby(&etcd.url(), "p2")).await;
    let request = RestoreServerRequest {
        uuid: "u1".to_owned(),
        name: "main".to_owned(),
        expected_epoch: 1,
        sequence: 0,
        interval_ms: None,
    };
    let mut management = management(second.address()).await;
    management.restore_server(request).await.unwrap();
    let client = Client::new(second.address(), "a").await;
    let waiting = client.begin("Wait", 1, HOUR_MS);
    checkpoint_of_the_wait(second.address(), "u1", &store).await;
    client.call("Release", 2, 0).await.unwrap();
    assert_eq!(soon("the call", waiting).await.unwrap().unwrap(), 1);
}
