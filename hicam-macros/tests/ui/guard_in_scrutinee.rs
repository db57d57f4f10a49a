//! A guard in a `match`'s scrutinee lives until the end of the `match`.

use tokio::sync::Mutex;

#[hicam::migratable]
async fn look(names: &Mutex<Vec<String>>) -> usize {
    match names.lock().await.first() {
        Some(name) => {
            hicam::point().await;
            name.len()
        }
        None => 0,
    }
}

fn main() {}
