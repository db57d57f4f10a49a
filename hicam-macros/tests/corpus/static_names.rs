//! Locals of type `&'static str`, lent to calls.

use super::temporaries::measure;
use super::{hicam, programs};

#[hicam::migratable]
async fn names() -> Vec<usize> {
    let mut out = Vec::new();
    let mut scratch = String::new();
    for name in vec!["a", "bcd"] {
        out.push(measure(name, &mut scratch).await);
    }
    let chosen = if out.len() > 1 { "many" } else { "few" };
    out.push(measure(chosen, &mut scratch).await);
    out
}

programs! {
    static_names;
    static_names_lent: names() => vec![2, 8, 16];
}
