//! Tasks of a server: they are captured, moved and restored with it, and each does what it does exactly once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failure in a test is a panic"
)]

mod common;

use checkpoint_server::{ServerKey, Which};
use common::{
    Answer, Ask, Checkpoints, Client, alone, become_server,
    between::{self, Fault},
    checkpoints, describe, management, name_service, soon, standby,
};
use futures::future::BoxFuture;
use hicam::{Conformist, JoinHandle, Running, Server, ServerOptions, State};
use hicam_protocol::management::{
    CheckpointServerRequest, ListThreadsRequest, MigrateServerRequest, RestoreServerRequest, Thread,
};
use hicam_state::{Checkpoint, TaskState};
use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::Duration,
};
use tonic::{Request, Response, Status, body::Body, server::NamedService};
use tonic_prost::ProstCodec;

/// What all tasks write to.
type Board = Arc<Mutex<Vec<u64>>>;

#[derive(State, Default)]
struct Yard {
    board: Board,
    last: Mutex<Option<JoinHandle<u64>>>,
}

impl Conformist for Yard {
    const CLASS: &'static str = "counter";
}

/// Writes the numbers up to `n`, one a millisecond.
#[hicam::migratable]
async fn write(board: Board, n: u64) -> u64 {
    for i in 0..n {
        tokio::time::sleep(Duration::from_millis(1)).await;
        board.lock().unwrap().push(i);
    }
    n
}

/// How many generations `grow` has before it waits for `Release`.
const GENERATIONS: u64 = 3;

/// Begins two others of which each does the same, down to `depth`; answers how many there are. Each `Release` lets one more
/// generation begin.
#[hicam::migratable]
async fn grow(board: Board, number: u64, depth: u64) -> u64 {
    while u64::from(number.ilog2()) >= GENERATIONS + released(&board) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    board.lock().unwrap().push(number);
    if depth == 0 {
        return 1;
    }
    let left = hicam::spawn(grow(Arc::clone(&board), 2 * number, depth - 1));
    let right = hicam::spawn(grow(board, 2 * number + 1, depth - 1));
    1 + left.await.unwrap() + right.await.unwrap()
}

/// How many zeros are on the board: tasks have other numbers.
fn released(board: &Board) -> u64 {
    let board = board.lock().unwrap();
    board.iter().filter(|&&number| number == 0).count() as u64
}

#[hicam::migratable]
async fn fail(n: u64) -> u64 {
    tokio::time::sleep(Duration::from_millis(1)).await;
    panic!("as the test wants it: {n}");
}

/// Waits in a way that no capture can interrupt.
#[hicam::migratable]
async fn stall(n: u64) -> u64 {
    std::future::poll_fn(|_| Poll::<()>::Pending).await;
    n
}

#[hicam::migratable]
impl Yard {
    /// Begins a task and answers its number; the task goes on.
    async fn begin(&self, request: Request<Ask>) -> Result<Response<Answer>, Status> {
        let n = request.into_inner().n;
        let handle = match n {
            0 => hicam::spawn(fail(7)),
            1 => hicam::spawn(stall(7)),
            2 => hicam::spawn(async {
                tokio::time::sleep(Duration::from_millis(300)).await;
                7
            }),
            n => hicam::spawn(write(Arc::clone(&self.board), n)),
        };
        self.keep(handle)
    }

    /// As `begin`, with a task that begins others.
    async fn plant(&self, request: Request<Ask>) -> Result<Response<Answer>, Status> {
        let depth = request.into_inner().n;
        self.keep(hicam::spawn(grow(Arc::clone(&self.board), 1, depth)))
    }

    /// Waits for the last task; 1000 if it panicked, 2000 if it was cancelled.
    async fn join(&self, _request: Request<Ask>) -> Result<Response<Answer>, Status> {
        let Some(handle) = self.take() else {
            return Err(Status::not_found("no task"));
        };
        let n = match handle.await {
            Ok(n) => n,
            Err(error) if error.is_panic() => {
                if !error.to_string().contains("as the test wants it: 7") {
                    return Err(Status::internal(error.to_string()));
                }
                1000
            }
            Err(_) => 2000,
        };
        Ok(Response::new(Answer { n }))
    }

