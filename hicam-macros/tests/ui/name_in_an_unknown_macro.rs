//! A macro that is not known names one of two variables in a text.

macro_rules! say {
    ($($said:tt)*) => {
        println!($($said)*)
    };
}

#[hicam::migratable]
async fn count(text: String) -> usize {
    let text = text.len();
    hicam::point().await;
    say!("{text}");
    text
}

fn main() {}
