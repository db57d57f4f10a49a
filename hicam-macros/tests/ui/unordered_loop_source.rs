//! A loop over a hash table's values in an order of its own.

use std::collections::HashMap;

#[hicam::migratable]
async fn sum(table: HashMap<String, u64>) -> u64 {
    let mut total = 0;
    for value in table.values() {
        total += value;
    }
    total
}

fn main() {}
