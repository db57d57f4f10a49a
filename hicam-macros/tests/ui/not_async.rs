//! An ordinary function.

#[hicam::migratable]
fn sum(values: &[u64]) -> u64 {
    values.iter().sum()
}

fn used() -> u64 {
    sum(&[1, 2])
}

fn main() {}
