//! An argument that the attribute does not have.

#[hicam::migratable(point = "awaits")]
async fn one() -> u64 {
    1
}

async fn used() -> u64 {
    one().await
}

fn main() {}
