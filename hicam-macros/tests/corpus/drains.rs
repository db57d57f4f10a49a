//! `for` over what leaves a collection.

use std::collections::{BinaryHeap, HashMap, VecDeque};

use super::expressions::add;
use super::{hicam, programs};

#[hicam::migratable]
async fn drained(mut list: Vec<String>) -> (Vec<String>, Vec<String>) {
    let mut out = Vec::new();
    for element in list.drain(1..3) {
        hicam::point().await;
        out.push(element);
    }
    (out, list)
}

#[hicam::migratable]
async fn batches(mut queue: VecDeque<u32>) -> (Vec<(usize, u32)>, VecDeque<u32>, u32) {
    let mut out = Vec::new();
    for (i, n) in queue.drain(..3).enumerate() {
        out.push((i, add(n, 1).await));
    }
    queue.push_back(9);
    for n in queue.drain(1..).rev().map(|n| n * 2) {
        hicam::point().await;
        if n == 10 {
            break;
        }
        out.push((0, n));
    }
    let mut sum = 0;
    for (key, value) in HashMap::from([(1, 2), (3, 4)]).drain() {
        sum += add(key, value).await;
    }
    let mut heap = BinaryHeap::from([3, 1]);
    for n in heap.drain() {
        sum += n;
    }
    for c in String::from("ab").drain(..) {
        sum += c as u32;
    }
    (out, queue, sum)
}

programs! {
    drains;
    loops_over_what_is_drained: drained(["a", "b", "c", "d"].map(String::from).to_vec());
    drains_of_all_kinds: batches((1..8).collect());
}
