//! The client channel against servers that are withdrawn, move and die.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::VecDeque;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hicam::client::{Channel, ConnectError, Connector};
use hicam_protocol::checkpoint::checkpoint_store_client::CheckpointStoreClient;
use hicam_protocol::checkpoint::{FenceReply, FenceRequest, PutRequest};
use hicam_protocol::metadata::{self, CallIdentity, NotServing};
use hicam_protocol::naming::{Binding, Lease, NameService, NamingError, ServerRecord, Token};
use hicam_protocol::transport;
use http::{HeaderMap, Request, Response};
use remex::name_service::{self, NameServiceHandle};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::{Code, Status};

const UUID: &str = "a3c1f0de-5a2b-4f3c-8a77-000000000001";
const PATIENCE: Duration = Duration::from_secs(20);

/// What a test server does with the next request.
enum Act {
    /// Answers with this epoch.
    Answer(u64),
    Refuse(NotServing),
    Fail(Status),
    /// Ends with all its connections, as a process that is killed does.
    Die,
    /// Never answers.
    Hang,
    /// Says so and waits for the word before it answers.
    Wait(CancellationToken, u64),
}

/// A server that does what it is told and remembers what it was asked.
struct TestServer {
    address: String,
    seen: watch::Receiver<Vec<HeaderMap>>,
    stop: CancellationToken,
}

#[derive(Clone)]
struct TestService {
    acts: Arc<Mutex<VecDeque<Act>>>,
    seen: Arc<watch::Sender<Vec<HeaderMap>>>,
    stop: CancellationToken,
}

impl TestServer {
    async fn start(acts: impl IntoIterator<Item = Act>) -> Self {
        let acts = Arc::new(Mutex::new(acts.into_iter().collect()));
        let (sender, seen) = watch::channel(Vec::new());
        let stop = CancellationToken::new();
        let service = TestService {
            acts,
            seen: Arc::new(sender),
            stop: stop.clone(),
        };
        let (started, address) = tokio::sync::oneshot::channel();
        let end = stop.clone();
        // A runtime of its own is what can be killed like a process: its end closes every connection.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async move {
                let bound = transport::bind("127.0.0.1:0", false).await.unwrap();
                started.send(bound.url()).unwrap();
                let serving = tonic::transport::Server::builder()
                    .add_service(service)
                    .serve_with_incoming(bound.incoming);
                tokio::select! {
                    served = serving => served.unwrap(),
                    () = end.cancelled() => {}
                }
            });
        });
        let address = address.await.unwrap();
        Self {
            address,
            seen,
            stop,
        }
    }

    async fn seen(&mut self, count: usize) -> Vec<CallIdentity> {
        self.headers(count)
            .await
            .iter()
            .map(|headers| CallIdentity::read(headers).unwrap().unwrap())
            .collect()
    }

    async fn headers(&mut self, count: usize) -> Vec<HeaderMap> {
        let seen = self.seen.wait_for(|seen| seen.len() >= count);
        tokio::time::timeout(PATIENCE, seen)
            .await
            .unwrap()
            .unwrap()
            .clone()
    }

    fn binding(&self, epoch: u64) -> Binding {
        Binding {
            address: self.address.clone(),
            epoch,
        }
    }
}

impl tonic::server::NamedService for TestService {
    const NAME: &'static str = "hicam.checkpoint.v1.CheckpointStore";
}

impl tower::Service<Request<Body>> for TestService {
    type Response = Response<Body>;
    type Error = std::convert::Infallible;
    type Future = futures::future::BoxFuture<'static, Result<Response<Body>, Self::Error>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Self::Error>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let service = self.clone();
        let headers = request.headers().clone();
        Box::pin(async move {
            let act = service.acts.lock().unwrap().pop_front();
            service.seen.send_modify(|seen| seen.push(headers));
            Ok(match act.unwrap_or(Act::Answer(0)) {
                Act::Answer(epoch) => answer(epoch),
                Act::Refuse(refusal) => refusal.to_status().into_http(),
                Act::Fail(status) => status.into_http(),
                Act::Hang => pending().await,
                Act::Wait(word, epoch) => {
                    word.cancelled().await;
                    answer(epoch)
                }
                Act::Die => {
                    service.stop.cancel();
                    pending().await
                }
            })
        })
    }
}

fn answer(epoch: u64) -> Response<Body> {
    use http_body_util::BodyExt as _;
    use prost::Message as _;
    let message = FenceReply { epoch }.encode_to_vec();
    let mut framed = vec![0];
    framed.extend_from_slice(&(message.len() as u32).to_be_bytes());
    framed.extend_from_slice(&message);
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", http::HeaderValue::from_static("0"));
    let body = http_body_util::Full::new(bytes::Bytes::from(framed))
        .with_trailers(std::future::ready(Some(Ok(trailers))));
    let mut response = Response::new(Body::new(body));
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static("application/grpc"),
    );
    response
}

