//! A struct that borrows.

struct View<'a> {
    words: &'a [String],
}

#[hicam::migratable]
async fn view(words: Vec<String>) -> usize {
    let view = View { words: &words };
    hicam::point().await;
    view.words.len()
}

fn main() {}
