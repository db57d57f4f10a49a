//! A borrow of a cell at the head of a loop: an `Rc` may be alive there, this may not.

use std::cell::RefCell;
use std::rc::Rc;

#[hicam::migratable]
async fn look(n: u64) -> u64 {
    let cell = Rc::new(RefCell::new(n));
    let value = cell.borrow();
    let mut sum = 0;
    for i in 0..n {
        sum += i * *value;
    }
    sum
}

fn main() {}
