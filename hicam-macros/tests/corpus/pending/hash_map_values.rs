//! The values of a hash map.

use std::collections::HashMap;

use super::{hicam, programs};

#[hicam::migratable]
async fn values(n: u32) -> (u32, Vec<(String, u32)>) {
    let mut map: HashMap<String, u32> = (0..n).map(|i| (format!("key {i}"), i)).collect();
    let mut total = 0;
    for value in map.values() {
        hicam::point().await;
        total += value * 100;
    }
    for value in map.values_mut() {
        hicam::point().await;
        *value += 1;
    }
    let mut sorted: Vec<_> = map.into_iter().collect();
    sorted.sort();
    (total, sorted)
}

programs! {
    hash_map_values;
    values_of_a_map: values(4);
}
