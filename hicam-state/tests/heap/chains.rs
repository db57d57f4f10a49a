//! Long chains: nothing recurses.

use std::sync::Arc;

use hicam_macros::State;
use hicam_state::Capture;

use super::cells::node;
use super::{finished, round};

#[derive(State)]
#[hicam(crate = ::hicam_state)]
pub(crate) struct Link {
    pub(crate) number: u32,
    pub(crate) next: Option<Arc<Link>>,
}

const LONG: u32 = 1_000_000;

pub(crate) fn chain(length: u32) -> Option<Arc<Link>> {
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
