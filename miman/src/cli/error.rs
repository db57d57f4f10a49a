//! How a command fails: the library's errors, wrong usage, and output that cannot be written.

use std::{io, path::PathBuf};

use crate::MimanError;

#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    #[error(transparent)]
    Miman(#[from] MimanError),
    #[error("{0}")]
    Usage(String),
    #[error("cannot write the output: {0}")]
    Output(io::Error),
    #[error("cannot write `{}`: {cause}", .file.display())]
    Save { file: PathBuf, cause: io::Error },
    #[error("the build cannot go on from this state")]
    Unfit,
    #[error("cannot listen to signals: {0}")]
    Signals(io::Error),
    #[error("interrupted before every host was up")]
    Interrupted,
}

impl CliError {
    pub(super) fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    pub(super) fn exit_status(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            // EX_TEMPFAIL of sysexits.h.
            Self::Miman(error) if error.is_retryable() => 75,
            Self::Interrupted => 130,
            _ => 1,
        }
    }
}