    fn keep(&self, handle: JoinHandle<u64>) -> Result<Response<Answer>, Status> {
        let n = handle.id().to_string().parse().unwrap();
        *self.last.lock().unwrap() = Some(handle);
        Ok(Response::new(Answer { n }))
    }

    fn take(&self) -> Option<JoinHandle<u64>> {
        self.last.lock().unwrap().take()
    }
}

type Begin<'h> = __HicamFn_Yard_begin<
    'h,
    fn(*const Yard, *const Request<Ask>, *const Result<Response<Answer>, Status>),
>;

type Plant<'h> = __HicamFn_Yard_plant<
    'h,
    fn(*const Yard, *const Request<Ask>, *const Result<Response<Answer>, Status>),
>;

type Join<'h> = __HicamFn_Yard_join<
    'h,
    fn(*const Yard, *const Request<Ask>, *const Result<Response<Answer>, Status>),
>;

/// What tonic would generate for the service `test.Counter`.
#[derive(Clone)]
struct YardServer(Arc<Yard>);

impl NamedService for YardServer {
    const NAME: &'static str = "test.Counter";
}

impl tower::Service<http::Request<Body>> for YardServer {
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
    state: &Yard,
    path: &str,
    request: Request<Ask>,
) -> Result<Response<Answer>, Status> {
    match path {
        "/test.Counter/Begin" => {
            hicam::__private::handle::<Begin<'_>, _, _, _>(state, request).await
        }
        "/test.Counter/Plant" => {
            hicam::__private::handle::<Plant<'_>, _, _, _>(state, request).await
        }
        "/test.Counter/Grown" => {
            let mut grown = state.board.lock().unwrap().clone();
            grown.retain(|&number| number > 0);
            grown.sort_unstable();
            let n = grown.len() as u64;
            assert!(grown.into_iter().eq(1..=n), "each once");
            Ok(Response::new(Answer { n }))
        }
        "/test.Counter/Release" => {
            state.board.lock().unwrap().push(0);
            Ok(Response::new(Answer { n: 0 }))
        }
        "/test.Counter/Join" => hicam::__private::handle::<Join<'_>, _, _, _>(state, request).await,
        "/test.Counter/Abort" => {
            let last = state.last.lock().unwrap();
            let there = last.iter().map(JoinHandle::abort).count();
            let n = there as u64;
            Ok(Response::new(Answer { n }))
        }
        "/test.Counter/Forget" => {
            let n = u64::from(state.take().is_some());
            Ok(Response::new(Answer { n }))
        }
        "/test.Counter/Written" => {
            // Whatever has been written is what one run of one task writes.
            let written = state.board.lock().unwrap().clone();
            let n = written.len() as u64;
            assert!(written.iter().copied().eq(0..n), "{written:?}");
            Ok(Response::new(Answer { n }))
        }
        other => Err(Status::unimplemented(other.to_owned())),
    }
}

async fn start(options: ServerOptions) -> Running {
    Server::<Yard>::new(options)
        .service(YardServer)
        .start()
        .await
        .unwrap()
}

/// Waits until a task has written so much.
async fn written(client: &Client, at_least: u64) -> u64 {
    soon("what is written", async {
        for request in 1000.. {
            let written = client.call("Written", request, 0).await.unwrap();
            if written >= at_least {
                return written;
            }
        }
        0
    })
    .await
}

async fn threads(address: &str) -> Vec<Thread> {
    let mut management = management(address).await;
    let threads = management.list_threads(ListThreadsRequest {}).await;
    threads.unwrap().into_inner().threads
}

async fn checkpoint(address: &str) -> Result<u32, Status> {
    let mut management = management(address).await;
    let taken = management.checkpoint_server(CheckpointServerRequest {});
    Ok(taken.await?.into_inner().threads)
}

async fn stored(store: &Checkpoints, uuid: &str) -> Checkpoint {
    let key = ServerKey::new("counter", uuid).unwrap();
    let stored = store.handle.engine().get(&key, Which::Last).await.unwrap();
    Checkpoint::decode(&stored.data).unwrap()
}

