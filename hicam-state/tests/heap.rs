//! Shared objects: identity, circles and depth survive a capture, in whatever order values are restored.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock, RwLock, Weak};

use hicam_macros::State;
use hicam_state::{Capture, EncodeErrorKind, Objects, Restore, State, TypeTable, Value};

/// Captures what `capture` says, encodes and decodes the objects through a checkpoint, and restores.
fn finished(capture: Capture) -> Restore {
    let (types, objects) = capture.finish().unwrap();
    let mut checkpoint = checkpoint(types, objects);
    let bytes = checkpoint.encode().unwrap();
    checkpoint = hicam_state::Checkpoint::decode(&bytes).unwrap();
    Restore::new(Arc::new(checkpoint.types), checkpoint.objects)
}

fn checkpoint(mut types: TypeTable, objects: Objects) -> hicam_state::Checkpoint {
    let globals = Value::of(&(), &mut types).unwrap();
    hicam_state::Checkpoint {
        class: "c".to_owned(),
        uuid: "u".to_owned(),
        epoch: 1,
        sequence: 1,
        taken_unix_ms: 0,
        host: "h".to_owned(),
        arch: "a".to_owned(),
        schema_fingerprint: String::new(),
        types,
        globals,
        threads: Vec::new(),
        replies: Vec::new(),
        clients: Vec::new(),
        clients_forgotten_after_ms: 0,
        tasks: hicam_state::Tasks::default(),
        objects,
    }
}

fn round<T: State + Send>(value: &T) -> T {
    let mut capture = Capture::new();
    let captured = capture.value(value).unwrap();
    finished(capture).value(&captured).unwrap()
}

#[test]
fn what_was_one_object_is_one_across_values_in_any_order() {
    let counter = Arc::new(Mutex::new(1u64));
    let mut capture = Capture::new();
    let first = capture
        .value(&vec![Arc::clone(&counter), Arc::clone(&counter)])
        .unwrap();
    let second = capture
        .value(&Some((7u8, Arc::clone(&counter), Arc::downgrade(&counter))))
        .unwrap();
    let third = capture.value(&Arc::new(Mutex::new(1u64))).unwrap();
    assert_eq!(Arc::strong_count(&counter), 2, "the capture holds one");
    let restore = finished(capture);
    assert_eq!(Arc::strong_count(&counter), 1, "it has let go");

    let (_, c, w) = restore
        .value::<Option<(u8, Arc<Mutex<u64>>, Weak<Mutex<u64>>)>>(&second)
        .unwrap()
        .unwrap();
    let other: Arc<Mutex<u64>> = restore.value(&third).unwrap();
    let list: Vec<Arc<Mutex<u64>>> = restore.value(&first).unwrap();
    drop(restore);
    *c.lock().unwrap() = 9;
    assert_eq!(*list[0].lock().unwrap(), 9);
    assert!(Arc::ptr_eq(&list[0], &list[1]) && Arc::ptr_eq(&list[0], &c));
    assert!(Weak::ptr_eq(&w, &Arc::downgrade(&c)));
    assert!(!Arc::ptr_eq(&c, &other));
    assert_eq!((Arc::strong_count(&c), Arc::weak_count(&c)), (3, 1));
    drop((list, c));
    assert!(w.upgrade().is_none());
}

#[test]
fn a_weak_whose_object_is_held_nowhere_dangles() {
    let held = Arc::new("kept elsewhere".to_owned());
    let both = (Arc::downgrade(&held), Weak::<String>::new());
    let (one, other) = round(&both);
    assert!(one.upgrade().is_none() && other.upgrade().is_none());
}

#[test]
fn what_only_the_restore_held_goes_with_it() {
    let shared = Arc::new(5u8);
    let mut capture = Capture::new();
    let weak = capture.value(&Arc::downgrade(&shared)).unwrap();
    let strong = capture.value(&shared).unwrap();
    let restore = finished(capture);
    let weak: Weak<u8> = restore.value(&weak).unwrap();
    assert_eq!(weak.upgrade().as_deref(), Some(&5), "the restore holds it");
    let strong: Arc<u8> = restore.value(&strong).unwrap();
    drop(restore);
    assert!(Arc::ptr_eq(&weak.upgrade().unwrap(), &strong));
}

