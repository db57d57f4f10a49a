//! Collections, kept and gone over across points.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, VecDeque};

use crate::effects::note;

#[hicam::migratable]
pub(crate) async fn queues(size: u32) -> (Vec<u32>, Vec<(u32, String)>, Option<u32>) {
    let mut queue: VecDeque<u32> = (0..size).collect();
    let mut heap = BinaryHeap::new();
    let mut order = Vec::new();
    while let Some(first) = queue.pop_front() {
        heap.push((first * 7 % 5, format!("job {first}")));
        hicam::point().await;
        if first % 3 == 1 {
            queue.push_back(first + 10);
        }
        order.push(first);
        note(queue.len());
    }
    let mut done = Vec::new();
    while let Some(job) = heap.pop() {
        hicam::point().await;
        done.push(job);
    }
    let last = order.iter().copied().max();
    hicam::point().await;
    (order, done, last)
}

pub(crate) fn text() -> String {
    "the quick brown fox jumps over the lazy dog and the fox naps".to_owned()
}

#[hicam::migratable]
pub(crate) async fn words(text: String) -> (BTreeMap<String, Vec<usize>>, BTreeSet<char>) {
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut initials = BTreeSet::new();
    let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    for (place, word) in words.iter().enumerate() {
        places.entry(word.clone()).or_default().push(place);
        hicam::point().await;
        initials.extend(word.chars().next());
    }
    for (word, places) in &mut places {
        hicam::point().await;
        places.push(word.len() * 100);
        note(word);
    }
    (places, initials)
}

/// A table that is restored elsewhere has another order: what it gives does not depend on it.
#[hicam::migratable]
pub(crate) async fn hash_tables(size: u64) -> (u64, Vec<String>, Vec<(String, u64)>) {
    let mut squares: HashMap<String, u64> =
        (0..size).map(|n| (format!("key {n}"), n * n)).collect();
    let seen: HashSet<u64> = squares.values().copied().collect();
    let mut sum = 0;
    let mut keys = Vec::new();
    for (key, square) in &squares {
        hicam::point().await;
        sum += square;
        keys.push(key.clone());
    }
    for square in squares.values_mut() {
        *square += 1;
        hicam::point().await;
        *square *= 2;
    }
    for value in seen {
        hicam::point().await;
        sum += value;
    }
    keys.sort();
    note(keys.join(" "));
    let mut squares: Vec<_> = squares.into_iter().collect();
    squares.sort();
    hicam::point().await;
    (sum, keys, squares)
}
