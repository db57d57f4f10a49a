//! `impl Trait` inside of a parameter's type, alive across a point, and nothing says that it can be captured.

#[hicam::migratable]
async fn length(words: Vec<impl AsRef<str> + Send>) -> usize {
    let mut length = 0;
    for word in &words {
        length += word.as_ref().len();
    }
    length
}

fn main() {}
