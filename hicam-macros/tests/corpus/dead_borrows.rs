//! Borrows in all kinds of things that are no longer used at a point: nobody can see when they are dropped.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use super::{hicam, programs};

#[hicam::migratable]
async fn fields(line: String) -> (usize, usize, String) {
    let parts: Vec<&str> = line.split(',').collect();
    let count = parts.len();
    let distinct: HashSet<&str> = parts.iter().copied().collect();
    let boxed: Box<[&str]> = parts.iter().copied().collect();
    let distinct = distinct.len().min(boxed.len());
    let last = parts
        .last()
        .map_or_else(String::new, |last| last.trim().to_owned());
    hicam::point().await;
    (count, distinct, last)
}

#[hicam::migratable]
async fn lengths(words: &[String]) -> Vec<usize> {
    let mut out = Vec::new();
    for word in words {
        let first = word.split('-').next();
        let halves = word.split_once('-');
        let mut letters = word.chars().peekable();
        let table: HashMap<&str, Vec<&str>> = HashMap::from([(word.as_str(), vec!["x"])]);
        let sorted: BTreeMap<char, &str> = word.chars().map(|c| (c, word.as_str())).collect();
        let queue: VecDeque<(usize, &str)> = word.split('-').enumerate().collect();
        let pair = [word.as_str(), "y"];
        let text: Cow<'_, str> = Cow::Borrowed(word);
        let owned = text.trim();
        out.push(first.map_or(0, str::len) + halves.map_or(0, |(_, after)| after.len()));
        out.push(table.len() + sorted.len() + queue.len() + pair.len() + owned.len());
        out.push(letters.next_if_eq(&'a').is_some() as usize);
        hicam::point().await;
    }
    out
}

#[hicam::migratable]
async fn of_words() -> Vec<usize> {
    let words = vec!["a-b-a".to_owned(), "cc".to_owned()];
    lengths(&words).await
}

programs! {
    dead_borrows;
    fields_of_a_line: fields("a, b,a, c ".into()) => (4, 3, "c".to_owned());
    parts_of_words: of_words();
}
