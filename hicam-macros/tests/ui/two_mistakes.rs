//! Two mistakes have two messages, in one run.

#[hicam::migratable]
async fn name() -> String {
    "n".to_owned()
}

macro_rules! shout {
    ($text:expr) => {
        $text.to_uppercase()
    };
}

#[hicam::migratable]
async fn shouts(n: u64) -> String {
    let once = shout!(name().await);
    match n {
        0 if name().await.is_empty() => once,
        _ => format!("{once}{n}"),
    }
}

fn main() {}
