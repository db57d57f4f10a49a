//! The gRPC service and its client, over real connections.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use std::sync::Arc;

use bytes::Bytes;
use checkpoint_server::{
    CheckpointClient, ClassCheck, Description, ErrorCode, Handle, Mismatch, Options, Service,
    StoreLocation, Which,
};
use hicam_protocol::checkpoint::checkpoint_store_client::CheckpointStoreClient;
use hicam_protocol::checkpoint::{PutRequest, put_request};
use hicam_protocol::transport;
use hicam_state::{Checkpoint, Frame, Local, Objects, State, Thread, TypeTable, Value};
use support::{CLASS, UUID, checksum, description, pattern, stored};

async fn start(check: Option<Arc<dyn ClassCheck>>) -> (Handle, CheckpointClient) {
    let options = Options {
        check,
        ..Options::new(StoreLocation::Memory)
    };
    let listener = transport::bind("127.0.0.1:0", false).await.unwrap();
    let server = Service::start(options, listener).await.unwrap();
    let client = CheckpointClient::new(server.url()).unwrap();
    (server, client)
}

fn value<T: State>(types: &mut TypeTable, value: &T) -> Value {
    let ty = T::describe(types);
    let mut out = hicam_state::Encoder::new();
    value.encode(&mut out).unwrap();
    Value {
        ty,
        bytes: out.into_bytes(),
    }
}

fn checkpoint(class: &str) -> Bytes {
    let mut types = TypeTable::new();
    let globals = value(&mut types, &42_u64);
    let total = value(&mut types, &"seven".to_owned());
    let checkpoint = Checkpoint {
        class: class.to_owned(),
        uuid: UUID.to_owned(),
        epoch: 1,
        sequence: 1,
        taken_unix_ms: 5,
        host: "a".to_owned(),
        arch: "x86_64".to_owned(),
        schema_fingerprint: "f".to_owned(),
        types,
        globals,
        threads: vec![Thread {
            client: "c".to_owned(),
            request: 9,
            method: "/bank.Bank/Settle".to_owned(),
            frames: vec![Frame {
                function: "settle".to_owned(),
                point: 2,
                file: "src/main.rs".to_owned(),
                line: 77,
                fingerprint: 1,
                locals: vec![Local {
                    name: "total".to_owned(),
                    value: total,
                }],
                branches: Vec::new(),
                point_name: String::new(),
            }],
        }],
        replies: Vec::new(),
        clients: Vec::new(),
        clients_forgotten_after_ms: 0,
        tasks: hicam_state::Tasks::default(),
        objects: Objects::default(),
    };
    checkpoint.encode().unwrap().into()
}

/// Knows that the globals of class `bank` take eight bytes.
struct BankCheck {
    size: usize,
}

impl ClassCheck for BankCheck {
    fn class(&self) -> &str {
        CLASS
    }

    fn check(&self, checkpoint: &Checkpoint) -> Result<(), Mismatch> {
        if checkpoint.globals.bytes.len() == self.size {
            Ok(())
        } else {
            Err(Mismatch::new("field `accounts` is a map now"))
        }
    }
}

#[tokio::test]
async fn sixty_four_megabytes_go_there_and_back() {
    let (server, client) = start(None).await;
    let data = Bytes::from(pattern(64 << 20));
    let put = client.put(description(1, 1), data.clone()).await.unwrap();
    assert_eq!(put.bytes, 64 << 20);
    assert_eq!(put.checksum, checksum(&data));
    let got = client.get(CLASS, UUID, Which::Last).await.unwrap();
    assert_eq!(got.description, put);
    assert!(got.data == data);
    assert_eq!(client.list(None, None).await.unwrap(), [put]);
    server.stop().await;
}

