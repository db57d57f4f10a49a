//! Installing classes: uploads, what is refused, what survives a restart, copies for other hosts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use common::{class, hash, host, host_with, install, says, upload};
use hicam_protocol::remex::{
    DescribeRequest, FetchClassRequest, InstalledClass, StartServerRequest, fetch_class_reply::Part,
};
use remex::Daemon;
use tonic::Code;

#[tokio::test]
async fn an_installed_class_is_listed_fetched_and_installed_again_for_free() {
    let mut alpha = host("alpha", None).await;
    let binary = class("bank", "exit 1");
    let reply = install(&mut alpha.client, "bank", &binary).await.unwrap();
    assert!(!reply.already_there);
    let reply = install(&mut alpha.client, "bank", &binary).await.unwrap();
    assert!(reply.already_there);

    let description = alpha.client.describe(DescribeRequest {}).await.unwrap();
    assert_eq!(
        description.into_inner().classes,
        [InstalledClass {
            class: "bank".into(),
            hash: hash(&binary),
            bytes: binary.len() as u64,
            current: true,
        }]
    );

    let request = FetchClassRequest {
        class: "bank".into(),
        hash: String::new(),
    };
    let mut parts = alpha
        .client
        .fetch_class(request)
        .await
        .unwrap()
        .into_inner();
    let mut fetched = Vec::new();
    while let Some(message) = parts.message().await.unwrap() {
        match message.part.unwrap() {
            Part::Header(header) => assert_eq!(header.hash, hash(&binary)),
            Part::Data(data) => fetched.extend_from_slice(&data),
        }
    }
    assert_eq!(fetched, binary);
    alpha.daemon.shutdown().await;
}

#[tokio::test]
async fn the_last_deployed_binary_is_current_also_after_a_restart() {
    let alpha = host("alpha", None).await;
    let mut client = alpha.client.clone();
    let (old, new) = (class("bank", "exit 1"), class("bank", "exit 2"));
    install(&mut client, "bank", &old).await.unwrap();
    install(&mut client, "bank", &new).await.unwrap();
    install(&mut client, "bank", &old).await.unwrap();
    alpha.daemon.shutdown().await;

    let options = common::options("alpha", &alpha.dir);
    let daemon = Daemon::start(options).await.unwrap();
    let mut client =
        hicam_protocol::remex::remex_client::RemexClient::connect(daemon.address().to_owned())
            .await
            .unwrap();
    let mut classes = client
        .describe(DescribeRequest {})
        .await
        .unwrap()
        .into_inner()
        .classes;
    classes.sort_by_key(|class| !class.current);
    let hashes: Vec<_> = classes
        .iter()
        .map(|class| (class.hash.as_str(), class.current))
        .collect();
    assert_eq!(
        hashes,
        [(hash(&old).as_str(), true), (hash(&new).as_str(), false)]
    );
    daemon.shutdown().await;
}

#[tokio::test]
async fn what_is_not_a_binary_of_the_class_is_refused_and_leaves_nothing() {
    let mut alpha = host("alpha", None).await;
    let client = &mut alpha.client;

    let other = install(client, "bank", &class("render", ""))
        .await
        .unwrap_err();
    assert_eq!(other.code(), Code::FailedPrecondition);
    says(
        &other,
        &["binary of another class", "bank", "install it as render"],
    );

    let silent = install(client, "bank", b"#!/bin/sh\necho no >&2; exit 3\n")
        .await
        .unwrap_err();
    assert_eq!(silent.code(), Code::FailedPrecondition);
    says(
        &silent,
        &[
            "not a HiCaM class",
            "exit status 3",
            "\"no\"",
            "hicam::main",
        ],
    );

    let chatter = install(client, "bank", b"#!/bin/sh\necho hello\n")
        .await
        .unwrap_err();
    says(&chatter, &["not a HiCaM class", "not a schema"]);

    let text = install(client, "bank", b"just some text")
        .await
        .unwrap_err();
    assert_eq!(text.code(), Code::FailedPrecondition);
    says(&text, &["cannot run on host alpha", "not an executable"]);

    // An ELF header for another machine.
    let mut foreign = b"\x7fELF\x02\x02\x01".to_vec();
    foreign.resize(18, 0);
    foreign.extend_from_slice(&22_u16.to_be_bytes());
    foreign.resize(128, 0);
    let foreign = install(client, "bank", &foreign).await.unwrap_err();
    assert_eq!(foreign.code(), Code::FailedPrecondition);
    says(
        &foreign,
        &["cannot run on host alpha", "s390x", std::env::consts::ARCH],
    );

    let description = alpha.client.describe(DescribeRequest {}).await.unwrap();
    assert_eq!(description.into_inner().classes, []);
    let incoming = alpha.dir.path().join("classes/.incoming");
    assert_eq!(std::fs::read_dir(incoming).unwrap().count(), 0);
    assert!(!alpha.dir.path().join("classes/bank").exists());
    alpha.daemon.shutdown().await;
}

