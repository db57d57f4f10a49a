//! A loop over something whose state nobody can see.

fn evens(n: u64) -> impl Iterator<Item = u64> {
    (0..n).filter(|value| value % 2 == 0)
}

#[hicam::migratable]
async fn sum(n: u64) -> u64 {
    let mut total = 0;
    for value in evens(n) {
        total += value;
    }
    total
}

fn main() {}