#[derive(State)]
#[hicam(crate = ::hicam_state)]
struct Parent {
    name: String,
    children: Vec<Arc<Child>>,
}

#[derive(State)]
#[hicam(crate = ::hicam_state)]
struct Child {
    number: u32,
    parent: Weak<Parent>,
    next: Weak<Child>,
}

/// Made as Rust has it: nothing in it can be changed afterwards.
fn family(children: u32) -> Arc<Parent> {
    Arc::new_cyclic(|parent: &Weak<Parent>| {
        let mut next = Weak::new();
        let mut list: Vec<_> = (0..children)
            .rev()
            .map(|number| {
                let parent = Weak::clone(parent);
                let child = Arc::new(Child {
                    number,
                    parent,
                    next: Weak::clone(&next),
                });
                next = Arc::downgrade(&child);
                child
            })
            .collect();
        list.reverse();
        Parent {
            name: "p".to_owned(),
            children: list,
        }
    })
}

fn check_family(parent: &Arc<Parent>, children: u32) {
    assert_eq!(parent.name, "p");
    assert_eq!(parent.children.len(), children as usize);
    for (number, child) in (0..).zip(&parent.children) {
        assert_eq!(child.number, number);
        assert!(Arc::ptr_eq(&child.parent.upgrade().unwrap(), parent));
        match parent.children.get(number as usize + 1) {
            Some(next) => assert!(Arc::ptr_eq(&child.next.upgrade().unwrap(), next)),
            None => assert!(child.next.upgrade().is_none()),
        }
    }
}

#[test]
fn parents_and_children_made_by_new_cyclic() {
    let parent = round(&family(100));
    check_family(&parent, 100);
    assert_eq!(Arc::strong_count(&parent), 1);
    assert_eq!(Arc::strong_count(&parent.children[3]), 1);
}

#[test]
fn a_child_may_be_restored_before_its_parent() {
    let parent = family(10);
    let mut capture = Capture::new();
    let child = capture.value(&Arc::clone(&parent.children[4])).unwrap();
    let weak = capture.value(&Arc::downgrade(&parent.children[9])).unwrap();
    let parent = capture.value(&parent).unwrap();
    let restore = finished(capture);
    let weak: Weak<Child> = restore.value(&weak).unwrap();
    let child: Arc<Child> = restore.value(&child).unwrap();
    let parent: Arc<Parent> = restore.value(&parent).unwrap();
    drop(restore);
    check_family(&parent, 10);
    assert!(Arc::ptr_eq(&child, &parent.children[4]));
    assert!(Arc::ptr_eq(&weak.upgrade().unwrap(), &parent.children[9]));
}

#[test]
fn a_child_without_its_parent() {
    let parent = family(3);
    let child = round(&Arc::clone(&parent.children[0]));
    assert_eq!(child.number, 0);
    assert!(child.parent.upgrade().is_none() && child.next.upgrade().is_none());
}

/// Fixed links of every kind, in a graph where the order of making objects matters.
#[derive(State)]
#[hicam(crate = ::hicam_state)]
struct Thing {
    name: char,
    strong: Vec<Arc<Thing>>,
    weak: Vec<Weak<Thing>>,
}