#[tokio::test]
async fn binaries_are_executed_by_the_launcher() {
    let asks = "if [ \"$LAUNCHED\" != yes ]; then echo 'not launched' >&2; exit 3; fi\n";
    let bank = String::from_utf8(class("bank", "exit 4")).unwrap();
    let bank = bank.replacen('\n', &format!("\n{asks}"), 1).into_bytes();

    let mut plain = host("plain", None).await;
    let refused = install(&mut plain.client, "bank", &bank).await.unwrap_err();
    says(&refused, &["not a HiCaM class", "not launched"]);
    plain.daemon.shutdown().await;

    let mut alpha = host_with("alpha", None, |options| {
        options.launcher = vec!["env".into(), "LAUNCHED=yes".into()];
    })
    .await;
    install(&mut alpha.client, "bank", &bank).await.unwrap();
    let start = StartServerRequest {
        class: "bank".into(),
        ..Default::default()
    };
    // It was launched, and did what the rest of the script says.
    let ended = alpha.client.start_server(start).await.unwrap_err();
    says(&ended, &["exit status 4"]);
    alpha.daemon.shutdown().await;

    let mut beta = host_with("beta", None, |options| {
        options.launcher = vec!["/nowhere/launcher".into(), "-x".into()];
    })
    .await;
    let missing = install(&mut beta.client, "bank", &bank).await.unwrap_err();
    assert_eq!(missing.code(), Code::FailedPrecondition);
    says(&missing, &["/nowhere/launcher"]);
    beta.daemon.shutdown().await;
}

#[tokio::test]
async fn a_damaged_upload_is_refused() {
    let mut alpha = host("alpha", None).await;
    let binary = class("bank", "exit 1");
    let header = |hash: String, bytes: usize| InstalledClass {
        class: "bank".into(),
        hash,
        bytes: bytes as u64,
        current: true,
    };

    let short = header(hash(&binary), binary.len() + 1);
    let short = upload(&mut alpha.client, short, &binary).await.unwrap_err();
    assert_eq!(short.code(), Code::DataLoss);
    says(&short, &["damaged", "send it again"]);

    let wrong = header(hash(b"something else"), binary.len());
    let wrong = upload(&mut alpha.client, wrong, &binary).await.unwrap_err();
    assert_eq!(wrong.code(), Code::DataLoss);
    says(&wrong, &["BLAKE3"]);

    for (class, hash) in [("../bank", hash(&binary)), ("bank", "../../x".to_owned())] {
        let mut outside = header(hash, binary.len());
        outside.class = class.to_owned();
        let outside = upload(&mut alpha.client, outside, &binary)
            .await
            .unwrap_err();
        assert_eq!(outside.code(), Code::InvalidArgument, "{outside}");
    }
    alpha.daemon.shutdown().await;
}

#[tokio::test]
async fn an_unwritable_directory_is_said() {
    let mut alpha = host("alpha", None).await;
    let incoming = alpha.dir.path().join("classes/.incoming");
    std::fs::remove_dir(&incoming).unwrap();
    // A file where the directory should be: also root cannot create one there.
    std::fs::write(&incoming, "").unwrap();
    let error = install(&mut alpha.client, "bank", &class("bank", ""))
        .await
        .unwrap_err();
    says(&error, &["cannot create", ".incoming", "writable"]);
    alpha.daemon.shutdown().await;
}
