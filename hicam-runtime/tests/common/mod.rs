//! A small server class, and what the tests need to run, call and move it.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    reason = "test support: each test file uses a part of it, and a failure is a panic"
)]

pub mod between;

use futures::future::BoxFuture;
use hicam::{
    Conformist, Durability, Running, Server, ServerError, ServerOptions, State, server::Role,
};
use hicam_protocol::{
    management::{
        DescribeRequest, ServerDescription, StartServerRequest, management_client::ManagementClient,
    },
    transport,
};
use hicam_state::{DecodeError, Decoder, EncodeError, Encoder, TypeId, TypeTable};
use std::{
    cell::{Cell, RefCell},
    convert::Infallible,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    task::{Context, Poll},
    time::Duration,
};
use tokio::sync::{Notify, watch};
use tonic::{
    Request, Response, Status, body::Body, metadata::MetadataValue, server::NamedService,
    transport::Channel,
};
use tonic_prost::ProstCodec;

pub const LIMIT: Duration = Duration::from_secs(20);

/// Fails the test when something that should happen does not.
pub async fn soon<T>(what: &str, work: impl Future<Output = T>) -> T {
    match tokio::time::timeout(LIMIT, work).await {
        Ok(value) => value,
        Err(_) => panic!("{what}: not within {LIMIT:?}"),
    }
}

#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Ask {
    #[prost(uint64, tag = "1")]
    pub n: u64,
}

#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Answer {
    #[prost(uint64, tag = "1")]
    pub n: u64,
}

/// The server's own data; only `total` and `released` are captured.
#[derive(Default)]
pub struct Counter {
    pub total: AtomicU64,
    pub released: AtomicBool,
    /// What `Stall` waits for.
    pub stall: Arc<Notify>,
    /// Follows `total`.
    pub progress: watch::Sender<u64>,
}

impl Counter {
    fn step(&self) {
        let total = self.total.fetch_add(1, SeqCst) + 1;
        self.progress.send_replace(total);
    }
}

impl State for Counter {
    fn describe(types: &mut TypeTable) -> TypeId {
        <(u64, bool)>::describe(types)
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        (self.total.load(SeqCst), self.released.load(SeqCst)).encode(out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let (total, released) = <(u64, bool)>::decode(input)?;
        Ok(Self {
            total: AtomicU64::new(total),
            released: AtomicBool::new(released),
            ..Self::default()
        })
    }
}

impl Conformist for Counter {
    const CLASS: &'static str = "counter";
}

#[hicam::migratable]
impl Counter {
    /// Counts up to `n`, or until it is released.
    async fn count(&self, request: Request<Ask>) -> Result<Response<Answer>, Status> {
        let steps = request.into_inner().n;
        let mut i = 0;
        while self.wants_more(steps, i) {
            tokio::time::sleep(Duration::from_millis(1)).await;
            self.step();
            i += 1;
        }
        Ok(Response::new(Answer { n: i }))
    }

    /// Waits in several ways at the same time: so many milliseconds, until it is released, until it is notified.
    async fn wait(&self, request: Request<Ask>) -> Result<Response<Answer>, Status> {
        let limit = Duration::from_millis(request.into_inner().n);
        let n = tokio::select! {
            () = tokio::time::sleep(limit) => 0,
            () = self.until_released() => 1,
            () = hicam::reissue(|| self.stall.notified()) => 2,
        };
        Ok(Response::new(Answer { n }))
    }

    /// Counts until it is released, without waiting, by what two `Rc`s in a graph point to. If it is asked for 1, something
    /// outside of the function holds a third.
    async fn walk(&self, request: Request<Ask>) -> Result<Response<Answer>, Status> {
        let outside = request.into_inner().n == 1;
        let steps = {
            let shared = Rc::new(Cell::new(0));
            let graph = vec![Rc::clone(&shared), shared];
            HELD.set(outside.then(|| Rc::clone(&graph[0])));
            while self.wants_more(0, graph[1].get()) {
                // So that it does not keep the runtime from its other tasks.
                tokio::task::block_in_place(|| std::thread::sleep(Duration::from_millis(1)));
                graph[0].set(graph[1].get() + 1);
                self.step();
            }
            HELD.set(None);
            graph[1].get()
        };
        Ok(Response::new(Answer { n: steps }))
    }

