//! An `Rc` that is never mentioned again, but alive when the function waits.

use std::rc::Rc;

#[hicam::migratable]
async fn shared(n: u64) -> u64 {
    let value = Rc::new(n);
    let watch = {
        let watch = Rc::downgrade(&value);
        watch.strong_count() as u64
    };
    hicam::point().await;
    watch
}

fn main() {}
