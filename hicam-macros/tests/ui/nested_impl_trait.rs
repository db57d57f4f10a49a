//! `impl Trait` inside of a parameter's type.

#[hicam::migratable]
async fn lengths(words: Vec<impl AsRef<str> + Send>) -> usize {
    words.iter().map(|word| word.as_ref().len()).sum()
}

fn main() {}
