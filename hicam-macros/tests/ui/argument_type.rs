//! A wrong argument, at the call.

#[hicam::migratable]
async fn double(n: u64) -> u64 {
    n * 2
}

#[hicam::migratable]
async fn calls() -> u64 {
    double("two").await
}

fn main() {}
