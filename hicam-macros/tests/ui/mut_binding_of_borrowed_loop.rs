//! A binding that would lose its changes.

#[hicam::migratable]
async fn sum(pairs: Vec<(u64, u64)>) -> u64 {
    let mut total = 0;
    for &(mut left, right) in &pairs {
        left += right;
        hicam::point().await;
        total += left;
    }
    total
}

fn main() {}
