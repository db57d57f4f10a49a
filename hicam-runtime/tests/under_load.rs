//! Many clients through the real channel while the server is checkpointed and moved to and fro: each call counts once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failure in a test is a panic"
)]

mod common;

use common::{
    Answer, Ask, become_server, checkpoints, management, name_service, replies, soon, standby,
    start,
};
use hicam::{Channel, Connector, ServerOptions};
use hicam_protocol::management::MigrateServerRequest;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};
use tonic_prost::ProstCodec;

async fn add(channel: &Channel, n: u64) -> u64 {
    let mut grpc = tonic::client::Grpc::new(channel.clone());
    grpc.ready().await.unwrap();
    let path = http::uri::PathAndQuery::from_static("/test.Counter/Add");
    let codec = ProstCodec::<Ask, Answer>::default();
    let answer = grpc
        .unary(tonic::Request::new(Ask { n }), path, codec)
        .await;
    answer.unwrap().into_inner().n
}

async fn exactly_once(with: impl Fn(ServerOptions) -> ServerOptions) {
    let etcd = name_service().await;
    let _store = checkpoints(Some(&etcd.url())).await;
    let standby = |process: u64| {
        let options = standby(&etcd.url(), &format!("p{process}"));
        with(ServerOptions {
            interval: Duration::from_millis(20),
            ..options
        })
    };
    let mut current = start(standby(1)).await;
    become_server(current.address(), "u1", "main").await;

    let done = Arc::new(AtomicBool::new(false));
    let sum = Arc::new(AtomicU64::new(0));
    let mut clients = Vec::new();
    for client in 0..6_u64 {
        let channel = Connector::new()
            .etcd(etcd.url())
            .connect("counter/main")
            .await
            .unwrap();
        let (done, sum) = (Arc::clone(&done), Arc::clone(&sum));
        clients.push(tokio::spawn(async move {
            let mut n = client;
            while !done.load(SeqCst) {
                n = n % 7 + 1;
                assert_eq!(add(&channel, n).await, n);
                sum.fetch_add(n, SeqCst);
            }
        }));
    }
    for round in 2..=9 {
        let next = start(standby(round)).await;
        let before = sum.load(SeqCst);
        let request = MigrateServerRequest {
            migration: format!("m{round}"),
            destination: next.address().to_owned(),
            destination_process: format!("p{round}"),
            quiesce_ms: 0,
            capability: bytes::Bytes::new(),
        };
        let mut source = management(current.address()).await;
        let report = source.migrate_server(request).await.unwrap().into_inner();
        assert_eq!(report.epoch, round);
        drop(source);
        soon("the source's end", current.wait()).await.unwrap();
        current = next;
        soon("calls after the move", async {
            while sum.load(SeqCst) < before + 50 {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
    done.store(true, SeqCst);
    for client in clients {
        soon("a client's last call", client).await.unwrap();
    }
    let client = common::Client::plain(current.address()).await;
    assert_eq!(client.call("Total", 0, 0).await.unwrap(), sum.load(SeqCst));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_call_counts_once() {
    exactly_once(|options| options).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_call_counts_once_when_replies_wait_for_commits() {
    exactly_once(replies).await;
}
