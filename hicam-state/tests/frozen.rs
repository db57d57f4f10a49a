//! Values that cannot leave their thread: frozen where they are, thawed in the same process, or added to a capture.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{self, Rc};
use std::sync::{self, Arc, Mutex};

use hicam_macros::State;
use hicam_state::{
    Capture, EncodeErrorKind, Freeze, Frozen, FrozenGraph, Restore, State, ThreadRestore, Value,
};

#[derive(State)]
#[hicam(crate = ::hicam_state)]
struct Node {
    label: u32,
    parent: RefCell<rc::Weak<Node>>,
    children: RefCell<Vec<Rc<Node>>>,
    ledger: Arc<Mutex<Vec<u32>>>,
}

fn freeze<T: State>(values: &[&T]) -> (Frozen, FrozenGraph) {
    let mut freeze = Freeze::new();
    for value in values {
        freeze.value(T::describe, |out| value.encode(out)).unwrap();
    }
    freeze.finish().unwrap()
}

fn refused<T: State>(values: &[&T]) -> EncodeErrorKind {
    let mut freeze = Freeze::new();
    for value in values {
        if let Err(error) = freeze.value(T::describe, |out| value.encode(out)) {
            return error.kind().clone();
        }
    }
    freeze.finish().unwrap_err().kind().clone()
}

/// The capture of what was frozen, and of one more value.
fn captured<T: State + Send>(frozen: &Frozen, other: &T) -> (Restore, Vec<Value>, Value) {
    let mut capture = Capture::new();
    let values = capture.add(frozen).unwrap();
    let other = capture.value(other).unwrap();
    let (types, objects) = capture.finish().unwrap();
    (Restore::new(Arc::new(types), objects), values, other)
}

/// A parent with two children, one of which is a root too.
fn family(ledger: &Arc<Mutex<Vec<u32>>>) -> (Rc<Node>, Rc<Node>) {
    let node = |label, children| {
        Rc::new(Node {
            label,
            parent: RefCell::default(),
            children: RefCell::new(children),
            ledger: Arc::clone(ledger),
        })
    };
    let child = node(2, Vec::new());
    let parent = node(1, vec![Rc::clone(&child), node(3, Vec::new())]);
    for child in parent.children.borrow().iter() {
        *child.parent.borrow_mut() = Rc::downgrade(&parent);
    }
    (parent, child)
}

fn check_family(restore: ThreadRestore, values: &[Value], ledger: &Arc<Mutex<Vec<u32>>>) {
    // The child first, before its parent.
    let child: Rc<Node> = restore.value(&values[1]).unwrap();
    let parent: Rc<Node> = restore.value(&values[0]).unwrap();
    drop(restore);
    assert!(Rc::ptr_eq(&parent.children.borrow()[0], &child));
    assert!(Rc::ptr_eq(
        &child.parent.borrow().upgrade().unwrap(),
        &parent
    ));
    assert_eq!((Rc::strong_count(&parent), Rc::weak_count(&parent)), (1, 2));
    assert_eq!((Rc::strong_count(&child), Rc::weak_count(&child)), (2, 0));
    assert_eq!(parent.children.borrow()[1].label, 3);
    assert!(Arc::ptr_eq(&parent.ledger, ledger));
    assert!(Arc::ptr_eq(&child.ledger, ledger));
}

#[test]
fn thawed_in_another_thread_the_graph_is_as_it_was_and_points_to_the_same_arcs() {
    let ledger = Arc::new(Mutex::new(vec![7]));
    let (parent, child) = family(&ledger);
    let (frozen, graph) = freeze(&[&parent, &child]);
    let gone = Rc::downgrade(&parent);
    drop((parent, child));
    graph.let_go();
    assert_eq!(gone.strong_count(), 0);
    // Others may change what the `Arc` points to meanwhile.
    ledger.lock().unwrap().push(8);
    let seen = Arc::clone(&ledger);
    std::thread::spawn(move || {
        let (restore, values) = frozen.thaw();
        check_family(restore, &values, &seen);
    })
    .join()
    .unwrap();
    assert_eq!(Arc::strong_count(&ledger), 1);
    assert_eq!(*ledger.lock().unwrap(), [7, 8]);
}

#[test]
fn in_a_capture_its_arcs_are_the_objects_of_other_values() {
    let ledger = Arc::new(Mutex::new(vec![7]));
    let (parent, child) = family(&ledger);
    let (frozen, graph) = freeze(&[&parent, &child]);
    drop((parent, child));
    graph.let_go();
    // More than once: a checkpoint and the next.
    for round in 0..2 {
        ledger.lock().unwrap().push(round);
        let (restore, values, other) = captured(&frozen, &ledger);
        let others: Arc<Mutex<Vec<u32>>> = restore.value(&other).unwrap();
        check_family(restore.on_thread(), &values, &others);
        assert_eq!(*others.lock().unwrap(), *ledger.lock().unwrap());
    }
}

