//! Functions with lifetimes of their own, and those that return what they were lent.

use std::collections::BTreeMap;

use super::{hicam, programs};

#[hicam::migratable]
async fn largest<'a, T>(items: &'a [T], counter: &mut usize) -> Option<&'a T>
where
    T: PartialOrd + Sync,
{
    let mut best = 0;
    for i in 1..items.len() {
        *counter += 1;
        if items[i] > items[best] {
            best = i;
        }
    }
    items.get(best)
}

#[hicam::migratable]
async fn largest_of_many() -> (Option<u32>, Option<&'static str>, usize) {
    let mut counter = 0;
    let numbers = vec![3, 9, 2];
    let number = largest(&numbers, &mut counter).await.copied();
    let words = vec!["pear", "plum", "apple"];
    let word = largest(&words, &mut counter).await.copied();
    hicam::point().await;
    (number, word, counter)
}

#[hicam::migratable]
async fn longest<'a>(a: &'a str, b: &'a str) -> &'a str {
    hicam::point().await;
    if a.len() >= b.len() { a } else { b }
}

#[hicam::migratable]
async fn entry<'m>(map: &'m mut BTreeMap<String, u32>, key: &str) -> &'m mut u32 {
    hicam::point().await;
    map.entry(key.to_owned()).or_default()
}

#[hicam::migratable]
async fn first(words: &[String]) -> &str {
    hicam::point().await;
    words.first().map_or("", String::as_str)
}

#[derive(Debug, hicam::State)]
pub(crate) struct Words {
    all: Vec<String>,
}

#[hicam::migratable]
impl Words {
    async fn at(&self, index: usize) -> Option<&String> {
        hicam::point().await;
        self.all.get(index)
    }

    async fn at_mut(&mut self, index: usize) -> Option<&mut String> {
        hicam::point().await;
        self.all.get_mut(index)
    }

    async fn or<'a>(&'a self, index: usize, otherwise: &'a str) -> &'a str {
        match self.at(index).await {
            Some(word) => word,
            None => otherwise,
        }
    }
}

#[hicam::migratable]
async fn uses_what_is_returned() -> (usize, BTreeMap<String, u32>, Vec<String>, String) {
    let mut map = BTreeMap::new();
    *entry(&mut map, "a").await += 2;
    *entry(&mut map, "b").await += 3;
    *entry(&mut map, "a").await *= 5;
    let mut words = Words {
        all: vec!["x".to_owned(), "yz".to_owned()],
    };
    if let Some(word) = words.at_mut(1).await {
        word.push('!');
    }
    let length = words.at(1).await.map_or(0, String::len);
    let text = longest("ab", "abc").await.to_uppercase();
    hicam::point().await;
    let shown = words.or(7, "none").await.to_owned() + first(&words.all).await;
    (length, map, words.all, text + &shown)
}

programs! {
    lifetimes;
    a_generic_lifetime: largest_of_many() => (Some(9), Some("plum"), 4);
    references_returned: uses_what_is_returned();
}
