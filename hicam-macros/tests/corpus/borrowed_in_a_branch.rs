//! An `Arc` that is last borrowed in a branch, before a point there. It cannot have been moved, so it is there until its
//! scope ends.

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

#[hicam::migratable]
async fn seen_until_the_end(n: u32) -> Vec<bool> {
    let mut seen = Vec::new();
    let weak = {
        let list = Arc::new(vec![n]);
        let weak = Arc::downgrade(&list);
        if n > 3 {
            shared(&list);
            hicam::point().await;
        } else {
            for i in 0..n {
                seen.push(shared(&list) > i);
            }
        }
        seen.push(weak.upgrade().is_some());
        hicam::point().await;
        seen.push(weak.upgrade().is_some());
        weak
    };
    hicam::point().await;
    seen.push(weak.upgrade().is_some());
    seen
}

programs! {
    borrowed_in_a_branch;
    last_borrowed_in_a_branch: in_a_branch(4) => 5;
    seen_after_a_branch: seen_until_the_end(4) => vec![true, true, false];
    seen_after_a_loop: seen_until_the_end(1) => vec![true, true, true, false];
    last_borrowed_before_a_return: before_a_return(1) => 5;
}
