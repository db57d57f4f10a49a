//! A borrow that may create what it borrows.

use std::collections::HashMap;

#[hicam::migratable]
async fn count(mut seen: HashMap<String, u32>, name: String) -> u32 {
    let entry = seen.entry(name).or_insert(0);
    hicam::point().await;
    *entry += 1;
    *entry
}

fn main() {}
