//! `impl Trait` inside of an argument's type.

use super::{hicam, programs};

#[hicam::migratable]
async fn longest(words: &[impl AsRef<str> + Sync]) -> usize {
    let mut longest = 0;
    for word in words {
        longest = longest.max(word.as_ref().len());
    }
    longest
}

#[hicam::migratable]
async fn totals(rows: Vec<impl IntoIterator<Item = u32> + Send + hicam::State>) -> Vec<u32> {
    let mut totals = Vec::new();
    for row in rows {
        hicam::point().await;
        totals.push(row.into_iter().sum());
    }
    totals
}

#[hicam::migratable]
async fn all() -> (usize, Vec<u32>) {
    let words = vec!["x".to_owned(), "yz".to_owned()];
    let length = longest(&words).await;
    (length, totals(vec![vec![1, 2], vec![]]).await)
}

programs! {
    impl_trait_inside;
    impl_trait_inside_of_types: all() => (2, vec![3, 0]);
}