#[test]
fn two_frames_have_objects_of_their_own() {
    let ledger = Arc::new(Mutex::new(Vec::new()));
    let mut capture = Capture::new();
    let frames: Vec<Vec<Value>> = (0..2)
        .map(|_| {
            let (parent, child) = family(&ledger);
            let (frozen, _) = freeze(&[&parent, &child]);
            capture.add(&frozen).unwrap()
        })
        .collect();
    let (types, objects) = capture.finish().unwrap();
    // Three nodes each, and what they share.
    assert_eq!(objects.len(), 7);
    let restore = Restore::new(Arc::new(types), objects);
    let ledgers = frames.iter().map(|values| {
        let here = restore.on_thread();
        let parent: Rc<Node> = here.value(&values[0]).unwrap();
        Arc::clone(&parent.ledger)
    });
    let ledgers: Vec<_> = ledgers.collect();
    assert!(Arc::ptr_eq(&ledgers[0], &ledgers[1]));
}

#[test]
fn weak_pointers_to_what_all_threads_have() {
    let owner = Arc::new(Mutex::new(5u32));
    let watch = Rc::new(Arc::downgrade(&owner));
    let (frozen, graph) = freeze(&[&watch]);
    drop(watch);
    graph.let_go();
    // Held elsewhere: it is that object. Held nowhere: it dangles.
    let (restore, values, other) = captured(&frozen, &owner);
    let there: Arc<Mutex<u32>> = restore.value(&other).unwrap();
    let here = restore.on_thread();
    let watch: Rc<sync::Weak<Mutex<u32>>> = here.value(&values[0]).unwrap();
    assert!(Arc::ptr_eq(&watch.upgrade().unwrap(), &there));
    let (restore, values, _) = captured(&frozen, &0u8);
    let here = restore.on_thread();
    let watch: Rc<sync::Weak<Mutex<u32>>> = here.value(&values[0]).unwrap();
    assert!(watch.upgrade().is_none());
    let (here, values) = frozen.thaw();
    let watch: Rc<sync::Weak<Mutex<u32>>> = here.value(&values[0]).unwrap();
    drop(here);
    assert!(Arc::ptr_eq(&watch.upgrade().unwrap(), &owner));
    assert_eq!(Arc::weak_count(&owner), 1);
}

#[test]
fn what_is_held_outside_is_refused() {
    let one = Rc::new(Cell::new(1u8));
    let held = Rc::clone(&one);
    assert_eq!(
        refused(&[&one]),
        EncodeErrorKind::HeldElsewhere("core::cell::Cell<u8>")
    );
    assert!(
        refused(&[&one])
            .to_string()
            .contains("outside of the function")
    );
    // Both together are all that there are.
    freeze(&[&one, &held]);
    drop(held);
    let watch = Rc::downgrade(&one);
    assert!(matches!(
        refused(&[&one]),
        EncodeErrorKind::HeldElsewhere(_)
    ));
    assert!(matches!(
        refused(&[&watch]),
        EncodeErrorKind::HeldElsewhere(_)
    ));
    let both = (one, watch);
    freeze(&[&both]);
    // Refusing leaves everything as it was.
    assert_eq!((Rc::strong_count(&both.0), Rc::weak_count(&both.0)), (1, 1));
    both.0.set(2);
    assert_eq!(both.1.upgrade().unwrap().get(), 2);
}

#[test]
fn other_reasons_for_which_nothing_can_be_frozen() {
    let cell = Rc::new(RefCell::new(1u8));
    let guard = cell.borrow_mut();
    assert_eq!(refused(&[&cell]), EncodeErrorKind::Borrowed);
    drop(guard);
    freeze(&[&cell]);

    // Its cell can never hold anything but a pointer, so what is in it cannot come later.
    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    enum Slot {
        Full(Rc<Stuck>),
        Empty(Rc<u8>),
    }
    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    struct Stuck {
        slot: RefCell<Slot>,
    }
    let stuck = Rc::new(Stuck {
        slot: RefCell::new(Slot::Empty(Rc::new(1))),
    });
    let empty = stuck.slot.replace(Slot::Full(Rc::clone(&stuck)));
    assert!(matches!(&empty, Slot::Empty(one) if **one == 1));
    let kind = refused(&[&stuck]);
    assert!(matches!(kind, EncodeErrorKind::StrongCycle(_)), "{kind}");
    stuck.slot.replace(empty);
}

#[test]
fn a_circle_leaves_nothing_behind() {
    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    struct Ring {
        next: RefCell<Option<Rc<Ring>>>,
    }
    type Watched = (Rc<Ring>, rc::Weak<Ring>, rc::Weak<Ring>);
    let ring = || {
        Rc::new(Ring {
            next: RefCell::default(),
        })
    };
    let (one, other) = (ring(), ring());
    *one.next.borrow_mut() = Some(Rc::clone(&other));
    *other.next.borrow_mut() = Some(Rc::clone(&one));
    let watched: Watched = (Rc::clone(&one), Rc::downgrade(&one), Rc::downgrade(&other));
    drop((one, other));
    let (frozen, graph) = freeze(&[&watched]);
    let (one, first, second) = watched;
    drop(one);
    assert_eq!((first.strong_count(), second.strong_count()), (2, 2));
    graph.let_go();
    assert_eq!((first.strong_count(), second.strong_count()), (0, 0));
    let (restore, values) = frozen.thaw();
    let (one, ..): Watched = restore.value(&values[0]).unwrap();
    let other = one.next.take().unwrap();
    assert!(Rc::ptr_eq(&other.next.take().unwrap(), &one));
}

