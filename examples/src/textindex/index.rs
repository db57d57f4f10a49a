//! Which words are in which files, and where.

use std::collections::BTreeMap;

use super::v1::{Match, Occurrences, Options};

/// Which words are indexed, and how.
#[derive(Clone, Debug, Default, hicam::State)]
pub(super) struct Rules {
    keep_case: bool,
    min_length: u32,
    stop_words: Vec<String>,
}

impl From<Options> for Rules {
    fn from(options: Options) -> Self {
        Rules {
            keep_case: options.keep_case,
            min_length: options.min_length,
            stop_words: options.stop_words,
        }
    }
}

impl From<Rules> for Options {
    fn from(rules: Rules) -> Self {
        Options {
            keep_case: rules.keep_case,
            min_length: rules.min_length,
            stop_words: rules.stop_words,
        }
    }
}

/// The positions of one file's words.
pub(super) type FileWords = BTreeMap<String, Vec<u32>>;

/// Word to file to positions.
#[derive(Debug, Default, hicam::State)]
pub(super) struct Index {
    words: BTreeMap<String, BTreeMap<String, Vec<u32>>>,
}

impl Index {
    /// Puts a file's words in the place of what is known of it.
    pub(super) fn replace(&mut self, file: &str, words: FileWords) {
        self.remove(file);
        for (word, positions) in words {
            let files = self.words.entry(word).or_default();
            files.insert(file.to_owned(), positions);
        }
    }

    fn remove(&mut self, file: &str) {
        self.words.retain(|_, files| {
            files.remove(file);
            !files.is_empty()
        });
    }

    /// The files that hold every one of these words.
    pub(super) fn search(&self, words: &[String]) -> Vec<Match> {
        let Some(found) = words
            .iter()
            .map(|word| self.words.get(word))
            .collect::<Option<Vec<_>>>()
        else {
            return Vec::new();
        };
        let Some(first) = found.first() else {
            return Vec::new();
        };
        first
            .keys()
            .filter(|file| found.iter().all(|files| files.contains_key(*file)))
            .map(|file| Match {
                file: file.clone(),
                words: words
                    .iter()
                    .zip(&found)
                    .map(|(word, files)| Occurrences {
                        word: word.clone(),
                        positions: files.get(file).cloned().unwrap_or_default(),
                    })
                    .collect(),
            })
            .collect()
    }

    /// Number of different words.
    pub(super) fn words(&self) -> u64 {
        self.words.len() as u64
    }

    /// Number of positions.
    pub(super) fn postings(&self) -> u64 {
        let files = self.words.values().flat_map(BTreeMap::values);
        files.map(|positions| positions.len() as u64).sum()
    }

    /// BLAKE3 of everything in order, each part preceded by its length.
    pub(super) fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let number = |hasher: &mut blake3::Hasher, value: usize| {
            hasher.update(&(value as u64).to_le_bytes());
        };
        for (word, files) in &self.words {
            number(&mut hasher, word.len());
            hasher.update(word.as_bytes());
            number(&mut hasher, files.len());
            for (file, positions) in files {
                number(&mut hasher, file.len());
                hasher.update(file.as_bytes());
                number(&mut hasher, positions.len());
                for position in positions {
                    hasher.update(&position.to_le_bytes());
                }
            }
        }
        hasher.finalize().to_hex().to_string()
    }
}

/// The words of a text, in order: runs of letters and digits.
pub(super) fn split(text: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(text)
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The word as it stands in the index; none if the rules leave it out.
pub(super) fn normal(word: &str, rules: &Rules) -> Option<String> {
    let word = fold(word, rules);
    let long = word.chars().count() >= rules.min_length as usize;
    (long && !rules.stop_words.contains(&word)).then_some(word)
}

/// The word as it is looked for.
pub(super) fn fold(word: &str, rules: &Rules) -> String {
    if rules.keep_case {
        word.to_owned()
    } else {
        word.to_lowercase()
    }
}
