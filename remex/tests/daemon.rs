//! The life of a daemon: its advert, its files, what it refuses, and its end.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::time::Duration;

use common::{class, host, host_with, install, options, says};
use futures::StreamExt as _;
use hicam_protocol::{
    naming::{HostAdvert, HostChange, NameService},
    remex::{
        MigrateServerRequest, ReportReadyRequest, StartCheckpointServerRequest, StartServerRequest,
        StopServerRequest,
    },
};
use remex::{Daemon, NameServiceOption, RemexError, Whereabouts};
use tempfile::TempDir;
use tonic::Code;
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

/// Waits until the advert of a host is as wanted.
async fn advert(
    naming: &NameService,
    host: &str,
    wanted: impl Fn(&HostAdvert) -> bool,
) -> HostAdvert {
    let mut changes = naming.watch_hosts();
    let found = async {
        loop {
            if let Ok(HostChange::Present(advert)) = changes.next().await.unwrap()
                && advert.host == host
                && wanted(&advert)
            {
                return advert;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), found)
        .await
        .unwrap()
}

#[tokio::test]
async fn hosts_are_advertised_with_what_they_are_and_have() {
    let mut alpha = host("alpha", None).await;
    let etcd = alpha.daemon.etcd().to_owned();
    let beta = host_with("beta", Some(&etcd), |options| options.capacity = 3).await;
    let naming = NameService::connect(&etcd).await.unwrap();

    let advert_of_beta = advert(&naming, "beta", |_| true).await;
    assert_eq!(advert_of_beta.address, beta.daemon.address());
    assert_eq!(advert_of_beta.arch, std::env::consts::ARCH);
    assert_eq!(advert_of_beta.os, std::env::consts::OS);
    assert_eq!((advert_of_beta.capacity, advert_of_beta.servers), (3, 0));
    assert!(advert_of_beta.cores > 0 && advert_of_beta.memory_free > 0);

    let binary = class("bank", "exit 1");
    install(&mut alpha.client, "bank", &binary).await.unwrap();
    let advert_of_alpha = advert(&naming, "alpha", |advert| !advert.classes.is_empty()).await;
    assert_eq!(advert_of_alpha.classes[0].class, "bank");
    assert_eq!(advert_of_alpha.classes[0].hash, common::hash(&binary));

    beta.daemon.shutdown().await;
    assert_eq!(naming.host("beta").await.unwrap(), None);
    alpha.daemon.shutdown().await;
}

#[tokio::test]
async fn the_directory_says_where_the_daemon_is_while_it_runs() {
    let alpha = host("alpha", None).await;
    let whereabouts = Whereabouts::read(alpha.dir.path()).unwrap().unwrap();
    assert_eq!(whereabouts, *alpha.daemon.whereabouts());
    assert_eq!(whereabouts.host, "alpha");
    assert_eq!(whereabouts.address, alpha.daemon.address());
    assert_eq!(whereabouts.etcd, alpha.daemon.etcd());
    assert_eq!(whereabouts.pid, std::process::id());

    let second = Daemon::start(options("other", &alpha.dir))
        .await
        .unwrap_err();
    assert!(matches!(second, RemexError::DirTaken { .. }), "{second}");

    alpha.daemon.shutdown().await;
    assert_eq!(Whereabouts::read(alpha.dir.path()).unwrap(), None);
    alpha.daemon.stopped().await;
}

#[tokio::test]
async fn one_host_has_one_daemon_and_a_killed_one_is_replaced() {
    let alpha = host("alpha", None).await;
    let etcd = alpha.daemon.etcd().to_owned();
    let beta = host("beta", Some(&etcd)).await;

    let dir = TempDir::new().unwrap();
    let mut again = options("beta", &dir);
    again.name_service = NameServiceOption::Etcd(etcd);
    let taken = Daemon::start(again.clone()).await.unwrap_err();
    assert!(matches!(taken, RemexError::HostTaken { .. }), "{taken}");
    assert!(!taken.is_retryable());

    // Dropped without a shutdown: whatever is left of its advert does not keep the next one away.
    drop(beta);
    let replaced = Daemon::start(again).await.unwrap();
    replaced.shutdown().await;
    alpha.daemon.shutdown().await;
}

#[tokio::test]
async fn what_cannot_be_started_is_said() {
    let dir = TempDir::new().unwrap();
    let mut open = options("alpha", &dir);
    open.listen = "0.0.0.0:0".parse().unwrap();
    let refused = Daemon::start(open).await.unwrap_err();
    assert!(
        refused.to_string().contains("--insecure-listen"),
        "{refused}"
    );

    let mut nameless = options("alpha", &dir);
    nameless.host = "a/b".into();
    let refused = Daemon::start(nameless).await.unwrap_err();
    assert!(
        matches!(refused, RemexError::InvalidName { .. }),
        "{refused}"
    );

    // A port that was free a moment ago: nobody listens there.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let mut alone = options("alpha", &dir);
    alone.name_service = NameServiceOption::Etcd(format!("http://{address}"));
    let refused = Daemon::start(alone).await.unwrap_err();
    assert!(refused.is_retryable());
    assert!(refused.to_string().contains("name service"), "{refused}");

    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let mut inside = options("alpha", &dir);
    inside.dir = file.join("dir");
    let refused = Daemon::start(inside).await.unwrap_err();
    assert!(matches!(refused, RemexError::Io { .. }), "{refused}");
}

#[tokio::test]
async fn unknown_servers_hosts_and_classes_are_said() {
    let mut alpha = host("alpha", None).await;
    let client = &mut alpha.client;

    let start = StartServerRequest {
        class: "bank".into(),
        name: "main".into(),
        ..Default::default()
    };
    let error = client.start_server(start.clone()).await.unwrap_err();
    assert_eq!(error.code(), Code::FailedPrecondition);
    says(
        &error,
        &["class bank is not installed on host alpha", "miman deploy"],
    );

    let restore = StartServerRequest {
        restore_sequence: Some(0),
        ..start
    };
    let error = client.start_server(restore).await.unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
    says(&error, &["unknown server bank/main"]);

    let migrate = MigrateServerRequest {
        uuid: "bank/main".into(),
        destination: "nowhere".into(),
        ..Default::default()
    };
    let error = client.migrate_server(migrate).await.unwrap_err();
    assert_eq!(error.code(), Code::NotFound);

    let stop = StopServerRequest {
        uuid: "bank/main".into(),
        ..Default::default()
    };
    let error = client.stop_server(stop).await.unwrap_err();
    assert_eq!(error.code(), Code::NotFound);

    let checkpoints = StartCheckpointServerRequest {
        class: "bank".into(),
        ..Default::default()
    };
    let error = client
        .start_checkpoint_server(checkpoints)
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::FailedPrecondition);

    let report = ReportReadyRequest {
        process: "nobody".into(),
        ..Default::default()
    };
    let error = client.report_ready(report).await.unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
    alpha.daemon.shutdown().await;
}

