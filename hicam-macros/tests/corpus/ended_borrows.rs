//! Borrows that have ended before the next point: what they were taken from is changed, moved or given back after them.

use std::collections::BTreeMap;

use super::{hicam, programs};

#[hicam::migratable]
async fn length(text: String) -> usize {
    hicam::point().await;
    text.len()
}

/// The parameter rests in a slot, because it is moved later.
#[hicam::migratable]
async fn of_a_slot(list: Vec<u64>, name: String) -> (u64, usize, String) {
    let first = list.first();
    let trimmed = name.trim();
    let mut sum = first.copied().unwrap_or(0) + trimmed.len() as u64;
    hicam::point().await;
    if sum > 3 {
        drop(list);
        sum += 1;
    }
    let long = length(name).await;
    hicam::point().await;
    let name = format!("{sum}");
    hicam::point().await;
    (sum, long, name)
}

#[hicam::migratable]
async fn then_changed(mut text: String) -> (usize, String) {
    let before = &text;
    let count = before.len();
    text.push_str("more");
    let end = text.as_str().chars().next_back();
    text.extend(end);
    hicam::point().await;
    (count, text)
}

#[hicam::migratable]
async fn then_assigned(mut text: String) -> String {
    let part = text.trim();
    let parts: Vec<&str> = part.split(' ').collect();
    let joined = parts.join("-");
    text = joined;
    hicam::point().await;
    text
}

#[hicam::migratable]
async fn of_a_part(pair: (i32, Vec<u64>)) -> (u64, (i32, Vec<u64>)) {
    hicam::point().await;
    let first = pair.1.first();
    let number = pair.0;
    let sum = match first {
        Some(first) => *first + number as u64,
        None => 0,
    };
    let moved = pair;
    hicam::point().await;
    (sum, moved)
}

/// An own value with a name like a borrow's is kept as long as what was made from it.
#[hicam::migratable]
async fn through_another(words: BTreeMap<u32, String>) -> (usize, usize) {
    let found = words.get(&1).cloned();
    let text = found.as_deref().unwrap_or("none");
    let first = text.len();
    let second = text.trim().len();
    hicam::point().await;
    (first, second)
}

#[hicam::migratable]
async fn looked_up(mut words: BTreeMap<u32, String>, more: bool) -> (usize, BTreeMap<u32, String>) {
    let found = words.entry(2).or_default();
    found.push('x');
    let length = found.len();
    if more {
        let taken = words;
        hicam::point().await;
        return (length, taken);
    }
    words.clear();
    hicam::point().await;
    (length, words)
}

fn words() -> BTreeMap<u32, String> {
    BTreeMap::from([(1, " one".to_owned()), (2, "two".to_owned())])
}

/// What an entry gives borrows from the map, and ends with the statement.
#[hicam::migratable]
async fn entered(keys: Vec<u32>) -> (BTreeMap<u32, String>, BTreeMap<u32, String>) {
    let mut words = words();
    let mut before = BTreeMap::new();
    for key in keys {
        words
            .entry(length("x".repeat(key as usize)).await as u32)
            .or_insert(key.to_string());
        words.entry(length(String::new()).await as u32).or_default();
        if key == 3 {
            before = words;
            words = BTreeMap::new();
        }
    }
    (words, before)
}

programs! {
    ended_borrows;
    ended_borrows_of_slots: of_a_slot(vec![3, 4], " ab ".into()) => (6, 4, "6".to_owned());
    ended_borrows_of_slots_of_few: of_a_slot(vec![], "a".into());
    changed_after_a_borrow: then_changed("ab".into()) => (2, "abmoree".to_owned());
    assigned_after_a_borrow: then_assigned(" a b ".into()) => "a-b".to_owned();
    moved_after_a_borrow_of_a_part: of_a_part((2, vec![5])) => (7, (2, vec![5]));
    borrowed_through_another: through_another(words()) => (4, 3);
    looked_up_and_kept: looked_up(words(), true);
    looked_up_and_cleared: looked_up(words(), false);
    entries_chosen_by_calls: entered(vec![1, 3, 2]);
}
