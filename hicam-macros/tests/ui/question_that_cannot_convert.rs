//! `?` with an error that does not become the function's own.

#[hicam::migratable]
async fn parse(text: String) -> Result<u64, u8> {
    let value: u64 = text.parse()?;
    Ok(value)
}

fn main() {}
