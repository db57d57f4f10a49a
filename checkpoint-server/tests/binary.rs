//! The class-independent binary: its start, its signals, and a store that speaks S3.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use checkpoint_server::{CheckpointClient, ErrorCode, Which};
use hicam_protocol::naming::NameService;
use hicam_protocol::remex::ReportReadyRequest;
use hicam_protocol::transport;
use http_body_util::BodyExt as _;
use prost::Message as _;
use remex::name_service;
use support::{CLASS, UUID, description};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tonic::body::Body;

const PATIENCE: Duration = Duration::from_secs(20);

fn command(store: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_checkpoint-server"));
    for (key, _) in std::env::vars_os() {
        let name = key.to_string_lossy();
        if name.starts_with("AWS_") || name.starts_with("HICAM_") {
            command.env_remove(key);
        }
    }
    command
        .args(["--store", store])
        .env("RUST_LOG", "info")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

async fn started(mut command: Command) -> (Child, CheckpointClient) {
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    tokio::time::timeout(PATIENCE, out.read_line(&mut line))
        .await
        .unwrap()
        .unwrap();
    if line.is_empty() {
        let output = child.wait_with_output().await.unwrap();
        panic!("{}", String::from_utf8_lossy(&output.stderr));
    }
    let client = CheckpointClient::new(line.trim()).unwrap();
    (child, client)
}

async fn refused(command: &mut Command) -> String {
    let output = tokio::time::timeout(PATIENCE, command.output())
        .await
        .unwrap()
        .unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn keeps_checkpoints_and_fences_across_sigkill_and_ends_on_sigterm() {
    let directory = tempfile::tempdir().unwrap();
    let store = directory.path().join("made").display().to_string();
    let (mut child, client) = started(command(&store)).await;
    client
        .put(description(1, 1), Bytes::from_static(b"state"))
        .await
        .unwrap();
    client.fence(CLASS, UUID, 5).await.unwrap();
    child.kill().await.unwrap();

    let (mut child, client) = started(command(&store)).await;
    let got = client.get(CLASS, UUID, Which::Last).await.unwrap();
    assert_eq!(got.data, &b"state"[..]);
    let fenced = client
        .put(description(4, 2), Bytes::new())
        .await
        .unwrap_err();
    assert!(fenced.is_fenced());
    terminate(&mut child).await;
}

#[tokio::test]
async fn bad_settings_are_refused() {
    let text = refused(command("memory:").args(["--listen", "0.0.0.0:0"])).await;
    assert!(text.contains("--insecure-listen"), "{text}");
    let text = refused(command("memory:").args(["--keep", "0"])).await;
    assert!(text.contains("at least one"), "{text}");
    let text = refused(&mut command("gs://bucket")).await;
    assert!(text.contains("s3://BUCKET"), "{text}");
    let text = refused(command("memory:").args(["--log", "xml"])).await;
    assert!(text.contains("json"), "{text}");
}

#[tokio::test]
async fn an_unusable_store_is_refused_at_the_start_in_one_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    let file = file.display().to_string();
    let below = format!("{file}/store");
    // Nobody, not even root, can write in /sys/kernel.
    let cases: [(&str, &[&str]); 3] = [
        (&file, &["is a file", "give a directory"]),
        (
            &below,
            &[
                "does not allow making its directory",
                "Not a directory",
                "--store",
            ],
        ),
        (
            "/sys/kernel",
            &["does not allow writing an object", "ermi", "writable"],
        ),
    ];
    for (store, words) in cases {
        let text = last_line(&refused(&mut command(store)).await);
        for word in words {
            assert!(text.contains(word), "{text}");
        }
        assert!(text.contains(store), "{text}");
        assert!(text.matches("os error").count() <= 1, "{text}");
    }
}

/// The error, which follows what was logged.
fn last_line(text: &str) -> String {
    let last = text.lines().last().unwrap_or_default();
    assert!(last.starts_with("checkpoint-server: "), "{text}");
    last.to_owned()
}

#[tokio::test]
async fn logs_are_json_where_that_is_wanted() {
    let cases = [
        (None, None, false),
        (Some("json"), None, true),
        (Some("text"), Some("--log=json"), true),
        (Some("json"), Some("--log=text"), false),
    ];
    for (environment, argument, json) in cases {
        let mut command = command("memory:");
        command
            .envs(environment.map(|format| ("HICAM_LOG", format)))
            .args(argument);
        let (mut child, _) = started(command).await;
        let mut line = String::new();
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        tokio::time::timeout(PATIENCE, errors.read_line(&mut line))
            .await
            .unwrap()
            .unwrap();
        assert!(line.contains("checkpoint server started"), "{line}");
        assert_eq!(line.starts_with('{'), json, "{line}");
        child.kill().await.unwrap();
    }
}

#[tokio::test]
async fn advertises_itself_again_when_the_name_service_has_forgotten_it() {
    let bound = transport::bind("127.0.0.1:0", false).await.unwrap();
    let address = bound.address.to_string();
    let service = name_service::start(bound).await;
    let names = NameService::connect(&service.url()).await.unwrap();
    let mut command = command("memory:");
    command
        .args([
            "--etcd",
            &service.url(),
            "--class",
            CLASS,
            "--class",
            "other",
        ])
        .env("HICAM_HOST", "alpha");
    let (mut child, client) = started(command).await;
    let advert = names.checkpoint_server("other").await.unwrap().unwrap();
    assert_eq!(advert.address, client.address());
    assert_eq!(
        (advert.host, advert.store),
        ("alpha".into(), "memory:".into())
    );

    service.stop().await;
    let bound = transport::bind(&address, false).await.unwrap();
    let _service = name_service::start(bound).await;
    advertised(&names, true).await;

    terminate(&mut child).await;
    advertised(&names, false).await;
}

/// Waits until the class has a checkpoint server, or none.
async fn advertised(names: &NameService, expected: bool) {
    let change = async {
        // The name service has no event for it that its client offers, so it is asked again and again.
        while !matches!(names.checkpoint_server(CLASS).await, Ok(advert) if advert.is_some() == expected)
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, change).await.unwrap();
}

#[tokio::test]
async fn reports_to_the_remex_that_started_it() {
    let (sender, mut reports) = tokio::sync::mpsc::unbounded_channel();
    let bound = transport::bind("127.0.0.1:0", false).await.unwrap();
    let url = bound.url();
    let serving = tonic::transport::Server::builder()
        .add_service(Reports(sender))
        .serve_with_incoming(bound.incoming);
    let serving = tokio::spawn(serving);
    let mut command = command("memory:");
    command
        .args(["--class", CLASS])
        .env("HICAM_REPORT_TO", url)
        .env("HICAM_PROCESS", "process-7");
    let (child, client) = started(command).await;
    let report = reports.recv().await.unwrap();
    assert_eq!(report.process, "process-7");
    assert_eq!(report.address, client.address());
    assert_eq!(report.class, CLASS);
    assert_eq!(Some(report.pid), child.id());
    serving.abort();
}

/// Receives the reports that are meant for a remex.
#[derive(Clone)]
struct Reports(tokio::sync::mpsc::UnboundedSender<ReportReadyRequest>);

impl tonic::server::NamedService for Reports {
    const NAME: &'static str = "hicam.remex.v1.Remex";
}

impl tower::Service<http::Request<Body>> for Reports {
    type Response = http::Response<Body>;
    type Error = std::convert::Infallible;
    type Future = futures::future::BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Self::Error>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let sender = self.0.clone();
        Box::pin(async move {
            assert!(request.uri().path().ends_with("/ReportReady"));
            let message = request.into_body().collect().await.unwrap().to_bytes();
            sender
                .send(ReportReadyRequest::decode(message.slice(5..)).unwrap())
                .unwrap();
            let mut trailers = http::HeaderMap::new();
            trailers.insert("grpc-status", http::HeaderValue::from_static("0"));
            let body = http_body_util::Full::new(Bytes::from_static(&[0; 5]))
                .with_trailers(std::future::ready(Some(Ok(trailers))));
            let mut response = http::Response::new(Body::new(body));
            response.headers_mut().insert(
                http::header::CONTENT_TYPE,
                http::HeaderValue::from_static("application/grpc"),
            );
            Ok(response)
        })
    }
}

