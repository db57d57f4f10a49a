//! A server passes from one process to another with its calls in progress, or stays where it is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failure in a test is a panic"
)]

mod common;

use common::{
    Client, Watched, become_server,
    between::{self, Fault},
    checkpoints, describe, hicam_status, management, name_service, replies, soon, standby, start,
    start_watched,
};
use hicam::{Running, ServerOptions};
use hicam_protocol::{
    management::{MigrateServerRequest, MigrationReport, Phase},
    metadata::NotServing,
    naming::NameService,
};
use std::time::Duration;
use tonic::{Code, Status};

async fn migrate(from: &str, to: &str, process: &str) -> Result<MigrationReport, Status> {
    let request = MigrateServerRequest {
        migration: "m1".to_owned(),
        destination: to.to_owned(),
        destination_process: process.to_owned(),
        quiesce_ms: 0,
        capability: bytes::Bytes::new(),
    };
    let mut source = management(from).await;
    let migration = soon("the migration", source.migrate_server(request)).await;
    Ok(migration?.into_inner())
}

/// A server `counter/main` in process p1, with call 1 of client a in progress, and a destination p2.
struct Scene {
    etcd: remex::name_service::NameServiceHandle,
    naming: NameService,
    source: Watched,
    address: String,
    client: Client,
    call: tokio::task::JoinHandle<Result<u64, Status>>,
    destination: Running,
}

async fn scene(with: impl Fn(ServerOptions) -> ServerOptions) -> Scene {
    let etcd = name_service().await;
    let mut source = start_watched(with(standby(&etcd.url(), "p1"))).await;
    let address = source.running.address().to_owned();
    become_server(&address, "u1", "main").await;
    let client = Client::new(&address, "a").await;
    let call = client.begin("Add", 1, 0);
    source.progressed(3).await;
    let destination = start(with(standby(&etcd.url(), "p2"))).await;
    let naming = NameService::connect(&etcd.url()).await.unwrap();
    Scene {
        etcd,
        naming,
        source,
        address,
        client,
        call,
        destination,
    }
}

#[tokio::test]
async fn a_server_moves_with_its_calls() {
    let scene = scene(|options| options).await;
    let before = scene.client.call("Add", 2, 4).await.unwrap();
    let to = scene.destination.address();
    let report = migrate(&scene.address, to, "p2").await.unwrap();
    assert_eq!((report.epoch, report.threads), (2, 1));
    assert_eq!(report.address, to);
    assert!(report.bytes > 0 && report.pause_us >= report.quiesce_us + report.commit_us);
    // The source tells its open call where to go, and ends.
    let status = soon("the call", scene.call).await.unwrap().unwrap_err();
    let moved = NotServing::from_status(&status);
    let expected = NotServing::Moved {
        address: to.to_owned(),
        epoch: 2,
    };
    assert_eq!(moved, Some(expected));
    drop(scene.client);
    soon("the source's end", scene.source.running.wait())
        .await
        .unwrap();
    // The name service knows, and nobody but the destination runs.
    let token = scene.naming.token("u1").await.unwrap().unwrap();
    assert_eq!((token.epoch, token.holder.as_str()), (2, "p2"));
    let binding = scene.naming.binding("u1").await.unwrap().unwrap();
    assert_eq!((binding.epoch, binding.address.as_str()), (2, to));
    let holder = scene.naming.holder("u1").await.unwrap().unwrap();
    assert_eq!((holder.process.as_str(), holder.epoch), ("p2", 2));
    // The destination answers the finished number, and attaches to the one in progress.
    let client = Client::new(to, "a").await;
    assert_eq!(client.call("Add", 2, 4).await.unwrap(), before);
    let call = client.begin("Add", 1, 0);
    client.call("Release", 3, 0).await.unwrap();
    let added = soon("the moved call", call).await.unwrap().unwrap();
    assert_eq!(client.call("Total", 4, 0).await.unwrap(), added + before);
    let found = describe(to).await;
    assert_eq!((found.uuid.as_str(), found.name.as_str()), ("u1", "main"));
}

#[tokio::test]
async fn a_server_moves_to_and_fro() {
    let scene = scene(|options| options).await;
    let mut from = scene.address.clone();
    let mut destinations = vec![scene.destination];
    for round in 2..=6_u64 {
        let to = destinations.last().unwrap().address().to_owned();
        let report = migrate(&from, &to, &format!("p{round}")).await.unwrap();
        assert_eq!((report.epoch, report.threads), (round, 1));
        let next = standby(&scene.etcd.url(), &format!("p{}", round + 1));
        destinations.push(start(next).await);
        from = to;
    }
    let client = Client::new(&from, "a").await;
    let call = client.begin("Add", 1, 0);
    client.call("Release", 2, 0).await.unwrap();
    let added = soon("the moved call", call).await.unwrap().unwrap();
    assert_eq!(client.call("Total", 3, 0).await.unwrap(), added);
}

