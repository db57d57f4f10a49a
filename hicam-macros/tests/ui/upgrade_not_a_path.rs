//! A mapping that is not a path.

#[hicam::migratable(upgrade = "map_sum")]
async fn sum(values: Vec<u64>) -> u64 {
    values.iter().sum()
}

fn main() {}