    async fn until_released(&self) {
        while !self.released.load(SeqCst) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    fn wants_more(&self, steps: u64, done: u64) -> bool {
        if steps == 0 {
            !self.released.load(SeqCst)
        } else {
            done < steps
        }
    }
}

thread_local! {
    /// What `walk` holds, too.
    static HELD: RefCell<Option<Rc<Cell<u64>>>> = const { RefCell::new(None) };
}

/// The handler, as `#[hicam::conformist]` names it.
type Count<'h> = __HicamFn_Counter_count<
    'h,
    fn(*const Counter, *const Request<Ask>, *const Result<Response<Answer>, Status>),
>;

type Wait<'h> = __HicamFn_Counter_wait<
    'h,
    fn(*const Counter, *const Request<Ask>, *const Result<Response<Answer>, Status>),
>;

type Walk<'h> = __HicamFn_Counter_walk<
    'h,
    fn(*const Counter, *const Request<Ask>, *const Result<Response<Answer>, Status>),
>;

/// What tonic would generate for the service `test.Counter`.
#[derive(Clone)]
pub struct CounterServer(Arc<Counter>);

impl CounterServer {
    pub fn from_arc(state: Arc<Counter>) -> Self {
        Self(state)
    }
}

impl NamedService for CounterServer {
    const NAME: &'static str = "test.Counter";
}

impl tower::Service<http::Request<Body>> for CounterServer {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let state = Arc::clone(&self.0);
        Box::pin(async move {
            let path = request.uri().path().to_owned();
            let service = tower::service_fn(move |request: Request<Ask>| {
                let (state, path) = (Arc::clone(&state), path.clone());
                async move { dispatch(&state, &path, request).await }
            });
            let codec = ProstCodec::<Answer, Ask>::default();
            Ok(tonic::server::Grpc::new(codec)
                .unary(service, request)
                .await)
        })
    }
}

async fn dispatch(
    state: &Counter,
    path: &str,
    request: Request<Ask>,
) -> Result<Response<Answer>, Status> {
    match path {
        "/test.Counter/Add" => hicam::__private::handle::<Count<'_>, _, _, _>(state, request).await,
        "/test.Counter/Wait" => hicam::__private::handle::<Wait<'_>, _, _, _>(state, request).await,
        "/test.Counter/Walk" => hicam::__private::handle::<Walk<'_>, _, _, _>(state, request).await,
        "/test.Counter/Total" => Ok(Response::new(Answer {
            n: state.total.load(SeqCst),
        })),
        "/test.Counter/Release" => {
            state.released.store(true, SeqCst);
            Ok(Response::new(Answer { n: 0 }))
        }
        "/test.Counter/Stall" => {
            state.stall.notified().await;
            state.step();
            Ok(Response::new(Answer { n: 1 }))
        }
        "/test.Counter/Fail" => Err(Status::not_found("no such thing")),
        "/test.Counter/Panic" => panic!("as the test wants it"),
        other => Err(Status::unimplemented(other.to_owned())),
    }
}

/// Options of a server that stands alone.
pub fn alone() -> ServerOptions {
    ServerOptions::default()
}

/// Options of a standby process.
pub fn standby(etcd: &str, process: &str) -> ServerOptions {
    ServerOptions {
        role: Role::Standby,
        etcd: Some(etcd.to_owned()),
        process: process.to_owned(),
        host: "here".to_owned(),
        interval: Duration::ZERO,
        lease: Duration::from_secs(2),
        ..ServerOptions::default()
    }
}

pub fn replies(options: ServerOptions) -> ServerOptions {
    ServerOptions {
        durability: Durability::Replies,
        ..options
    }
}

pub async fn start(options: ServerOptions) -> Running {
    try_start(options).await.unwrap()
}

pub async fn try_start(options: ServerOptions) -> Result<Running, ServerError> {
    Server::<Counter>::new(options)
        .service(CounterServer::from_arc)
        .start()
        .await
}

/// A server and what its test holds of its state.
pub struct Watched {
    pub running: Running,
    pub stall: Arc<Notify>,
    pub progress: watch::Receiver<u64>,
}

pub async fn start_watched(options: ServerOptions) -> Watched {
    let stall = Arc::new(Notify::new());
    let (sender, progress) = watch::channel(0);
    let make = {
        let stall = Arc::clone(&stall);
        move || Counter {
            stall: Arc::clone(&stall),
            progress: sender.clone(),
            ..Counter::default()
        }
    };
    let running = Server::<Counter>::new(options)
        .service(CounterServer::from_arc)
        .state_with(make)
        .start()
        .await
        .unwrap();
    Watched {
        running,
        stall,
        progress,
    }
}

impl Watched {
    /// Waits until so many steps have been made.
    pub async fn progressed(&mut self, steps: u64) {
        soon("progress", self.progress.wait_for(|total| *total >= steps))
            .await
            .unwrap();
    }
}

/// A conformist client with the request numbers in the test's hands.
#[derive(Clone)]
pub struct Client {
    channel: Channel,
    id: Option<String>,
}

impl Client {
    pub async fn new(address: &str, id: &str) -> Self {
        Self {
            channel: transport::connect(address).await.unwrap(),
            id: Some(id.to_owned()),
        }
    }