async fn terminate(child: &mut Child) {
    let pid = child.id().unwrap().to_string();
    let kill = Command::new("kill").arg(pid).status().await.unwrap();
    assert!(kill.success());
    let status = tokio::time::timeout(PATIENCE, child.wait())
        .await
        .unwrap()
        .unwrap();
    assert!(status.success(), "{status}");
}

#[tokio::test]
async fn s3_keeps_checkpoints_and_fences() {
    let s3 = S3::start().await;
    let (_child, client) = started(s3.command("http")).await;
    // Too large for one request: written in parts.
    let large = Bytes::from(support::pattern(9 << 20));
    client
        .put(description(1, 1), Bytes::from_static(b"one"))
        .await
        .unwrap();
    client.put(description(1, 2), large.clone()).await.unwrap();
    assert_eq!(client.fence(CLASS, UUID, 2).await.unwrap(), 2);

    let (_child, client) = started(s3.command("http")).await;
    let listed = client.list(None, None).await.unwrap();
    assert_eq!(
        listed.iter().map(|d| d.sequence).collect::<Vec<_>>(),
        [1, 2]
    );
    let last = client.get(CLASS, UUID, Which::Last).await.unwrap();
    assert!(last.data == large);
    let fenced = client
        .put(description(1, 3), Bytes::new())
        .await
        .unwrap_err();
    assert!(fenced.is_fenced());
    let names: Vec<_> = s3.objects.lock().unwrap().keys().cloned().collect();
    assert!(
        names
            .iter()
            .all(|name| name.starts_with(&format!("some/prefix/{CLASS}/{UUID}/"))),
        "{names:?}"
    );

    s3.forbid();
    let denied = client
        .put(description(2, 1), Bytes::new())
        .await
        .unwrap_err();
    assert_eq!(denied.code(), Some(ErrorCode::StoreReadOnly), "{denied}");
}

