//! References to temporaries as arguments: the temporary is part of the caller's frame.

use super::collections::by_reference;
use super::expressions::{add, mostly, noted};
use super::{hicam, programs};

fn words(n: usize) -> Vec<String> {
    (0..n).map(|i| "x".repeat(i)).collect()
}

#[hicam::migratable]
async fn lent() -> (Vec<u32>, bool, usize) {
    let mut out = Vec::new();
    out.push(noted(1, &mut Vec::new()).await);
    out.push(noted(2, &mut vec![7]).await + noted(3, &mut Vec::with_capacity(3)).await);
    let negative = mostly(&[1, -2, -3]).await;
    let mut total = by_reference(&words(3)).await;
    total += by_reference(&words(4)[1..]).await;
    total += measure(&format!("{total}!"), &mut String::from("a")).await;
    (out, negative, total)
}

#[hicam::migratable]
pub(super) async fn measure(text: &str, scratch: &mut String) -> usize {
    scratch.push_str(text);
    hicam::point().await;
    scratch.push_str(text);
    hicam::point().await;
    scratch.len()
}

#[derive(Debug, Clone, hicam::State)]
pub(crate) struct Document {
    title: String,
    pages: Vec<String>,
}

#[hicam::migratable]
impl Document {
    async fn scan(&self, pattern: &str) -> u32 {
        let mut found = 0;
        for page in &self.pages {
            if page.contains(pattern) {
                found += add(1, 0).await;
            }
        }
        found
    }

    async fn append(&mut self, page: &str) {
        self.pages.push(page.to_owned());
        hicam::point().await;
    }
}

#[hicam::migratable]
async fn borrowed_by_methods(document: &Document) -> (u32, usize) {
    let mut scratch = String::new();
    let by_title = document.scan(document.title.as_str()).await;
    let by_trimmed = document.scan(document.title.trim()).await;
    let length = measure(document.pages[0].as_ref(), &mut scratch).await;
    let name = "static";
    let more = measure(name, &mut scratch).await;
    (by_title * 10 + by_trimmed, length + more)
}

#[hicam::migratable]
async fn of_a_document() -> (u32, usize, Vec<String>) {
    let mut document = Document {
        title: " b".to_owned(),
        pages: vec!["a b".to_owned(), "b".to_owned()],
    };
    let (found, length) = borrowed_by_methods(&document).await;
    document.append("c").await;
    (found, length, document.pages)
}

programs! {
    temporaries;
    temporaries_lent: lent();
    temporaries_of_methods: of_a_document();
}
