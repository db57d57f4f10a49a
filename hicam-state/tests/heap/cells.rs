//! Circles through cells, which are filled once all objects are there.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock, RwLock, Weak};

use hicam_macros::State;
use hicam_state::{Capture, EncodeErrorKind, Restore};

use super::{checkpoint, finished, round};

#[derive(State, Default)]
#[hicam(crate = ::hicam_state)]
pub(crate) struct Node {
    pub(crate) value: u32,
    pub(crate) next: Mutex<Option<Arc<Node>>>,
    pub(crate) previous: RwLock<Weak<Node>>,
    pub(crate) once: OnceLock<Arc<Node>>,
    pub(crate) near: Mutex<HashMap<String, Arc<Node>>>,
    pub(crate) async_next: tokio::sync::Mutex<Vec<Arc<Node>>>,
    pub(crate) async_near: tokio::sync::RwLock<BTreeMap<u8, Weak<Node>>>,
    pub(crate) plain: Mutex<Vec<u8>>,
}

pub(crate) fn node(value: u32) -> Arc<Node> {
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
fn cells_of_refcells_share_too() {
    let shared = Arc::new(Mutex::new(RefCell::new(Some(Arc::new(1u8)))));
    let (one, two) = round(&(Arc::clone(&shared), shared));
    assert!(Arc::ptr_eq(&one, &two));
    assert_eq!(one.lock().unwrap().borrow().as_deref(), Some(&1));
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
