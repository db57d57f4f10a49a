//! The function of a task is found by name after a restore, but a type parameter is not.

#[hicam::migratable]
async fn count<T: hicam::State>(words: Vec<T>) -> usize {
    words.len()
}

#[hicam::migratable]
async fn start(words: Vec<String>) -> usize {
    let task = hicam::spawn(count(words));
    task.await.unwrap_or(0)
}

fn main() {}