#[test]
fn a_knot_where_one_parent_must_be_begun_before_the_other_is_done() {
    // a → b, c → b, b ⇢ a, b ⇢ c, c ⇢ a, and a ⇢ c.
    let mut c = None;
    let a = Arc::new_cyclic(|a: &Weak<Thing>| {
        let mut shared = None;
        let made = Arc::new_cyclic(|c: &Weak<Thing>| {
            let b = Arc::new(Thing {
                name: 'b',
                strong: vec![],
                weak: vec![a.clone(), c.clone()],
            });
            shared = Some(Arc::clone(&b));
            Thing {
                name: 'c',
                strong: vec![b],
                weak: vec![a.clone()],
            }
        });
        let weak = vec![Arc::downgrade(&made)];
        c = Some(made);
        Thing {
            name: 'a',
            strong: vec![shared.unwrap()],
            weak,
        }
    });
    let c = c.unwrap();
    let b = Arc::clone(&a.strong[0]);
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let mut capture = Capture::new();
        let things = [&a, &b, &c];
        let values = order.map(|at| (at, capture.value(things[at]).unwrap()));
        let (types, objects) = capture.finish().unwrap();
        let types = Arc::new(types);
        for rotation in 0..3 {
            let restore = Restore::new(Arc::clone(&types), objects.clone());
            let mut made: Vec<_> = (0..3)
                .map(|step| &values[(step + rotation) % 3])
                .map(|(at, value)| (*at, restore.value::<Arc<Thing>>(value).unwrap()))
                .collect();
            made.sort_by_key(|(at, _)| *at);
            let [a, b, c] = [0, 1, 2].map(|at: usize| &made[at].1);
            assert_eq!([a.name, b.name, c.name], ['a', 'b', 'c']);
            assert!(Arc::ptr_eq(&a.strong[0], b) && Arc::ptr_eq(&c.strong[0], b));
            let is = |weak: &Weak<Thing>, thing| Arc::ptr_eq(&weak.upgrade().unwrap(), thing);
            assert!(is(&b.weak[0], a) && is(&b.weak[1], c));
            assert!(is(&c.weak[0], a) && is(&a.weak[0], c));
        }
    }
}

#[derive(State, Default)]
#[hicam(crate = ::hicam_state)]
struct Node {
    value: u32,
    next: Mutex<Option<Arc<Node>>>,
    previous: RwLock<Weak<Node>>,
    once: OnceLock<Arc<Node>>,
    near: Mutex<HashMap<String, Arc<Node>>>,
    async_next: tokio::sync::Mutex<Vec<Arc<Node>>>,
    async_near: tokio::sync::RwLock<BTreeMap<u8, Weak<Node>>>,
    plain: Mutex<Vec<u8>>,
}

fn node(value: u32) -> Arc<Node> {
    Arc::new(Node {
        value,
        plain: Mutex::new(vec![7; 3]),
        ..Node::default()
    })
}

#[test]
fn strong_circles_through_cells() {
    let (a, b) = (node(1), node(2));
    *a.next.lock().unwrap() = Some(Arc::clone(&b));
    *b.next.lock().unwrap() = Some(Arc::clone(&a));
    *b.previous.write().unwrap() = Arc::downgrade(&a);
    a.once.set(Arc::clone(&a)).ok().unwrap();
    a.near
        .lock()
        .unwrap()
        .insert("b".to_owned(), Arc::clone(&b));
    b.async_next.try_lock().unwrap().push(Arc::clone(&a));
    a.async_near
        .try_write()
        .unwrap()
        .insert(4, Arc::downgrade(&b));

    let mut capture = Capture::new();
    let value = capture.value(&b).unwrap();
    let second: Arc<Node> = finished(capture).value(&value).unwrap();
    let first = second.next.lock().unwrap().clone().unwrap();
    assert_eq!((first.value, second.value), (1, 2));
    assert_eq!(*first.plain.lock().unwrap(), [7; 3]);
    assert!(Arc::ptr_eq(
        first.next.lock().unwrap().as_ref().unwrap(),
        &second
    ));
    assert!(Arc::ptr_eq(
        &second.previous.read().unwrap().upgrade().unwrap(),
        &first
    ));
    assert!(Arc::ptr_eq(first.once.get().unwrap(), &first));
    assert!(second.once.get().is_none());
    assert!(Arc::ptr_eq(&first.near.lock().unwrap()["b"], &second));
    assert!(Arc::ptr_eq(
        &second.async_next.try_lock().unwrap()[0],
        &first
    ));
    assert!(Arc::ptr_eq(
        &first.async_near.try_read().unwrap()[&4].upgrade().unwrap(),
        &second
    ));
    // What holds itself: `once`, two `next`s, `near`, `async_next`; and the variables here.
    assert_eq!(
        (Arc::strong_count(&first), Arc::strong_count(&second)),
        (4, 3)
    );
}

