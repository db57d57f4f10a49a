//! What is matched: values made on the spot, lent by methods, awaited.

use std::collections::{BTreeMap, VecDeque};

use super::expressions::add;
use super::{hicam, programs};

#[hicam::migratable]
pub(super) async fn name_of(n: u32) -> String {
    hicam::point().await;
    ["zero", "one", "two", "many"][(n as usize).min(3)].to_owned()
}

#[hicam::migratable]
async fn matched_texts(n: u32) -> Vec<u32> {
    let mut out = Vec::new();
    for i in 0..n {
        let name = name_of(i).await;
        let again = match name.as_str() {
            "one" => {
                hicam::point().await;
                1
            }
            _ if name.is_empty() => 7,
            other => add(other.len() as u32, 100).await,
        };
        out.push(again);
    }
    out
}

#[hicam::migratable]
async fn matched_copies(keys: Vec<&'static str>) -> (Vec<u32>, VecDeque<u32>) {
    let mut map = BTreeMap::from([("a", 1), ("b", 2)]);
    let mut queue = VecDeque::from([5, 6, 7]);
    let mut out = Vec::new();
    for key in keys {
        match map.get(key).copied() {
            Some(n) if n > 1 => {
                hicam::point().await;
                map.remove(key);
                out.push(n);
            }
            Some(n) => {
                map.insert(key, add(n, n).await);
            }
            None => {
                hicam::point().await;
                map.insert(key, 9);
            }
        }
        if let Some(last) = out.last().copied() {
            out.push(add(last, 1).await);
        }
        if let (Some(front), true) = (queue.pop_front(), out.len() < 9) {
            hicam::point().await;
            queue.push_back(front * 2);
        }
    }
    while let Some(front) = queue.pop_front() {
        let rest = queue.iter().sum::<u32>();
        out.push(add(front, rest).await);
    }
    (out, queue)
}

#[hicam::migratable]
async fn matched_pairs(n: u32) -> Vec<&'static str> {
    let mut out = Vec::new();
    for i in 0..n {
        let text = match (i % 2, add(i, 0).await % 3) {
            (0, 0) => "both",
            (0, rest) if rest == 1 => {
                hicam::point().await;
                "even and one"
            }
            (_, 0) => {
                hicam::point().await;
                "third"
            }
            _ => "none",
        };
        out.push(text);
        if !out.is_empty() && out[out.len() - 1] == "none" {
            hicam::point().await;
            out.pop();
        }
    }
    out
}

programs! {
    scrutinees;
    texts_matched: matched_texts(4);
    copies_matched: matched_copies(vec!["a", "c", "b", "a"]);
    pairs_matched: matched_pairs(7);
}
