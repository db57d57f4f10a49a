//! An address at the head of a loop.

#[hicam::migratable]
async fn look(n: u64) -> u64 {
    let address = &raw const n;
    let mut sum = 0;
    for i in 0..n {
        sum += i * u64::from(address.is_null());
    }
    sum
}

fn main() {}
