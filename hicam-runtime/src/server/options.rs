//! What a server process is told before it begins.

use std::path::PathBuf;
use std::{fmt, time::Duration};

/// Interval of automatic checkpoints when neither the program nor the command line says otherwise.
pub const DEFAULT_INTERVAL: Duration = Duration::from_secs(10);
/// How long a capture waits for calls to reach a migration point.
pub const DEFAULT_QUIESCE: Duration = Duration::from_secs(10);
/// How long a client may be silent before it is forgotten.
pub const DEFAULT_FORGET_CLIENTS: Duration = Duration::from_secs(60 * 60);

/// When a reply may leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// At once; a crash takes the server back to its last checkpoint.
    #[default]
    Periodic,
    /// Once a stable checkpoint covers its effects; a crash loses nothing that was acknowledged.
    Replies,
}

impl Durability {
    /// As it is written in `#[hicam::main(…, durability = "…")]` and in records.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Periodic => "periodic",
            Self::Replies => "replies",
        }
    }
}

impl fmt::Display for Durability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What this process becomes once it listens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Serves at once with fresh state and no name service.
    #[default]
    Alone,
    /// Registers itself in the name service as `class/name` and serves at once with fresh state.
    Named(String),
    /// Waits for the management service to say what it is.
    Standby,
    /// Says whether it could go on from the checkpoint in this file (`-`: standard input), and ends.
    Check(PathBuf),
}

/// The settings of one server process.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// `IP:PORT` to listen on; port 0 lets the system choose.
    pub listen: String,
    /// Allows an address that other machines can reach.
    pub insecure_listen: bool,
    /// What the process becomes.
    pub role: Role,
    /// Comma-separated endpoints of the name service; not used by a server that stands alone.
    pub etcd: Option<String>,
    /// Name of this host.
    pub host: String,
    /// Unique for this start of the process: the holder of the execution token.
    pub process: String,
    /// Address of the remex that is told when the process listens.
    pub report_to: Option<String>,
    /// A checkpoint server to use instead of the one in the name service.
    pub checkpoint_server: Option<String>,
    /// When a reply may leave.
    pub durability: Durability,
    /// Interval of automatic checkpoints; zero: none.
    pub interval: Duration,
    /// How long a capture waits for calls to reach a migration point.
    pub quiesce: Duration,
    /// Time to live of the lease in the name service.
    pub lease: Duration,
    /// How long a client may be silent before it is forgotten, with the answers kept for it in case it asks again;
    /// zero: for ever. A request that such a client sent first more than half of this time ago is refused then, because
    /// nobody knows any more whether it was executed.
    pub forget_clients: Duration,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:0".to_owned(),
            insecure_listen: false,
            role: Role::Alone,
            etcd: None,
            host: "localhost".to_owned(),
            process: uuid::Uuid::new_v4().to_string(),
            report_to: None,
            checkpoint_server: None,
            durability: Durability::Periodic,
            interval: DEFAULT_INTERVAL,
            quiesce: DEFAULT_QUIESCE,
            lease: Duration::from_secs(5),
            forget_clients: DEFAULT_FORGET_CLIENTS,
        }
    }
}
