//! Branches that leave by a statement, beside branches that have a value.

use super::expressions::{add, fallible};
use super::{hicam, programs};

#[hicam::migratable]
async fn leaves_by_return(n: u32, log: &mut Vec<u32>) -> u32 {
    let big = if n > 3 {
        n
    } else {
        log.push(n);
        return add(n, 500).await;
    };
    let small = match big.checked_sub(10) {
        Some(small) => small,
        None => {
            hicam::point().await;
            return big;
        }
    };
    add(small, big).await
}

#[hicam::migratable]
async fn leaves_a_loop(list: Vec<u32>) -> (u32, Vec<u32>) {
    let mut log = Vec::new();
    let mut sum = 0;
    for n in list {
        let value = match n {
            0 => {
                log.push(add(0, 0).await);
                continue;
            }
            100 => {
                hicam::point().await;
                break;
            }
            n if n % 2 == 0 => leaves_by_return(n, &mut log).await,
            n => n,
        };
        let kept = if let Ok(kept) = fallible(value).await {
            kept
        } else {
            hicam::point().await;
            unreachable!("{value} is a number");
        };
        sum += kept;
    }
    (sum, log)
}

#[hicam::migratable]
async fn leaves_with_a_value(limit: u32) -> String {
    let mut n = 0;
    let found = loop {
        n += 1;
        let square = if n * n > limit {
            break add(n, 0).await;
        } else {
            n * n
        };
        if square == 49 {
            return format!("{square}");
        }
    };
    format!("found {found}")
}

programs! {
    diverging;
    a_branch_returns: leaves_a_loop(vec![1, 0, 2, 8, 14, 100, 7]);
    a_branch_breaks: leaves_with_a_value(30) => "found 6".to_owned();
    a_branch_breaks_out: leaves_with_a_value(60) => "49".to_owned();
}