async fn restore(etcd: &str, process: &str, epoch: u64) -> Result<Running, Status> {
    let running = start(standby(etcd, process)).await;
    let request = RestoreServerRequest {
        uuid: "u1".to_owned(),
        name: "main".to_owned(),
        expected_epoch: epoch,
        sequence: 0,
        interval_ms: None,
    };
    let mut management = management(running.address()).await;
    management.restore_server(request).await?;
    Ok(running)
}

#[tokio::test]
async fn a_task_goes_on_after_its_handler_and_after_a_checkpoint() {
    let store = checkpoints(None).await;
    let server = start(ServerOptions {
        checkpoint_server: Some(store.handle.url()),
        interval: Duration::ZERO,
        ..alone()
    })
    .await;
    let address = server.address().to_owned();
    let uuid = describe(&address).await.uuid;
    let client = Client::new(&address, "a").await;
    assert_eq!(client.call("Begin", 1, 50).await.unwrap(), 1);
    written(&client, 3).await;

    let listed = threads(&address).await;
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert!(listed[0].task && listed[0].request == 1, "{listed:?}");
    assert_eq!(listed[0].method, "tasks::write");
    assert!(
        listed[0].stack[0].contains("tests/tasks.rs"),
        "{:?}",
        listed[0].stack
    );

    assert_eq!(checkpoint(&address).await.unwrap(), 1);
    let captured = stored(&store, &uuid).await;
    assert_eq!((captured.tasks.begun, captured.tasks.rows.len()), (1, 1));
    let task = &captured.tasks.rows[0];
    assert_eq!(task.function, "tasks::write");
    let functions: Vec<_> = task.frames().iter().map(|frame| &*frame.function).collect();
    assert_eq!(functions[0], "tasks::write");
    let shown = captured.to_json();
    assert!(shown["globals"]["last"]["task"] == 1, "{shown}");

    assert_eq!(client.call("Join", 2, 0).await.unwrap(), 50);
    assert_eq!(written(&client, 50).await, 50);
    assert!(threads(&address).await.is_empty());
}

#[tokio::test]
async fn a_task_goes_on_after_a_crash_and_its_value_is_kept() {
    let etcd = name_service().await;
    let store = checkpoints(Some(&etcd.url())).await;
    let first = start(standby(&etcd.url(), "p1")).await;
    become_server(first.address(), "u1", "main").await;
    let client = Client::new(first.address(), "a").await;
    client.call("Begin", 1, 100).await.unwrap();
    written(&client, 5).await;
    checkpoint(first.address()).await.unwrap();
    written(&client, 10).await;
    first.abandon();

    // It goes on from where it was captured. Whoever waits for it may do so in another process than who began it.
    let second = restore(&etcd.url(), "p2", 1).await.unwrap();
    let client = Client::new(second.address(), "a").await;
    let waiting = client.begin("Join", 2, 0);
    written(&client, 20).await;
    checkpoint(second.address()).await.unwrap();
    second.abandon();
    assert!(soon("the call", waiting).await.unwrap().is_err());

    let third = restore(&etcd.url(), "p3", 2).await.unwrap();
    let client = Client::new(third.address(), "a").await;
    assert_eq!(client.call("Join", 2, 0).await.unwrap(), 100);
    assert_eq!(written(&client, 100).await, 100);

    // One that is over keeps its value for who asks later; the next has another number.
    assert_eq!(client.call("Begin", 3, 0).await.unwrap(), 2);
    soon("the task's end", async {
        while !threads(third.address()).await.is_empty() {}
    })
    .await;
    checkpoint(third.address()).await.unwrap();
    let captured = stored(&store, "u1").await;
    assert!(
        matches!(&captured.tasks.rows[..], [task] if matches!(task.state, TaskState::Panicked(_))),
        "{:?}",
        captured.tasks
    );
    third.abandon();

    let fourth = restore(&etcd.url(), "p4", 3).await.unwrap();
    let client = Client::new(fourth.address(), "a").await;
    assert_eq!(client.call("Join", 4, 0).await.unwrap(), 1000);
    checkpoint(fourth.address()).await.unwrap();
    let captured = stored(&store, "u1").await;
    assert_eq!((captured.tasks.begun, captured.tasks.rows.len()), (2, 0));
}

