//! A value whose type nobody can name.

fn evens(n: u64) -> impl Iterator<Item = u64> {
    (0..n).filter(|value| value % 2 == 0)
}

#[hicam::migratable]
async fn sum(n: u64) -> u64 {
    let mut total = 0;
    let mut values = evens(n);
    while let Some(value) = values.next() {
        total += value;
    }
    total
}

fn main() {}