#[test]
fn a_long_chain_is_let_go_and_made_again_without_recursion() {
    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    struct Link {
        number: u32,
        next: Option<Rc<Link>>,
    }
    const LENGTH: u32 = 300_000;
    let mut first: Option<Rc<Link>> = None;
    for number in 0..LENGTH {
        first = Some(Rc::new(Link {
            number,
            next: first,
        }));
    }
    let (frozen, graph) = freeze(&[&first]);
    drop(first);
    graph.let_go();
    let (restore, values) = frozen.thaw();
    let mut next: Option<Rc<Link>> = restore.value(&values[0]).unwrap();
    drop(restore);
    for number in (0..LENGTH).rev() {
        let link = Rc::into_inner(next.unwrap()).unwrap();
        assert_eq!(link.number, number);
        next = link.next;
    }
    assert!(next.is_none());
}

#[test]
fn chains_of_arcs_behind_chains_of_rcs() {
    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    struct Far {
        next: Option<Arc<Far>>,
    }
    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    struct Near {
        next: Option<Rc<Near>>,
        far: Option<Arc<Far>>,
    }
    let mut near: Option<Rc<Near>> = None;
    let mut far: Option<Arc<Far>> = None;
    for at in 0..6_000 {
        far = Some(Arc::new(Far { next: far }));
        if at % 3 == 0 {
            near = Some(Rc::new(Near {
                next: near,
                far: far.clone(),
            }));
        }
    }
    let (frozen, graph) = freeze(&[&near]);
    drop(near);
    graph.let_go();
    let (restore, values, other) = captured(&frozen, &far);
    let here = restore.on_thread();
    let near: Option<Rc<Near>> = here.value(&values[0]).unwrap();
    let far: Option<Arc<Far>> = restore.value(&other).unwrap();
    let last = near.as_ref().unwrap().far.as_ref().unwrap();
    // Two more were made after the last link.
    let seen = far
        .as_ref()
        .unwrap()
        .next
        .as_ref()
        .unwrap()
        .next
        .as_ref()
        .unwrap();
    assert!(Arc::ptr_eq(last, seen));
    let mut count = 0;
    let mut at = near.as_ref();
    while let Some(link) = at {
        count += 1;
        at = link.next.as_ref();
    }
    assert_eq!(count, 2_000);
}

#[test]
fn text_slices_and_keys() {
    type Kept = (
        Rc<str>,
        Rc<str>,
        Rc<[Rc<str>]>,
        HashMap<Rc<str>, Rc<Cell<u8>>>,
    );
    let text: Rc<str> = Rc::from("tea");
    let kept: Kept = (
        Rc::clone(&text),
        Rc::clone(&text),
        Rc::from([Rc::clone(&text), Rc::from("milk")]),
        HashMap::from([(text, Rc::new(Cell::new(3)))]),
    );
    let (frozen, graph) = freeze(&[&kept]);
    drop(kept);
    graph.let_go();
    let (restore, values) = frozen.thaw();
    let (one, other, list, table): Kept = restore.value(&values[0]).unwrap();
    assert!(Rc::ptr_eq(&one, &other) && Rc::ptr_eq(&one, &list[0]));
    assert_eq!((&*one, &*list[1], table["tea"].get()), ("tea", "milk", 3));
    let (key, _) = table.get_key_value("tea").unwrap();
    assert!(Rc::ptr_eq(key, &one));
}

#[test]
fn what_an_rc_and_something_else_share_is_not_made_twice() {
    // Captured as an `Arc`, by a build that has become one with an `Rc`.
    let one = Arc::new(Mutex::new(5u32));
    let mut capture = Capture::new();
    let values = [capture.value(&one).unwrap(), capture.value(&one).unwrap()];
    let (types, objects) = capture.finish().unwrap();
    let restore = Restore::new(Arc::new(types), objects);
    let here = restore.on_thread();
    let first: Rc<Mutex<u32>> = here.value(&values[0]).unwrap();
    let second: Rc<Mutex<u32>> = here.value(&values[1]).unwrap();
    assert!(Rc::ptr_eq(&first, &second));
    let error = restore.value::<Arc<Mutex<u32>>>(&values[1]).unwrap_err();
    assert!(
        error.to_string().contains("use `Arc` here as well"),
        "{error}"
    );
    let error = restore.on_thread().value::<Rc<Mutex<u32>>>(&values[0]);
    assert!(error.is_err());
}

#[test]
fn what_was_frozen_is_for_all_threads() {
    fn all<T: Send + Sync>() {}
    all::<Frozen>();
}
