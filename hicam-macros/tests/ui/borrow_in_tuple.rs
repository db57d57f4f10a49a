//! A borrow in a tuple.

#[hicam::migratable]
async fn first(words: Vec<String>) -> usize {
    let (count, first) = (words.len(), words.first());
    hicam::point().await;
    count + first.map_or(0, |word| word.len())
}

fn main() {}
