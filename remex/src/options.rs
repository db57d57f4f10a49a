//! The settings of one daemon.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

/// Where the daemon finds the name service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameServiceOption {
    /// An etcd v3 cluster, or another daemon's embedded name service: comma-separated endpoints.
    Etcd(String),
    /// This daemon hosts the embedded name service at this address (port 0: any free one).
    Embedded(SocketAddr),
}

/// The settings of one daemon.
///
/// # Examples
///
/// ```
/// use remex::{NameServiceOption, Options};
///
/// let mut options = Options::new("alpha", "/var/lib/hicam/alpha");
/// options.name_service = NameServiceOption::Etcd("http://127.0.0.1:2379".into());
/// options.capacity = 8;
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    /// The name of the host, unique in the cluster.
    pub host: String,
    /// The address to listen on; port 0 takes any free one. Server processes listen on the same IP address.
    pub listen: SocketAddr,
    /// Whether an address that is not loopback is allowed, although nothing is encrypted or authenticated.
    pub insecure_listen: bool,
    /// The directory for installed classes, logs and checkpoints.
    pub dir: PathBuf,
    /// The name service.
    pub name_service: NameServiceOption,
    /// How many server processes may run at the same time. Checkpoint servers do not count.
    pub capacity: u32,
    /// A program and its arguments that executes each binary of a class, which follow: such as `nice -n 5`, or an
    /// emulator where this daemon itself is emulated. It must become the binary, or pass signals on and end with it. None
    /// if empty.
    pub launcher: Vec<String>,
    /// The times that the daemon waits and the intervals that it keeps.
    pub timing: Timing,
}

impl Options {
    /// Settings for host `host` in directory `dir`: loopback, any port, embedded name service, 32 servers.
    pub fn new(host: impl Into<String>, dir: impl Into<PathBuf>) -> Self {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            host: host.into(),
            listen: loopback,
            insecure_listen: false,
            dir: dir.into(),
            name_service: NameServiceOption::Embedded(loopback),
            capacity: 32,
            launcher: Vec::new(),
            timing: Timing::default(),
        }
    }
}

/// How long the daemon waits for what, and how often it does what.
#[derive(Clone, Debug)]
pub struct Timing {
    /// Life of the host's lease: after this time without a sign of life the host counts as dead.
    pub lease: Duration,
    /// Interval between two adverts of the host.
    pub advert: Duration,
    /// For a process from its start until it reports that it is ready.
    pub ready: Duration,
    /// For a binary to print its schema.
    pub schema: Duration,
    /// For a connection to another process or daemon.
    pub connect: Duration,
    /// For a short question to another process, such as what it is.
    pub question: Duration,
    /// For a server to take in fresh or restored state.
    pub start: Duration,
    /// For a server to make its final checkpoint and exit.
    pub stop: Duration,
    /// For a destination to install what is missing and prepare a process.
    pub prepare: Duration,
    /// For everything that the source process does in a migration, beyond its quiesce deadline.
    pub migrate: Duration,
    /// After this time a prepared process that does not hold the token is discarded.
    pub standby: Duration,
    /// For the lease of a silent holder to run out before a restore is refused.
    pub holder: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(10),
            advert: Duration::from_secs(2),
            ready: Duration::from_secs(30),
            schema: Duration::from_secs(20),
            connect: Duration::from_secs(3),
            question: Duration::from_secs(3),
            start: Duration::from_secs(120),
            stop: Duration::from_secs(30),
            prepare: Duration::from_secs(120),
            migrate: Duration::from_secs(300),
            standby: Duration::from_secs(600),
            holder: Duration::from_secs(15),
        }
    }
}
