//! Checkpoints that hold something of everything, always the same bytes.
#![allow(
    dead_code,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    reason = "test support: each test file uses a part of it, and a failure is a panic"
)]

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, LinkedList, VecDeque};
use std::net::{Ipv4Addr, SocketAddr};
use std::num::{NonZero, Wrapping};
use std::ops::{Bound, ControlFlow, Range, RangeInclusive};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, OnceLock, RwLock, Weak};
use std::time::{Duration, SystemTime};

use hicam_macros::State;
use hicam_state::{
    Branch, Capture, Checkpoint, ClassSchema, ClientRow, Frame, Local, Objects, Reply, State, Task,
    TaskState, Tasks, Thread, TypeTable, Value, dynamic, message,
};
use prost::Message;
use serde::{Deserialize, Serialize};
use tonic::{Request, Response, Status};

#[derive(State, Debug, PartialEq)]
#[hicam(crate = ::hicam_state)]
pub struct Numbers {
    pub unsigned: (u8, u16, u32, u64, u128, usize),
    pub signed: (i8, i16, i32, i64, i128, isize),
    pub floats: Vec<f64>,
    pub singles: Vec<f32>,
    pub chars: Vec<char>,
    pub truth: [bool; 2],
    pub wrapping: Wrapping<u16>,
    pub not_zero: Option<NonZero<u32>>,
}

#[derive(State, Debug, PartialEq)]
#[hicam(crate = ::hicam_state)]
pub enum Shape {
    Point,
    Circle(f32),
    Line(i16, i16),
    Named { name: String, parts: Vec<Shape> },
}

#[derive(State, Debug, PartialEq)]
#[hicam(crate = ::hicam_state)]
pub struct Empty;

#[derive(State, Debug, PartialEq)]
#[hicam(crate = ::hicam_state)]
pub struct Newtype(pub u64);

#[derive(State)]
#[hicam(crate = ::hicam_state)]
pub struct Collections {
    pub nothing: Vec<()>,
    pub empties: [Empty; 3],
    pub bytes: Vec<u8>,
    pub raw: bytes::Bytes,
    pub deque: VecDeque<Newtype>,
    pub heap: BinaryHeap<Reverse<u8>>,
    pub list: LinkedList<String>,
    pub set: BTreeSet<(char, i8)>,
    pub by_text: BTreeMap<String, BTreeMap<u8, Option<bool>>>,
    pub by_pair: BTreeMap<(u8, u8), String>,
    pub by_number: BTreeMap<i64, f32>,
    pub boxed: Box<[u16]>,
    pub results: Vec<Result<u8, String>>,
    pub shapes: Vec<Shape>,
}

#[derive(State)]
#[hicam(crate = ::hicam_state)]
pub struct Library {
    pub range: Range<u32>,
    pub closed: RangeInclusive<i8>,
    pub duration: Duration,
    pub time: SystemTime,
    pub address: SocketAddr,
    pub ip: Ipv4Addr,
    pub path: PathBuf,
    pub order: Ordering,
    pub bound: Bound<u8>,
    pub flow: ControlFlow<String, ()>,
    pub text: &'static str,
    pub count: AtomicU64,
    pub flag: AtomicBool,
    pub lock: Mutex<Vec<i32>>,
    pub once: OnceLock<String>,
    pub unset: tokio::sync::OnceCell<u8>,
    pub status: Status,
    pub request: Request<Newtype>,
    pub response: Response<()>,
}

#[derive(State)]
#[hicam(crate = ::hicam_state)]
pub struct Everything {
    pub numbers: Numbers,
    pub collections: Collections,
    pub library: Library,
}

#[derive(Serialize, Deserialize, Debug, PartialEq, Clone)]
pub enum Step {
    Idle,
    Wait(u64),
    Move(i8, f32),
    Say { text: String, loud: bool },
}

