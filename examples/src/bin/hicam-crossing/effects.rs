//! What a program does besides returning a value: a log outside of what is captured.

use std::sync::{Mutex, MutexGuard, PoisonError};

static LOG: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Writes an effect down.
pub(crate) fn note(what: impl std::fmt::Display) {
    log().push(what.to_string());
}

/// Takes away what was done since the last time.
pub(crate) fn take() -> Vec<String> {
    std::mem::take(&mut *log())
}

fn log() -> MutexGuard<'static, Vec<String>> {
    // A push is whole or not done.
    LOG.lock().unwrap_or_else(PoisonError::into_inner)
}
