//! A point in the guard of an arm. Callers have no error of their own.

#[hicam::migratable]
async fn allowed(n: u64) -> bool {
    n > 1
}

#[hicam::migratable]
async fn choose(n: u64) -> u64 {
    match n {
        0 if allowed(n).await => 1,
        _ => 2,
    }
}

#[hicam::migratable]
async fn calls(n: u64) -> u64 {
    choose(n).await + 1
}

fn main() {}
