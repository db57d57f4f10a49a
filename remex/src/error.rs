//! What can go wrong in a daemon, and what a caller is told about it.

use std::{io, path::PathBuf, time::Duration};

use hicam_protocol::{naming::NamingError, transport::TransportError};
use tonic::{Code, Status};

/// The result of an operation of the daemon.
pub type Result<T, E = RemexError> = std::result::Result<T, E>;

/// An error of the daemon.
///
/// `Display` says what happened, to what, and what to do; the cause is in [`source`](std::error::Error::source)
/// and is not repeated. [`RemexError::is_retryable`] tells whether the same request can succeed later unchanged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RemexError {
    /// No server has this UUID or class/name.
    #[error("unknown server {server}: list the servers there are with `miman servers`")]
    UnknownServer {
        /// The server as the caller named it.
        server: String,
    },
    /// No daemon advertises this host.
    #[error(
        "unknown host {host}: the hosts advertised now are {known}; start a remex there, or choose one of them"
    )]
    UnknownHost {
        /// The host as the caller named it.
        host: String,
        /// The hosts that are advertised, for the message.
        known: String,
    },
    /// The server runs, or last ran, on another host.
    #[error("server {server} is not on host {here} but on {host}: ask the remex of {host}")]
    ServerElsewhere {
        /// The server.
        server: String,
        /// The host that was asked.
        here: String,
        /// The host that the server is on.
        host: String,
    },
    /// The server is known and does not run.
    #[error("server {server} is not running: restore it with `miman restore {server}`")]
    NotRunning {
        /// The server.
        server: String,
    },
    /// A server of this class has the name already.
    #[error(
        "there is a server {server} already: choose another name, or continue that one with `miman restore {server}`"
    )]
    NameTaken {
        /// class/name.
        server: String,
    },
    /// The server's process is alive.
    #[error(
        "server {server} is running on host {host} (process {process}): stop it there first, or migrate it"
    )]
    HolderAlive {
        /// The server.
        server: String,
        /// Where it runs.
        host: String,
        /// The process that holds its token.
        process: String,
    },
    /// The server's process does not answer, and its lease has not expired yet.
    #[error(
        "server {server} is still held by process {process} on host {host}, which does not answer: \
         it may be alive until its lease expires; try again in a few seconds"
    )]
    HolderLeased {
        /// The server.
        server: String,
        /// Where it ran.
        host: String,
        /// The process that holds its token.
        process: String,
    },
    /// The migration would lead to where the server is.
    #[error("server {server} is on host {host} already: choose another destination")]
    AlreadyThere {
        /// The server.
        server: String,
        /// The destination.
        host: String,
    },
    /// Another operation on the same server is in progress.
    #[error("server {server} is busy: {operation} is in progress; try again when it is done")]
    Busy {
        /// The server.
        server: String,
        /// What is being done to it.
        operation: &'static str,
    },
    /// The class has no binary on this host.
    #[error("class {class} is not installed on host {host}: install it with `miman deploy`")]
    ClassNotInstalled {
        /// The class.
        class: String,
        /// This host.
        host: String,
    },
    /// The class has binaries on this host, and this is not one of them.
    #[error(
        "class {class} is installed on host {host}, but not with hash {hash}: install that binary with `miman deploy`"
    )]
    HashNotInstalled {
        /// The class.
        class: String,
        /// The BLAKE3 hash asked for.
        hash: String,
        /// This host.
        host: String,
    },
    /// A name that cannot be part of a path or a key.
    #[error(
        "{what} {name:?} is not a valid name: use 1 to 64 of the letters, digits, '-', '_' and '.', not beginning with '.' or '-'"
    )]
    InvalidName {
        /// What is named: class, server, host.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A request that says nothing sensible.
    #[error("{0}")]
    InvalidRequest(String),
    /// All places of the host are taken.
    #[error(
        "host {host} is full: it runs {capacity} server processes and may run no more; \
         stop or migrate one, choose another host, or start its remex with a larger --capacity"
    )]
    HostFull {
        /// This host.
        host: String,
        /// Server processes allowed.
        capacity: u32,
    },
    /// An upload was cut short or damaged.
    #[error(
        "the binary of class {class} arrived damaged: {detail}; nothing was installed, send it again"
    )]
    DamagedUpload {
        /// The class.
        class: String,
        /// What does not fit.
        detail: String,
    },
    /// The binary says that it is of another class.
    #[error(
        "binary of another class: it was sent as class {expected} but says that it is {found}; install it as {found}"
    )]
    WrongClass {
        /// The class it was sent as.
        expected: String,
        /// The class it says.
        found: String,
    },
    /// The binary does not answer `schema` as a class binary does.
    #[error(
        "the binary sent as class {class} is not a HiCaM class ({detail}): give it a `#[hicam::main]`"
    )]
    NotAClass {
        /// The class.
        class: String,
        /// What it did instead.
        detail: String,
    },
    /// The operating system of this host cannot execute the binary.
    #[error(
        "the binary of class {class} cannot run on host {host} ({arch}-{os}): it is {format}; install one that is built for this host"
    )]
    CannotRun {
        /// The class.
        class: String,
        /// This host.
        host: String,
        /// This host's architecture.
        arch: &'static str,
        /// This host's operating system.
        os: &'static str,
        /// What the binary is built for, as far as its header says.
        format: String,
        /// The operating system's words.
        #[source]
        source: io::Error,
    },
    /// A binary that was to compare itself with a state did not say what it found.
    #[error(
        "the binary of class {class} on host {host} does not say whether the state fits: {detail}"
    )]
    NoReport {
        /// The class.
        class: String,
        /// This host.
        host: String,
        /// What it said instead.
        detail: String,
    },
    /// A process could not be started.
    #[error("cannot start {program}")]
    Spawn {
        /// The program.
        program: PathBuf,
        /// The operating system's words.
        #[source]
        source: io::Error,
    },
    /// A process ended before it was ready.
    #[error("process {process} ended ({exit}) before it was ready; the end of {log} is:\n{tail}")]
    EarlyExit {
        /// The process.
        process: String,
        /// Its exit status.
        exit: String,
        /// Where its output is.
        log: PathBuf,
        /// The last lines of its output.
        tail: String,
    },
    /// A process did not say that it is ready.
    #[error(
        "process {process} was not ready within {limit:?} and has been killed; the end of {log} is:\n{tail}"
    )]
    ReadyTimeout {
        /// The process.
        process: String,
        /// How long it was given.
        limit: Duration,
        /// Where its output is.
        log: PathBuf,
        /// The last lines of its output.
        tail: String,
    },
    /// A process that this daemon did not start, or no longer waits for, reported.
    #[error("process {process} is not one that this daemon is waiting for")]
    UnknownProcess {
        /// The process.
        process: String,
    },
    /// A server process refused or failed an operation.
    #[error("server {server}: {operation} failed")]
    Server {
        /// The server.
        server: String,
        /// What was asked of it.
        operation: &'static str,
        /// Its answer.
        #[source]
        source: Box<Status>,
    },
    /// The daemon of another host refused or failed an operation.
    #[error("host {host}: {operation} failed; the server keeps running where it was")]
    Peer {
        /// The other host.
        host: String,
        /// What was asked of it.
        operation: &'static str,
        /// Its answer.
        #[source]
        source: Box<Status>,
    },
    /// The migration ended with execution on the source.
    #[error("server {server} was not migrated to {host} and keeps running here")]
    MigrationFailed {
        /// The server.
        server: String,
        /// The destination.
        host: String,
        /// The source process's words.
        #[source]
        source: Box<Status>,
    },
    /// The source process ended during a migration that was not committed.
    #[error(
        "the process of server {server} ended during its migration to {host}: restore it with `miman restore {server}`"
    )]
    SourceLost {
        /// The server.
        server: String,
        /// The destination.
        host: String,
        /// What was last heard of the migration.
        #[source]
        source: Box<Status>,
    },
    /// Nobody answers who could say how a migration ended.
    #[error(
        "it is not known whether server {server} runs on {host} now: neither its process nor the name service answers; \
         ask again with `miman servers`"
    )]
    OutcomeUnknown {
        /// The server.
        server: String,
        /// The destination.
        host: String,
        /// What was last heard of the migration.
        #[source]
        source: Box<Status>,
    },
    /// The migration was called off while the destination was preparing it.
    #[error("migration {migration} was aborted by its source")]
    Aborted {
        /// The migration.
        migration: String,
    },
    /// The name service failed or refused.
    #[error(transparent)]
    Naming(NamingError),
    /// Another daemon is this host.
    #[error(
        "a remex of host {host} is running at {address}: choose another --host, or stop that one"
    )]
    HostTaken {
        /// The name of the host.
        host: String,
        /// The other daemon's address.
        address: String,
    },
    /// Another daemon works in the same directory.
    #[error("another remex is using the directory {}: choose another --dir, or stop that one", dir.display())]
    DirTaken {
        /// The directory.
        dir: PathBuf,
    },
    /// The address to listen on is not allowed or cannot be had, or a connection cannot be made.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The descriptions of the gRPC services cannot be offered.
    #[error("the gRPC reflection service of host {host} cannot be built")]
    Reflection {
        /// This host.
        host: String,
        /// Why.
        #[source]
        source: tonic_reflection::server::Error,
    },
    /// A file of the daemon could not be read or written.
    #[error("cannot {what} {}: see that the directory is writable and has room", path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// The operating system's words.
        #[source]
        source: io::Error,
    },
    /// The daemon is on its way out.
    #[error("host {host} is shutting down: choose another host")]
    Stopping {
        /// This host.
        host: String,
    },
}