#[derive(State)]
#[hicam(crate = ::hicam_state)]
struct Links {
    to: Arc<Holder>,
}

#[derive(State)]
#[hicam(crate = ::hicam_state)]
struct Holder {
    links: Mutex<BTreeMap<u8, HashMap<u8, Links>>>,
    inside: BTreeMap<u8, Mutex<Option<Arc<Holder>>>>,
    hashed: HashMap<u8, Mutex<Option<Arc<Holder>>>>,
}

fn holder() -> Arc<Holder> {
    Arc::new(Holder {
        links: Mutex::default(),
        inside: (0..3).map(|key| (key, Mutex::default())).collect(),
        hashed: (0..20).map(|key| (key, Mutex::default())).collect(),
    })
}

#[test]
fn cells_in_collections() {
    let (a, b) = (holder(), holder());
    *a.inside[&1].lock().unwrap() = Some(Arc::clone(&b));
    *b.inside[&2].lock().unwrap() = Some(Arc::clone(&a));
    *b.inside[&0].lock().unwrap() = Some(Arc::clone(&b));
    let links = HashMap::from([(1, Links { to: Arc::clone(&a) })]);
    a.links.lock().unwrap().insert(5, links);
    let a = round(&a);
    let b = a.inside[&1].lock().unwrap().clone().unwrap();
    assert!(a.inside[&0].lock().unwrap().is_none());
    assert!(Arc::ptr_eq(
        b.inside[&2].lock().unwrap().as_ref().unwrap(),
        &a
    ));
    assert!(Arc::ptr_eq(
        b.inside[&0].lock().unwrap().as_ref().unwrap(),
        &b
    ));
    assert!(Arc::ptr_eq(&a.links.lock().unwrap()[&5][&1].to, &a));
}

#[test]
fn cells_in_a_hash_map_keep_their_keys() {
    let top = holder();
    for key in 0..20 {
        let below = holder();
        for _ in 0..key {
            let deeper = holder();
            *deeper.hashed[&0].lock().unwrap() = below.hashed[&1].lock().unwrap().take();
            *below.hashed[&1].lock().unwrap() = Some(deeper);
        }
        *top.hashed[&key].lock().unwrap() = Some(below);
    }
    let top = round(&top);
    for key in 0..20 {
        let below = top.hashed[&key].lock().unwrap().clone().unwrap();
        let mut length = 0;
        let mut next = below.hashed[&1].lock().unwrap().clone();
        while let Some(here) = next {
            length += 1;
            next = here.hashed[&0].lock().unwrap().clone();
        }
        assert_eq!(length, key);
    }
}

#[derive(State)]
#[hicam(crate = ::hicam_state)]
enum Slot {
    Full(Arc<Stuck>),
    Empty(Arc<u8>),
}

/// Its cell can never hold anything but a pointer, so what is in it cannot come later.
#[derive(State)]
#[hicam(crate = ::hicam_state)]
struct Stuck {
    slot: Mutex<Slot>,
    end: Mutex<Option<Arc<Stuck>>>,
}

fn stuck() -> Arc<Stuck> {
    Arc::new(Stuck {
        slot: Mutex::new(Slot::Empty(Arc::new(1))),
        end: Mutex::default(),
    })
}

