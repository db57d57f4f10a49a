//! A mutable borrow of a cell.

use std::cell::RefCell;

#[hicam::migratable]
async fn set(cell: RefCell<u64>) {
    let mut value = cell.borrow_mut();
    hicam::point().await;
    *value += 1;
}

fn main() {}
