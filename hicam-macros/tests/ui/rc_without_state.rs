//! An `Rc` at the head of a loop, of a type that only serde knows.

use std::rc::Rc;

#[derive(serde::Serialize, serde::Deserialize)]
struct Price {
    cents: u64,
}

fn times(price: &Price, count: u64) -> u64 {
    price.cents * count
}

#[hicam::migratable]
async fn shared(n: u64) -> u64 {
    let price = Rc::new(Price { cents: n });
    let mut sum = 0;
    for i in 0..n {
        sum += times(&price, i);
    }
    sum
}

fn main() {}
