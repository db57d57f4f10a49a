//! What MiMan's operations return: the rows of its tables and, as JSON, its stable output.

use serde::{Deserialize, Serialize};

/// A host of the cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Host {
    /// Its name.
    pub host: String,
    /// The address of its daemon, `http://ip:port`.
    pub address: String,
    /// `up`, or `silent` if it is advertised but its daemon does not answer.
    pub state: String,
    /// Its processor architecture, such as `x86_64`.
    pub arch: String,
    /// Its operating system, such as `linux`.
    pub os: String,
    /// How many processors it has.
    pub cores: u32,
    /// Its load average of the last minute.
    pub load: f64,
    /// Its free memory, in bytes.
    pub memory_free: u64,
    /// How many server processes it may run.
    pub capacity: u32,
    /// How many it runs.
    pub servers: u32,
    /// The classes installed there.
    pub classes: Vec<InstalledClass>,
}

/// A class's binary on a host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstalledClass {
    /// The class.
    pub class: String,
    /// BLAKE3 of the binary, hexadecimal.
    pub hash: String,
}

/// A server, running or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// `class/name`.
    pub server: String,
    /// Its UUID.
    pub uuid: String,
    /// The host of the process that holds its execution token, or last held it.
    pub host: String,
    /// How often execution has passed to another process, counted from 1.
    pub epoch: u64,
    /// `serving`, `withdrawn`, `standby`, `moved`, `stopping`, `fenced`; `silent`: its process holds the lease but
    /// does not answer; `down`: no process holds its token.
    pub phase: String,
    /// Its address, `http://ip:port`; none unless it can be reached.
    pub address: Option<String>,
    /// How many calls are in progress; none unless it can be reached.
    pub threads: Option<u64>,
    /// The sequence number of its last stable checkpoint, 0 before the first; none unless it can be reached.
    pub last_checkpoint: Option<u64>,
    /// The interval of automatic checkpoints in milliseconds; 0: none.
    pub interval_ms: u32,
    /// `periodic` or `replies`.
    pub durability: String,
}

/// The outcome of sending a binary to one host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostInstall {
    /// The host.
    pub host: String,
    /// `uploaded`, `already there`, `other processor` or `unreachable`.
    pub outcome: String,
}

/// The outcome of sending a binary to every host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installed {
    /// The class that the binary says it is.
    pub class: String,
    /// BLAKE3 of the binary, hexadecimal.
    pub hash: String,
    /// Its size.
    pub bytes: u64,
    /// Each host.
    pub hosts: Vec<HostInstall>,
}

/// A server that has been started or restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// `class/name`.
    pub server: String,
    /// Its UUID.
    pub uuid: String,
    /// The host that runs it.
    pub host: String,
    /// Its address, `http://ip:port`.
    pub address: String,
    /// Its epoch.
    pub epoch: u64,
    /// `periodic` or `replies`.
    pub durability: String,
    /// The interval of automatic checkpoints in milliseconds; 0: none.
    pub interval_ms: u32,
}

/// The outcome of a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    /// The server.
    #[serde(flatten)]
    pub started: Started,
    /// The binary.
    pub installed: Installed,
    /// The class's checkpoint server.
    pub checkpoint_server: CheckpointServer,
}

/// A class's checkpoint server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointServer {
    /// The class.
    pub class: String,
    /// Its address, `http://ip:port`.
    pub address: String,
    /// The host that runs it.
    pub host: String,
    /// Where it keeps the checkpoints.
    pub store: String,
    /// Whether it was running before.
    pub already_running: bool,
}

/// The outcome of stopping a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// `class/name`.
    pub server: String,
    /// Its UUID.
    pub uuid: String,
    /// The host it ran on.
    pub host: String,
    /// How its process ended.
    pub exit: String,
    /// Whether it has been forgotten too: its name is free and it cannot be restored.
    pub forgotten: bool,
}

/// A call or task in progress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// Whether it is a task, which was begun by `hicam::spawn`.
    pub task: bool,
    /// The client's id; empty for a plain gRPC client, or a task.
    pub client: String,
    /// The request number of that client, or the task's number.
    pub request: u64,
    /// `/package.Service/Method`, or the function that the task runs.
    pub method: String,
    /// For how long it has been running, in milliseconds.
    pub running_ms: u64,
    /// `running`, `parked` or `replying`.
    pub state: String,
    /// Where it stands, outermost function first: `function (file:line)`.
    pub stack: Vec<String>,
}

/// The outcome of taking a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointTaken {
    /// `class/name`.
    pub server: String,
    /// Its UUID.
    pub uuid: String,
    /// The checkpoint's sequence number.
    pub sequence: u64,
    /// Its size.
    pub bytes: u64,
    /// How many calls in progress it holds.
    pub threads: u32,
    /// For how long the server did not take calls, in microseconds.
    pub pause_us: u64,
    /// From the request until it was stable, in microseconds.
    pub stable_us: u64,
}

/// A stored checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// `class/name`, or `class/UUID` if the server has been forgotten.
    pub server: String,
    /// Its UUID.
    pub uuid: String,
    /// The sequence number.
    pub sequence: u64,
    /// The server's epoch when it was taken.
    pub epoch: u64,
    /// Its size.
    pub bytes: u64,
    /// How many calls in progress it holds.
    pub threads: u32,
    /// When it was taken, in milliseconds since 1970.
    pub taken_unix_ms: u64,
    /// The host it was taken on.
    pub host: String,
    /// That host's processor architecture.
    pub arch: String,
    /// BLAKE3 of its contents, hexadecimal.
    pub checksum: String,
    /// The fingerprint of the schema that it was written with.
    pub schema_fingerprint: String,
}

/// Whether a build can go on from a captured state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The build's class.
    pub class: String,
    /// UUID of the server that was captured.
    pub server: String,
    /// The checkpoint's number.
    pub sequence: u64,
    /// Whether it can.
    pub fits: bool,
    /// How many calls in progress it can go on with.
    pub threads: u32,
    /// What differs in the types of the server's own data.
    pub differences: Vec<Difference>,
    /// What else stands in the way: functions that have changed, locals and values that cannot be restored.
    pub problems: Vec<String>,
}

/// A difference between the types of a build and captured ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The way to it: `Bank.accounts[value].balance`.
    pub path: String,
    /// What the build has there.
    pub here: String,
    /// What was captured.
    pub captured: String,
    /// What can be done about it.
    pub advice: String,
}

/// The outcome of a migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migration {
    /// `class/name`.
    pub server: String,
    /// Its UUID.
    pub uuid: String,
    /// The migration's id, as it appears in the logs.
    pub migration: String,
    /// The host that it left.
    pub from: String,
    /// The host that it is on.
    pub to: String,
    /// Its address there, `http://ip:port`.
    pub address: String,
    /// Its epoch there.
    pub epoch: u64,
    /// The size of the state that was moved.
    pub bytes: u64,
    /// How many calls in progress were moved.
    pub threads: u32,
    /// For how long the server did not take calls, in microseconds.
    pub pause_us: u64,
    /// Of that: until every call in progress had stopped.
    pub quiesce_us: u64,
    /// Of that: until the destination had the state and had verified it.
    pub transfer_us: u64,
    /// Of that: until the destination had taken the execution token.
    pub commit_us: u64,
    /// From the request until the destination served, in microseconds.
    pub total_us: u64,
}

/// A server's interval of automatic checkpoints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// `class/name`.
    pub server: String,
    /// Its UUID.
    pub uuid: String,
    /// The interval in milliseconds; 0: none.
    pub interval_ms: u32,
}
