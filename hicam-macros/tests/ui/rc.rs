//! A pointer that cannot leave its thread, across an `.await`.

use std::rc::Rc;

#[hicam::migratable]
async fn shared(n: u64) -> u64 {
    let value = Rc::new(n);
    hicam::point().await;
    *value
}

fn main() {}