#[tokio::test]
async fn an_empty_state_is_a_state() {
    let (server, client) = start(None).await;
    client.put(description(1, 1), Bytes::new()).await.unwrap();
    let got = client.get(CLASS, UUID, Which::Last).await.unwrap();
    assert!(got.data.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn errors_keep_their_kind_across_the_connection() {
    let (server, client) = start(None).await;
    let missing = client.get(CLASS, UUID, Which::Last).await.unwrap_err();
    assert_eq!(missing.code(), Some(ErrorCode::NotFound));
    assert!(!missing.is_retryable());

    let data = Bytes::from_static(b"state");
    client.put(description(2, 4), data.clone()).await.unwrap();
    client.put(description(2, 4), data.clone()).await.unwrap();
    assert_eq!(client.fence(CLASS, UUID, 3).await.unwrap(), 3);
    let fenced = client
        .put(description(2, 5), data.clone())
        .await
        .unwrap_err();
    assert!(fenced.is_fenced(), "{fenced}");
    client.put(description(3, 5), data.clone()).await.unwrap();
    let stale = client.put(description(3, 4), data).await.unwrap_err();
    assert_eq!(stale.code(), Some(ErrorCode::StaleSequence));

    let unreadable = client.show(CLASS, UUID, Which::Last).await.unwrap_err();
    assert_eq!(unreadable.code(), Some(ErrorCode::Unreadable));
    client.delete(CLASS, UUID, 4).await.unwrap();
    let all = client.list(Some(CLASS), Some(UUID)).await.unwrap();
    assert_eq!(all.iter().map(|d| d.sequence).collect::<Vec<_>>(), [5]);
    let none = client.delete(CLASS, UUID, 0).await.unwrap_err();
    assert_eq!(none.code(), Some(ErrorCode::Invalid));

    server.stop().await;
    let gone = client.list(None, None).await.unwrap_err();
    assert!(gone.is_retryable(), "{gone}");
    assert_eq!(gone.code(), None);
}

#[tokio::test]
async fn a_put_that_breaks_off_stores_nothing() {
    let (server, client) = start(None).await;
    let raw = CheckpointStoreClient::new(transport::connect_lazy(&server.url()).unwrap());
    let part = |part| PutRequest { part: Some(part) };
    let header = || put_request::Part::Header(description(1, 1).into());
    let data = || put_request::Part::Data(Bytes::from_static(b"state"));
    let end = |of: &[u8]| put_request::Part::EndChecksum(checksum(of));

    let cases = [
        (vec![], ErrorCode::Invalid),
        (vec![data()], ErrorCode::Invalid),
        (vec![header(), header()], ErrorCode::Invalid),
        (vec![header(), data()], ErrorCode::Incomplete),
        (vec![header(), data(), end(b"stat")], ErrorCode::Incomplete),
    ];
    for (parts, expected) in cases {
        let stream = futures::stream::iter(parts.into_iter().map(part).collect::<Vec<_>>());
        let status = raw.clone().put(stream).await.unwrap_err();
        assert_eq!(
            checkpoint_server::error_code(&status),
            Some(expected),
            "{status}"
        );
    }

    // The client goes away in the middle.
    let stream = futures::StreamExt::chain(
        futures::stream::iter([part(header()), part(data())]),
        futures::stream::pending(),
    );
    let mut aborted = raw.clone();
    let task = tokio::spawn(async move { aborted.put(stream).await });
    client.put(description(1, 2), Bytes::new()).await.unwrap();
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert_eq!(stored(server.engine()).await, [(1, 2)]);
    server.stop().await;
}

#[tokio::test]
async fn shows_a_checkpoint_as_json() {
    let (server, client) = start(Some(Arc::new(BankCheck { size: 8 }))).await;
    client
        .put(description(1, 1), checkpoint(CLASS))
        .await
        .unwrap();
    let json = client.show(CLASS, UUID, Which::Sequence(1)).await.unwrap();
    let shown: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(shown["globals"], 42);
    let frame = &shown["threads"][0]["frames"][0];
    assert_eq!(frame["function"], "settle");
    assert_eq!(frame["at"], "src/main.rs:77");
    assert_eq!(frame["locals"]["total"], "seven");
    assert!(json.contains("\n  "), "it is indented");
    server.stop().await;
}

#[tokio::test]
async fn a_class_refuses_what_is_not_of_it() {
    let (server, client) = start(Some(Arc::new(BankCheck { size: 4 }))).await;
    let refused = |data: Bytes, description: Description| {
        let client = client.clone();
        async move {
            let error = client.put(description, data).await.unwrap_err();
            assert_eq!(error.code(), Some(ErrorCode::Refused), "{error}");
            error.to_string()
        }
    };
    let text = refused(checkpoint(CLASS), description(1, 1)).await;
    assert!(text.contains("field `accounts`"), "{text}");
    let text = refused(Bytes::from_static(b"nonsense"), description(1, 1)).await;
    assert!(text.contains("not a HiCaM checkpoint"), "{text}");
    let text = refused(checkpoint(CLASS), description(1, 2)).await;
    assert!(text.contains("holds checkpoint 1"), "{text}");
    let other = Description {
        class: "render".to_owned(),
        ..description(1, 1)
    };
    let text = refused(checkpoint("render"), other).await;
    assert!(text.contains("of class bank"), "{text}");
    assert_eq!(client.list(None, None).await.unwrap(), []);
    server.stop().await;
}
