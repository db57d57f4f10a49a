//! Frames with values that cannot leave their thread: suspended, gone on with in the same process, and refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failure in a test is a panic"
)]

mod common;

use std::cell::{Cell, RefCell};
use std::panic::AssertUnwindSafe;
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::{Client, alone, checkpoints, management, soon, start_watched};
use futures::FutureExt as _;
use futures::executor::block_on;
use hicam::testing::{PointFailure, every_point};
use hicam::transform::{
    Call, CaptureFlag, Flow, Migratable, RestoreError, SavedFrames, Stack, upgrade,
};
use hicam::{ServerOptions, State};
use hicam_protocol::management::CheckpointServerRequest;
use hicam_state::{
    Capture, DecodeError, Decoder, EncodeError, Encoder, Restore, TypeId, TypeTable,
};
use tonic::Code;

#[derive(hicam::State)]
struct Node {
    number: u32,
    ledger: Arc<Mutex<Vec<u32>>>,
    parent: RefCell<Weak<Node>>,
    children: RefCell<Vec<Rc<Node>>>,
}

fn node(number: u32, ledger: &Arc<Mutex<Vec<u32>>>) -> Rc<Node> {
    Rc::new(Node {
        number,
        ledger: Arc::clone(ledger),
        parent: RefCell::default(),
        children: RefCell::default(),
    })
}

/// Writes into its caller's ledger what it finds in a graph, once for each pass.
#[hicam::migratable]
async fn survey(ledger: Arc<Mutex<Vec<u32>>>, passes: u32) -> (usize, bool) {
    let root = node(0, &ledger);
    for number in 1..=2 {
        let child = node(number, &ledger);
        *child.parent.borrow_mut() = Rc::downgrade(&root);
        root.children.borrow_mut().push(child);
    }
    let last = Rc::clone(&root.children.borrow()[1]);
    for pass in 0..passes {
        let up = last.parent.borrow().upgrade().map_or(99, |up| up.number);
        last.ledger.lock().unwrap().push(pass * 10 + up);
    }
    let same = Rc::ptr_eq(&root.children.borrow()[1], &last);
    let counts = Rc::strong_count(&last) * 10 + Rc::weak_count(&root);
    (counts, same && Arc::ptr_eq(&last.ledger, &ledger))
}

/// A run of a call up to the point after `points` others.
fn suspended<D: Migratable>(
    flag: &'static CaptureFlag,
    call: Call<D, D::Args>,
    points: u64,
) -> SavedFrames {
    flag.set_after(points);
    let mut stack = Stack::new(flag);
    assert!(matches!(
        block_on(D::run(call.into_args(), &mut stack)),
        Flow::Suspended
    ));
    flag.clear();
    stack.take_saved().unwrap()
}

fn gone_on<D: Migratable>(
    flag: &'static CaptureFlag,
    call: Call<D, D::Args>,
    frames: SavedFrames,
) -> D::Output {
    let mut stack = Stack::resume(flag, frames);
    match block_on(D::run(call.into_args(), &mut stack)) {
        Flow::Done(value) => value,
        Flow::Suspended => panic!("suspended: {:?}", stack.take_saved()),
    }
}

#[test]
fn a_frame_goes_on_in_another_thread_with_its_graph_and_the_arcs_of_others() {
    let flag = CaptureFlag::leaked();
    let ledger = Arc::new(Mutex::new(Vec::new()));
    let call = |ledger: &Arc<Mutex<Vec<u32>>>| survey(Arc::clone(ledger), 3);
    // Entry, three heads of the first loop, and one of the second.
    let frames = suspended(flag, call(&ledger), 5);
    assert_eq!(*ledger.lock().unwrap(), [0]);
    // A checkpoint is taken meanwhile, in yet another thread.
    let frames = std::thread::spawn(move || {
        for _ in 0..2 {
            let mut capture = Capture::new();
            assert_eq!(frames.encode(&mut capture).unwrap().len(), 1);
            let (_, objects) = capture.finish().unwrap();
            // Three nodes and the ledger.
            assert_eq!(objects.len(), 4);
        }
        frames
    })
    .join()
    .unwrap();
    let found = std::thread::spawn(move || gone_on(flag, call(&Arc::default()), frames))
        .join()
        .unwrap();
    assert_eq!(found, (22, true));
    // It has gone on with this very ledger, and let go of it.
    assert_eq!(*ledger.lock().unwrap(), [0, 10, 20]);
    assert_eq!(Arc::strong_count(&ledger), 1);
}

