//! `impl Trait` as what is returned.

#[hicam::migratable]
async fn numbers(n: u64) -> impl Iterator<Item = u64> {
    0..n
}

async fn used() -> u64 {
    numbers(3).await.sum()
}

fn main() {}
