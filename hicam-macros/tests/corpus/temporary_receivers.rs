//! Methods called on temporaries.

use std::sync::Arc;

use super::{hicam, programs};

#[derive(Debug, Clone, Default, hicam::State)]
pub(crate) struct Document {
    title: String,
    pages: Vec<String>,
}

#[hicam::migratable]
impl Document {
    async fn titled(title: &str) -> Self {
        hicam::point().await;
        Document {
            title: title.to_owned(),
            ..Document::default()
        }
    }

    async fn length(&self) -> usize {
        let mut length = self.title.len();
        for page in &self.pages {
            length += page.len();
        }
        length
    }
}

#[hicam::migratable]
async fn of_temporaries() -> (usize, usize) {
    let of_a_literal = Document {
        title: "t".into(),
        pages: vec!["ab".to_owned()],
    }
    .length()
    .await;
    (of_a_literal, Document::titled("xyz").await.length().await)
}

/// Not annotated: it may own its receiver, and is never suspended.
#[derive(Debug, Clone)]
pub(crate) struct Builder {
    parts: std::cell::RefCell<Vec<u32>>,
}

impl Builder {
    fn of(part: u32) -> Self {
        Builder {
            parts: vec![part].into(),
        }
    }

    fn part(self, part: u32) -> Self {
        self.parts.borrow_mut().push(part);
        self
    }

    async fn build(self, factor: impl FnOnce(u32) -> u32) -> u32 {
        let sum = self.parts.borrow().iter().sum();
        factor(sum)
    }
}

impl Document {
    async fn first(&self) -> &str {
        &self.title
    }
}

#[hicam::migratable]
async fn of_foreign_temporaries() -> (u32, usize, u32) {
    let built = Builder::of(1).part(2).build(|sum| sum * 10).await;
    let first = Document::titled("abc").await.first().await.len();
    let shared = tokio::sync::Mutex::new(4);
    *std::convert::identity(&shared).lock().await += 1;
    (built, first, shared.into_inner())
}

#[hicam::migratable]
impl Document {
    async fn count(self: &Arc<Self>, counts: &mut Vec<usize>) -> usize {
        counts.push(Arc::strong_count(self));
        hicam::point().await;
        Arc::strong_count(self)
    }
}

/// A temporary ends with its statement.
#[hicam::migratable]
async fn ends() -> (Vec<usize>, usize) {
    let mut counts = Vec::new();
    let document = Arc::new(Document::default());
    let sum = Arc::clone(&document).count(&mut counts).await
        + Arc::clone(&document).count(&mut counts).await;
    counts.push(Arc::strong_count(&document));
    Arc::clone(&document).count(&mut counts).await;
    counts.push(Arc::strong_count(&document));
    hicam::point().await;
    counts.push(Arc::strong_count(&document));
    (counts, sum)
}

programs! {
    temporary_receivers;
    methods_of_temporaries: of_temporaries() => (3, 3);
    foreign_methods_of_temporaries: of_foreign_temporaries() => (30, 3, 5);
    temporaries_that_end: ends() => (vec![2, 3, 1, 2, 1, 1], 5);
}
