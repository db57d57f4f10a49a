//! Programs whose locals share objects, each captured at every point it passes: what is one object stays one.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "programs as people write them, and tests may fail"
)]

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, RwLock, Weak};

use hicam::testing::every_point;

/// Runs a program at every point, and compares it with its plain value.
macro_rules! programs {
    ($($name:ident: $call:expr => $value:expr;)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                assert_eq!($call.await, $value, "as ordinary code");
                match every_point(|| $call).await {
                    Ok(points) => assert!(points > 0),
                    Err(error) => panic!("{error}"),
                }
            }
        )*
    };
}

#[hicam::migratable]
async fn aliases(n: u32) -> (Vec<u32>, bool, usize) {
    let one = Arc::new(Mutex::new(Vec::new()));
    let other = Arc::clone(&one);
    for i in 0..n {
        one.lock().unwrap().push(i);
        hicam::point().await;
        other.lock().unwrap().push(i * 10);
    }
    let list = one.lock().unwrap().clone();
    (list, Arc::ptr_eq(&one, &other), Arc::strong_count(&one))
}

#[hicam::migratable]
async fn add(to: Arc<AtomicU32>, n: u32) -> u32 {
    for _ in 0..n {
        to.fetch_add(1, Ordering::SeqCst);
    }
    to.load(Ordering::SeqCst)
}

#[hicam::migratable]
async fn across_frames(n: u32) -> Vec<u32> {
    let total = Arc::new(AtomicU32::new(0));
    let mut seen = Vec::new();
    for i in 0..n {
        let inner = add(Arc::clone(&total), i).await;
        seen.push(inner);
        seen.push(total.load(Ordering::SeqCst));
    }
    seen
}

#[hicam::migratable]
async fn weak_pointers(n: u32) -> Vec<Option<u32>> {
    let mut seen = Vec::new();
    let never: Weak<u32> = Weak::new();
    for i in 0..n {
        let strong = Arc::new(i);
        let weak = Arc::downgrade(&strong);
        hicam::point().await;
        seen.push(weak.upgrade().map(|value| *value));
        drop(strong);
        hicam::point().await;
        seen.push(weak.upgrade().map(|value| *value));
        seen.push(never.upgrade().map(|value| *value));
    }
    seen
}

#[derive(hicam::State)]
struct Tree {
    name: String,
    parent: Mutex<Weak<Tree>>,
    children: Mutex<Vec<Arc<Tree>>>,
}

fn tree(name: &str) -> Arc<Tree> {
    Arc::new(Tree {
        name: name.to_owned(),
        parent: Mutex::default(),
        children: Mutex::default(),
    })
}

fn adopt(parent: &Arc<Tree>, child: Arc<Tree>) {
    *child.parent.lock().unwrap() = Arc::downgrade(parent);
    parent.children.lock().unwrap().push(child);
}

#[hicam::migratable]
async fn up_and_down(n: usize) -> Vec<String> {
    let root = tree("root");
    let mut here = Arc::clone(&root);
    for depth in 0..n {
        let child = tree(&format!("level {depth}"));
        adopt(&here, tree("leaf"));
        adopt(&here, Arc::clone(&child));
        here = child;
    }
    let mut path = Vec::new();
    loop {
        path.push(here.name.clone());
        let parent = here.parent.lock().unwrap().upgrade();
        match parent {
            Some(parent) => here = parent,
            None => break,
        }
        hicam::point().await;
    }
    assert!(Arc::ptr_eq(&here, &root));
    path.push(root.children.lock().unwrap().len().to_string());
    path
}

#[derive(hicam::State, Default)]
struct Cell {
    value: u32,
    next: Mutex<Option<Arc<Cell>>>,
    previous: RwLock<Weak<Cell>>,
}

