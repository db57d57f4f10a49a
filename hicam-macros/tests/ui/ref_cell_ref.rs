//! A borrow of a cell.

use std::cell::RefCell;

#[hicam::migratable]
async fn look(cell: RefCell<u64>) -> u64 {
    let value = cell.borrow();
    hicam::point().await;
    *value
}

fn main() {}
