//! Drops: early, at the end of a scope, on some paths only, and of values that are never mentioned again.

use super::moves::take_len;
use super::{hicam, programs};

#[hicam::migratable]
async fn dropped_early(n: usize) -> (usize, Vec<u8>) {
    let big = vec![7_u8; n];
    let length = big.len();
    drop(big);
    hicam::point().await;
    let kept = vec![1_u8; 2];
    let unused = vec![2_u8; 2];
    hicam::point().await;
    let _ = unused;
    let _also_unused = String::from("x");
    hicam::point().await;
    (length, kept)
}

#[hicam::migratable]
async fn dropped_in_blocks(n: u32) -> Vec<u32> {
    let mut log = Vec::new();
    for i in 0..n {
        let sum = {
            let list: Vec<u32> = (0..i).collect();
            hicam::point().await;
            let total = list.iter().sum::<u32>();
            let _text = total.to_string();
            hicam::point().await;
            total
        };
        {
            let _scoped = vec![sum];
            hicam::point().await;
        }
        log.push(sum);
    }
    log
}

#[hicam::migratable]
async fn dropped_on_some_paths(inputs: Vec<u32>) -> (u32, Vec<Vec<u32>>) {
    let mut total = 0;
    let mut kept = Vec::new();
    for input in inputs {
        let list: Vec<u32> = (0..input).collect();
        if input % 3 == 0 {
            drop(list);
            hicam::point().await;
            continue;
        }
        if input % 3 == 1 {
            total += take_len(list).await;
        } else {
            hicam::point().await;
            kept.push(list);
        }
        hicam::point().await;
    }
    (total, kept)
}

#[hicam::migratable]
async fn overwritten(n: u32) -> Vec<String> {
    let mut log = Vec::new();
    let mut current = String::new();
    for i in 0..n {
        current = format!("{}{i}", current.len());
        hicam::point().await;
        if i % 2 == 0 {
            log.push(current);
            current = String::from("--");
        }
        hicam::point().await;
    }
    log
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) enum Held {
    Nothing,
    Text(String),
    List(Vec<Held>),
}

#[hicam::migratable]
async fn replaced(depth: u32) -> (Held, u32) {
    let mut held = Held::Nothing;
    let mut replaced = 0;
    for level in 0..depth {
        let old = std::mem::replace(&mut held, Held::Text(level.to_string()));
        hicam::point().await;
        held = match old {
            Held::Nothing => Held::List(vec![]),
            Held::Text(text) => {
                hicam::point().await;
                Held::List(vec![Held::Text(text)])
            }
            Held::List(mut list) => {
                list.push(held);
                hicam::point().await;
                replaced += list.len() as u32;
                Held::List(list)
            }
        };
    }
    (held, replaced)
}

programs! {
    drops;
    drops_before_points: dropped_early(3) => (3, vec![1, 1]);
    drops_of_blocks: dropped_in_blocks(4) => vec![0, 0, 1, 3];
    drops_on_some_paths: dropped_on_some_paths(vec![3, 4, 5, 7, 2]);
    drops_by_assignment: overwritten(4) => vec!["00".to_owned(), "22".into()];
    values_replaced: replaced(5);
}
