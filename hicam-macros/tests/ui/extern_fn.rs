//! A function of another ABI.

#[hicam::migratable]
async extern "C" fn one() -> u64 {
    1
}

async fn used() -> u64 {
    one().await
}

fn main() {}
