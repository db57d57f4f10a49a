//! Quiescing, checkpoints that the server survives and that survive the server, and the release of answers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failure in a test is a panic"
)]

mod common;

use checkpoint_server::Which;
use common::{
    Client, alone, become_server, checkpoints, describe, management, name_service, replies, soon,
    standby, start, start_watched, try_start,
};
use hicam::{Server, ServerOptions};
use hicam_protocol::management::{
    CheckpointServerRequest, ListThreadsRequest, Phase, RestoreServerRequest, StopServerRequest,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::SeqCst},
    },
    time::Duration,
};
use tonic::Code;

fn with_store(url: &str, options: ServerOptions) -> ServerOptions {
    ServerOptions {
        checkpoint_server: Some(url.to_owned()),
        interval: Duration::ZERO,
        ..options
    }
}

#[tokio::test]
async fn a_call_goes_on_after_a_checkpoint() {
    let store = checkpoints(None).await;
    let mut server = start_watched(with_store(&store.handle.url(), alone())).await;
    let address = server.running.address().to_owned();
    let client = Client::new(&address, "a").await;
    let call = client.begin("Add", 1, 0);
    server.progressed(3).await;
    let mut management = management(&address).await;
    for sequence in 1..=3 {
        let report = management
            .checkpoint_server(CheckpointServerRequest {})
            .await
            .unwrap()
            .into_inner();
        assert_eq!((report.sequence, report.threads), (sequence, 1));
        assert!(report.bytes > 0 && report.stable_us >= report.pause_us);
    }
    assert_eq!(describe(&address).await.last_checkpoint, 3);
    client.call("Release", 2, 0).await.unwrap();
    let answer = soon("the call", call).await.unwrap().unwrap();
    assert_eq!(client.call("Total", 3, 0).await.unwrap(), answer);

    let uuid = describe(&address).await.uuid;
    let key = checkpoint_server::ServerKey::new("counter", uuid).unwrap();
    let stored = store.handle.engine().get(&key, Which::Last).await.unwrap();
    let checkpoint = hicam_state::Checkpoint::decode(&stored.data).unwrap();
    let frames = &checkpoint.threads[0].frames;
    assert!(
        frames[0].function.ends_with("Counter::count"),
        "{}",
        frames[0].function
    );
    assert!(frames[0].locals.iter().any(|local| local.name == "steps"));
}