#[test]
fn suspended_again_and_again() {
    let flag = CaptureFlag::leaked();
    let ledger = Arc::new(Mutex::new(Vec::new()));
    let call = |ledger: &Arc<Mutex<Vec<u32>>>| survey(Arc::clone(ledger), 3);
    let mut frames = suspended(flag, call(&ledger), 1);
    let mut suspensions = 1;
    let found = loop {
        // Each point once, for a resumed frame is not suspended again before it has gone on.
        flag.set_after(1);
        let mut stack = Stack::resume(flag, frames);
        let flow = block_on(<_ as Runs>::run(call(&Arc::default()), &mut stack));
        flag.clear();
        match flow {
            Flow::Done(value) => break value,
            Flow::Suspended => frames = stack.take_saved().unwrap(),
        }
        suspensions += 1;
    };
    assert_eq!((found, suspensions), ((22, true), 7));
    assert_eq!(*ledger.lock().unwrap(), [0, 10, 20]);
}

/// Runs a call whose type has no name.
trait Runs {
    type Output;
    fn run(self, stack: &mut Stack) -> impl Future<Output = Flow<Self::Output>>;
}

impl<D: Migratable> Runs for Call<D, D::Args> {
    type Output = D::Output;
    fn run(self, stack: &mut Stack) -> impl Future<Output = Flow<Self::Output>> {
        D::run(self.into_args(), stack)
    }
}

thread_local! {
    static OUTSIDE: RefCell<Vec<Rc<Cell<u32>>>> = const { RefCell::new(Vec::new()) };
}

#[hicam::migratable]
async fn leaky(passes: u32) -> u32 {
    let counter = Rc::new(Cell::new(0));
    OUTSIDE.with_borrow_mut(|outside| outside.push(Rc::clone(&counter)));
    for pass in 0..passes {
        counter.set(counter.get() + pass);
        // Whoever holds the other one sees it.
        if OUTSIDE.with_borrow(|outside| outside.last().map(|other| other.get()))
            != Some(counter.get())
        {
            return 1000;
        }
    }
    OUTSIDE.take();
    counter.get()
}

#[test]
fn what_is_held_outside_of_the_function_is_not_captured_and_goes_on() {
    let error = block_on(every_point(|| leaky(3))).unwrap_err();
    let PointFailure::Restore { message, .. } = &error else {
        panic!("{error}");
    };
    for part in [
        "rc::leaky (hicam-runtime/tests/rc.rs:",
        "`core::cell::Cell<u32>`",
        "held outside of the function",
    ] {
        assert!(message.contains(part), "{message}");
    }
    // It is refused at the head of the loop, and neither the run nor the other pointer is any different for that.
    let flag = CaptureFlag::leaked();
    flag.set_after(1);
    let mut stack = Stack::new(flag);
    let flow = block_on(Runs::run(leaky(3), &mut stack));
    assert!(matches!(flow, Flow::Done(3)), "{stack:?}");
}

#[hicam::migratable]
async fn two_loops(n: u32) -> u32 {
    let sum = {
        let one = Rc::new(Cell::new(n));
        for i in 0..n {
            one.set(one.get() + i);
        }
        one.get()
    };
    hicam::point().await;
    sum
}