#[tokio::test]
async fn a_name_service_that_is_down_is_said_and_the_daemon_lives_on() {
    let alpha = host("alpha", None).await;
    let etcd = alpha.daemon.etcd().to_owned();
    let mut beta = host("beta", Some(&etcd)).await;
    install(&mut beta.client, "bank", &class("bank", "exit 1"))
        .await
        .unwrap();
    alpha.daemon.shutdown().await;

    let start = StartServerRequest {
        class: "bank".into(),
        name: "main".into(),
        ..Default::default()
    };
    let error = beta.client.start_server(start).await.unwrap_err();
    assert_eq!(error.code(), Code::Unavailable);
    says(&error, &["name service", "--etcd"]);
    assert_eq!(common::describe(&mut beta.client).await.host, "beta");
    beta.daemon.shutdown().await;
}

#[tokio::test]
async fn a_process_that_ends_at_once_is_an_error_with_its_last_words() {
    let mut alpha = host("alpha", None).await;
    let binary = class(
        "bank",
        "seq 100000; echo \"my $HICAM_HOST: no such vault\" >&2; exit 7",
    );
    install(&mut alpha.client, "bank", &binary).await.unwrap();

    let start = StartServerRequest {
        class: "bank".into(),
        name: "main".into(),
        ..Default::default()
    };
    let error = alpha.client.start_server(start).await.unwrap_err();
    assert_eq!(error.code(), Code::FailedPrecondition);
    says(&error, &["exit status 7", "my alpha: no such vault"]);

    // What did not start keeps neither its name nor its place.
    let naming = NameService::connect(alpha.daemon.etcd()).await.unwrap();
    assert_eq!(naming.servers().await.unwrap(), []);
    assert_eq!(common::describe(&mut alpha.client).await.servers, 0);

    let checkpoints = StartCheckpointServerRequest {
        class: "bank".into(),
        ..Default::default()
    };
    let error = alpha
        .client
        .start_checkpoint_server(checkpoints)
        .await
        .unwrap_err();
    says(&error, &["exit status 7", "no such vault"]);
    alpha.daemon.shutdown().await;
}