#[derive(Serialize, Deserialize, Debug, PartialEq, Clone)]
pub struct Plan {
    pub steps: Vec<Step>,
    pub by_name: BTreeMap<String, Step>,
    pub by_number: BTreeMap<u16, (char, Option<i128>)>,
    pub by_pair: BTreeMap<(u8, u8), ()>,
    pub rate: f64,
    pub inner: Option<Box<Plan>>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Note {
    #[prost(string, tag = "1")]
    pub text: String,
    #[prost(sint64, tag = "2")]
    pub delta: i64,
    #[prost(double, tag = "3")]
    pub rate: f64,
    #[prost(message, repeated, tag = "4")]
    pub notes: Vec<Note>,
    #[prost(bytes = "vec", tag = "5")]
    pub raw: Vec<u8>,
    #[prost(float, tag = "6")]
    pub share: f32,
    #[prost(int32, tag = "20")]
    pub amount: i32,
}

#[derive(State)]
#[hicam(crate = ::hicam_state)]
pub struct Node {
    pub name: String,
    pub before: Empty,
    pub next: Mutex<Option<Arc<Node>>>,
    pub tags: Vec<Mutex<Option<Arc<Node>>>>,
    pub back: RwLock<Weak<Node>>,
    pub keyed: BTreeMap<u8, OnceLock<Weak<Node>>>,
}

#[derive(State)]
#[hicam(crate = ::hicam_state)]
pub struct Parent {
    pub name: String,
    pub children: Vec<Arc<Child>>,
}

#[derive(State)]
#[hicam(crate = ::hicam_state)]
pub struct Child {
    pub parent: Weak<Parent>,
    pub label: Arc<str>,
    pub data: Arc<[u16]>,
}

pub fn numbers() -> Numbers {
    Numbers {
        unsigned: (u8::MAX, u16::MAX, u32::MAX, u64::MAX, u128::MAX, 7),
        signed: (i8::MIN, i16::MIN, i32::MIN, i64::MIN, i128::MIN, -7),
        floats: vec![
            0.1,
            -0.0,
            1e300,
            5e-324,
            f64::INFINITY,
            1.0,
            123_456_789.125,
        ],
        singles: vec![0.1, 3.4e38, 1e-45, f32::NEG_INFINITY, 16_777_216.0, 1.5],
        chars: vec!['a', 'é', '\u{10ffff}', '\0'],
        truth: [true, false],
        wrapping: Wrapping(9),
        not_zero: NonZero::new(4),
    }
}

fn collections() -> Collections {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Collections {
        nothing: vec![(); 3],
        empties: [Empty, Empty, Empty],
        bytes: vec![0xff, 0, 1],
        raw: bytes::Bytes::from_static(b"text"),
        deque: VecDeque::from([Newtype(1), Newtype(2)]),
        heap: BinaryHeap::from([Reverse(3), Reverse(1), Reverse(2)]),
        list: texts(&["one", "two"]),
        set: BTreeSet::from([('x', -1), ('y', 1)]),
        by_text: BTreeMap::from([
            (String::new(), BTreeMap::new()),
            (
                "ä \"quoted\"\n".to_owned(),
                BTreeMap::from([(1, None), (2, Some(true))]),
            ),
        ]),
        by_pair: BTreeMap::from([((1, 2), "three".to_owned())]),
        by_number: BTreeMap::from([(-5, 0.25), (6, 1e10)]),
        boxed: Box::new([1, 2, 3]),
        results: vec![Ok(1), Err("no".to_owned())],
        shapes: vec![
            Shape::Point,
            Shape::Circle(2.5),
            Shape::Line(-1, 1),
            Shape::Named {
                name: "pair".to_owned(),
                parts: vec![Shape::Point, Shape::Circle(0.5)],
            },
        ],
    }
}

fn library() -> Library {
    let mut request = Request::new(Newtype(8));
    request.metadata_mut().insert("k", "v".parse().unwrap());
    let value = tonic::metadata::MetadataValue::from_bytes(&[0xff, 0]);
    request.metadata_mut().insert_bin("k-bin", value);
    let mut closed = 3..=3;
    closed.next();
    Library {
        range: 4..9,
        closed,
        duration: Duration::new(5, 6),
        time: SystemTime::UNIX_EPOCH - Duration::from_millis(1500),
        address: "[2001:db8::1%7]:443".parse().unwrap(),
        ip: Ipv4Addr::LOCALHOST,
        path: PathBuf::from("a/b"),
        order: Ordering::Greater,
        bound: Bound::Excluded(4),
        flow: ControlFlow::Break("stop".to_owned()),
        text: "static",
        count: AtomicU64::new(77),
        flag: AtomicBool::new(true),
        lock: Mutex::new(vec![-1, 0, 1]),
        once: OnceLock::from("set".to_owned()),
        unset: tokio::sync::OnceCell::new(),
        status: Status::not_found("no such thing"),
        request,
        response: Response::new(()),
    }
}

pub fn everything() -> Everything {
    Everything {
        numbers: numbers(),
        collections: collections(),
        library: library(),
    }
}

pub fn plan() -> Plan {
    let steps = vec![
        Step::Idle,
        Step::Wait(u64::MAX),
        Step::Move(-3, 0.1),
        Step::Say {
            text: "hello".to_owned(),
            loud: true,
        },
        Step::Wait(1),
    ];
    Plan {
        by_name: BTreeMap::from([("first".to_owned(), Step::Idle)]),
        by_number: BTreeMap::from([(1, ('c', Some(i128::MIN))), (2, ('d', None))]),
        by_pair: BTreeMap::from([((1, 2), ())]),
        rate: f64::NEG_INFINITY,
        inner: Some(Box::new(Plan {
            steps: vec![Step::Idle],
            by_name: BTreeMap::new(),
            by_number: BTreeMap::new(),
            by_pair: BTreeMap::new(),
            rate: 0.5,
            inner: None,
        })),
        steps,
    }
}

pub fn note() -> Note {
    Note {
        text: "control \u{1} and ümlaut".to_owned(),
        delta: -9,
        rate: 1e-7,
        notes: vec![
            Note {
                text: "inner".to_owned(),
                amount: -1,
                ..Note::default()
            },
            Note {
                share: 0.1,
                ..Note::default()
            },
        ],
        raw: vec![0xfe, 0xff],
        share: -2.5,
        amount: 300,
    }
}

fn node(name: &str, tags: usize) -> Arc<Node> {
    Arc::new(Node {
        name: name.to_owned(),
        before: Empty,
        next: Mutex::default(),
        tags: (0..tags).map(|_| Mutex::default()).collect(),
        back: RwLock::default(),
        keyed: BTreeMap::from([(3, OnceLock::new())]),
    })
}

/// Two nodes that point to each other through cells of every kind.
pub fn ring() -> Arc<Node> {
    let (a, b) = (node("a", 3), node("b", 0));
    *a.next.lock().unwrap() = Some(Arc::clone(&b));
    *b.next.lock().unwrap() = Some(Arc::clone(&a));
    *a.tags[1].lock().unwrap() = Some(Arc::clone(&a));
    *b.back.write().unwrap() = Arc::downgrade(&a);
    a.keyed[&3].set(Arc::downgrade(&b)).unwrap();
    a
}

/// A parent whose children know it: a knot.
pub fn family() -> Arc<Parent> {
    let data: Arc<[u16]> = Arc::from([1, 2, 3]);
    Arc::new_cyclic(|parent| Parent {
        name: "parent".to_owned(),
        children: ["one", "two"]
            .into_iter()
            .map(|label| {
                Arc::new(Child {
                    parent: Weak::clone(parent),
                    label: Arc::from(label),
                    data: Arc::clone(&data),
                })
            })
            .collect(),
    })
}

fn local(name: &str, value: Value) -> Local {
    Local {
        name: name.to_owned(),
        value,
    }
}

fn frame(function: &str, point: u32, file: &str, locals: Vec<Local>) -> Frame {
    Frame {
        function: function.to_owned(),
        point,
        file: file.to_owned(),
        line: point * 10,
        fingerprint: 0x0123_4567_89ab_cdef ^ u64::from(point),
        locals,
        branches: Vec::new(),
        point_name: String::new(),
    }
}

fn checkpoint<G: State>(types: TypeTable, globals: Value, objects: Objects) -> Checkpoint {
    Checkpoint {
        class: "samples".to_owned(),
        uuid: "6d9e6cf2-6d4b-4b6e-8d1b-000000000001".to_owned(),
        epoch: 3,
        sequence: 17,
        taken_unix_ms: 1_700_000_000_123,
        host: "north".to_owned(),
        arch: "x86_64".to_owned(),
        schema_fingerprint: ClassSchema::of::<G>("samples").fingerprint(),
        types,
        globals,
        threads: Vec::new(),
        replies: Vec::new(),
        clients: Vec::new(),
        clients_forgotten_after_ms: 0,
        tasks: Tasks::default(),
        objects,
    }
}

/// Values of every type that is captured by its own `State`.
pub fn values() -> Checkpoint {
    let mut types = TypeTable::new();
    let globals = Value::of(&everything(), &mut types).unwrap();
    checkpoint::<Everything>(types, globals, Objects::default())
}

/// Calls in progress, with branches, shadowed locals, serde values and messages; replies and clients.
pub fn calls() -> Checkpoint {
    let mut types = TypeTable::new();
    let globals = Value::of(&Newtype(1), &mut types).unwrap();
    let plan_type = dynamic::describe::<Plan>(&mut types);
    let note_type = message::describe::<Note>(&mut types);
    let plan = Value::capture(plan_type, |out| dynamic::encode(&plan(), out)).unwrap();
    let note = Value::capture(note_type, |out| message::encode(&note(), out)).unwrap();
    let mut state = |value: u16| Value::of(&value, &mut types).unwrap();
    let returned = state(3);
    let working = vec![frame(
        "samples::work",
        1,
        "src/work.rs",
        vec![local("n", state(4))],
    )];
    let mut both = frame(
        "samples::both",
        4,
        "src/samples.rs",
        vec![
            local("x", state(1)),
            local("x", state(2)),
            local("plan", plan),
        ],
    );
    let mut inner = frame("samples::inner", 2, "src/inner.rs", Vec::new());
    inner.branches = vec![Branch {
        number: 1,
        frames: vec![frame(
            "tokio::time::sleep",
            1,
            "",
            vec![local("left", state(9))],
        )],
    }];
    both.branches = vec![
        Branch {
            number: 0,
            frames: vec![inner],
        },
        Branch {
            number: 2,
            frames: vec![frame(
                "samples::note",
                1,
                "src/note.rs",
                vec![local("note", note)],
            )],
        },
    ];
    let mut calls = checkpoint::<Newtype>(types, globals, Objects::default());
    calls.threads = vec![
        Thread {
            client: "c1".to_owned(),
            request: 5,
            method: "/samples.Samples/Both".to_owned(),
            frames: vec![
                frame("samples::handler", 1, "src/samples.rs", Vec::new()),
                both,
            ],
        },
        Thread {
            client: "c2".to_owned(),
            request: 1,
            method: "/samples.Samples/New".to_owned(),
            frames: Vec::new(),
        },
    ];
    calls.replies = vec![Reply {
        client: "c1".to_owned(),
        request: 4,
        method: "/samples.Samples/Both".to_owned(),
        response: vec![1, 2, 3],
    }];
    calls.clients = vec![
        ClientRow {
            client: "c1".to_owned(),
            acked: 3,
            silent_ms: 59_000,
        },
        ClientRow {
            client: "c2".to_owned(),
            acked: 0,
            silent_ms: 0,
        },
    ];
    calls.clients_forgotten_after_ms = 3_600_000;
    let states = [
        TaskState::InProgress(working),
        TaskState::Returned(returned),
        TaskState::Panicked("it was too much".to_owned()),
        TaskState::Cancelled,
    ];
    let rows = (2..).zip(states).map(|(number, state)| Task {
        number,
        function: "samples::work".to_owned(),
        fingerprint: 77,
        state,
    });
    calls.tasks = Tasks {
        begun: 9,
        rows: rows.collect(),
    };
    calls
}

/// What the globals of [`graph`] are.
pub type Graph = (Arc<Node>, Arc<Parent>, Weak<Node>, Weak<Mutex<u8>>);

/// Shared objects: circles, late parts, a knot, a weak pointer to what nothing holds.
pub fn graph() -> Checkpoint {
    let ring = ring();
    let lonely = Arc::new(Mutex::new(1u8));
    let weak = Arc::downgrade(&ring);
    let all: Graph = (ring, family(), weak, Arc::downgrade(&lonely));
    let mut capture = Capture::new();
    let globals = capture.value(&all).unwrap();
    let frame = frame(
        "samples::walk",
        1,
        "src/walk.rs",
        vec![local("here", capture.value(&all.0).unwrap())],
    );
    let (types, objects) = capture.finish().unwrap();
    let mut graph = checkpoint::<Newtype>(types, globals, objects);
    graph.threads = vec![Thread {
        client: "c".to_owned(),
        request: 1,
        method: "/samples.Samples/Walk".to_owned(),
        frames: vec![frame],
    }];
    graph
}

/// A call whose frames say what their points are called, as frames did not at first.
pub fn named_points() -> Checkpoint {
    let mut types = TypeTable::new();
    let globals = Value::of(&Newtype(1), &mut types).unwrap();
    let total = Value::of(&7u16, &mut types).unwrap();
    let mut outer = frame(
        "samples::settle",
        3,
        "src/samples.rs",
        vec![local("total", total)],
    );
    outer.point_name = "in apply".to_owned();
    let sleep = frame("tokio::time::sleep", 1, "", Vec::new());
    let mut named = checkpoint::<Newtype>(types, globals, Objects::default());
    named.threads = vec![Thread {
        client: "c".to_owned(),
        request: 1,
        method: "/samples.Samples/Settle".to_owned(),
        frames: vec![outer, sleep],
    }];
    named
}

/// Every sample with its name.
pub fn all() -> [(&'static str, Checkpoint); 4] {
    [
        ("values", values()),
        ("calls", calls()),
        ("graph", graph()),
        ("named_points", named_points()),
    ]
}
