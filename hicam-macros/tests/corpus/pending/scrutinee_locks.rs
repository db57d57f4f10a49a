//! A lock that is a temporary of a scrutinee is held until the end of the `match`. Annotated, it is released before the
//! arm, without an error.

use std::sync::Mutex;

use super::{hicam, programs};

#[hicam::migratable]
async fn scrutinised(n: u32) -> Vec<bool> {
    let lock = Mutex::new(vec![n]);
    let mut free = Vec::new();
    match lock.lock().unwrap().len() {
        _ => {
            for _ in 0..2 {
                free.push(lock.try_lock().is_ok());
            }
        }
    }
    free.push(lock.try_lock().is_ok());
    free
}

programs! {
    scrutinee_locks;
    a_lock_in_a_scrutinee: scrutinised(1) => vec![false, false, true];
}