fn retry_in(millis: u64) -> Act {
    Act::Refuse(NotServing::Pending {
        retry_after: Duration::from_millis(millis),
    })
}

fn moved(to: &Binding) -> Act {
    Act::Refuse(NotServing::Moved {
        address: to.address.clone(),
        epoch: to.epoch,
    })
}

/// A name service with one server in it.
struct Names {
    handle: NameServiceHandle,
    names: NameService,
    lease: Lease,
}

impl Names {
    async fn start() -> Self {
        let bound = transport::bind("127.0.0.1:0", false).await.unwrap();
        let handle = name_service::start(bound).await;
        let names = NameService::connect(&handle.url()).await.unwrap();
        let lease = names.lease(Duration::from_secs(30)).await.unwrap();
        let record = ServerRecord {
            uuid: UUID.to_owned(),
            class: "bank".to_owned(),
            name: "main".to_owned(),
            durability: "periodic".to_owned(),
            host: "a".to_owned(),
            hash: String::new(),
            interval_ms: 0,
        };
        let token = Token {
            epoch: 1,
            holder: "p".to_owned(),
            host: "a".to_owned(),
        };
        names.create_server(&record, &token).await.unwrap();
        Self {
            handle,
            names,
            lease,
        }
    }

    async fn advertise(&self, binding: &Binding) {
        self.names
            .advertise(UUID, binding, &self.lease)
            .await
            .unwrap();
    }

    async fn take(&self, epoch: u64) {
        let token = self.names.token(UUID).await.unwrap().unwrap();
        let new = Token {
            epoch,
            ..token.clone()
        };
        self.names.take_token(UUID, &token, &new).await.unwrap();
    }

    async fn connect(&self) -> Channel {
        Connector::new()
            .etcd(self.handle.url())
            .patience(PATIENCE)
            .connect("bank/main")
            .await
            .unwrap()
    }
}

async fn direct(server: &TestServer) -> Channel {
    Connector::new()
        .direct(&server.address)
        .patience(PATIENCE)
        .connect("bank/main")
        .await
        .unwrap()
}

async fn call(channel: &Channel) -> Result<u64, Status> {
    call_within(channel, None).await
}

async fn call_within(channel: &Channel, limit: Option<Duration>) -> Result<u64, Status> {
    let mut request = tonic::Request::new(FenceRequest::default());
    if let Some(limit) = limit {
        request.set_timeout(limit);
    }
    let reply = CheckpointStoreClient::new(channel.clone())
        .fence(request)
        .await?;
    Ok(reply.into_inner().epoch)
}

#[tokio::test]
async fn an_answer_is_an_answer_even_unavailable() {
    let mut server = TestServer::start([
        Act::Answer(7),
        Act::Fail(Status::unavailable("the user's own")),
        Act::Fail(Status::not_found("no such account")),
    ])
    .await;
    let channel = direct(&server).await;
    assert_eq!(call(&channel).await.unwrap(), 7);
    let own = call(&channel).await.unwrap_err();
    assert_eq!(
        (own.code(), own.message()),
        (Code::Unavailable, "the user's own")
    );
    let own = call(&channel).await.unwrap_err();
    assert_eq!(
        (own.code(), own.message()),
        (Code::NotFound, "no such account")
    );
    let numbers: Vec<_> = server.seen(3).await.iter().map(|id| id.request).collect();
    assert_eq!(numbers, [1, 2, 3]);
    let stats = channel.stats();
    assert_eq!((stats.calls, stats.answered, stats.retries()), (3, 3, 0));
    assert_eq!(stats.interrupted, 0);
}

#[tokio::test]
async fn pending_is_asked_again_under_the_same_number() {
    let mut server =
        TestServer::start([Act::Answer(1), retry_in(1), retry_in(1), Act::Answer(2)]).await;
    let channel = direct(&server).await;
    assert_eq!(call(&channel).await.unwrap(), 1);
    assert_eq!(call(&channel.clone()).await.unwrap(), 2);
    let seen = server.seen(4).await;
    assert_eq!(
        seen.iter().map(|id| id.request).collect::<Vec<_>>(),
        [1, 2, 2, 2]
    );
    assert!(seen.iter().all(|id| id.client == channel.client_id()));
    let stats = channel.take_longest();
    assert_eq!((stats.retries_pending, stats.interrupted), (2, 1));
    assert!(stats.longest_interruption >= Duration::from_millis(2));
    assert!(stats.longest_call >= stats.longest_interruption);
    assert_eq!(channel.stats().longest_interruption, Duration::ZERO);
}