#[test]
fn a_cell_that_cannot_be_filled_later_is_restored_with_its_object() {
    let (a, b) = (stuck(), stuck());
    *a.slot.lock().unwrap() = Slot::Full(Arc::clone(&b));
    *b.end.lock().unwrap() = Some(Arc::clone(&a));
    let a = round(&a);
    let slot = a.slot.lock().unwrap();
    let Slot::Full(b) = &*slot else {
        panic!("not full")
    };
    assert!(matches!(&*b.slot.lock().unwrap(), Slot::Empty(one) if **one == 1));
    assert!(Arc::ptr_eq(b.end.lock().unwrap().as_ref().unwrap(), &a));
}

#[test]
fn a_circle_of_links_none_of_which_can_be_made_later_is_refused_when_it_is_captured() {
    let refused = |capture: Capture, name: &str| {
        let error = capture.finish().unwrap_err();
        assert!(
            matches!(error.kind(), EncodeErrorKind::StrongCycle(types) if types.ends_with(name)),
            "{error}"
        );
        assert!(error.to_string().contains("OnceLock"), "{error}");
    };
    let (a, b) = (stuck(), stuck());
    *a.slot.lock().unwrap() = Slot::Full(Arc::clone(&b));
    *b.slot.lock().unwrap() = Slot::Full(Arc::clone(&a));
    let mut capture = Capture::new();
    capture.value(&b).unwrap();
    refused(capture, "Stuck");

    let top = holder();
    *top.hashed[&3].lock().unwrap() = Some(Arc::clone(&top));
    let mut capture = Capture::new();
    capture.value(&top).unwrap();
    refused(capture, "Holder");
}

#[test]
fn one_object_as_two_types_is_refused() {
    let array: Arc<[u8; 2]> = Arc::new([1, 2]);
    let slice: Arc<[u8]> = Arc::clone(&array) as Arc<[u8]>;
    let error = Capture::new().value(&(array, slice)).unwrap_err();
    assert!(
        matches!(error.kind(), EncodeErrorKind::TwoTypes(..)),
        "{error}"
    );
}

#[test]
fn an_arc_outside_of_a_capture_is_refused() {
    let error = Value::of(&Arc::new(1u8), &mut TypeTable::new()).unwrap_err();
    assert_eq!(*error.kind(), EncodeErrorKind::NoHeap);
}

#[test]
fn a_lock_held_in_an_object_is_an_error() {
    let node = node(1);
    let guard = node.near.lock().unwrap();
    let error = Capture::new().value(&node).unwrap_err();
    assert_eq!(
        error.to_string().split(':').next().unwrap(),
        "cannot capture `Node.near`"
    );
    drop(guard);
    Capture::new().value(&node).unwrap();
}

#[test]
fn text_slices_and_nothing() {
    let text: Arc<str> = Arc::from("text");
    let slice: Arc<[Arc<str>]> = Arc::from(vec![Arc::clone(&text), Arc::from("text")]);
    let unit = Arc::new(());
    let (text, slice, one, two, other) =
        round(&(text, slice, Arc::clone(&unit), unit, Arc::new(())));
    assert_eq!(&*text, "text");
    assert!(Arc::ptr_eq(&slice[0], &text) && !Arc::ptr_eq(&slice[1], &text));
    assert!(Arc::ptr_eq(&one, &two) && !Arc::ptr_eq(&one, &other));
}

#[derive(State)]
#[hicam(crate = ::hicam_state)]
struct Link {
    number: u32,
    next: Option<Arc<Link>>,
}

const LONG: u32 = 1_000_000;

fn chain(length: u32) -> Option<Arc<Link>> {
    (0..length)
        .rev()
        .fold(None, |next, number| Some(Arc::new(Link { number, next })))
}

/// Takes a chain apart without recursion.
fn take_apart(mut next: Option<Arc<Link>>) -> u32 {
    let mut length = 0;
    while let Some(here) = next {
        assert_eq!(here.number, length);
        length += 1;
        next = Arc::into_inner(here).and_then(|link| link.next);
    }
    length
}

#[test]
fn a_million_fixed_links() {
    let chain = chain(LONG);
    let restored = round(&chain);
    assert_eq!(take_apart(restored), LONG);
    assert_eq!(take_apart(chain), LONG);
}

