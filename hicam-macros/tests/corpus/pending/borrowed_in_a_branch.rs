//! An `Arc` that is last borrowed in a branch, before a point there. It cannot have been moved, and is refused all the same.

use std::sync::Arc;

use super::{hicam, programs};

fn shared(list: &Arc<Vec<u32>>) -> u32 {
    list.len() as u32
}

#[hicam::migratable]
async fn in_a_branch(n: u32) -> u32 {
    let list = Arc::new(vec![n]);
    let mut out = n;
    if n > 3 {
        out += shared(&list);
        hicam::point().await;
    }
    out
}

#[hicam::migratable]
async fn before_a_return(n: u32) -> u32 {
    let list = Arc::new(vec![n]);
    if n != 7 {
        if n != 3 {
            shared(&list);
            hicam::point().await;
        }
        return 5;
    }
    shared(&list)
}

programs! {
    borrowed_in_a_branch;
    last_borrowed_in_a_branch: in_a_branch(4) => 5;
    last_borrowed_before_a_return: before_a_return(1) => 5;
}
