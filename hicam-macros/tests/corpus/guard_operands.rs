//! What the calls in guards are given: bindings of the arm, and what is matched.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::expressions::{add, noted};
use super::{hicam, programs};

#[hicam::migratable]
async fn length(text: &String) -> usize {
    hicam::point().await;
    text.len()
}

#[hicam::migratable]
async fn owned_length(text: String) -> usize {
    hicam::point().await;
    text.len()
}

#[derive(Clone, Copy, Debug, PartialEq, hicam::State)]
pub(crate) struct Step {
    by: u32,
}

#[hicam::migratable]
impl Step {
    async fn twice(self) -> u32 {
        hicam::point().await;
        self.by * 2
    }

    async fn exceeds(&self, n: u32) -> bool {
        hicam::point().await;
        self.by > n
    }
}

#[hicam::migratable]
async fn bound(word: Option<String>, step: Step) -> u32 {
    match (word, step) {
        (Some(name), step)
            if {
                let (length, twice) = tokio::join!(length(&name), step.twice());
                length as u32 > twice
            } =>
        {
            1 + step.by
        }
        (Some(name), step) if step.exceeds(4).await && step.twice().await == 10 => {
            hicam::point().await;
            name.len() as u32
        }
        (name, step)
            if {
                let copy = name.clone();
                owned_length(copy.unwrap_or_default()).await == 0
            } =>
        {
            step.twice().await
        }
        (ref name, Step { by })
            if {
                let mut total = 0;
                for text in name.iter() {
                    total += length(text).await;
                }
                for i in 0..by {
                    total += add(i, 0).await as usize;
                }
                total > 3
            } =>
        {
            let same = name;
            hicam::point().await;
            same.as_ref().map_or(0, |name| name.len() as u32 + 20)
        }
        _ => 99,
    }
}

#[hicam::migratable]
async fn all_bound() -> Vec<u32> {
    let words = vec![
        None,
        Some(String::new()),
        Some("abc".to_owned()),
        Some("abcdefghijkl".to_owned()),
    ];
    let mut all = Vec::new();
    for word in words {
        for by in [0, 1, 2, 5] {
            all.push(bound(word.clone(), Step { by }).await);
        }
    }
    all
}

#[hicam::migratable]
async fn by_reference(words: &[String], map: &BTreeMap<String, u32>) -> (u32, Vec<u32>) {
    let (mut sum, mut log) = (0, Vec::new());
    for word in words {
        match word {
            word if length(word).await == 3 => sum += 1,
            word if word.starts_with('x') && length(&word).await > 0 => {
                hicam::point().await;
                sum += word.len() as u32 * 10;
            }
            _ => {}
        }
        match map.get(word).copied() {
            Some(n) if add(n, 1).await > 3 => {
                hicam::point().await;
                sum += n * 100;
            }
            Some(n @ 1..=2) | Some(n) if noted(n, &mut log).await == 7 => sum += 1,
            _ => sum += 1000,
        }
    }
    (sum, log)
}

#[hicam::migratable]
async fn text_length(text: &str) -> usize {
    hicam::point().await;
    text.len()
}

#[hicam::migratable]
async fn sum(list: &[u32], one: &u32) -> u32 {
    hicam::point().await;
    list.iter().sum::<u32>() + one
}

/// Passed as references to what they lend.
#[hicam::migratable]
async fn coerced(word: Option<String>, list: (Vec<u32>, Box<u32>, [u32; 2], Arc<u32>)) -> u32 {
    match (word, list) {
        (Some(ref word), _) if text_length(word).await > 2 => 1,
        (_, (ref list, ref one, ref pair, ref other))
            if sum(list, one).await + sum(pair, other).await > 9 =>
        {
            2
        }
        (_, (list, ..)) => list.len() as u32,
    }
}

fn list(n: u32) -> (Vec<u32>, Box<u32>, [u32; 2], Arc<u32>) {
    (vec![1, n], Box::new(2), [3, 4], Arc::new(0))
}

#[hicam::migratable]
async fn all_coerced() -> Vec<u32> {
    vec![
        coerced(Some("abc".to_owned()), list(0)).await,
        coerced(Some("ab".to_owned()), list(0)).await,
        coerced(None, list(5)).await,
        coerced(None, (Vec::new(), Box::new(0), [0, 0], Arc::new(0))).await,
    ]
}

#[hicam::migratable]
async fn all_by_reference() -> (u32, Vec<u32>) {
    let words = vec!["abc".to_owned(), "xy".to_owned(), "q".to_owned()];
    let map = BTreeMap::from([("abc".to_owned(), 1), ("q".to_owned(), 6)]);
    by_reference(&words, &map).await
}

/// What no arm has taken is dropped where its scope ends.
#[hicam::migratable]
async fn holders(n: u32) -> Vec<usize> {
    let shared = Arc::new(5);
    let held = Some(Arc::clone(&shared));
    let mut counts = Vec::new();
    hicam::point().await;
    match held {
        Some(holder) if add(n, 1).await > 3 => {
            hicam::point().await;
            counts.push(Arc::strong_count(&holder));
        }
        _ => {
            hicam::point().await;
            counts.push(Arc::strong_count(&shared) + 10);
        }
    }
    hicam::point().await;
    counts.push(Arc::strong_count(&shared));
    match Some(Arc::clone(&shared)) {
        Some(holder) if add(n, 1).await > 3 => {
            hicam::point().await;
            counts.push(Arc::strong_count(&holder) + 20);
        }
        _ => {
            hicam::point().await;
            counts.push(Arc::strong_count(&shared) + 30);
        }
    }
    hicam::point().await;
    counts.push(Arc::strong_count(&shared));
    counts
}

#[hicam::migratable]
async fn all_holders() -> (Vec<usize>, Vec<usize>) {
    (holders(1).await, holders(4).await)
}

programs! {
    guard_operands;
    coerced_in_guards: all_coerced();
    holders_in_guards: all_holders() => (vec![12, 2, 33, 2], vec![2, 1, 22, 1]);
    bindings_in_guards: all_bound();
    references_in_guards: all_by_reference();
}
