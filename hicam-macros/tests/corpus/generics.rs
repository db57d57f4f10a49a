//! Generic functions and types.

use super::{hicam, programs};

#[hicam::migratable]
async fn generic<T: Clone + Send + hicam::State>(value: T, n: usize) -> Vec<T> {
    let mut all = Vec::new();
    for _ in 0..n {
        all.push(value.clone());
        hicam::point().await;
    }
    all
}

programs! {
    generics;
    generics: generic(String::from("x"), 3) => vec!["x".to_owned(); 3];
}
