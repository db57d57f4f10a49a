//! A part of a text is borrowed from it: keep an owned copy, or where the part begins and ends.

#[hicam::migratable]
async fn parse(line: String) -> usize {
    let (key, value) = line.split_once('=').unwrap_or_default();
    hicam::point().await;
    key.len() + value.len()
}

fn main() {}
