//! Two mappings of one function.

#[hicam::migratable(upgrade = hicam::upgrade::same_point)]
#[hicam(upgrade = hicam::upgrade::same_point)]
async fn sum(values: Vec<u64>) -> u64 {
    values.iter().sum()
}

fn main() {}