#[tokio::test]
async fn a_task_moves_with_its_server() {
    let etcd = name_service().await;
    let mut running = vec![start(standby(&etcd.url(), "p1")).await];
    become_server(running[0].address(), "u1", "main").await;
    let client = Client::new(running[0].address(), "a").await;
    client.call("Begin", 1, 200).await.unwrap();
    // Nobody has a handle from here on.
    client.call("Forget", 2, 0).await.unwrap();
    for round in 2..=5 {
        let source = running.last().unwrap().address().to_owned();
        let process = format!("p{round}");
        let next = start(standby(&etcd.url(), &process)).await;
        assert_eq!(migrate(&source, &next, &process).await, 1);
        running.push(next);
        let client = Client::new(running.last().unwrap().address(), "a").await;
        written(&client, round * 10).await;
    }
    let client = Client::new(running.last().unwrap().address(), "a").await;
    assert_eq!(written(&client, 200).await, 200);
    let address = running.last().unwrap().address();
    soon("the task's end", async {
        while !threads(address).await.is_empty() {}
    })
    .await;
    assert_eq!(client.call("Written", 3, 0).await.unwrap(), 200);
}

async fn migrate(from: &str, to: &Running, process: &str) -> u32 {
    let request = MigrateServerRequest {
        migration: process.to_owned(),
        destination: to.address().to_owned(),
        destination_process: process.to_owned(),
        quiesce_ms: 0,
        capability: bytes::Bytes::new(),
    };
    let mut source = management(from).await;
    let moved = soon("the migration", source.migrate_server(request)).await;
    moved.unwrap().into_inner().threads
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tasks_that_begin_and_end_while_their_server_moves() {
    let etcd = name_service().await;
    let _store = checkpoints(Some(&etcd.url())).await;
    let mut running = vec![start(standby(&etcd.url(), "p1")).await];
    become_server(running[0].address(), "u1", "main").await;
    let client = Client::new(running[0].address(), "a").await;
    client.call("Plant", 1, 7).await.unwrap();
    let mut most = 0;
    for round in 2..=6 {
        let source = running.last().unwrap().address().to_owned();
        let process = format!("p{round}");
        let next = start(standby(&etcd.url(), &process)).await;
        soon("several tasks", async {
            while threads(&source).await.len() < 2 {}
        })
        .await;
        checkpoint(&source).await.unwrap();
        most = most.max(migrate(&source, &next, &process).await);
        let client = Client::new(next.address(), &process).await;
        client.call("Release", 1, 0).await.unwrap();
        running.push(next);
    }
    assert!(most > 1, "{most} threads were moved at the most");
    let client = Client::new(running.last().unwrap().address(), "a").await;
    assert_eq!(client.call("Join", 2, 0).await.unwrap(), 255);
    assert_eq!(client.call("Grown", 3, 0).await.unwrap(), 255);
}

#[tokio::test]
async fn a_task_goes_on_in_place_if_its_server_does_not_move() {
    let etcd = name_service().await;
    let source = start(standby(&etcd.url(), "p1")).await;
    become_server(source.address(), "u1", "main").await;
    let client = Client::new(source.address(), "a").await;
    client.call("Begin", 1, 100).await.unwrap();
    written(&client, 3).await;
    let destination = start(standby(&etcd.url(), "p2")).await;
    let refusing = between::start(Fault::Refused, destination.address()).await;
    let request = MigrateServerRequest {
        migration: "m1".to_owned(),
        destination: refusing,
        destination_process: "p2".to_owned(),
        quiesce_ms: 0,
        capability: bytes::Bytes::new(),
    };
    let mut management = management(source.address()).await;
    let refused = soon("the migration", management.migrate_server(request)).await;
    assert!(refused.unwrap_err().message().contains("no room here"));
    assert_eq!(client.call("Join", 2, 0).await.unwrap(), 100);
    assert_eq!(written(&client, 100).await, 100);
}

#[tokio::test]
async fn a_task_that_reaches_no_point_is_named() {
    let store = checkpoints(None).await;
    let server = start(ServerOptions {
        checkpoint_server: Some(store.handle.url()),
        interval: Duration::ZERO,
        quiesce: Duration::from_millis(100),
        ..alone()
    })
    .await;
    let address = server.address();
    let client = Client::new(address, "a").await;
    client.call("Begin", 1, 1).await.unwrap();
    let refused = checkpoint(address).await.unwrap_err();
    for word in ["task 1 (tasks::stall)", "tests/tasks.rs:"] {
        assert!(refused.message().contains(word), "{refused}");
    }
    // Aborted, it is over, and nothing holds up a checkpoint.
    assert_eq!(client.call("Abort", 2, 0).await.unwrap(), 1);
    assert_eq!(client.call("Join", 3, 0).await.unwrap(), 2000);
    assert_eq!(checkpoint(address).await.unwrap(), 0);
    // A future that is no annotated call is waited for; its value has no codec.
    client.call("Begin", 4, 2).await.unwrap();
    let refused = checkpoint(address).await.unwrap_err();
    assert!(
        refused.message().contains("task 2 (a future at "),
        "{refused}"
    );
    soon("the task's end", async {
        while !threads(address).await.is_empty() {}
    })
    .await;
    let refused = checkpoint(address).await.unwrap_err();
    assert!(refused.message().contains("is waited for"), "{refused}");
    assert_eq!(client.call("Join", 5, 0).await.unwrap(), 7);
    assert_eq!(checkpoint(address).await.unwrap(), 0);
}

#[tokio::test]
async fn an_abort_is_not_undone_by_a_restore() {
    let etcd = name_service().await;
    let _store = checkpoints(Some(&etcd.url())).await;
    let first = start(standby(&etcd.url(), "p1")).await;
    become_server(first.address(), "u1", "main").await;
    let client = Client::new(first.address(), "a").await;
    client.call("Begin", 1, 100_000).await.unwrap();
    written(&client, 5).await;
    client.call("Abort", 2, 0).await.unwrap();
    assert_eq!(checkpoint(first.address()).await.unwrap(), 0);
    first.abandon();
    let second = restore(&etcd.url(), "p2", 1).await.unwrap();
    let client = Client::new(second.address(), "a").await;
    assert_eq!(client.call("Join", 3, 0).await.unwrap(), 2000);
}

#[tokio::test]
async fn a_task_of_another_build_is_refused() {
    let etcd = name_service().await;
    let store = checkpoints(Some(&etcd.url())).await;
    let first = start(standby(&etcd.url(), "p1")).await;
    become_server(first.address(), "u1", "main").await;
    let client = Client::new(first.address(), "a").await;
    client.call("Begin", 1, 100_000).await.unwrap();
    checkpoint(first.address()).await.unwrap();
    first.abandon();
    // As if it had been written by a build with another function.
    let mut captured = stored(&store, "u1").await;
    captured.sequence += 1;
    captured.tasks.rows[0].function = "tasks::gone".to_owned();
    let data = captured.encode().unwrap();
    let client = checkpoint_server::CheckpointClient::new(store.handle.url()).unwrap();
    let description = checkpoint_server::Description {
        class: captured.class.clone(),
        uuid: captured.uuid.clone(),
        epoch: captured.epoch,
        sequence: captured.sequence,
        threads: 1,
        taken_unix_ms: captured.taken_unix_ms,
        schema_fingerprint: captured.schema_fingerprint.clone(),
        host: captured.host.clone(),
        arch: captured.arch.clone(),
        ..checkpoint_server::Description::default()
    };
    client.put(description, data.into()).await.unwrap();
    let refused = restore(&etcd.url(), "p2", 1).await.unwrap_err();
    for word in ["task 1 (tasks::gone)", "this build has no such"] {
        assert!(refused.message().contains(word), "{refused}");
    }
}