#[tokio::test]
async fn a_request_that_is_issued_again_says_how_old_it_is() {
    let acts = [Act::Answer(1), retry_in(20), retry_in(20), Act::Answer(2)];
    let mut server = TestServer::start(acts).await;
    let channel = direct(&server).await;
    call(&channel).await.unwrap();
    call(&channel).await.unwrap();
    let headers = server.headers(4).await;
    // Not the first time, which is now, nor with another call.
    for first in &headers[..2] {
        assert!(!first.contains_key(metadata::AGE_MS), "{first:?}");
    }
    let ages: Vec<_> = headers[2..]
        .iter()
        .map(|headers| metadata::age(headers).unwrap())
        .collect();
    assert!(ages[0] >= Duration::from_millis(20), "{ages:?}");
    assert!(ages[1] >= ages[0] + Duration::from_millis(20), "{ages:?}");
}

#[tokio::test]
async fn pending_ends_as_soon_as_the_server_is_advertised_elsewhere() {
    let names = Names::start().await;
    let mut old = TestServer::start([retry_in(60_000)]).await;
    let mut new = TestServer::start([Act::Answer(5)]).await;
    names.advertise(&old.binding(1)).await;
    let channel = names.connect().await;
    let calling = tokio::spawn({
        let channel = channel.clone();
        async move { call(&channel).await }
    });
    assert_eq!(old.seen(1).await[0].request, 1);
    names.take(2).await;
    names.advertise(&new.binding(2)).await;
    assert_eq!(calling.await.unwrap().unwrap(), 5);
    assert_eq!(new.seen(1).await[0].request, 1);
    assert_eq!(channel.address(), Some(new.address.clone()));
    let headers = new.headers(1).await;
    assert_eq!(headers[0]["hicam-server"], UUID);
}

#[tokio::test]
async fn moved_is_followed_at_once() {
    let mut new = TestServer::start([Act::Answer(5), Act::Answer(6)]).await;
    let mut old = TestServer::start([moved(&new.binding(2))]).await;
    let channel = direct(&old).await;
    assert_eq!(call(&channel).await.unwrap(), 5);
    assert_eq!(call(&channel).await.unwrap(), 6);
    assert_eq!(old.seen(1).await.len(), 1);
    let numbers: Vec<_> = new.seen(2).await.iter().map(|id| id.request).collect();
    assert_eq!(numbers, [1, 2]);
    assert_eq!(channel.stats().retries_moved, 1);
}

#[tokio::test]
async fn a_move_to_an_earlier_epoch_is_not_followed() {
    let names = Names::start().await;
    let mut stale = TestServer::start([]).await;
    let server = TestServer::start([moved(&stale.binding(2)), Act::Answer(9)]).await;
    names.take(3).await;
    names.advertise(&server.binding(3)).await;
    let channel = names.connect().await;
    assert_eq!(call(&channel).await.unwrap(), 9);
    assert_eq!(stale.seen(0).await.len(), 0);
}

#[tokio::test]
async fn a_call_survives_the_server_that_dies_with_it() {
    let names = Names::start().await;
    let mut old = TestServer::start([Act::Die]).await;
    names.advertise(&old.binding(1)).await;
    let channel = names.connect().await;
    let calling = tokio::spawn({
        let channel = channel.clone();
        async move { call(&channel).await }
    });
    assert_eq!(old.seen(1).await[0].request, 1);
    let mut new = TestServer::start([Act::Answer(4)]).await;
    names.take(2).await;
    names.advertise(&new.binding(2)).await;
    assert_eq!(calling.await.unwrap().unwrap(), 4);
    assert_eq!(new.seen(1).await[0].request, 1);
    let stats = channel.stats();
    assert!(stats.retries_broken >= 1, "{stats:?}");
    assert_eq!((stats.answered, stats.interrupted), (1, 1));
}

#[tokio::test]
async fn a_process_that_hangs_is_left_when_a_later_epoch_serves() {
    let names = Names::start().await;
    let mut old = TestServer::start([Act::Hang]).await;
    names.advertise(&old.binding(1)).await;
    let channel = names.connect().await;
    let calling = tokio::spawn({
        let channel = channel.clone();
        async move { call(&channel).await }
    });
    old.seen(1).await;
    let mut new = TestServer::start([Act::Answer(8)]).await;
    names.take(2).await;
    names.advertise(&new.binding(2)).await;
    assert_eq!(calling.await.unwrap().unwrap(), 8);
    assert_eq!(new.seen(1).await[0].request, 1);
    assert_eq!(channel.stats().retries_superseded, 1);
}

#[tokio::test]
async fn a_call_waits_for_a_server_that_is_not_advertised() {
    let names = Names::start().await;
    let channel = names.connect().await;
    assert_eq!(channel.address(), None);
    let calling = tokio::spawn({
        let channel = channel.clone();
        async move { call(&channel).await }
    });
    let server = TestServer::start([Act::Answer(3)]).await;
    names.advertise(&server.binding(1)).await;
    assert_eq!(calling.await.unwrap().unwrap(), 3);
    assert!(channel.stats().waits_unbound >= 1);
}

