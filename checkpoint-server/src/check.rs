//! The place where a class's own checkpoint server refuses state that is not of its class.

use hicam_state::Checkpoint;

/// What a class's own checkpoint server knows of its class.
///
/// The class-independent checkpoint server has none and stores any class.
pub trait ClassCheck: Send + Sync + 'static {
    /// The class's name.
    fn class(&self) -> &str;

    /// The fingerprint of the class's schema, for those who ask; empty if there is none to tell.
    fn schema_fingerprint(&self) -> String {
        String::new()
    }

    /// Whether the class can restore this checkpoint.
    ///
    /// # Errors
    /// Says which type, field or function does not fit.
    fn check(&self, checkpoint: &Checkpoint) -> Result<(), Mismatch>;
}

/// Why a checkpoint does not fit a class.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Mismatch(String);

impl Mismatch {
    /// The reason, in words that name the type and field.
    pub fn new(reason: impl std::fmt::Display) -> Self {
        Self(reason.to_string())
    }
}