#[tokio::test]
async fn a_call_that_reaches_no_point_is_named_and_goes_on() {
    let store = checkpoints(None).await;
    let options = ServerOptions {
        quiesce: Duration::from_millis(100),
        ..with_store(&store.handle.url(), alone())
    };
    let mut server = start_watched(options).await;
    let address = server.running.address().to_owned();
    let client = Client::new(&address, "a").await;
    let adding = client.begin("Add", 1, 0);
    server.progressed(1).await;
    let stalled = client.begin("Stall", 2, 0);
    let mut management = management(&address).await;
    soon("the stalled call", async {
        loop {
            let threads = management
                .list_threads(ListThreadsRequest {})
                .await
                .unwrap();
            if threads.into_inner().threads.len() == 2 {
                return;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    let status = management
        .checkpoint_server(CheckpointServerRequest {})
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert!(
        status
            .message()
            .contains("/test.Counter/Stall (client a, request 2)"),
        "{status}"
    );
    assert!(!status.message().contains("/test.Counter/Add"), "{status}");
    // What had been parked runs again, and new calls enter.
    let total = client.call("Total", 3, 0).await.unwrap();
    server.progressed(total + 2).await;
    server.stall.notify_one();
    assert_eq!(soon("the stalled call", stalled).await.unwrap().unwrap(), 1);
    management
        .checkpoint_server(CheckpointServerRequest {})
        .await
        .unwrap();
    client.call("Release", 4, 0).await.unwrap();
    soon("the call", adding).await.unwrap().unwrap();
}

#[tokio::test]
async fn calls_at_the_door_wait_for_the_capture() {
    let store = checkpoints(None).await;
    let server = start_watched(with_store(&store.handle.url(), alone())).await;
    let address = server.running.address().to_owned();
    let client = Client::new(&address, "a").await;
    let stalled = client.begin("Stall", 1, 0);
    soon("the stalled call", async {
        while describe(&address).await.active_threads == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let mut one = management(&address).await;
    let capture =
        tokio::spawn(async move { one.checkpoint_server(CheckpointServerRequest {}).await });
    // The capture waits for the stalled call, and this one waits for the capture: it is neither refused nor lost.
    let waiting: Vec<_> = (2..10)
        .map(|number| client.begin("Add", number, 1))
        .collect();
    server.stall.notify_one();
    soon("the capture", capture).await.unwrap().unwrap();
    for call in waiting {
        assert_eq!(soon("a call", call).await.unwrap().unwrap(), 1);
    }
    assert_eq!(soon("the stalled call", stalled).await.unwrap().unwrap(), 1);
    assert_eq!(client.call("Total", 10, 0).await.unwrap(), 9);
}

#[tokio::test]
async fn a_reply_leaves_only_when_a_stable_checkpoint_covers_it() {
    let etcd = name_service().await;
    let server = start(replies(standby(&etcd.url(), "p1"))).await;
    become_server(server.address(), "u1", "main").await;
    let client = Client::new(server.address(), "a").await;
    let call = client.begin("Add", 1, 2);
    let mut management = management(server.address()).await;
    soon("the call", async {
        loop {
            let threads = management
                .list_threads(ListThreadsRequest {})
                .await
                .unwrap();
            if threads
                .into_inner()
                .threads
                .iter()
                .any(|it| it.state == "replying")
            {
                return;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert!(!call.is_finished());
    // Now there is somewhere to make it stable.
    let store = checkpoints(Some(&etcd.url())).await;
    assert_eq!(soon("the answer", call).await.unwrap().unwrap(), 2);
    let found = describe(server.address()).await;
    assert!(found.last_checkpoint > 0);
    let key = checkpoint_server::ServerKey::new("counter", "u1").unwrap();
    let stored = store.handle.engine().get(&key, Which::Last).await.unwrap();
    let checkpoint = hicam_state::Checkpoint::decode(&stored.data).unwrap();
    assert_eq!(checkpoint.replies.len(), 1);
    // A plain client's answer waits too, and is not kept.
    let plain = Client::plain(server.address()).await;
    assert_eq!(plain.call("Add", 0, 1).await.unwrap(), 1);
    assert!(describe(server.address()).await.last_checkpoint > found.last_checkpoint);
}

#[tokio::test]
async fn a_crashed_server_goes_on_from_its_last_checkpoint() {
    let etcd = name_service().await;
    let _store = checkpoints(Some(&etcd.url())).await;
    let first = start(replies(standby(&etcd.url(), "p1"))).await;
    become_server(first.address(), "u1", "main").await;
    let client = Client::new(first.address(), "a").await;
    let adding = client.begin("Add", 1, 0);
    assert_eq!(client.call("Add", 2, 5).await.unwrap(), 5);
    first.abandon();
    assert!(soon("the call", adding).await.unwrap().is_err());

    let second = start(replies(standby(&etcd.url(), "p2"))).await;
    let mut management = management(second.address()).await;
    let request = RestoreServerRequest {
        uuid: "u1".to_owned(),
        name: "main".to_owned(),
        expected_epoch: 1,
        sequence: 0,
        interval_ms: None,
    };
    // Superseding another epoch than the token's is refused, and the process is as good as before.
    let stale = RestoreServerRequest {
        expected_epoch: 7,
        ..request.clone()
    };
    let status = management.restore_server(stale).await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition);
    assert!(status.message().contains("p1"), "{status}");
    let found = management
        .restore_server(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!((found.epoch, found.phase()), (2, Phase::Serving));
    // What was acknowledged is there, once; the call in progress is attached to.
    let client = Client::new(second.address(), "a").await;
    assert_eq!(client.call("Add", 2, 5).await.unwrap(), 5);
    let adding = client.begin("Add", 1, 0);
    client.call("Release", 3, 0).await.unwrap();
    let added = soon("the restored call", adding).await.unwrap().unwrap();
    assert_eq!(client.call("Total", 4, 0).await.unwrap(), added + 5);
}

#[tokio::test]
async fn a_stopped_server_is_restored_with_its_calls() {
    let etcd = name_service().await;
    let _store = checkpoints(Some(&etcd.url())).await;
    let mut first = start_watched(standby(&etcd.url(), "p1")).await;
    let address = first.running.address().to_owned();
    become_server(&address, "u1", "main").await;
    let client = Client::new(&address, "a").await;
    let adding = client.begin("Add", 1, 0);
    first.progressed(3).await;
    let mut stopping = management(&address).await;
    let stopped = stopping
        .stop_server(StopServerRequest { discard: false })
        .await
        .unwrap();
    assert_eq!(stopped.into_inner().checkpoint, 1);
    let status = soon("the call", adding).await.unwrap().unwrap_err();
    assert_eq!(common::hicam_status(&status), Some("pending"));
    drop(stopping);
    soon("the end", first.running.wait()).await.unwrap();

    let restored = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&restored);
    let second = Server::<common::Counter>::new(standby(&etcd.url(), "p2"))
        .service(common::CounterServer::from_arc)
        .after_restore(move |_| {
            count.fetch_add(1, SeqCst);
            async {}
        })
        .start()
        .await
        .unwrap();
    let mut management = management(second.address()).await;
    let request = RestoreServerRequest {
        uuid: "u1".to_owned(),
        name: "main".to_owned(),
        expected_epoch: 1,
        sequence: 1,
        interval_ms: Some(60_000),
    };
    let found = management
        .restore_server(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!((found.last_checkpoint, found.interval_ms), (1, 60_000));
    assert_eq!(restored.load(SeqCst), 1);
    let client = Client::new(second.address(), "a").await;
    let adding = client.begin("Add", 1, 0);
    client.call("Release", 2, 0).await.unwrap();
    let added = soon("the restored call", adding).await.unwrap().unwrap();
    assert!(added >= 3);
    assert_eq!(client.call("Total", 3, 0).await.unwrap(), added);
    // Its checkpoints are numbered on.
    let report = management
        .checkpoint_server(CheckpointServerRequest {})
        .await
        .unwrap();
    assert_eq!(report.into_inner().sequence, 2);
}

#[tokio::test]
async fn stopping_without_a_checkpoint_server_must_be_meant() {
    let etcd = name_service().await;
    let server = start(standby(&etcd.url(), "p1")).await;
    become_server(server.address(), "u1", "main").await;
    let mut management = management(server.address()).await;
    let status = management
        .stop_server(StopServerRequest { discard: false })
        .await
        .unwrap_err();
    assert!(
        status.message().contains("no checkpoint server"),
        "{status}"
    );
    let client = Client::new(server.address(), "a").await;
    assert_eq!(client.call("Add", 1, 1).await.unwrap(), 1);
    management
        .stop_server(StopServerRequest { discard: true })
        .await
        .unwrap();
    drop((management, client));
    soon("the end", server.wait()).await.unwrap();
}

#[tokio::test]
async fn a_server_registers_under_its_name() {
    let etcd = name_service().await;
    let named = ServerOptions {
        role: hicam::server::Role::Named("main".to_owned()),
        ..standby(&etcd.url(), "p1")
    };
    let server = start(named.clone()).await;
    let naming = hicam_protocol::naming::NameService::connect(&etcd.url())
        .await
        .unwrap();
    let record = naming.resolve("counter/main").await.unwrap();
    let binding = naming.binding(&record.uuid).await.unwrap().unwrap();
    assert_eq!(
        (binding.address.as_str(), binding.epoch),
        (server.address(), 1)
    );
    // A second one is told who has the name.
    let error = try_start(named).await.unwrap_err();
    assert!(error.to_string().contains("held by process p1"), "{error}");
    server.terminate().await;
    soon("the end", server.wait()).await.unwrap();
    assert_eq!(naming.binding(&record.uuid).await.unwrap(), None);
}

#[tokio::test]
async fn a_lost_lease_stops_the_server() {
    let etcd = name_service().await;
    let mut server = start_watched(standby(&etcd.url(), "p1")).await;
    let address = server.running.address().to_owned();
    become_server(&address, "u1", "main").await;
    let client = Client::new(&address, "a").await;
    let adding = client.begin("Add", 1, 0);
    server.progressed(1).await;
    etcd.stop().await;
    let status = soon("the call", adding).await.unwrap().unwrap_err();
    assert_eq!(common::hicam_status(&status), Some("pending"));
    assert_eq!(describe(&address).await.phase(), Phase::Fenced);
    let status = client.call("Total", 2, 0).await.unwrap_err();
    assert_eq!(common::hicam_status(&status), Some("pending"));
}

#[tokio::test]
async fn a_lease_that_ended_is_taken_again_with_the_token() {
    let etcd = name_service().await;
    let server = start(standby(&etcd.url(), "p1")).await;
    become_server(server.address(), "u1", "main").await;
    let naming = hicam_protocol::naming::NameService::connect(&etcd.url())
        .await
        .unwrap();
    end_leases(&etcd.url()).await;
    soon("the next epoch", async {
        while describe(server.address()).await.epoch != 2 {
            tokio::task::yield_now().await;
        }
        while describe(server.address()).await.phase() != Phase::Serving {
            tokio::task::yield_now().await;
        }
        while naming.binding("u1").await.unwrap().is_none() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let client = Client::new(server.address(), "a").await;
    assert_eq!(client.call("Add", 1, 1).await.unwrap(), 1);
}

#[tokio::test]
async fn a_server_whose_token_was_taken_ends() {
    let etcd = name_service().await;
    let server = start(standby(&etcd.url(), "p1")).await;
    become_server(server.address(), "u1", "main").await;
    let naming = hicam_protocol::naming::NameService::connect(&etcd.url())
        .await
        .unwrap();
    let token = naming.token("u1").await.unwrap().unwrap();
    let other = hicam_protocol::naming::Token {
        epoch: token.epoch + 1,
        holder: "p2".to_owned(),
        host: "there".to_owned(),
    };
    naming.take_token("u1", &token, &other).await.unwrap();
    end_leases(&etcd.url()).await;
    let error = soon("the end", server.wait()).await.unwrap_err();
    assert!(error.to_string().contains("held by process p2"), "{error}");
}

/// Ends every lease, as an operator or a long partition would.
async fn end_leases(etcd: &str) {
    let client = etcd_client::Client::connect([etcd], None).await.unwrap();
    let mut leases = client.lease_client();
    for lease in leases.leases().await.unwrap().leases() {
        leases.revoke(lease.id()).await.unwrap();
    }
}