/// Encoded frames of `two_loops` at the head of its loop.
fn encoded() -> (Vec<hicam_state::Frame>, Restore) {
    let frames = suspended(CaptureFlag::leaked(), two_loops(3), 2);
    let mut capture = Capture::new();
    let frames = frames.encode(&mut capture).unwrap();
    let (types, objects) = capture.finish().unwrap();
    (frames, Restore::new(Arc::new(types), objects))
}

fn refused(frames: Vec<hicam_state::Frame>, restore: Restore) -> RestoreError {
    let flag = CaptureFlag::leaked();
    let mut stack = Stack::resume(flag, SavedFrames::from_encoded(frames, restore));
    let flow = block_on(Runs::run(two_loops(3), &mut stack));
    assert!(matches!(flow, Flow::Suspended));
    stack.take_saved().unwrap_err()
}

#[test]
fn a_frame_with_such_a_value_where_there_can_be_none_is_refused() {
    let flag = CaptureFlag::leaked();
    let (frames, restore) = encoded();
    let frames = SavedFrames::from_encoded(frames, restore);
    assert_eq!(gone_on(flag, two_loops(3), frames), 6);
    // At a point where the function waits.
    let (mut frames, restore) = encoded();
    frames[0].point = 3;
    let error = refused(frames, restore);
    assert!(matches!(error, RestoreError::OnThread { .. }), "{error}");
    // Of a function that waits for another.
    let (mut frames, restore) = encoded();
    frames.push(frames[0].clone());
    let error = refused(frames, restore);
    assert!(matches!(error, RestoreError::OnThread { .. }), "{error}");
}

#[test]
fn a_restored_frame_is_verified_without_running_on() {
    let flag = CaptureFlag::leaked();
    let (frames, restore) = encoded();
    // As a process that is to take over does before it may.
    flag.set();
    let mut stack = Stack::resume(flag, SavedFrames::from_encoded(frames, restore));
    let flow = block_on(Runs::run(two_loops(3), &mut stack));
    assert!(matches!(flow, Flow::Suspended));
    flag.clear();
    let frames = stack.take_saved().unwrap();
    let mut capture = Capture::new();
    let encoded = frames.encode(&mut capture).unwrap();
    assert!(encoded[0].locals.iter().any(|local| local.name == "one"));
    assert_eq!(gone_on(flag, two_loops(3), frames), 6);
}

/// Its encoding panics when it is asked to.
struct Brittle {
    breaks: bool,
    held: Rc<u8>,
}

impl Brittle {
    fn weight(&self) -> u32 {
        u32::from(*self.held) + Rc::strong_count(&self.held) as u32
    }
}

impl State for Brittle {
    const ON_DROP: hicam_state::OnDrop = hicam_state::OnDrop::Observed;

    fn describe(types: &mut TypeTable) -> TypeId {
        <(bool, Rc<u8>)>::describe(types)
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), EncodeError> {
        assert!(!self.breaks, "as the test wants it");
        self.breaks.encode(out)?;
        self.held.encode(out)
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let (breaks, held) = <(bool, Rc<u8>)>::decode(input)?;
        Ok(Brittle { breaks, held })
    }
}

#[hicam::migratable]
async fn brittle(breaks: bool) -> u32 {
    let value = Brittle {
        breaks,
        held: Rc::new(7),
    };
    let mut sum = 0;
    for i in 0..3 {
        sum += i + value.weight();
    }
    sum
}

#[test]
fn a_panic_while_values_are_frozen_leaves_nothing_behind() {
    let flag = CaptureFlag::leaked();
    flag.set_after(2);
    let mut stack = Stack::new(flag);
    let run = AssertUnwindSafe(Runs::run(brittle(true), &mut stack)).catch_unwind();
    assert!(block_on(run).is_err());
    drop(stack);
    // The same thread, another stack.
    let frames = suspended(flag, brittle(false), 2);
    assert_eq!(gone_on(flag, brittle(false), frames), 27);
}