#[tokio::test]
async fn s3_over_https_has_its_tls_provider() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut child = s3_command("https", port).spawn().unwrap();
    let (mut connection, _) = tokio::time::timeout(PATIENCE, listener.accept())
        .await
        .unwrap()
        .unwrap();
    // The record of a handshake: the HTTPS client could be made, and it encrypts.
    assert_eq!(connection.read_u8().await.unwrap(), 22);
    child.kill().await.unwrap();
}

#[tokio::test]
async fn an_unusable_s3_is_refused_at_the_start() {
    // No credentials: nobody is asked for them, so the answer comes at once, and names what is missing.
    let begun = std::time::Instant::now();
    let text = last_line(&refused(&mut command("s3://bucket")).await);
    for word in ["s3://bucket", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
        assert!(text.contains(word), "{text}");
    }
    assert!(begun.elapsed() < Duration::from_secs(2), "{begun:?}");

    let s3 = S3::start().await;
    s3.forbid();
    let text = last_line(&refused(&mut s3.command("http")).await);
    assert!(text.contains("does not allow writing an object"), "{text}");

    // A port that was free a moment ago: nobody listens there.
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let text = last_line(&refused(&mut s3_command("http", port)).await);
    for word in ["is not available: writing an object failed", "refused"] {
        assert!(text.contains(word), "{text}");
    }
    assert_eq!(text.matches("os error").count(), 1, "{text}");
}

fn s3_command(scheme: &str, port: u16) -> Command {
    let mut command = command("s3://bucket/some/prefix");
    command
        .env("AWS_ENDPOINT_URL", format!("{scheme}://127.0.0.1:{port}"))
        .env("AWS_ALLOW_HTTP", (scheme == "http").to_string())
        .env("AWS_ACCESS_KEY_ID", "id")
        .env("AWS_SECRET_ACCESS_KEY", "secret");
    command
}

/// As much of S3 as the engine uses: put, get with range, list, delete, multipart upload.
#[derive(Clone)]
struct S3 {
    port: u16,
    objects: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    parts: Arc<Mutex<BTreeMap<u32, Vec<u8>>>>,
    forbidden: Arc<Mutex<bool>>,
}

