//! Labelled blocks with points, and jumps out of them.

use super::expressions::add;
use super::{hicam, programs};

#[hicam::migratable]
async fn classify(n: u32, log: &mut Vec<u32>) -> &'static str {
    let kind = 'kind: {
        log.push(n);
        if n == 0 {
            break 'kind "zero";
        }
        if add(n, 1).await.is_multiple_of(3) {
            hicam::point().await;
            break 'kind "before a third";
        }
        for i in 2..n {
            log.push(i);
            if n.is_multiple_of(i) {
                break 'kind "composite";
            }
        }
        "prime"
    };
    hicam::point().await;
    kind
}

#[hicam::migratable]
async fn classified(n: u32) -> (Vec<&'static str>, Vec<u32>) {
    let mut log = Vec::new();
    let mut kinds = Vec::new();
    'rows: for i in 0..n {
        let moved = vec![i; 2];
        'skip: {
            if i == 4 {
                break 'skip;
            }
            if i == 6 {
                continue 'rows;
            }
            kinds.push(classify(i, &mut log).await);
            if i == 8 {
                break 'rows;
            }
            hicam::point().await;
        }
        log.extend(moved);
    }
    (kinds, log)
}

#[hicam::migratable]
async fn nested(n: u32) -> u32 {
    'outer: {
        let inner = 'inner: {
            if n == 1 {
                break 'inner add(n, 10).await;
            }
            if n == 2 {
                break 'outer add(n, 100).await;
            }
            hicam::point().await;
            n
        };
        hicam::point().await;
        inner + 1
    }
}

#[hicam::migratable]
async fn all_nested() -> Vec<u32> {
    let mut all = Vec::new();
    for n in 0..4 {
        all.push(nested(n).await);
    }
    all
}

programs! {
    labelled_blocks;
    labelled_blocks_in_a_loop: classified(10);
    labelled_blocks_in_blocks: all_nested() => vec![1, 12, 102, 4];
}
