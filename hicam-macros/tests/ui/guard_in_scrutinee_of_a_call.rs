//! A guard that is a temporary of a `match`'s scrutinee lives until the end of the `match`.

use std::sync::Mutex;

#[hicam::migratable]
async fn look(names: &Mutex<Vec<String>>) -> u32 {
    match names.lock().unwrap().len() {
        0 => 0,
        n => {
            let mut sum = 0;
            for i in 0..n as u32 {
                sum += i;
            }
            sum
        }
    }
}

fn main() {}
