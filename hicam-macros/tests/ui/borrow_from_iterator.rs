//! An iterator that borrows, driven by hand.

#[hicam::migratable]
async fn digits(text: String) -> u32 {
    let mut sum = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        sum += c.to_digit(10).unwrap_or(0);
        hicam::point().await;
    }
    sum
}

fn main() {}
