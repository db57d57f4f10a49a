//! Locks that are awaited in heads, and mentioned in their arms, or with returns there.

use std::sync::RwLock;

use tokio::sync::Mutex;

use super::{hicam, programs};

#[hicam::migratable]
async fn returned_from_an_arm(depth: u64, n: u64) -> u64 {
    let sold = Mutex::new(vec![n]);
    let picked = if n > 3 {
        if depth > 0 {
            match sold.lock().await.len() as u64 {
                0 => {
                    return 1;
                }
                _ => {}
            }
        }
        depth
    } else if sold.lock().await.len() == 2 {
        5
    } else {
        n
    };
    hicam::point().await;
    picked
}

fn free(lock: &Mutex<Vec<u64>>) -> u64 {
    u64::from(lock.try_lock().is_ok())
}

#[hicam::migratable]
async fn mentioned_in_an_arm(n: u64) -> (u64, u64) {
    let sold = Mutex::new(vec![n]);
    let mut out = 0;
    let picked = if n > 3 {
        match sold.lock().await.len() as u64 {
            0 | 1 => out += 10 + free(&sold),
            more => out += more,
        }
        std::future::ready(n).await
    } else if sold.lock().await.len() == 2 && sold.lock().await.len() == 2 {
        5
    } else {
        n
    };
    (picked, out)
}

#[hicam::migratable]
async fn beside_a_guard(n: u64) -> (u64, u64) {
    let table = RwLock::new(vec![n]);
    let found = match table.read().unwrap().len() as u64 {
        0 => {
            table.write().unwrap().push(3);
            0
        }
        more => more + u64::from(table.try_read().is_ok()),
    };
    hicam::point().await;
    let count = table.read().unwrap().len() as u64;
    (found, count)
}

programs! {
    locks_in_heads;
    mentioned_beside_a_lock: mentioned_in_an_arm(7) => (7, 10);
    mentioned_beside_a_guard: beside_a_guard(7) => (2, 1);
    returned_beside_a_lock: returned_from_an_arm(1, 7) => 1;
}
