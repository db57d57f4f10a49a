//! Borrows in a container.

#[hicam::migratable]
async fn fields(line: String) -> usize {
    let parts: Vec<&str> = line.split(',').collect();
    hicam::point().await;
    parts.len()
}

fn main() {}