#[tokio::test]
async fn under_replies_what_moves_is_stable_first() {
    let scene = scene(replies).await;
    // Without a checkpoint server such a server does not move, and goes on.
    let to = scene.destination.address();
    let status = migrate(&scene.address, to, "p2").await.unwrap_err();
    assert!(
        status.message().contains("no checkpoint server"),
        "{status}"
    );
    let _store = checkpoints(Some(&scene.etcd.url())).await;
    let report = migrate(&scene.address, to, "p2").await.unwrap();
    assert_eq!(report.epoch, 2);
    let found = describe(to).await;
    assert!(found.last_checkpoint > 0);
    let client = Client::new(to, "a").await;
    let call = client.begin("Add", 1, 0);
    client.call("Release", 2, 0).await.unwrap();
    soon("the moved call", call).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_plain_call_that_moves_is_not_to_be_repeated() {
    let mut scene = scene(|options| options).await;
    let plain = Client::plain(&scene.address).await;
    let call = plain.begin("Add", 0, 0);
    let total = *scene.source.progress.borrow();
    scene.source.progressed(total + 4).await;
    let to = scene.destination.address();
    let report = migrate(&scene.address, to, "p2").await.unwrap();
    assert_eq!(report.threads, 2);
    let status = soon("the plain call", call).await.unwrap().unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    let pushback = status.metadata().get("grpc-retry-pushback-ms").unwrap();
    assert_eq!(pushback, "-1");
    // It is carried to its end there.
    let client = Client::new(to, "a").await;
    client.call("Release", 2, 0).await.unwrap();
    soon("the threads", async {
        while describe(to).await.active_threads > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// After a migration that failed: the server runs on at the source, in a new epoch, and its call was not disturbed.
async fn stays(scene: Scene) {
    let found = describe(&scene.address).await;
    assert_eq!((found.phase(), found.epoch), (Phase::Serving, 2));
    let token = scene.naming.token("u1").await.unwrap().unwrap();
    assert_eq!((token.epoch, token.holder.as_str()), (2, "p1"));
    let binding = scene.naming.binding("u1").await.unwrap().unwrap();
    assert_eq!(
        (binding.epoch, binding.address.as_str()),
        (2, scene.address.as_str())
    );
    scene.client.call("Release", 2, 0).await.unwrap();
    let added = soon("the call", scene.call).await.unwrap().unwrap();
    assert_eq!(scene.client.call("Total", 3, 0).await.unwrap(), added);
}

#[tokio::test]
async fn a_destination_that_refuses_changes_nothing() {
    let scene = scene(|options| options).await;
    let between = between::start(Fault::Refused, scene.destination.address()).await;
    let status = migrate(&scene.address, &between, "p2").await.unwrap_err();
    assert!(status.message().contains("no room here"), "{status}");
    stays(scene).await;
}

#[tokio::test]
async fn a_commit_that_is_lost_leaves_the_server_where_it_is() {
    let scene = scene(|options| options).await;
    let between = between::start(Fault::CommitLost, scene.destination.address()).await;
    let status = migrate(&scene.address, &between, "p2").await.unwrap_err();
    assert!(status.message().contains("lost on the way"), "{status}");
    // The destination finds out by itself that its copy is of no use, and cannot take over any more.
    soon("the destination's end", async {
        let mut late = management(scene.destination.address()).await;
        let commit = hicam_protocol::management::CommitMigrationRequest {
            migration: "m1".to_owned(),
        };
        late.commit_migration(commit).await.unwrap_err();
    })
    .await;
    stays(scene).await;
}

#[tokio::test]
async fn a_destination_that_waits_in_vain_discards_its_copy() {
    let mut scene = scene(|options| options).await;
    let between = between::start(Fault::CommitLost, scene.destination.address()).await;
    migrate(&scene.address, &between, "p2").await.unwrap_err();
    let spare = start(standby(&scene.etcd.url(), "p3")).await;
    let destination = std::mem::replace(&mut scene.destination, spare);
    soon("the destination's end", destination.wait())
        .await
        .unwrap();
    stays(scene).await;
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_has_happened() {
    let scene = scene(|options| options).await;
    let real = scene.destination.address();
    let between = between::start(Fault::AnswerLost, real).await;
    let report = migrate(&scene.address, &between, "p2").await.unwrap();
    // The name service said so, and where it runs.
    assert_eq!((report.epoch, report.address.as_str()), (2, real));
    let status = soon("the call", scene.call).await.unwrap().unwrap_err();
    assert_eq!(hicam_status(&status), Some("moved"));
    drop(scene.client);
    soon("the source's end", scene.source.running.wait())
        .await
        .unwrap();
    let client = Client::new(real, "a").await;
    let call = client.begin("Add", 1, 0);
    client.call("Release", 2, 0).await.unwrap();
    let added = soon("the moved call", call).await.unwrap().unwrap();
    assert_eq!(client.call("Total", 3, 0).await.unwrap(), added);
}

#[tokio::test]
async fn a_destination_that_is_not_there_is_found_out_before_anything_stops() {
    let scene = scene(|options| options).await;
    let status = migrate(&scene.address, "http://127.0.0.1:1", "p2")
        .await
        .unwrap_err();
    assert!(status.message().contains("cannot connect"), "{status}");
    let status = migrate(&scene.address, scene.destination.address(), "p9")
        .await
        .unwrap_err();
    assert!(status.message().contains("not the expected p9"), "{status}");
    let status = migrate(&scene.address, &scene.address, "p1")
        .await
        .unwrap_err();
    assert!(status.message().contains("not in standby"), "{status}");
    let found = describe(&scene.address).await;
    assert_eq!((found.phase(), found.epoch), (Phase::Serving, 1));
}

#[tokio::test]
async fn a_call_that_reaches_no_point_keeps_the_server_here() {
    let scene = scene(|options| ServerOptions {
        quiesce: Duration::from_millis(100),
        ..options
    })
    .await;
    let stalled = scene.client.begin("Stall", 5, 0);
    soon("the stalled call", async {
        while describe(&scene.address).await.active_threads < 2 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let to = scene.destination.address();
    let status = migrate(&scene.address, to, "p2").await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert!(status.message().contains("/test.Counter/Stall"), "{status}");
    let binding = scene.naming.binding("u1").await.unwrap().unwrap();
    assert_eq!(binding.address, scene.address);
    scene.source.stall.notify_one();
    soon("the stalled call", stalled).await.unwrap().unwrap();
    migrate(&scene.address, to, "p2").await.unwrap();
}
