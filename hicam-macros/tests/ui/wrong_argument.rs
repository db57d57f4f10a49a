//! A value that the argument does not take.

#[hicam::migratable(points = "none")]
async fn one() -> u64 {
    1
}

fn main() {}
