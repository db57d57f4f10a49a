//! An `unsafe` function.

#[hicam::migratable]
async unsafe fn sum(values: &[u64]) -> u64 {
    values.iter().sum()
}

async fn used() -> u64 {
    unsafe { sum(&[1, 2]).await }
}

fn main() {}