#[tokio::test]
async fn a_process_that_is_never_ready_is_killed_and_a_full_host_says_so() {
    let mut alpha = host_with("alpha", None, |options| {
        options.capacity = 1;
        options.timing.ready = Duration::from_secs(2);
    })
    .await;
    let binary = class("bank", "echo waiting; exec sleep 600");
    install(&mut alpha.client, "bank", &binary).await.unwrap();
    let start = |name: &str| StartServerRequest {
        class: "bank".into(),
        name: name.into(),
        ..Default::default()
    };

    let mut other = alpha.client.clone();
    let (slow, full) = tokio::join!(alpha.client.start_server(start("one")), async {
        while common::describe(&mut other).await.servers == 0 {
            tokio::task::yield_now().await;
        }
        other.start_server(start("two")).await
    });
    let full = full.unwrap_err();
    assert_eq!(full.code(), Code::ResourceExhausted);
    says(&full, &["host alpha is full", "--capacity"]);
    let slow = slow.unwrap_err();
    assert_eq!(slow.code(), Code::DeadlineExceeded);
    says(&slow, &["not ready within 2s", "waiting"]);
    assert_eq!(common::describe(&mut alpha.client).await.servers, 0);
    alpha.daemon.shutdown().await;
}

#[tokio::test]
async fn health_and_reflection_are_on_the_same_port() {
    let alpha = host("alpha", None).await;
    let channel = hicam_protocol::transport::connect(alpha.daemon.address())
        .await
        .unwrap();
    let request = HealthCheckRequest {
        service: "hicam.remex.v1.Remex".into(),
    };
    let health = HealthClient::new(channel.clone())
        .check(request)
        .await
        .unwrap();
    assert_eq!(
        health.into_inner().status(),
        tonic_health::pb::health_check_response::ServingStatus::Serving
    );

    use tonic_reflection::pb::v1::{
        ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
        server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
    };
    let request = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut answers = ServerReflectionClient::new(channel)
        .server_reflection_info(futures::stream::iter([request]))
        .await
        .unwrap()
        .into_inner();
    let answer = answers.message().await.unwrap().unwrap();
    let Some(MessageResponse::ListServicesResponse(list)) = answer.message_response else {
        panic!("{answer:?}");
    };
    let names: Vec<_> = list
        .service
        .into_iter()
        .map(|service| service.name)
        .collect();
    assert!(
        names.contains(&"hicam.remex.v1.Remex".to_owned()),
        "{names:?}"
    );
    alpha.daemon.shutdown().await;
}
