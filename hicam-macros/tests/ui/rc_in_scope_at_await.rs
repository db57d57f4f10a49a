//! An `Rc` that is gone when the function waits, but still in scope.

use std::rc::Rc;

#[hicam::migratable]
async fn shared(n: u64) -> u64 {
    let value = Rc::new(n);
    let mut sum = 0;
    for i in 0..n {
        sum += i * *value;
    }
    drop(value);
    hicam::point().await;
    sum
}

fn main() {}
