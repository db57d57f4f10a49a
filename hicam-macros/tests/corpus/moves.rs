//! Values that are moved, and given anew, on some paths.

use super::collections::by_reference;
use super::{hicam, programs};

#[hicam::migratable]
async fn continues_with_slot(n: u32) -> Vec<u32> {
    let mut buffer = Vec::new();
    let mut all = Vec::new();
    for i in 0..n {
        buffer.push(i);
        if i % 2 == 0 {
            continue;
        }
        let sent = take_len(buffer).await;
        buffer = vec![sent];
        if i == 7 {
            break;
        }
        all.push(sent);
    }
    all.extend(buffer);
    all
}

#[hicam::migratable]
pub(super) async fn take_len(v: Vec<u32>) -> u32 {
    let n = v.len();
    hicam::point().await;
    n as u32
}

#[hicam::migratable]
async fn moved_in_one_branch(n: u32) -> u32 {
    let mut total = 0;
    for i in 0..n {
        let v: Vec<u32> = (0..i).collect();
        total += if i % 2 == 0 {
            take_len(v).await
        } else {
            hicam::point().await;
            v.iter().sum::<u32>()
        };
    }
    total
}

#[hicam::migratable]
async fn closures(words: Vec<String>) -> usize {
    let n = by_reference(&words).await;
    let longest = words.iter().map(|n| n.len()).max().unwrap_or(n);
    let v = vec![1_u32, 2];
    let sent = take_len(v).await;
    let total: u32 = [1_u32, 2].iter().map(|v| v + sent).sum();
    hicam::point().await;
    longest + total as usize + words.iter().filter(|v| !v.is_empty()).count()
}

programs! {
    moves;
    slots_and_jumps: continues_with_slot(9);
    branches_that_move: moved_in_one_branch(6);
    closures_and_shadows: closures(vec!["abc".into(), String::new()]);
}
