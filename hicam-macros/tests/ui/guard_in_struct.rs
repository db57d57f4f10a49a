//! A guard in a struct of the user's.

use std::sync::{Mutex, MutexGuard};

struct Held<'a> {
    count: MutexGuard<'a, u64>,
}

#[hicam::migratable]
async fn add(count: &Mutex<u64>) {
    let mut held = Held { count: count.lock().unwrap() };
    hicam::point().await;
    *held.count += 1;
}

fn main() {}
