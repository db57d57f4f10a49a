//! Arguments of type `impl Trait`.

use super::{hicam, programs};

#[hicam::migratable]
async fn shout(
    text: impl Into<String> + Send + hicam::State,
    times: impl Copy + Into<u64> + Send + hicam::State,
) -> String {
    hicam::point().await;
    let text: String = text.into();
    hicam::point().await;
    format!("{text}{}", times.into())
}

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
async fn all() -> (String, String, usize, Vec<u32>) {
    let a = shout("a".to_owned(), 1_u8).await;
    let b = shout('b', 2_u32).await;
    let words = vec!["x".to_owned(), "yz".to_owned()];
    let length = longest(&words).await;
    (a, b, length, totals(vec![vec![1, 2], vec![]]).await)
}

programs! {
    impl_trait;
    impl_trait_arguments: all() => ("a1".to_owned(), "b2".to_owned(), 2, vec![3, 0]);
}
