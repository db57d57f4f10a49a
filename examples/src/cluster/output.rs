//! What `miman --json` prints, as far as it is used here.

use serde::Deserialize;

/// `miman up`.
#[derive(Debug, Deserialize)]
pub(super) struct Up {
    pub(super) etcd: String,
    pub(super) hosts: Vec<Host>,
}

/// A host in `miman up`.
#[derive(Clone, Debug, Deserialize)]
pub struct Host {
    /// Its name.
    pub host: String,
    /// Address of its daemon, `http://ip:port`.
    pub address: String,
    /// Number of the daemon's process.
    pub pid: u32,
}

/// `miman install`.
#[derive(Debug, Deserialize)]
pub(super) struct Installed {
    pub(super) hosts: Vec<HostInstall>,
}

/// A host in `miman install`.
#[derive(Debug, Deserialize)]
pub(super) struct HostInstall {
    pub(super) host: String,
    pub(super) outcome: String,
}

/// `miman deploy`.
#[derive(Clone, Debug, Deserialize)]
pub struct Deployment {
    /// The server.
    #[serde(flatten)]
    pub started: Started,
}

/// `miman start`, `miman restore`.
#[derive(Clone, Debug, Deserialize)]
pub struct Started {
    /// `class/name`.
    pub server: String,
    /// The host that runs it.
    pub host: String,
    /// Its address, `http://ip:port`.
    pub address: String,
    /// How often execution has passed to another process, counted from 1.
    pub epoch: u64,
}

/// A row of `miman servers`.
#[derive(Clone, Debug, Deserialize)]
pub struct Server {
    /// `class/name`.
    pub server: String,
    /// Its UUID.
    pub uuid: String,
    /// The host of the process that holds its execution token.
    pub host: String,
    /// How often execution has passed to another process, counted from 1.
    pub epoch: u64,
    /// `serving`, or what else it is.
    pub phase: String,
    /// Calls in progress.
    pub threads: Option<u64>,
    /// Sequence number of the last stable checkpoint.
    pub last_checkpoint: Option<u64>,
}

/// A row of `miman checkpoints`.
#[derive(Clone, Debug, Deserialize)]
pub struct Checkpoint {
    /// Its sequence number.
    pub sequence: u64,
    /// The server's epoch when it was taken.
    pub epoch: u64,
    /// Its size.
    pub bytes: u64,
    /// Calls in progress that it holds.
    pub threads: u32,
}

/// `miman migrate`.
#[derive(Clone, Debug, Deserialize)]
pub struct Migration {
    /// `class/name`.
    pub server: String,
    /// The host that it left.
    pub from: String,
    /// The host that it is on.
    pub to: String,
    /// Its epoch there.
    pub epoch: u64,
    /// Size of the state that was moved.
    pub bytes: u64,
    /// Calls in progress that were moved.
    pub threads: u32,
    /// For how long the server did not take calls, in microseconds.
    pub pause_us: u64,
    /// From the request until the destination served, in microseconds.
    pub total_us: u64,
}
