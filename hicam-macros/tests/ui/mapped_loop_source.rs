//! A loop over an iterator with a closure.

#[hicam::migratable]
async fn sum(values: Vec<u64>) -> u64 {
    let mut total = 0;
    for value in values.iter().map(|value| value * 2) {
        total += value;
    }
    total
}

fn main() {}
