//! A task cannot borrow from who begins it.

#[hicam::migratable]
async fn count(words: &[String]) -> usize {
    words.len()
}

#[hicam::migratable]
async fn start(words: Vec<String>) -> usize {
    let task = hicam::spawn(count(&words));
    task.await.unwrap_or(0)
}

fn main() {}
