//! What the server's own data and the frames of its calls share is shared after a restore.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failure in a test is a panic"
)]

mod common;

use common::{
    Answer, Ask, Client, become_server, checkpoints, management, name_service, soon, standby,
};
use futures::future::BoxFuture;
use hicam::{Conformist, Running, Server, State};
use hicam_protocol::management::{CheckpointServerRequest, RestoreServerRequest};
use std::{
    convert::Infallible,
    sync::{
        Arc, Mutex, OnceLock, Weak,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::{Context, Poll},
    time::Duration,
};
use tonic::{Request, Response, Status, body::Body, server::NamedService};
use tonic_prost::ProstCodec;

/// What all calls write to.
type Board = Arc<Mutex<Vec<u64>>>;

#[derive(State, Default)]
struct Pool {
    board: Board,
    /// One for each call in progress, which alone holds it.
    present: Mutex<Vec<Weak<u64>>>,
    released: AtomicBool,
    me: OnceLock<Weak<Pool>>,
}

impl Conformist for Pool {
    const CLASS: &'static str = "counter";
}

#[hicam::migratable]
impl Pool {
    /// Holds objects of the pool until it is released; answers how many of them are still the pool's own.
    async fn join(&self, request: Request<Ask>) -> Result<Response<Answer>, Status> {
        let number = request.into_inner().n;
        let board = Arc::clone(&self.board);
        let token = Arc::new(number);
        let me = self.myself()?;
        self.enter(&token);
        while !self.released.load(SeqCst) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        board.lock().unwrap().push(*token);
        let same =
            u64::from(Arc::ptr_eq(&board, &self.board)) + u64::from(std::ptr::eq(&*me, self));
        Ok(Response::new(Answer { n: same }))
    }
}

impl Pool {
    fn myself(&self) -> Result<Arc<Pool>, Status> {
        let me = self.me.get().and_then(Weak::upgrade);
        me.ok_or_else(|| Status::internal("the pool has lost itself"))
    }

    fn enter(&self, token: &Arc<u64>) {
        self.present.lock().unwrap().push(Arc::downgrade(token));
    }
}

/// The handler, as `#[hicam::conformist]` names it.
type Join<'h> = __HicamFn_Pool_join<
    'h,
    fn(*const Pool, *const Request<Ask>, *const Result<Response<Answer>, Status>),
>;

#[derive(Clone)]
struct PoolServer(Arc<Pool>);

impl PoolServer {
    fn from_arc(state: Arc<Pool>) -> Self {
        state.me.get_or_init(|| Arc::downgrade(&state));
        Self(state)
    }
}

impl NamedService for PoolServer {
    const NAME: &'static str = "test.Counter";
}

impl tower::Service<http::Request<Body>> for PoolServer {
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
    state: &Pool,
    path: &str,
    request: Request<Ask>,
) -> Result<Response<Answer>, Status> {
    let n = match path {
        "/test.Counter/Join" => {
            return hicam::__private::handle::<Join<'_>, _, _, _>(state, request).await;
        }
        "/test.Counter/Present" => {
            let present = state.present.lock().unwrap();
            present
                .iter()
                .filter_map(Weak::upgrade)
                .map(|token| *token)
                .sum()
        }
        "/test.Counter/Write" => {
            state.board.lock().unwrap().push(request.into_inner().n);
            0
        }
        "/test.Counter/Written" => state.board.lock().unwrap().iter().sum(),
        "/test.Counter/Pointers" => Arc::strong_count(&state.board) as u64,
        "/test.Counter/Release" => {
            state.released.store(true, SeqCst);
            0
        }
        other => return Err(Status::unimplemented(other.to_owned())),
    };
    Ok(Response::new(Answer { n }))
}

async fn start(etcd: &str, process: &str) -> Running {
    Server::<Pool>::new(standby(etcd, process))
        .service(PoolServer::from_arc)
        .start()
        .await
        .unwrap()
}

async fn present(client: &Client, request: u64, tokens: u64) {
    soon("the calls", async {
        for request in request.. {
            if client.call("Present", request, 0).await.unwrap() == tokens {
                return;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn globals_and_two_calls_share_their_objects_after_a_restore() {
    let etcd = name_service().await;
    let store = checkpoints(Some(&etcd.url())).await;
    let first = start(&etcd.url(), "p1").await;
    become_server(first.address(), "u1", "main").await;
    let (a, b) = (
        Client::new(first.address(), "a").await,
        Client::new(first.address(), "b").await,
    );
    let calls = (a.begin("Join", 1, 20), b.begin("Join", 1, 300));
    let asking = Client::new(first.address(), "c").await;
    present(&asking, 1, 320).await;
    asking.call("Write", 1_000_000, 1).await.unwrap();
    let mut manager = management(first.address()).await;
    let report = manager
        .checkpoint_server(CheckpointServerRequest {})
        .await
        .unwrap()
        .into_inner();
    assert_eq!(report.threads, 2);
    // The capture has let go of everything: the board is held by the pool and its two calls.
    assert_eq!(asking.call("Pointers", 1_000_001, 0).await.unwrap(), 3);
    first.abandon();
    assert!(soon("a call", calls.0).await.unwrap().is_err());
    assert!(soon("a call", calls.1).await.unwrap().is_err());

    let key = checkpoint_server::ServerKey::new("counter", "u1").unwrap();
    let last = checkpoint_server::Which::Last;
    let stored = store.handle.engine().get(&key, last).await.unwrap();
    let json = hicam_state::Checkpoint::decode(&stored.data)
        .unwrap()
        .to_json();
    // The pool itself, its board, two tokens.
    assert_eq!(json["objects"].as_object().unwrap().len(), 4, "{json:#}");

    let second = start(&etcd.url(), "p2").await;
    let mut manager = management(second.address()).await;
    let request = RestoreServerRequest {
        uuid: "u1".to_owned(),
        name: "main".to_owned(),
        expected_epoch: 1,
        sequence: 0,
        interval_ms: None,
    };
    manager.restore_server(request).await.unwrap();
    let (a, b) = (
        Client::new(second.address(), "a").await,
        Client::new(second.address(), "b").await,
    );
    let calls = (a.begin("Join", 1, 20), b.begin("Join", 1, 300));
    let asking = Client::new(second.address(), "d").await;
    // Their tokens are alive, through the calls alone; the restore holds nothing any more.
    assert_eq!(asking.call("Present", 1, 0).await.unwrap(), 320);
    assert_eq!(asking.call("Pointers", 2, 0).await.unwrap(), 3);
    // The restored server is captured like any other.
    manager
        .checkpoint_server(CheckpointServerRequest {})
        .await
        .unwrap();
    asking.call("Write", 3, 4000).await.unwrap();
    asking.call("Release", 4, 0).await.unwrap();
    assert_eq!(soon("a call", calls.0).await.unwrap().unwrap(), 2);
    assert_eq!(soon("a call", calls.1).await.unwrap().unwrap(), 2);
    assert_eq!(asking.call("Written", 5, 0).await.unwrap(), 4321);
    assert_eq!(asking.call("Present", 6, 0).await.unwrap(), 0);
    assert_eq!(asking.call("Pointers", 7, 0).await.unwrap(), 1);
}
