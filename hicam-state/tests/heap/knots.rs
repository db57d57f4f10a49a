//! Objects that lead to each other by links that are fixed when they are made.

use std::sync::{Arc, Weak};

use hicam_macros::State;
use hicam_state::{Capture, EncodeErrorKind, Restore};

use super::{finished, round};

#[derive(State)]
#[hicam(crate = ::hicam_state)]
pub(crate) struct Parent {
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
pub(crate) fn family(children: u32) -> Arc<Parent> {
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
