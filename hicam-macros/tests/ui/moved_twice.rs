//! An ordinary mistake of ownership keeps its ordinary message.

#[hicam::migratable]
async fn consume(text: String) -> usize {
    text.len()
}

#[hicam::migratable]
async fn twice(text: String) -> usize {
    consume(text).await + consume(text).await
}

fn main() {}
