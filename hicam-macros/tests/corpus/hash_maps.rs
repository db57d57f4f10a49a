//! Hash maps by reference: a map restored elsewhere has another order, so each key is visited once all the same.

use std::collections::{HashMap, HashSet};

use super::expressions::add;
use super::{hicam, programs};

fn map(n: u32) -> HashMap<String, u32> {
    (0..n).map(|i| (format!("key {i}"), i)).collect()
}

#[hicam::migratable]
async fn visited(n: u32) -> (Vec<String>, u32) {
    let map = map(n);
    let mut seen = Vec::new();
    let mut total = 0;
    for (key, value) in &map {
        hicam::point().await;
        seen.push(key.clone());
        total += add(*value, 1).await;
        hicam::point().await;
    }
    for key in map.keys() {
        hicam::point().await;
        seen.push(key.to_uppercase());
    }
    seen.sort();
    (seen, total)
}

#[hicam::migratable]
async fn changed(n: u32) -> Vec<(String, u32)> {
    let mut map = map(n);
    for (key, value) in map.iter_mut() {
        *value += key.len() as u32;
        hicam::point().await;
        *value *= 2;
    }
    for (_, value) in &mut map {
        *value *= 3;
        hicam::point().await;
    }
    let mut sorted: Vec<_> = map.into_iter().collect();
    sorted.sort();
    sorted
}

#[hicam::migratable]
async fn consumed(n: u32) -> (Vec<u32>, u32) {
    let mut out = Vec::new();
    let mut total = 0;
    for (key, value) in map(n) {
        hicam::point().await;
        out.push(value + key.len() as u32);
    }
    let set: HashSet<u32> = out.iter().copied().collect();
    for element in &set {
        hicam::point().await;
        total += element;
    }
    for element in set {
        total += add(element, 0).await;
    }
    out.sort();
    (out, total)
}

#[hicam::migratable]
async fn nested(n: u32) -> Vec<(String, String)> {
    let map = map(n);
    let mut pairs = Vec::new();
    for (a, x) in &map {
        for (b, y) in &map {
            if x < y {
                hicam::point().await;
                pairs.push((a.clone(), b.clone()));
            }
        }
    }
    pairs.sort();
    pairs
}

programs! {
    hash_maps;
    a_map_visited: visited(4);
    a_map_changed: changed(4);
    a_map_consumed: consumed(4);
    a_map_in_a_map: nested(3);
}
