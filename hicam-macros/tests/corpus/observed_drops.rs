//! Values whose drop can be seen: they live exactly as long as in plain Rust.

use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};

use super::moves::take_len;
use super::{hicam, programs};

fn note(log: &Arc<Mutex<Vec<usize>>>) {
    let count = Arc::strong_count(log);
    log.lock().unwrap().push(count);
}

/// How many hold the log, seen from the log itself: the drop of a holder is an effect.
#[hicam::migratable]
async fn holders() -> Vec<usize> {
    let log = Arc::new(Mutex::new(Vec::new()));
    note(&log);
    let _unused = Arc::clone(&log);
    hicam::point().await;
    note(&log);
    {
        let _inner = Arc::clone(&log);
        hicam::point().await;
        note(&log);
        hicam::point().await;
    }
    note(&log);
    let moved = Arc::clone(&log);
    let list = vec![moved];
    hicam::point().await;
    note(&log);
    drop(list);
    hicam::point().await;
    note(&log);
    let _ = Arc::clone(&log);
    hicam::point().await;
    note(&log);
    let counts = log.lock().unwrap().clone();
    counts
}

#[hicam::migratable]
async fn maybe_moved(inputs: Vec<u32>) -> Vec<usize> {
    let shared = Arc::new(5_u32);
    let mut counts = Vec::new();
    for input in inputs {
        let holder = Arc::clone(&shared);
        if input == 1 {
            drop(holder);
            hicam::point().await;
        } else if input == 2 {
            let list = vec![holder; 2];
            hicam::point().await;
            counts.push(list.len());
        } else {
            hicam::point().await;
        }
        hicam::point().await;
        counts.push(Arc::strong_count(&shared));
    }
    counts
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Ticket {
    number: u32,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.number = 0;
    }
}

#[hicam::migratable]
async fn of_a_type_with_drop(n: u32) -> (u32, u32) {
    let kept = Ticket { number: n };
    let dropped = Ticket { number: n + 1 };
    let number = dropped.number;
    hicam::point().await;
    drop(dropped);
    let length = take_len(vec![number]).await;
    hicam::point().await;
    (kept.number, length)
}

#[hicam::migratable]
async fn counted() -> (u32, usize) {
    let list = Arc::new(Mutex::new(1));
    let same = Arc::clone(&list);
    hicam::point().await;
    *same.lock().unwrap() += 1;
    hicam::point().await;
    let value = *list.lock().unwrap();
    (value, Arc::strong_count(&list))
}

/// The `Arc` is never mentioned again, but keeps what `weak` points to.
#[hicam::migratable]
async fn kept_alive() -> (Option<u32>, Option<u32>) {
    let inside;
    let outside;
    {
        let strong = Arc::new(7);
        let weak = Arc::downgrade(&strong);
        hicam::point().await;
        inside = weak.upgrade().map(|value| *value);
        hicam::point().await;
        outside = weak;
        hicam::point().await;
    }
    hicam::point().await;
    (inside, outside.upgrade().map(|value| *value))
}

programs! {
    observed_drops;
    holders_counted: counted() => (2, 2);
    a_value_kept_alive: kept_alive() => (Some(7), None);
    holders_of_a_log: holders() => vec![1, 2, 3, 2, 3, 2, 2];
    holders_that_may_be_moved: maybe_moved(vec![1, 2, 3]);
    a_type_with_drop: of_a_type_with_drop(4) => (4, 1);
}
