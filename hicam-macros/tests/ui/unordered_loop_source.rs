//! A loop over a hash table's values, where the table and with it the keys cannot be seen.

use std::collections::{HashMap, hash_map};

#[derive(hicam::State)]
struct Table(HashMap<String, u64>);

impl Table {
    fn values(&self) -> hash_map::Values<'_, String, u64> {
        self.0.values()
    }
}

#[hicam::migratable]
async fn sum(table: Table) -> u64 {
    let mut total = 0;
    for value in table.values() {
        total += value;
    }
    total
}

fn main() {}
