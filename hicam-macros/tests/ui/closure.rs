//! A closure.

#[hicam::migratable]
async fn scaled(values: Vec<u64>, factor: u64) -> u64 {
    let scale = |value: u64| value * factor;
    let mut total = 0;
    for value in values {
        total += scale(value);
    }
    total
}

fn main() {}
