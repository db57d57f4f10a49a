//! What a block's value borrows cannot be declared before the block.

#[hicam::migratable]
async fn answer(whether: bool) -> usize {
    let text = if whether {
        &String::from("a")
    } else {
        &String::from("bc")
    };
    let length = text.len();
    hicam::point().await;
    length
}

fn main() {}
