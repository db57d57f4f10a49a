//! Collections of borrows that are no longer used at a point: nobody can see when they are dropped.

use std::collections::{BTreeMap, HashSet};

use super::{hicam, programs};

#[hicam::migratable]
async fn fields(line: String) -> (usize, usize, String) {
    let parts: Vec<&str> = line.split(',').collect();
    let count = parts.len();
    let distinct: HashSet<&str> = parts.iter().copied().collect();
    let distinct = distinct.len();
    let last = parts
        .last()
        .map_or_else(String::new, |last| last.trim().to_owned());
    hicam::point().await;
    (count, distinct, last)
}

#[hicam::migratable]
async fn lengths(words: &[String]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    for word in words {
        let mut counts: BTreeMap<char, usize> = BTreeMap::new();
        let initials: Box<[&str]> = word.split('-').collect();
        for c in word.chars() {
            *counts.entry(c).or_default() += 1;
        }
        out.push((initials.len(), counts.len()));
        hicam::point().await;
    }
    out
}

#[hicam::migratable]
async fn of_words() -> Vec<(usize, usize)> {
    let words = vec!["a-b-a".to_owned(), "cc".to_owned()];
    lengths(&words).await
}

programs! {
    dead_borrows;
    fields_of_a_line: fields("a, b,a, c ".into()) => (4, 3, "c".to_owned());
    parts_of_words: of_words() => vec![(3, 3), (1, 1)];
}