impl RemexError {
    /// Whether the same request can succeed later without anybody changing anything.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::HolderLeased { .. } | Self::Busy { .. } | Self::ReadyTimeout { .. } => true,
            Self::Naming(error) => error.is_retryable(),
            Self::Transport(source) => source.is_retryable(),
            Self::Server { source, .. }
            | Self::Peer { source, .. }
            | Self::MigrationFailed { source, .. } => {
                matches!(
                    source.code(),
                    Code::Unavailable | Code::DeadlineExceeded | Code::Aborted
                )
            }
            _ => false,
        }
    }

    /// The gRPC code that a caller sees.
    pub fn code(&self) -> Code {
        match self {
            Self::UnknownServer { .. } | Self::UnknownHost { .. } | Self::UnknownProcess { .. } => {
                Code::NotFound
            }
            Self::ServerElsewhere { .. }
            | Self::NotRunning { .. }
            | Self::HolderAlive { .. }
            | Self::AlreadyThere { .. }
            | Self::ClassNotInstalled { .. }
            | Self::HashNotInstalled { .. }
            | Self::WrongClass { .. }
            | Self::NotAClass { .. }
            | Self::CannotRun { .. }
            | Self::NoReport { .. }
            | Self::EarlyExit { .. }
            | Self::Spawn { .. }
            | Self::DirTaken { .. } => Code::FailedPrecondition,
            Self::NameTaken { .. } | Self::HostTaken { .. } => Code::AlreadyExists,
            Self::InvalidName { .. } | Self::InvalidRequest(_) => Code::InvalidArgument,
            Self::HolderLeased { .. } | Self::Busy { .. } | Self::Stopping { .. } => {
                Code::Unavailable
            }
            Self::HostFull { .. } => Code::ResourceExhausted,
            Self::DamagedUpload { .. } => Code::DataLoss,
            Self::Transport(error) if error.is_retryable() => Code::Unavailable,
            Self::Transport(_) => Code::FailedPrecondition,
            Self::Reflection { .. } => Code::Internal,
            Self::ReadyTimeout { .. } => Code::DeadlineExceeded,
            Self::Aborted { .. } | Self::SourceLost { .. } => Code::Aborted,
            Self::OutcomeUnknown { .. } => Code::Unavailable,
            Self::Server { source, .. }
            | Self::Peer { source, .. }
            | Self::MigrationFailed { source, .. } => source.code(),
            Self::Naming(error) if error.is_retryable() => Code::Unavailable,
            Self::Naming(NamingError::InvalidEndpoints { .. }) => Code::FailedPrecondition,
            Self::Naming(_) => Code::Internal,
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    Code::ResourceExhausted
                }
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    Code::FailedPrecondition
                }
                _ => Code::Internal,
            },
        }
    }

    pub(crate) fn io(
        what: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { what, path, source }
    }
}