impl S3 {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let s3 = Self {
            port: listener.local_addr().unwrap().port(),
            objects: Arc::default(),
            parts: Arc::default(),
            forbidden: Arc::default(),
        };
        let serving = s3.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let s3 = serving.clone();
                tokio::spawn(async move { s3.serve(connection).await });
            }
        });
        s3
    }

    fn forbid(&self) {
        *self.forbidden.lock().unwrap() = true;
    }

    fn command(&self, scheme: &str) -> Command {
        s3_command(scheme, self.port)
    }

    async fn serve(&self, connection: TcpStream) -> Option<()> {
        let mut connection = BufReader::new(connection);
        loop {
            let (mut length, mut range) = (0, None);
            let mut first = String::new();
            connection.read_line(&mut first).await.ok()?;
            let mut words = first.split_whitespace();
            let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
            loop {
                let mut line = String::new();
                connection.read_line(&mut line).await.ok()?;
                let Some((name, value)) = line.trim().split_once(':') else {
                    break;
                };
                match name.to_ascii_lowercase().as_str() {
                    "content-length" => length = value.trim().parse().ok()?,
                    "range" => range = Some(value.trim().to_owned()),
                    _ => {}
                }
            }
            let mut body = vec![0; length];
            connection.read_exact(&mut body).await.ok()?;
            let (status, headers, body) = self.answer(&method, &target, range, body);
            let head = format!(
                "HTTP/1.1 {status} X\r\n{headers}ETag: \"e\"\r\nLast-Modified: Tue, 01 Oct 2024 00:00:00 GMT\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            connection.write_all(head.as_bytes()).await.ok()?;
            connection.write_all(&body).await.ok()?;
        }
    }

    fn answer(
        &self,
        method: &str,
        target: &str,
        range: Option<String>,
        body: Vec<u8>,
    ) -> (u16, String, Vec<u8>) {
        let ok = |body: Vec<u8>| (200, String::new(), body);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let name = path.trim_start_matches("/bucket").trim_start_matches('/');
        let parameter = |name: &str| {
            query
                .split('&')
                .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
        };
        let mut objects = self.objects.lock().unwrap();
        let mut parts = self.parts.lock().unwrap();
        match method {
            "PUT" | "POST" if *self.forbidden.lock().unwrap() => (403, String::new(), Vec::new()),
            "POST" if query.starts_with("delete") => {
                let body = String::from_utf8(body).unwrap();
                let keys = body.split("<Key>").skip(1);
                let deleted: String = keys
                    .filter_map(|key| key.split("</Key>").next())
                    .inspect(|key| drop(objects.remove(*key)))
                    .map(|key| format!("<Deleted><Key>{key}</Key></Deleted>"))
                    .collect();
                ok(format!("<DeleteResult>{deleted}</DeleteResult>").into_bytes())
            }
            "POST" if query.starts_with("uploads") => ok(b"<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>".to_vec()),
            "PUT" if parameter("partNumber").is_some() => {
                parts.insert(parameter("partNumber").unwrap().parse().unwrap(), body);
                ok(Vec::new())
            }
            "POST" if parameter("uploadId").is_some() => {
                let whole = std::mem::take(&mut *parts).into_values().flatten().collect();
                objects.insert(name.to_owned(), whole);
                ok(b"<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>".to_vec())
            }
            "PUT" => {
                objects.insert(name.to_owned(), body);
                ok(Vec::new())
            }
            "GET" if name.is_empty() => {
                let prefix = parameter("prefix").unwrap_or_default().replace("%2F", "/");
                let contents: String = objects
                    .iter()
                    .filter(|(name, _)| name.starts_with(&prefix))
                    .map(|(name, data)| format!("<Contents><Key>{name}</Key><Size>{}</Size><LastModified>2024-10-01T00:00:00.000Z</LastModified><ETag>e</ETag></Contents>", data.len()))
                    .collect();
                ok(format!("<ListBucketResult>{contents}</ListBucketResult>").into_bytes())
            }
            "GET" => match (objects.get(name), range) {
                (None, _) => (404, String::new(), Vec::new()),
                (Some(data), None) => ok(data.clone()),
                (Some(data), Some(range)) => {
                    let tail: usize = range.trim_start_matches("bytes=-").parse().unwrap();
                    let from = data.len().saturating_sub(tail);
                    let header = format!("Content-Range: bytes {from}-{}/{}\r\n", data.len() - 1, data.len());
                    (206, header, data[from..].to_vec())
                }
            },
            _ => (400, String::new(), Vec::new()),
        }
    }
}
