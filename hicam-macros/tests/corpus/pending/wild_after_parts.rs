//! `_` behind a pattern that takes parts of whatever its variant holds: there is nothing for `_` to leave.

use super::{hicam, programs};

/// Not captured.
struct Taken {
    text: String,
    lines: Vec<String>,
}

fn taken(text: &str) -> Option<(Taken, u32)> {
    (!text.is_empty()).then(|| {
        let lines = text.lines().map(str::to_owned).collect();
        let text = text.to_owned();
        let length = text.len() as u32;
        (Taken { text, lines }, length)
    })
}

#[hicam::migratable]
async fn wild(words: Vec<String>) -> Vec<u32> {
    let mut out = Vec::new();
    for word in words {
        match taken(&word) {
            Some((Taken { lines, .. }, 3)) => {
                hicam::point().await;
                out.push(lines.len() as u32);
            }
            Some((Taken { text, .. }, _)) => {
                hicam::point().await;
                out.push(text.len() as u32);
            }
            // With `None` it is accepted.
            _ => {
                hicam::point().await;
                out.push(9);
            }
        }
    }
    out
}

programs! {
    wild_after_parts;
    a_wild_after_parts: wild(["a\nb", "", "c"].map(str::to_owned).to_vec()) => vec![2, 9, 1];
}