impl From<NamingError> for RemexError {
    fn from(error: NamingError) -> Self {
        match error {
            NamingError::UnknownServer { server } => Self::UnknownServer { server },
            NamingError::NameTaken { class, name, .. } => Self::NameTaken {
                server: format!("{class}/{name}"),
            },
            other => Self::Naming(other),
        }
    }
}

impl From<RemexError> for Status {
    fn from(error: RemexError) -> Self {
        Status::new(error.code(), shortened(chain(&error)))
    }
}

/// The message of a status travels in a header, percent-encoded; clients accept 16 KiB of headers.
fn shortened(mut text: String) -> String {
    const LIMIT: usize = 4 << 10;
    if text.len() > LIMIT {
        text.truncate(text.floor_char_boundary(LIMIT));
        text.push('…');
    }
    text
}

/// An error with its causes, outermost first, in one line of text; what has been said is left out.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // A status prints its code and metadata too, which say nothing to a reader; and it has no cause that matters.
        let words = match error.downcast_ref::<Status>().or_else(|| {
            error
                .downcast_ref::<Box<Status>>()
                .map(|boxed| boxed.as_ref())
        }) {
            Some(status) if !status.message().is_empty() => status.message().to_owned(),
            _ => error.to_string(),
        };
        // Some libraries repeat their cause in their own words.
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = error.source();
    }
    text
}
