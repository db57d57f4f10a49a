//! A guard that is a temporary of a `for` loop's head lives as long as the loop.

use std::cell::RefCell;

#[hicam::migratable]
async fn add(rows: Vec<u32>) -> u32 {
    let mut sum = 0;
    {
        let rows = RefCell::new(rows);
        for row in rows.borrow().clone() {
            sum += row;
        }
    }
    sum
}

fn main() {}
