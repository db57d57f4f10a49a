//! Literals as arguments of functions without attributes.

use super::{hicam, programs};

async fn ordinary(text: &str, n: u32, out: &mut Vec<String>) -> usize {
    tokio::task::yield_now().await;
    out.push(format!("{text}{n}"));
    out.len()
}

async fn bytes(bytes: &[u8], more: &[u8; 2], or: Option<&str>) -> usize {
    tokio::task::yield_now().await;
    bytes.len() + more.len() + or.map_or(0, str::len)
}

#[hicam::migratable]
async fn literals() -> (usize, usize, Vec<String>) {
    let mut out = Vec::new();
    let mut count = ordinary("a", 1, &mut out).await;
    count += ordinary("b", 2, &mut out).await;
    let boxed: usize = Box::pin(ordinary("last", 3, &mut out)).await;
    let of_bytes = bytes(b"abc", &[1, 2], None).await + bytes(&[], b"xy", Some("z")).await;
    (count + boxed, of_bytes, out)
}

programs! {
    foreign_literals;
    literals_lent: literals() => (6, 8, vec!["a1".to_owned(), "b2".into(), "last3".into()]);
}