#[hicam::migratable]
async fn ring(n: u32) -> (Vec<u32>, bool) {
    let first = Arc::new(Cell::default());
    let mut last = Arc::clone(&first);
    for value in 1..n {
        let next = Arc::new(Cell {
            value,
            ..Cell::default()
        });
        *next.previous.write().unwrap() = Arc::downgrade(&last);
        *last.next.lock().unwrap() = Some(Arc::clone(&next));
        last = next;
    }
    *last.next.lock().unwrap() = Some(Arc::clone(&first));
    let mut seen = Vec::new();
    let mut here = last;
    for _ in 0..2 * n {
        seen.push(here.value);
        let next = here.next.lock().unwrap().clone();
        here = next.unwrap();
        let back = here.previous.read().unwrap().upgrade();
        seen.push(back.map_or(99, |back| back.value));
    }
    let closed = Arc::ptr_eq(&here.next.lock().unwrap().clone().unwrap(), &first);
    // So that a ring leaves no memory behind.
    first.next.lock().unwrap().take();
    (seen, closed)
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Order {
    item: String,
    count: u32,
}

fn order(count: u32) -> Order {
    Order {
        item: "tea".to_owned(),
        count,
    }
}

#[hicam::migratable]
async fn serde_types(n: u32) -> (u32, bool, Vec<Order>) {
    let one = Arc::new(order(1));
    let list = vec![Arc::clone(&one), Arc::new(order(2)), Arc::clone(&one)];
    let by_name = HashMap::from([("one".to_owned(), Arc::clone(&one))]);
    let locked = Arc::new(Mutex::new(vec![order(3)]));
    let again = Arc::clone(&locked);
    let waiting = Arc::new(tokio::sync::Mutex::new(order(4)));
    let nested = Arc::new(Mutex::new(vec![Arc::clone(&one)]));
    let weak = Arc::downgrade(&one);
    let maybe = Some(Arc::clone(&nested));
    let mut total = 0;
    for i in 0..n {
        again.lock().unwrap().push(order(i));
        waiting.lock().await.count += 1;
        let inner = nested.lock().unwrap().last().cloned().unwrap();
        maybe.as_ref().unwrap().lock().unwrap().push(inner);
        total += by_name["one"].count + weak.upgrade().unwrap().count;
    }
    let same = Arc::ptr_eq(&list[0], &by_name["one"])
        && Arc::ptr_eq(&list[0], &list[2])
        && !Arc::ptr_eq(&list[0], &list[1])
        && nested
            .lock()
            .unwrap()
            .iter()
            .all(|inner| Arc::ptr_eq(inner, &one));
    total += waiting.lock().await.count;
    let all = locked.lock().unwrap().clone();
    (total + nested.lock().unwrap().len() as u32, same, all)
}

#[derive(Clone, PartialEq, prost::Message)]
struct Note {
    #[prost(string, tag = "1")]
    text: String,
}

#[hicam::migratable]
async fn messages(n: u32) -> (String, bool) {
    let note = Arc::new(Note {
        text: "a".to_owned(),
    });
    let notes = vec![Arc::clone(&note), note];
    let board = Arc::new(RwLock::new(Note::default()));
    let reader = Arc::clone(&board);
    for _ in 0..n {
        board.write().unwrap().text.push_str(&notes[0].text);
    }
    let text = reader.read().unwrap().text.clone();
    (text, Arc::ptr_eq(&notes[0], &notes[1]))
}

#[hicam::migratable]
async fn text_and_slices(n: usize) -> (Vec<Arc<str>>, bool, u8) {
    let word: Arc<str> = Arc::from("word");
    let bytes: Arc<[u8]> = Arc::from(vec![1, 2, 3]);
    let same = Arc::clone(&bytes);
    let mut words = Vec::new();
    for _ in 0..n {
        words.push(Arc::clone(&word));
    }
    let shared = words.iter().all(|other| Arc::ptr_eq(other, &word)) && Arc::ptr_eq(&same, &bytes);
    (words, shared, bytes.iter().sum())
}

#[derive(hicam::State)]
struct Settings {
    limit: AtomicU32,
    late: OnceLock<Arc<String>>,
}

#[derive(hicam::State)]
struct Worker {
    settings: Arc<Settings>,
    done: Vec<u32>,
}

#[hicam::migratable]
impl Worker {
    async fn work(&mut self, n: u32) -> u32 {
        for i in 0..n {
            if i >= self.settings.limit.load(Ordering::SeqCst) {
                break;
            }
            self.done.push(i);
            self.settings
                .late
                .get_or_init(|| Arc::new(format!("at {i}")));
        }
        self.done.len() as u32
    }
}

#[hicam::migratable]
async fn workers(n: u32) -> (Vec<u32>, String) {
    let settings = Arc::new(Settings {
        limit: AtomicU32::new(2),
        late: OnceLock::new(),
    });
    let mut team: BTreeMap<u32, Worker> = BTreeMap::new();
    for id in 0..n {
        let settings = Arc::clone(&settings);
        team.insert(
            id,
            Worker {
                settings,
                done: Vec::new(),
            },
        );
    }
    let mut counts = Vec::new();
    for id in 0..n {
        let mut worker = team.remove(&id).unwrap();
        counts.push(worker.work(10).await);
        team.insert(id, worker);
        settings.limit.fetch_add(1, Ordering::SeqCst);
    }
    (counts, settings.late.get().unwrap().to_string())
}

#[derive(hicam::State, Default)]
struct Meter {
    readings: Mutex<Vec<u32>>,
    me: OnceLock<Weak<Meter>>,
}

#[hicam::migratable]
impl Meter {
    async fn read(self: Arc<Self>, n: u32) -> usize {
        for i in 0..n {
            self.readings.lock().unwrap().push(i);
        }
        let me = self.me.get().and_then(Weak::upgrade);
        me.map_or(0, |me| me.readings.lock().unwrap().len())
    }
}

#[hicam::migratable]
async fn methods_on_arcs(n: u32) -> (Vec<usize>, usize) {
    let meter = Arc::new(Meter::default());
    meter.me.set(Arc::downgrade(&meter)).unwrap();
    let mut lengths = Vec::new();
    for i in 0..n {
        lengths.push(Arc::clone(&meter).read(i).await);
    }
    let read = meter.readings.lock().unwrap().len();
    (lengths, read)
}

programs! {
    a_method_on_an_arc: methods_on_arcs(4) => (vec![0, 1, 3, 6], 6);
    two_names_of_one_object: aliases(4) => aliases(4).await;
    an_object_in_the_caller_and_the_callee: across_frames(5) => vec![0, 0, 1, 1, 3, 3, 6, 6, 10, 10];
    a_weak_pointer_dies_with_its_object: weak_pointers(3) => vec![
        Some(0), None, None, Some(1), None, None, Some(2), None, None,
    ];
    parents_and_children: up_and_down(4) => up_and_down(4).await;
    a_ring_of_strong_pointers: ring(4) => ring(4).await;
    objects_of_serde_types: serde_types(3) => serde_types(3).await;
    objects_that_are_messages: messages(3) => ("aaa".to_owned(), true);
    shared_text: text_and_slices(3) => (vec![Arc::from("word"); 3], true, 6);
    workers_with_common_settings: workers(4) => (vec![2, 3, 4, 5], "at 0".to_owned());
}
