//! A borrow across a point of a variable that is moved later.

#[hicam::migratable]
async fn take(words: Vec<String>) -> usize {
    hicam::point().await;
    words.len()
}

#[hicam::migratable]
async fn count(words: Vec<String>) -> usize {
    let first = &words;
    hicam::point().await;
    let length = first.len();
    hicam::point().await;
    length + take(words).await
}

fn main() {}
