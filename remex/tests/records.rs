//! What a daemon changes in the records of servers: only what is its own to change.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::time::Duration;

use common::host;
use hicam_protocol::naming::{Binding, Holder, NameService, NamingError, ServerRecord, Token};

fn record() -> ServerRecord {
    ServerRecord {
        uuid: "0".into(),
        class: "bank".into(),
        name: "main".into(),
        durability: "replies".into(),
        host: "alpha".into(),
        hash: String::new(),
        interval_ms: 0,
    }
}

fn token(holder: &str) -> Token {
    Token {
        epoch: 1,
        holder: holder.into(),
        host: "alpha".into(),
    }
}

#[tokio::test]
async fn what_an_ended_process_holds_is_released_and_that_of_others_is_not() {
    let alpha = host("alpha", None).await;
    let naming = NameService::connect(alpha.daemon.etcd()).await.unwrap();
    naming
        .create_server(&record(), &token("living"))
        .await
        .unwrap();
    assert!(
        !naming.release("0", "living").await.unwrap(),
        "holds nothing"
    );

    let lease = naming.lease(Duration::from_secs(10)).await.unwrap();
    let holder = Holder {
        process: "living".into(),
        host: "alpha".into(),
        epoch: 1,
    };
    naming.hold("0", &holder, &lease).await.unwrap();
    let binding = Binding {
        address: "http://127.0.0.1:1".into(),
        epoch: 1,
    };
    naming.advertise("0", &binding, &lease).await.unwrap();

    assert!(!naming.release("0", "ended").await.unwrap());
    assert_eq!(naming.holder("0").await.unwrap(), Some(holder));
    assert_eq!(naming.binding("0").await.unwrap(), Some(binding));

    assert!(naming.release("0", "living").await.unwrap());
    assert_eq!(naming.holder("0").await.unwrap(), None);
    assert_eq!(naming.binding("0").await.unwrap(), None);
    // The token stays: it says who ran last.
    assert_eq!(naming.token("0").await.unwrap(), Some(token("living")));
    alpha.daemon.shutdown().await;
}

#[tokio::test]
async fn simultaneous_changes_of_a_record_are_all_kept() {
    let alpha = host("alpha", None).await;
    let naming = NameService::connect(alpha.daemon.etcd()).await.unwrap();
    naming.create_server(&record(), &token("")).await.unwrap();
    let (one, two, three) = tokio::join!(
        naming.update_server("0", |record| record.host = "beta".into()),
        naming.update_server("0", |record| record.hash = "abc".into()),
        naming.update_server("0", |record| record.interval_ms = 7),
    );
    for updated in [one, two, three] {
        updated.unwrap();
    }
    let expected = ServerRecord {
        host: "beta".into(),
        hash: "abc".into(),
        interval_ms: 7,
        ..record()
    };
    assert_eq!(naming.server("0").await.unwrap(), Some(expected));

    let unknown = naming.update_server("1", |_| ()).await.unwrap_err();
    assert!(
        matches!(unknown, NamingError::UnknownServer { .. }),
        "{unknown}"
    );
    alpha.daemon.shutdown().await;
}
