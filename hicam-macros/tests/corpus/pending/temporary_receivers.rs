//! Methods called on temporaries, and on what a method lends.

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

    async fn append(&mut self, page: &str) -> &mut Self {
        self.pages.push(page.to_owned());
        hicam::point().await;
        self
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

#[hicam::migratable]
async fn of_what_is_lent() -> Vec<String> {
    let mut document = Document::default();
    document.append("c").await.append("d").await;
    hicam::point().await;
    document.append("e").await.pages.push("f".to_owned());
    document.pages
}

programs! {
    temporary_receivers;
    methods_of_temporaries: of_temporaries() => (3, 3);
    methods_of_what_is_lent: of_what_is_lent();
}
