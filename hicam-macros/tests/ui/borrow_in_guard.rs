//! A value that borrows is matched by an arm with a point in its guard.

use std::collections::BTreeMap;

#[hicam::migratable]
async fn allowed(n: u64) -> bool {
    n > 1
}

#[hicam::migratable]
async fn choose(map: &BTreeMap<u64, u64>) -> u64 {
    match map.get(&1) {
        Some(n) if allowed(*n).await => 1,
        _ => 2,
    }
}

fn main() {}