    pub async fn plain(address: &str) -> Self {
        Self {
            channel: transport::connect(address).await.unwrap(),
            id: None,
        }
    }

    pub async fn call(&self, method: &str, request: u64, n: u64) -> Result<u64, Status> {
        self.acknowledging(method, request, 0, n).await
    }

    pub async fn acknowledging(
        &self,
        method: &str,
        request: u64,
        ack: u64,
        n: u64,
    ) -> Result<u64, Status> {
        self.send(method, request, ack, None, n).await
    }

    /// Issues a request again that was sent first `age` ago.
    pub async fn again(
        &self,
        method: &str,
        request: u64,
        age: Duration,
        n: u64,
    ) -> Result<u64, Status> {
        self.send(method, request, 0, Some(age), n).await
    }

    async fn send(
        &self,
        method: &str,
        request: u64,
        ack: u64,
        age: Option<Duration>,
        n: u64,
    ) -> Result<u64, Status> {
        let mut message = Request::new(Ask { n });
        if let Some(age) = age {
            let millis = u64::try_from(age.as_millis()).unwrap();
            let headers = message.metadata_mut();
            headers.insert("hicam-age-ms", MetadataValue::from(millis));
        }
        if let Some(id) = &self.id {
            let headers = message.metadata_mut();
            headers.insert("hicam-client", id.parse().unwrap());
            headers.insert("hicam-request", MetadataValue::from(request));
            headers.insert("hicam-ack", MetadataValue::from(ack));
        }
        let mut grpc = tonic::client::Grpc::new(self.channel.clone());
        grpc.ready()
            .await
            .map_err(|error| Status::unavailable(error.to_string()))?;
        let path = format!("/test.Counter/{method}").parse().unwrap();
        let codec = ProstCodec::<Ask, Answer>::default();
        let answer = soon(method, grpc.unary(message, path, codec)).await?;
        Ok(answer.into_inner().n)
    }

    /// Makes a call in the background.
    pub fn begin(
        &self,
        method: &'static str,
        request: u64,
        n: u64,
    ) -> tokio::task::JoinHandle<Result<u64, Status>> {
        let client = self.clone();
        tokio::spawn(async move { client.call(method, request, n).await })
    }
}

pub fn hicam_status(status: &Status) -> Option<&str> {
    status.metadata().get("hicam-status")?.to_str().ok()
}

pub async fn management(address: &str) -> ManagementClient<Channel> {
    ManagementClient::new(transport::connect(address).await.unwrap())
}

pub async fn describe(address: &str) -> ServerDescription {
    let mut client = management(address).await;
    client
        .describe(DescribeRequest {})
        .await
        .unwrap()
        .into_inner()
}

/// An embedded name service.
pub async fn name_service() -> remex::name_service::NameServiceHandle {
    let bound = transport::bind("127.0.0.1:0", false).await.unwrap();
    remex::name_service::start(bound).await
}

/// A checkpoint server in memory, advertised for the class if `etcd` is given.
pub struct Checkpoints {
    pub handle: checkpoint_server::Handle,
    _lease: Option<hicam_protocol::naming::Lease>,
}

pub async fn checkpoints(etcd: Option<&str>) -> Checkpoints {
    let bound = transport::bind("127.0.0.1:0", false).await.unwrap();
    let options = checkpoint_server::Options::new(checkpoint_server::StoreLocation::Memory);
    let handle = checkpoint_server::Service::start(options, bound)
        .await
        .unwrap();
    let mut held = None;
    if let Some(etcd) = etcd {
        let naming = hicam_protocol::naming::NameService::connect(etcd)
            .await
            .unwrap();
        let lease = naming.lease(Duration::from_secs(10)).await.unwrap();
        let advert = hicam_protocol::naming::CheckpointServerAdvert {
            address: handle.url(),
            host: "here".to_owned(),
            store: "memory:".to_owned(),
        };
        naming
            .advertise_checkpoint_server("counter", &advert, &lease)
            .await
            .unwrap();
        held = Some(lease);
    }
    Checkpoints {
        handle,
        _lease: held,
    }
}

/// Makes a standby process a fresh server.
pub async fn become_server(address: &str, uuid: &str, name: &str) -> ServerDescription {
    let request = StartServerRequest {
        uuid: uuid.to_owned(),
        name: name.to_owned(),
        expected_epoch: 0,
        interval_ms: None,
    };
    let mut client = management(address).await;
    client.start_server(request).await.unwrap().into_inner()
}
