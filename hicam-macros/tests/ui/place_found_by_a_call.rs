//! What `+=` assigns to is found before the right side or after it, as its type has it.

use std::collections::HashMap;

#[hicam::migratable]
async fn name() -> String {
    hicam::point().await;
    String::new()
}

#[hicam::migratable]
async fn collect(mut texts: HashMap<u32, String>) -> usize {
    *texts.entry(1).or_default() += &name().await;
    texts.len()
}

fn main() {}
