//! `?` with an error that does not become the function's own.

struct Unreadable;
struct Failure;

#[hicam::migratable]
async fn parse(text: String) -> Result<u64, Failure> {
    let value: u64 = text.parse().map_err(|_| Unreadable)?;
    Ok(value)
}

fn main() {}
