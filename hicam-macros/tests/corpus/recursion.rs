//! Recursion without boxes: annotated functions need none. Plain Rust refuses these programs.

use super::errors::step;
use super::hicam;
use crate::harness::programs_without_plain;

#[hicam::migratable]
async fn depth(n: u64, trail: &mut Vec<u64>) -> u64 {
    if n == 0 {
        return trail.iter().sum();
    }
    trail.push(n);
    let below = depth(n - 1, trail).await;
    below + n
}

#[hicam::migratable]
async fn moved_and_reassigned(k: u64) -> Result<String, String> {
    let mut acc = 0;
    let mut out = Vec::new();
    let mut batch = Vec::new();
    let label = Default::default();
    for i in 0..k {
        batch.push(i);
        match i % 3 {
            0 => {
                let r = step(i, batch, &mut acc).await?;
                batch = Vec::new();
                out.push(r);
            }
            1 => acc += 1,
            _ => {
                let x = batch.iter().sum::<u64>();
                let r = x + depth(i, &mut out).await;
                out.push(r);
            }
        }
    }
    let s: String = label;
    Ok(format!("{s}{acc} {out:?} {batch:?}"))
}

#[hicam::migratable]
async fn mutual_even(n: u32) -> bool {
    if n == 0 {
        true
    } else {
        mutual_odd(n - 1).await
    }
}

#[hicam::migratable]
async fn mutual_odd(n: u32) -> bool {
    if n == 0 {
        false
    } else {
        mutual_even(n - 1).await
    }
}

#[hicam::migratable]
async fn tree(depth: u32) -> u32 {
    if depth == 0 {
        return 1;
    }
    let left = hicam::spawn(tree(depth - 1));
    let right = hicam::spawn(tree(depth - 1));
    left.await.unwrap() + right.await.unwrap()
}

programs_without_plain! {
    unwinds_and_restores: moved_and_reassigned(14) => moved_and_reassigned(14).await;
    mutual_recursion: mutual_even(5) => false;
    tasks_of_tasks: tree(3) => 8;
}
