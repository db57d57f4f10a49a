//! An ordinary mistake keeps its ordinary message.

#[hicam::migratable]
async fn sum(values: Vec<u64>) -> u64 {
    let mut total = 0;
    for value in values {
        total += valeu;
    }
    total
}

fn main() {}
