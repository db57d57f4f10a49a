//! The index's service: ordinary tonic code, with attributes.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tonic::{Request, Response, Status};

use super::index::{FileWords, Rules, normal, split};
use super::store::{Store, Taken};
use super::v1::{
    DumpReply, DumpRequest, FeedReply, FeedRequest, Match, ReindexReply, ReindexRequest,
    SearchReply, SearchRequest, text_index_server,
};

/// Words between two times that the worker thread is left to others.
const BREATH: u32 = 256;

/// The server's own data.
#[derive(Debug, Default, hicam::State)]
pub struct TextIndex {
    store: Mutex<Store>,
}

impl TextIndex {
    // A step of the store never panics half way, so a poisoned lock still guards a sound one.
    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn append(&self, piece: &FeedRequest) -> Result<u64, Status> {
        self.store().append(piece)
    }

    fn take(&self, name: &str) -> Option<Taken> {
        self.store().take(name)
    }

    fn rules(&self) -> (Rules, u64) {
        self.store().rules()
    }

    fn publish_file(&self, name: &str, words: &FileWords, generation: u64) -> bool {
        self.store().publish_file(name, words, generation)
    }

    fn next_missing(&self, done: &BTreeMap<String, u64>) -> Option<Taken> {
        self.store().next_missing(done)
    }

    fn publish(
        &self,
        done: &BTreeMap<String, u64>,
        words: &BTreeMap<String, FileWords>,
        rules: &Rules,
    ) -> Option<ReindexReply> {
        self.store().publish(done, words, rules)
    }

    fn find(&self, words: &[String]) -> Vec<Match> {
        self.store().search(words)
    }
}

/// Where each word of a text is.
#[hicam::migratable]
async fn positions(text: Vec<u8>, rules: &Rules) -> FileWords {
    let mut found = FileWords::new();
    let mut position = 0;
    for word in split(&text) {
        if let Some(word) = normal(&word, rules) {
            found.entry(word).or_default().push(position);
        }
        position += 1;
        if position % BREATH == 0 {
            tokio::task::yield_now().await;
        }
    }
    found
}

#[hicam::conformist(class = "textindex")]
#[tonic::async_trait]
impl text_index_server::TextIndex for TextIndex {
    async fn feed(&self, request: Request<FeedRequest>) -> Result<Response<FeedReply>, Status> {
        let piece = request.into_inner();
        let received = self.append(&piece)?;
        if piece.last {
            loop {
                // None: the file has been begun afresh by another call, which will index it.
                let (rules, generation) = self.rules();
                match self.take(&piece.file) {
                    None => break,
                    Some(Taken { text, .. }) => {
                        let words = positions(text, &rules).await;
                        if self.publish_file(&piece.file, &words, generation) {
                            break;
                        }
                    }
                }
            }
        }
        Ok(Response::new(FeedReply { received }))
    }

    async fn search(
        &self,
        request: Request<SearchRequest>,
    ) -> Result<Response<SearchReply>, Status> {
        let words = request.into_inner().words;
        if words.is_empty() {
            return Err(Status::invalid_argument("give at least one word to search"));
        }
        let matches = self.find(&words);
        Ok(Response::new(SearchReply { matches }))
    }

    async fn reindex(
        &self,
        request: Request<ReindexRequest>,
    ) -> Result<Response<ReindexReply>, Status> {
        let rules = Rules::from(request.into_inner().options.unwrap_or_default());
        let mut done = BTreeMap::new();
        let mut words = BTreeMap::new();
        loop {
            if let Some(file) = self.next_missing(&done) {
                let Taken {
                    name,
                    revision,
                    text,
                } = file;
                let found = positions(text, &rules).await;
                words.insert(name.clone(), found);
                done.insert(name, revision);
            } else if let Some(reply) = self.publish(&done, &words, &rules) {
                return Ok(Response::new(reply));
            }
        }
    }

    async fn dump(&self, _: Request<DumpRequest>) -> Result<Response<DumpReply>, Status> {
        let reply = self.store().dump();
        Ok(Response::new(reply))
    }
}
