//! An open file.

use std::fs::File;
use std::io::Read;

#[hicam::migratable]
async fn read(path: String) -> std::io::Result<usize> {
    let mut file = File::open(path)?;
    hicam::point().await;
    let mut text = String::new();
    file.read_to_string(&mut text)
}

fn main() {}