#[test]
fn many_long_chains_in_one_value() {
    let chains: Vec<_> = (0..50).map(|_| chain(2000)).collect();
    for restored in round(&chains) {
        assert_eq!(take_apart(restored), 2000);
    }
}

#[test]
fn a_restore_that_is_given_up_does_not_overflow() {
    let chain = chain(LONG / 5);
    let mut capture = Capture::new();
    let good = capture.value(&chain).unwrap();
    let restore = finished(capture);
    let restored: Option<Arc<Link>> = restore.value(&good).unwrap();
    drop(restored);
    drop(restore);
    take_apart(chain);
}

#[test]
fn a_million_links_both_ways() {
    let first = node(0);
    let mut last = Arc::clone(&first);
    for value in 1..LONG / 5 {
        let next = node(value);
        *next.previous.write().unwrap() = Arc::downgrade(&last);
        *last.next.lock().unwrap() = Some(Arc::clone(&next));
        last = next;
    }
    let restored = round(&first);
    for first in [first, restored] {
        let mut here = first;
        let mut length = 1;
        loop {
            let next = here.next.lock().unwrap().take();
            let Some(next) = next else { break };
            assert_eq!(next.value, length);
            assert!(Arc::ptr_eq(
                &next.previous.read().unwrap().upgrade().unwrap(),
                &here
            ));
            length += 1;
            here = next;
        }
        assert_eq!(length, LONG / 5);
    }
}

#[derive(State)]
#[hicam(crate = ::hicam_state)]
struct Level {
    below: Option<Arc<Level>>,
    above: Weak<Level>,
}

fn levels(depth: u32, above: &Weak<Level>) -> Arc<Level> {
    Arc::new_cyclic(|this| Level {
        below: (depth > 1).then(|| levels(depth - 1, this)),
        above: Weak::clone(above),
    })
}

#[test]
fn a_knot_within_a_knot_and_so_on() {
    let top = std::thread::Builder::new()
        .stack_size(64 << 20)
        .spawn(|| levels(2000, &Weak::new()))
        .unwrap()
        .join()
        .unwrap();
    let mut here = round(&top);
    let mut depth = 1;
    while let Some(below) = here.below.clone() {
        assert!(Arc::ptr_eq(&below.above.upgrade().unwrap(), &here));
        here = below;
        depth += 1;
    }
    assert_eq!(depth, 2000);
}

#[test]
fn wide_and_shared() {
    let leaves: Vec<_> = (0..1000)
        .map(|number| Arc::new(Link { number, next: None }))
        .collect();
    let rows: Vec<Arc<Vec<Arc<Link>>>> = (0..100).map(|_| Arc::new(leaves.clone())).collect();
    let rows = round(&rows);
    for row in &rows {
        assert_eq!(row.len(), 1000);
        assert!(
            row.iter()
                .zip(rows[0].iter())
                .all(|(x, y)| Arc::ptr_eq(x, y))
        );
    }
}

#[test]
fn json_lists_each_object_once() {
    let (a, b) = (node(1), node(2));
    *a.next.lock().unwrap() = Some(Arc::clone(&b));
    *b.previous.write().unwrap() = Arc::downgrade(&a);
    let mut capture = Capture::new();
    let value = capture.value(&vec![Arc::clone(&a), a]).unwrap();
    let gone = Arc::downgrade(&Arc::new(1u8));
    let weak = capture.value(&gone).unwrap();
    let (types, objects) = capture.finish().unwrap();
    let mut checkpoint = checkpoint(types, objects);
    checkpoint.globals = value;
    let json = checkpoint.to_json();
    assert_eq!(json["globals"], serde_json::json!([{"#": 1}, {"#": 1}]));
    let objects = json["objects"].as_object().unwrap();
    assert_eq!(objects.len(), 2);
    assert_eq!(objects["#1"]["value"], 1);
    assert_eq!(objects["#1"]["next"], serde_json::json!({"#": 2}));
    assert_eq!(objects["#1"]["plain"], "\u{7}\u{7}\u{7}");
    assert_eq!(objects["#2"]["previous"], serde_json::json!({"weak #": 1}));
    assert_eq!(objects["#2"]["near"], serde_json::json!({}));
    assert_eq!(
        hicam_state::json::value(&checkpoint.types, &weak).unwrap(),
        serde_json::Value::Null
    );
}

