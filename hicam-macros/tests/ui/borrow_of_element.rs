//! A borrow that a closure chose.

#[hicam::migratable]
async fn longest(words: Vec<String>) -> usize {
    let longest = words.iter().max_by_key(|word| word.len());
    hicam::point().await;
    longest.map_or(0, |word| word.len())
}

fn main() {}