#[hicam::migratable(upgrade = gives_an_rc)]
async fn mapped(n: u32) -> u32 {
    let counter = Rc::new(Cell::new(n));
    for i in 0..n {
        counter.set(counter.get() + i);
    }
    counter.get()
}

fn gives_an_rc(old: &upgrade::OldFrame<'_>) -> upgrade::Result {
    let on = upgrade::NewFrame::at(old.point());
    match old.fingerprint() {
        1 => Ok(on),
        _ => Ok(on.local("counter", 5u32)),
    }
}

#[test]
fn a_mapping_keeps_such_a_value_but_gives_none() {
    let flag = CaptureFlag::leaked();
    for fingerprint in [1, 2] {
        let frames = suspended(flag, mapped(3), 2);
        let mut capture = Capture::new();
        let mut frames = frames.encode(&mut capture).unwrap();
        let (types, objects) = capture.finish().unwrap();
        frames[0].fingerprint = fingerprint;
        let restore = Restore::new(Arc::new(types), objects);
        let frames = SavedFrames::from_encoded(frames, restore);
        if fingerprint == 1 {
            assert_eq!(gone_on(flag, mapped(3), frames), 6);
            continue;
        }
        let mut stack = Stack::resume(flag, frames);
        let flow = block_on(Runs::run(mapped(3), &mut stack));
        assert!(matches!(flow, Flow::Suspended));
        let error = stack.take_saved().unwrap_err();
        assert!(
            error.to_string().contains("cannot leave its thread"),
            "{error}"
        );
    }
}

fn with_store(url: &str) -> ServerOptions {
    ServerOptions {
        checkpoint_server: Some(url.to_owned()),
        interval: Duration::ZERO,
        quiesce: Duration::from_secs(15),
        ..alone()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_server_is_checkpointed_in_the_middle_of_a_walk_and_goes_on() {
    let store = checkpoints(None).await;
    let mut server = start_watched(with_store(&store.handle.url())).await;
    let address = server.running.address().to_owned();
    let client = Client::new(&address, "a").await;
    let call = client.begin("Walk", 1, 0);
    let mut management = management(&address).await;
    for round in 1..=3 {
        server.progressed(round * 5).await;
        let report = management
            .checkpoint_server(CheckpointServerRequest {})
            .await
            .unwrap()
            .into_inner();
        assert_eq!((report.sequence, report.threads), (round, 1));
    }
    client.call("Release", 2, 0).await.unwrap();
    let steps = soon("the call", call).await.unwrap().unwrap();
    assert_eq!(client.call("Total", 3, 0).await.unwrap(), steps);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_checkpoint_says_at_once_what_holds_a_part_of_a_function() {
    let store = checkpoints(None).await;
    let mut server = start_watched(with_store(&store.handle.url())).await;
    let address = server.running.address().to_owned();
    let client = Client::new(&address, "a").await;
    let call = client.begin("Walk", 1, 1);
    server.progressed(3).await;
    let mut management = management(&address).await;
    let begun = Instant::now();
    for _ in 0..2 {
        let status = management
            .checkpoint_server(CheckpointServerRequest {})
            .await
            .unwrap_err();
        assert_eq!(status.code(), Code::Unavailable, "{status}");
        for part in [
            "so the server goes on",
            "Counter::walk (",
            "common/mod.rs:",
            "`core::cell::Cell<u64>` is also held outside of the function",
        ] {
            assert!(status.message().contains(part), "{status}");
        }
    }
    assert!(begun.elapsed() < Duration::from_secs(10));
    let total = client.call("Total", 2, 0).await.unwrap();
    server.progressed(total + 3).await;
    client.call("Release", 3, 0).await.unwrap();
    let steps = soon("the call", call).await.unwrap().unwrap();
    assert_eq!(client.call("Total", 4, 0).await.unwrap(), steps);
    management
        .checkpoint_server(CheckpointServerRequest {})
        .await
        .unwrap();
}
