//! An open file of tokio's.

use tokio::fs::File;
use tokio::io::AsyncReadExt;

#[hicam::migratable]
async fn read(path: String) -> usize {
    let mut file = File::open(path).await.unwrap();
    let mut text = String::new();
    file.read_to_string(&mut text).await.unwrap()
}

fn main() {}
