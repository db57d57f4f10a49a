//! A tuple of borrows.

use super::{hicam, programs};

#[hicam::migratable]
async fn shared_prefix(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut n = 0;
    while n < a.len() && n < b.len() && a[n] == b[n] {
        n += 1;
    }
    n
}

#[hicam::migratable]
async fn ends(words: Vec<String>) -> usize {
    let (first, last) = (&words[0], &words[words.len() - 1]);
    hicam::point().await;
    shared_prefix(first, last).await
}

programs! {
    borrowed_tuples;
    a_shared_prefix: ends(vec!["abcd".into(), "x".into(), "abxd".into()]) => 2;
}