#[test]
fn state_without_shared_objects_has_no_section_of_them() {
    let plain = checkpoint(TypeTable::new(), Objects::default())
        .encode()
        .unwrap();
    let mut capture = Capture::new();
    capture.value(&Mutex::new(vec![1u8])).unwrap();
    let (_, objects) = capture.finish().unwrap();
    assert!(objects.is_empty());
    // The last section is that of clients: its head, one number, and a count.
    let clients = [&[6, 0, 0, 0, 1, 0, 0, 0, 12][..], &[0; 7 + 8 + 4]].concat();
    assert!(plain[..plain.len() - 32].ends_with(&clients));
}

#[test]
fn damaged_objects_are_errors() {
    let (a, b) = (node(1), node(2));
    *a.next.lock().unwrap() = Some(Arc::clone(&b));
    *b.next.lock().unwrap() = Some(Arc::clone(&a));
    let mut capture = Capture::new();
    let value = capture.value(&(a, family(3), chain(520))).unwrap();
    let (types, objects) = capture.finish().unwrap();
    let mut whole = checkpoint(types, objects);
    whole.globals = value;
    let bytes = whole.encode().unwrap();
    let end = bytes.len() - 32;
    let mut decoded = 0;
    for position in (8..end).step_by(41).chain(end - 200..end) {
        for change in [1, 0x82] {
            let mut lying = bytes[..end].to_vec();
            lying[position] ^= change;
            let checksum = blake3::hash(&lying);
            lying.extend_from_slice(checksum.as_bytes());
            if let Ok(lying) = hicam_state::Checkpoint::decode(&lying) {
                lying.to_json();
                let restore = Restore::new(Arc::new(lying.types), lying.objects);
                let read =
                    restore.value::<(Arc<Node>, Arc<Parent>, Option<Arc<Link>>)>(&lying.globals);
                decoded += usize::from(read.is_ok());
            }
        }
    }
    assert!(decoded > 0);
}

#[test]
fn cells_of_refcells_share_too() {
    let shared = Arc::new(Mutex::new(RefCell::new(Some(Arc::new(1u8)))));
    let (one, two) = round(&(Arc::clone(&shared), shared));
    assert!(Arc::ptr_eq(&one, &two));
    assert_eq!(one.lock().unwrap().borrow().as_deref(), Some(&1));
}

/// A list that every item knows, and that knows its first item.
#[derive(State)]
#[hicam(crate = ::hicam_state)]
struct List {
    first: Option<Arc<Item>>,
}

#[derive(State)]
#[hicam(crate = ::hicam_state)]
struct Item {
    number: u32,
    list: Weak<List>,
    next: Option<Arc<Item>>,
}

#[test]
fn a_long_chain_in_a_knot() {
    const ITEMS: u32 = 100_000;
    let list = Arc::new_cyclic(|list: &Weak<List>| List {
        first: (0..ITEMS).rev().fold(None, |next, number| {
            let list = Weak::clone(list);
            Some(Arc::new(Item { number, list, next }))
        }),
    });
    let mut capture = Capture::new();
    // Begun in the middle of the chain.
    let mut middle = list.first.clone().unwrap();
    for _ in 0..ITEMS / 2 {
        middle = middle.next.clone().unwrap();
    }
    let middle_value = capture.value(&middle).unwrap();
    let value = capture.value(&list).unwrap();
    let restore = finished(capture);
    let restored_middle: Arc<Item> = restore.value(&middle_value).unwrap();
    let restored: Arc<List> = restore.value(&value).unwrap();
    drop(restore);
    assert_eq!(restored_middle.number, ITEMS / 2);
    drop((middle, restored_middle));
    for list in [list, restored] {
        let weak = Arc::downgrade(&list);
        let mut next = Arc::into_inner(list).and_then(|list| list.first);
        let mut length = 0;
        while let Some(item) = next {
            assert_eq!(item.number, length);
            assert!(Weak::ptr_eq(&item.list, &weak));
            length += 1;
            next = Arc::into_inner(item).and_then(|item| item.next);
        }
        assert_eq!(length, ITEMS);
    }
}

