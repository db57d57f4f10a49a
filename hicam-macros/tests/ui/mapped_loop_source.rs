//! A loop over an iterator with a closure that takes something with it.

#[hicam::migratable]
async fn sum(values: Vec<u64>, factors: Vec<u64>) -> u64 {
    let mut total = 0;
    for value in values.iter().map(move |value| value * factors[0]) {
        total += value;
    }
    total
}

fn main() {}
