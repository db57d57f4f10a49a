//! Tasks started with `hicam::spawn`, whose handles are awaited later.

use super::expressions::add;
use super::{hicam, programs};

#[hicam::migratable]
async fn work(n: u32) -> u32 {
    let mut sum = 0;
    for i in 0..n {
        sum += add(i, 1).await;
    }
    sum
}

#[hicam::migratable]
async fn in_the_background(n: u32) -> Vec<u32> {
    let first = hicam::spawn(work(n));
    let own = work(2).await;
    let mut handles = Vec::new();
    for i in 0..n {
        handles.push(hicam::spawn(work(i)));
    }
    let mut out = vec![own];
    for handle in handles {
        out.push(handle.await.unwrap());
        hicam::point().await;
    }
    out.push(first.await.unwrap());
    out
}

programs! {
    spawned;
    tasks_spawned: in_the_background(4) => vec![3, 0, 1, 3, 6, 10];
}
