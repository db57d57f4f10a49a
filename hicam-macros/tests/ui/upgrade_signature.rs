//! A mapping that takes something else than an old frame.

use hicam::upgrade::{self, NewFrame};

#[hicam::migratable(upgrade = map_sum)]
async fn sum(values: Vec<u64>) -> u64 {
    values.iter().sum()
}

fn map_sum(point: &str) -> upgrade::Result {
    Ok(NewFrame::at(point))
}

fn main() {}
