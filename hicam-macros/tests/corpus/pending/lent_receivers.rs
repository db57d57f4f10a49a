//! Methods called on what a method lends.

use super::{hicam, programs};

#[derive(Debug, Clone, Default, hicam::State)]
pub(crate) struct Document {
    pages: Vec<String>,
}

#[hicam::migratable]
impl Document {
    async fn append(&mut self, page: &str) -> &mut Self {
        self.pages.push(page.to_owned());
        hicam::point().await;
        self
    }
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
    lent_receivers;
    methods_of_what_is_lent: of_what_is_lent();
}
