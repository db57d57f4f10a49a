//! What a long operation says while it goes on.

use std::sync::Arc;

/// A moment of a long operation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// A new step begins; the text is for people.
    Step(String),
    /// A part of a binary has been handed to the connection to a host.
    Uploaded {
        /// The host.
        host: String,
        /// Bytes handed over so far.
        sent: u64,
        /// The binary's size.
        total: u64,
    },
    /// Something that the user should know, though the operation goes on.
    Notice(String),
}

/// Is told of each [`Progress`]; cheap to clone, must not block.
#[derive(Clone)]
pub struct Observer(Arc<dyn Fn(Progress) + Send + Sync>);

impl Observer {
    /// An observer that calls `tell`.
    pub fn new(tell: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    pub(crate) fn step(&self, step: impl Into<String>) {
        (self.0)(Progress::Step(step.into()));
    }

    pub(crate) fn notice(&self, notice: impl Into<String>) {
        (self.0)(Progress::Notice(notice.into()));
    }

    pub(crate) fn uploaded(&self, host: &str, sent: u64, total: u64) {
        (self.0)(Progress::Uploaded {
            host: host.to_owned(),
            sent,
            total,
        });
    }
}

impl Default for Observer {
    /// An observer that does nothing.
    fn default() -> Self {
        Self::new(|_| {})
    }
}

impl std::fmt::Debug for Observer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Observer")
    }
}
