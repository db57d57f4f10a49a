//! The values of the records in the name service, kept there as JSON.

use serde::{Deserialize, Serialize};

/// A host that can run servers; leased, under [`super::keys::host`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HostAdvert {
    /// The host's name.
    pub host: String,
    /// Its remex, `http://host:port`.
    pub address: String,
    /// CPU architecture, as in `std::env::consts::ARCH`.
    pub arch: String,
    /// Operating system, as in `std::env::consts::OS`.
    pub os: String,
    /// Logical CPUs.
    pub cores: u32,
    /// Load average over one minute.
    pub load: f64,
    /// Memory available to new processes, in bytes.
    pub memory_free: u64,
    /// Server processes allowed at a time.
    pub capacity: u32,
    /// Server processes running now.
    pub servers: u32,
    /// The classes installed.
    pub classes: Vec<ClassAdvert>,
}

/// A class installed on a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassAdvert {
    /// The class's name.
    pub class: String,
    /// BLAKE3 of its binary, in hex.
    pub hash: String,
}

/// A server, running or not; durable, under [`super::keys::server`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerRecord {
    /// The UUID, which survives restore and migration.
    pub uuid: String,
    /// The class.
    pub class: String,
    /// The name, unique within the class.
    pub name: String,
    /// `periodic` or `replies`.
    pub durability: String,
    /// The host it was last known to run on.
    pub host: String,
    /// BLAKE3 of the binary it runs, in hex; empty when it was not started by a remex.
    pub hash: String,
    /// Interval of automatic checkpoints in milliseconds; 0: none.
    pub interval_ms: u32,
}

impl ServerRecord {
    /// `class/name`, as users write it.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.class, self.name)
    }
}

/// The execution token of a server; durable, under [`super::keys::token`]. Who it names may run the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Grows by one each time execution passes to another process.
    pub epoch: u64,
    /// The process that may run the server: unique for each process start.
    pub holder: String,
    /// The host of that process.
    pub host: String,
}

/// Says that the holder of a token is alive; leased, under [`super::keys::holder`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The process.
    pub process: String,
    /// Its host.
    pub host: String,
    /// The epoch of its token.
    pub epoch: u64,
}

/// Where a server serves now; leased, under [`super::keys::binding`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// `http://host:port`.
    pub address: String,
    /// The epoch that serves there.
    pub epoch: u64,
}

/// Where the checkpoints of a class go; leased, under [`super::keys::checkpoint_server`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointServerAdvert {
    /// `http://host:port`.
    pub address: String,
    /// Its host.
    pub host: String,
    /// Where it keeps them, as given to it.
    pub store: String,
}
