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
    match &(n.checked_sub(1), n.checked_sub(2)) {
        (Some(m), _) | (_, Some(m)) if *m > name().await.len() as u64 => once,
        _ => format!("{once}{n}"),
    }
}

fn main() {}
