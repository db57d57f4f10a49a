//! A name that is no path.

#[hicam::migratable(alias = "settle")]
async fn sum(values: Vec<u64>) -> u64 {
    values.iter().sum()
}

fn main() {}
