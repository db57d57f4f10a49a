//! `Rc` as the only kind of pointer in a function that is not sent between threads.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use super::{hicam, programs};

#[derive(Debug, hicam::State)]
pub(crate) struct Node {
    value: u32,
    parent: RefCell<Weak<Node>>,
    children: RefCell<Vec<Rc<Node>>>,
}

#[hicam::migratable]
async fn tree() -> (u32, usize, bool) {
    let leaf = Rc::new(Node {
        value: 3,
        parent: RefCell::new(Weak::new()),
        children: RefCell::default(),
    });
    hicam::point().await;
    let branch = Rc::new(Node {
        value: 5,
        parent: RefCell::new(Weak::new()),
        children: RefCell::new(vec![Rc::clone(&leaf)]),
    });
    *leaf.parent.borrow_mut() = Rc::downgrade(&branch);
    hicam::point().await;
    let parent = leaf.parent.borrow().upgrade();
    let value = parent.as_ref().map_or(0, |parent| parent.value);
    hicam::point().await;
    let same = Rc::ptr_eq(&branch.children.borrow()[0], &leaf);
    (value + leaf.value, Rc::strong_count(&leaf), same)
}

programs! {
    rc;
    a_tree_of_rc: tree() => (8, 2, true);
}
