//! The files that were fed, and the index over them. Every change is one short step under one lock.

use std::collections::BTreeMap;

use tonic::Status;

use super::index::{FileWords, Index, Rules, fold};
use super::v1::{DumpReply, FeedRequest, Match, ReindexReply};

/// More than this of one file is refused.
const LARGEST_FILE: usize = 64 << 20;

#[derive(Debug, Default, hicam::State)]
struct File {
    text: Vec<u8>,
    complete: bool,
    /// Grows each time the file is begun afresh.
    revision: u64,
}

/// A complete file, as it was when it was taken to be indexed.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) name: String,
    pub(super) revision: u64,
    pub(super) text: Vec<u8>,
}

/// Files and index.
#[derive(Debug, Default, hicam::State)]
pub(super) struct Store {
    files: BTreeMap<String, File>,
    index: Index,
    rules: Rules,
    /// Grows with each change of the rules.
    generation: u64,
}

impl Store {
    /// Adds a piece of a file. Returns how much of it there is now.
    pub(super) fn append(&mut self, piece: &FeedRequest) -> Result<u64, Status> {
        if piece.file.is_empty() {
            return Err(Status::invalid_argument("a file needs a name"));
        }
        let file = self.files.entry(piece.file.clone()).or_default();
        if piece.offset == 0 {
            *file = File {
                revision: file.revision + 1,
                ..File::default()
            };
        }
        let there = file.text.len();
        if file.complete || piece.offset != there as u64 {
            return Err(Status::failed_precondition(format!(
                "piece of `{}` at {}, but {there} bytes of it are here: send the file from its beginning",
                piece.file, piece.offset
            )));
        }
        if there + piece.data.len() > LARGEST_FILE {
            return Err(Status::resource_exhausted(format!(
                "`{}` is larger than {LARGEST_FILE} bytes",
                piece.file
            )));
        }
        file.text.extend_from_slice(&piece.data);
        file.complete = piece.last;
        Ok(file.text.len() as u64)
    }

    /// A complete file with its text.
    pub(super) fn take(&self, name: &str) -> Option<Taken> {
        let file = self.files.get(name).filter(|file| file.complete)?;
        Some(Taken {
            name: name.to_owned(),
            revision: file.revision,
            text: file.text.clone(),
        })
    }

    /// The rules in force and their generation.
    pub(super) fn rules(&self) -> (Rules, u64) {
        (self.rules.clone(), self.generation)
    }

    /// Adds one file's words to the index. False if the rules are no longer those they were found with.
    pub(super) fn publish_file(&mut self, name: &str, words: &FileWords, generation: u64) -> bool {
        if self.generation != generation {
            return false;
        }
        self.index.replace(name, words.clone());
        true
    }

    /// A complete file that is not among these, or is there in another revision.
    pub(super) fn next_missing(&self, done: &BTreeMap<String, u64>) -> Option<Taken> {
        let missing = self
            .files
            .iter()
            .find(|(name, file)| file.complete && done.get(*name) != Some(&file.revision));
        missing.and_then(|(name, _)| self.take(name))
    }

    /// Puts a new index in the place of the old one. None if it lacks a file that was completed meanwhile.
    pub(super) fn publish(
        &mut self,
        done: &BTreeMap<String, u64>,
        words: &BTreeMap<String, FileWords>,
        rules: &Rules,
    ) -> Option<ReindexReply> {
        if self.next_missing(done).is_some() {
            return None;
        }
        let mut index = Index::default();
        for (name, words) in words {
            index.replace(name, words.clone());
        }
        self.index = index;
        self.rules = rules.clone();
        self.generation += 1;
        Some(ReindexReply {
            files: done.len() as u64,
            words: self.index.words(),
            postings: self.index.postings(),
        })
    }

    /// The files that hold every one of these words.
    pub(super) fn search(&self, words: &[String]) -> Vec<Match> {
        let words: Vec<_> = words.iter().map(|word| fold(word, &self.rules)).collect();
        self.index.search(&words)
    }

    /// Sizes and digest.
    pub(super) fn dump(&self) -> DumpReply {
        DumpReply {
            files: self.files.values().filter(|file| file.complete).count() as u64,
            words: self.index.words(),
            postings: self.index.postings(),
            digest: self.index.digest(),
            options: Some(self.rules.clone().into()),
        }
    }
}