#[test]
fn many_children_that_know_their_parent_and_one_another() {
    check_family(&round(&family(20_000)), 20_000);
}

#[test]
fn a_knot_too_deep_is_refused_when_it_is_captured() {
    let depth = hicam_state::MAX_DEPTH as u32 + 2;
    let refused = move || {
        let top = levels(depth, &Weak::new());
        let mut capture = Capture::new();
        capture.value(&top).unwrap();
        assert_eq!(
            *capture.finish().unwrap_err().kind(),
            EncodeErrorKind::TooDeep
        );
    };
    let thread = std::thread::Builder::new().stack_size(256 << 20);
    thread.spawn(refused).unwrap().join().unwrap();
}

type Place = RwLock<Option<Arc<Cells>>>;

/// Cells that are next to one another and take no bytes in their object.
#[derive(State, Default)]
#[hicam(crate = ::hicam_state)]
struct Cells {
    list: Vec<Mutex<Option<Arc<Cells>>>>,
    array: [Mutex<Vec<Arc<Cells>>>; 3],
    pair: (Place, Place),
    nested: Mutex<Vec<Mutex<Option<Arc<Cells>>>>>,
}

#[test]
fn cells_side_by_side() {
    let new = |length| Cells {
        list: (0..length).map(|_| Mutex::default()).collect(),
        ..Cells::default()
    };
    let (a, b) = (Arc::new(new(3)), Arc::new(new(0)));
    *a.list[1].lock().unwrap() = Some(Arc::clone(&b));
    *a.list[2].lock().unwrap() = Some(Arc::clone(&a));
    a.array[2]
        .lock()
        .unwrap()
        .extend([Arc::clone(&a), Arc::clone(&b)]);
    *b.pair.1.write().unwrap() = Some(Arc::clone(&a));
    b.nested
        .lock()
        .unwrap()
        .push(Mutex::new(Some(Arc::clone(&b))));
    let mut capture = Capture::new();
    let value = capture.value(&a).unwrap();
    let (types, objects) = capture.finish().unwrap();
    let shown = checkpoint(types.clone(), objects.clone()).to_json();
    assert_eq!(
        shown["objects"]["#1"]["list"],
        serde_json::json!([null, {"#": 2}, {"#": 1}])
    );
    assert_eq!(
        shown["objects"]["#2"]["nested"],
        serde_json::json!([{"#": 2}])
    );
    let a: Arc<Cells> = Restore::new(Arc::new(types), objects)
        .value(&value)
        .unwrap();
    let is = |cell: &Option<Arc<Cells>>, thing| Arc::ptr_eq(cell.as_ref().unwrap(), thing);
    let b = a.list[1].lock().unwrap().clone().unwrap();
    assert!(a.list[0].lock().unwrap().is_none());
    assert!(is(&a.list[2].lock().unwrap(), &a));
    assert!(a.array[0].lock().unwrap().is_empty() && a.array[1].lock().unwrap().is_empty());
    assert!(Arc::ptr_eq(&a.array[2].lock().unwrap()[0], &a));
    assert!(Arc::ptr_eq(&a.array[2].lock().unwrap()[1], &b));
    assert!(b.pair.0.read().unwrap().is_none() && is(&b.pair.1.read().unwrap(), &a));
    assert!(is(&b.nested.lock().unwrap()[0].lock().unwrap(), &b));
}
