//! Shared objects of an older build: circles through cells, and a knot.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, RwLock, Weak};

use hicam_macros::State;
use hicam_state::{Capture, Restore};

mod old {
    use super::*;

    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    pub struct Node {
        pub gone: Mutex<Option<Arc<Node>>>,
        pub name: u8,
        pub next: Mutex<Option<Arc<Node>>>,
        pub by_key: BTreeMap<u8, RwLock<Option<Arc<Node>>>>,
        pub back: OnceLock<Weak<Node>>,
        pub plain: Mutex<u16>,
    }

    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    pub struct Parent {
        pub children: Vec<Arc<Child>>,
        pub favourite: Option<Arc<Child>>,
        pub friend: Option<Arc<Child>>,
    }

    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    pub struct Child {
        pub number: u8,
        pub parent: Weak<Parent>,
    }
}

mod new {
    use super::*;

    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    pub struct Node {
        #[hicam(default)]
        pub own: Arc<Mutex<u8>>,
        pub back: OnceLock<Weak<Node>>,
        #[hicam(default)]
        pub first: Mutex<Vec<u8>>,
        pub plain: u32,
        pub by_key: BTreeMap<u8, Mutex<Option<Arc<Node>>>>,
        #[hicam(default)]
        pub second: Mutex<Option<Arc<Node>>>,
        pub next: RwLock<Option<Arc<Node>>>,
        pub name: u64,
    }

    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    pub struct Parent {
        pub friend: Option<Arc<Child>>,
        #[hicam(default)]
        pub name: String,
    }

    #[derive(State)]
    #[hicam(crate = ::hicam_state)]
    pub struct Child {
        pub parent: Weak<Parent>,
        pub number: u16,
    }
}

fn old_node(name: u8) -> Arc<old::Node> {
    Arc::new(old::Node {
        gone: Mutex::default(),
        name,
        next: Mutex::default(),
        by_key: (0..3).map(|key| (key, RwLock::default())).collect(),
        back: OnceLock::new(),
        plain: Mutex::new(u16::from(name) * 100),
    })
}

#[test]
fn objects_keep_their_shape() {
    let (a, b) = (old_node(1), old_node(2));
    *a.next.lock().unwrap() = Some(Arc::clone(&b));
    *b.next.lock().unwrap() = Some(Arc::clone(&a));
    *b.by_key[&1].write().unwrap() = Some(Arc::clone(&a));
    *a.gone.lock().unwrap() = Some(old_node(3));
    a.back.set(Arc::downgrade(&b)).unwrap();
    let mut capture = Capture::new();
    let value = capture.value(&(Arc::clone(&a), b)).unwrap();
    let (types, objects) = capture.finish().unwrap();
    assert_eq!(objects.len(), 3);
    let restore = Restore::new(Arc::new(types), objects);
    let (a, b): (Arc<new::Node>, Arc<new::Node>) = restore.value(&value).unwrap();
    drop(restore);
    assert_eq!((a.name, b.name, a.plain, b.plain), (1, 2, 100, 200));
    assert!(Arc::ptr_eq(a.next.read().unwrap().as_ref().unwrap(), &b));
    assert!(Arc::ptr_eq(b.next.read().unwrap().as_ref().unwrap(), &a));
    assert!(Arc::ptr_eq(
        b.by_key[&1].lock().unwrap().as_ref().unwrap(),
        &a
    ));
    assert!(a.by_key[&1].lock().unwrap().is_none());
    assert!(a.back.get().unwrap().ptr_eq(&Arc::downgrade(&b)));
    assert!(b.back.get().is_none());
    assert!(a.first.lock().unwrap().is_empty() && b.second.lock().unwrap().is_none());
    // A default is made for each.
    assert!(!Arc::ptr_eq(&a.own, &b.own));
}

#[test]
fn a_knot_from_which_links_are_gone_is_made_of_what_is_left() {
    let child = |number, parent: &Weak<old::Parent>| {
        Arc::new(old::Child {
            number,
            parent: Weak::clone(parent),
        })
    };
    let parent = Arc::new_cyclic(|parent| old::Parent {
        children: vec![child(1, parent), child(2, parent)],
        favourite: Some(child(3, parent)),
        friend: Some(child(4, parent)),
    });
    let lost = Arc::clone(&parent.children[1]);
    let mut capture = Capture::new();
    let first = capture.value(&parent).unwrap();
    let second = capture.value(&lost).unwrap();
    let (types, objects) = capture.finish().unwrap();
    let restore = Restore::new(Arc::new(types), objects);
    let parent: Arc<new::Parent> = restore.value(&first).unwrap();
    // No link leads from the parent to it any more, but somebody else holds it.
    let lost: Arc<new::Child> = restore.value(&second).unwrap();
    drop(restore);
    let friend = parent.friend.as_ref().unwrap();
    assert_eq!((friend.number, lost.number, &*parent.name), (4, 2, ""));
    assert!(friend.parent.ptr_eq(&Arc::downgrade(&parent)));
    assert!(lost.parent.ptr_eq(&Arc::downgrade(&parent)));
}