#[tokio::test]
async fn the_name_service_may_be_away_while_the_server_serves() {
    let names = Names::start().await;
    let server = TestServer::start([Act::Answer(1), retry_in(1), Act::Answer(2)]).await;
    names.advertise(&server.binding(1)).await;
    let channel = names.connect().await;
    assert_eq!(call(&channel).await.unwrap(), 1);
    names.handle.stop().await;
    assert_eq!(call(&channel).await.unwrap(), 2);
}

#[tokio::test]
async fn answers_are_acknowledged_without_gaps() {
    let word = CancellationToken::new();
    let mut server = TestServer::start([Act::Wait(word.clone(), 1)]).await;
    let channel = direct(&server).await;
    let first = tokio::spawn({
        let channel = channel.clone();
        async move { call(&channel).await }
    });
    server.seen(1).await;
    call(&channel).await.unwrap();
    call(&channel).await.unwrap();
    word.cancel();
    first.await.unwrap().unwrap();
    call(&channel).await.unwrap();
    let seen = server.seen(4).await;
    let acks: Vec<_> = seen.iter().map(|id| (id.request, id.ack)).collect();
    assert_eq!(acks, [(1, 0), (2, 0), (3, 0), (4, 3)]);
}

#[tokio::test]
async fn the_deadline_bounds_the_client_and_is_not_told_to_the_server() {
    let mut server = TestServer::start([Act::Hang, retry_in(60_000)]).await;
    let channel = direct(&server).await;
    let begun = Instant::now();
    let error = call_within(&channel, Some(Duration::from_millis(100)))
        .await
        .unwrap_err();
    assert!(begun.elapsed() < PATIENCE / 2);
    assert_eq!(error.code(), Code::DeadlineExceeded);
    assert!(
        error.message().contains("Fence of server bank/main"),
        "{error}"
    );
    assert!(error.message().contains("may be executed"), "{error}");
    assert!(error.message().contains(&server.address), "{error}");
    assert!(!server.headers(1).await[0].contains_key("grpc-timeout"));

    // Whose answer is given up is acknowledged: it will not be asked for.
    let error = call_within(&channel, Some(Duration::from_millis(500)))
        .await
        .unwrap_err();
    assert!(error.message().contains("withdrawn"), "{error}");
    assert_eq!(server.seen(2).await[1].ack, 1);
    assert_eq!(channel.stats().deadlines_exceeded, 2);
}

#[tokio::test]
async fn nothing_at_the_address_is_waited_out_until_the_deadline() {
    let server = TestServer::start([]).await;
    let channel = direct(&server).await;
    server.stop.cancel();
    // A last call may still be answered, or cut off, while the server ends.
    let told = async {
        loop {
            let result = call_within(&channel, Some(Duration::from_millis(300))).await;
            if let Err(error) = result
                && error.message().contains("connection to")
            {
                assert_eq!(error.code(), Code::DeadlineExceeded);
                break;
            }
        }
    };
    tokio::time::timeout(PATIENCE, told).await.unwrap();
}

#[tokio::test]
async fn a_streamed_request_is_refused() {
    let server = TestServer::start([]).await;
    let channel = direct(&server).await;
    let mut client = CheckpointStoreClient::new(channel);
    let many = futures::stream::iter([PutRequest::default(), PutRequest::default()]);
    let error = client.put(many).await.unwrap_err();
    assert_eq!(error.code(), Code::Unimplemented);
    let none = futures::stream::iter(Vec::<PutRequest>::new());
    assert_eq!(
        client.put(none).await.unwrap_err().code(),
        Code::Unimplemented
    );
    let open = futures::StreamExt::chain(
        futures::stream::iter([PutRequest::default()]),
        futures::stream::pending(),
    );
    assert_eq!(
        client.put(open).await.unwrap_err().code(),
        Code::Unimplemented
    );
    assert_eq!(server.seen.borrow().len(), 0);
}

#[tokio::test]
async fn wrong_names_and_addresses_are_told_at_once() {
    let names = Names::start().await;
    let error = Connector::new()
        .names(names.names.clone())
        .connect("bank/other")
        .await
        .unwrap_err();
    assert!(
        matches!(&error, ConnectError::Naming(NamingError::UnknownServer { server }) if server == "bank/other"),
        "{error}"
    );
    let by_uuid = Connector::new()
        .names(names.names.clone())
        .connect(UUID)
        .await;
    assert_eq!(by_uuid.unwrap().server(), "bank/main");
    let error = Connector::new()
        .direct("not an address")
        .connect("bank/main")
        .await
        .unwrap_err();
    assert!(matches!(error, ConnectError::Address(_)), "{error}");
}
