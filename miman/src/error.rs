//! What can go wrong between a command and its effect, each with what to do about it.

use std::path::PathBuf;

/// The result of every operation of this library.
pub type Result<T, E = MimanError> = std::result::Result<T, E>;

/// Why an operation could not be carried out.
///
/// Its `Display` is one line that says what happened, to what, and what to do. [`MimanError::is_retryable`] says
/// whether the same operation can succeed later without anything else being changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MimanError {
    /// Neither a setting nor a cluster file says where the name service is.
    #[error(
        "no cluster is known here: {} does not exist; run `miman up`, or give the name service with --etcd or HICAM_ETCD",
        .path.display()
    )]
    NoCluster {
        /// The cluster file that was looked for.
        path: PathBuf,
    },
    /// There is no cluster of this machine to end.
    #[error("no cluster is up here: {} does not exist; `miman up` starts one", .path.display())]
    NothingUp {
        /// The cluster file that was looked for.
        path: PathBuf,
    },
    /// A second cluster was asked for while one is up.
    #[error("a cluster is up already ({}); `miman down` ends it", .path.display())]
    ClusterIsUp {
        /// The cluster file of the one that is up.
        path: PathBuf,
    },
    /// The cluster file is not one.
    #[error("{} is not a cluster file ({cause}); delete it and run `miman up`", .path.display())]
    ClusterFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// There is no home directory to keep the cluster file in.
    #[error(
        "there is no home directory to keep the cluster file in; set HICAM_HOME to a directory"
    )]
    NoHome,
    /// A file or directory could not be used.
    #[error("cannot {action} {}: {cause}", .path.display())]
    File {
        /// What was being done: `read`, `write`, `create`.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the operating system says.
        cause: std::io::Error,
    },
    /// The name service does not answer.
    #[error("no name service at {endpoints}; is `miman up` running?")]
    NameServiceDown {
        /// The endpoints that were tried, comma-separated.
        endpoints: String,
        /// What was met.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The name service answered with an error.
    #[error("{cause}")]
    NameService {
        /// What it says.
        cause: String,
        /// Whether it may succeed later.
        retryable: bool,
    },
    /// No server has this name, UUID or class.
    #[error("no server `{server}`; `miman servers` lists them")]
    UnknownServer {
        /// As it was given.
        server: String,
    },
    /// A class was given where it has several servers.
    #[error("class `{class}` has several servers ({}); name one of them", .servers.join(", "))]
    AmbiguousServer {
        /// As it was given.
        class: String,
        /// `class/name` of each.
        servers: Vec<String>,
    },
    /// A server of this name exists.
    #[error(
        "a server `{server}` exists already ({uuid}); choose another name, or remove it with `miman stop {server} --forget`"
    )]
    NameTaken {
        /// Its `class/name`.
        server: String,
        /// Its UUID.
        uuid: String,
    },
    /// A server of this name exists, but no process runs it.
    #[error(
        "a server `{server}` exists already and is down; `miman restore {server}` continues it, `miman stop {server} --forget` forgets it"
    )]
    NameTakenByDown {
        /// Its `class/name`.
        server: String,
    },
    /// No host of this name is advertised.
    #[error("no host `{host}`; {}", known_hosts(.known))]
    UnknownHost {
        /// As it was given.
        host: String,
        /// The hosts there are.
        known: Vec<String>,
    },
    /// No host is advertised at all.
    #[error("no host is up; `miman up` starts some, and each other host needs its `remex` daemon")]
    NoHosts,
    /// A host has as many servers as it takes.
    #[error(
        "host `{host}` is full: it runs {servers} of at most {capacity} servers; choose another with `miman hosts`, or stop a server there"
    )]
    HostFull {
        /// The host.
        host: String,
        /// How many it runs.
        servers: u32,
        /// How many it may run.
        capacity: u32,
    },
    /// Every host has as many servers as it takes.
    #[error("every host is full; stop a server, or add a host (`miman hosts` shows them)")]
    AllHostsFull,
    /// The class has not been installed where it is needed.
    #[error("class `{class}` is not installed on {}; run `miman deploy BINARY`, or `miman install BINARY` for the binary alone", on_host(.host))]
    ClassNotInstalled {
        /// The class.
        class: String,
        /// The host that lacks it; none: no host has it.
        host: Option<String>,
    },
    /// The server runs on that host already.
    #[error(
        "server `{server}` runs on host `{host}` already; choose another host (`miman hosts` lists them)"
    )]
    AlreadyThere {
        /// The server.
        server: String,
        /// The host.
        host: String,
    },
    /// No process runs the server.
    #[error(
        "server `{server}` is down: no process holds its execution token; `miman restore {server}` continues it from its last checkpoint"
    )]
    ServerDown {
        /// The server.
        server: String,
    },
    /// A process runs the server.
    #[error(
        "server `{server}` is alive on host `{host}`; `miman migrate {server} HOST` moves it, `miman stop {server}` stops it"
    )]
    ServerAlive {
        /// The server.
        server: String,
        /// Where it runs.
        host: String,
    },
    /// A process holds the server's token but cannot be asked.
    #[error(
        "server `{server}` does not answer: process {process} on host `{host}` holds its execution token but advertises no address; try again, and see `miman servers`"
    )]
    ServerSilent {
        /// The server.
        server: String,
        /// The host of the token's holder.
        host: String,
        /// The token's holder.
        process: String,
    },
    /// No checkpoint server runs for the class.
    #[error(
        "no checkpoint server runs for class `{class}`; `miman checkpoint-server {class}` starts one (--store says where the checkpoints are)"
    )]
    NoCheckpointServer {
        /// The class.
        class: String,
    },
    /// The class has a checkpoint server, which keeps its checkpoints somewhere else.
    #[error(
        "class `{class}` has a checkpoint server on host `{host}` already, which stores in {store}; leave --store out, or stop that one first"
    )]
    OtherStore {
        /// The class.
        class: String,
        /// The host that runs the checkpoint server.
        host: String,
        /// Where that one stores.
        store: String,
    },
    /// There is no checkpoint to use.
    #[error("server `{server}` has no {}; `miman checkpoints {server}` lists what there is", which_checkpoint(*.sequence))]
    NoCheckpoint {
        /// The server.
        server: String,
        /// The sequence number asked for; 0: the last one.
        sequence: u64,
    },
    /// The file to deploy cannot be executed.
    #[error("{} is not an executable file: {cause}; give the binary that `cargo build` wrote, such as target/release/bank", .path.display())]
    NotExecutable {
        /// The file.
        path: PathBuf,
        /// Why not.
        cause: String,
    },
    /// The file to deploy can be executed, but is not a class.
    #[error("{} is not the binary of a HiCaM class: `schema` {cause}; its `main` needs #[hicam::main(…)]", .path.display())]
    NotAClass {
        /// The file.
        path: PathBuf,
        /// What it did when asked for its schema.
        cause: String,
    },
    /// The file to deploy is for another processor than the hosts that were to execute it.
    #[error("{} is {format}, which cannot run on {hosts}; give the binary that is built for that processor", .path.display())]
    OtherProcessor {
        /// The file.
        path: PathBuf,
        /// What it is, as its header says.
        format: String,
        /// The hosts with their processors.
        hosts: String,
    },
    /// The file to deploy is of another class than said.
    #[error("{} is a binary of class `{found}`, not of class `{wanted}`; give the right binary, or leave --class out", .path.display())]
    OtherClass {
        /// The file.
        path: PathBuf,
        /// The class it says it is.
        found: String,
        /// The class that was asked for.
        wanted: String,
    },
    /// The `remex` daemon's program is missing.
    #[error("there is no `remex` at {}; build it with `cargo build -p remex`, or say where it is with --remex or HICAM_REMEX", .path.display())]
    NoRemex {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A daemon did not come up.
    #[error("host `{host}` did not come up: {cause}; its log is {}", .log.display())]
    HostFailed {
        /// The host.
        host: String,
        /// What happened, with the log's last line.
        cause: String,
        /// The daemon's log.
        log: PathBuf,
    },
    /// A daemon ended by itself, and the cluster cannot go on without it.
    #[error("host `{host}` has ended ({cause}), so the cluster ends; its log is {}", .log.display())]
    HostEnded {
        /// The host.
        host: String,
        /// Its exit status, with the log's last line.
        cause: String,
        /// The daemon's log.
        log: PathBuf,
    },
    /// A host name that cannot be used.
    #[error("`{name}` cannot be a host's name: {cause}")]
    BadHostName {
        /// As it was given.
        name: String,
        /// Why not.
        cause: &'static str,
    },
    /// A part of the cluster cannot be reached.
    #[error(
        "{part} at {address} cannot be reached; `miman hosts` and `miman servers` show what is up"
    )]
    Unreachable {
        /// Which part: host `…`, server `…`, checkpoint server of class `…`.
        part: String,
        /// Its address.
        address: String,
        /// What was met.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A part of the cluster was reached and refused, or failed.
    #[error("{action}: {message}")]
    Remote {
        /// What was being done, to what.
        action: String,
        /// What the remote part says.
        message: String,
        /// Whether it may succeed later.
        retryable: bool,
    },
    /// Something did not happen in time.
    #[error("{what} did not happen within {} s; try again, and see `miman hosts` and `miman servers`", .seconds)]
    TimedOut {
        /// What was waited for.
        what: String,
        /// How long.
        seconds: u64,
    },
}

impl MimanError {
    /// Whether the same operation can succeed later, with nothing changed by the caller.
    ///
    /// ```
    /// use miman::MimanError;
    /// assert!(!MimanError::UnknownServer { server: "x".to_owned() }.is_retryable());
    /// assert!(MimanError::NoHosts.is_retryable());
    /// ```
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::NameServiceDown { .. }
            | Self::NoHosts
            | Self::HostFull { .. }
            | Self::AllHostsFull
            | Self::ServerSilent { .. }
            | Self::Unreachable { .. }
            | Self::TimedOut { .. } => true,
            Self::NameService { retryable, .. } | Self::Remote { retryable, .. } => *retryable,
            _ => false,
        }
    }
}

fn known_hosts(known: &[String]) -> String {
    if known.is_empty() {
        "none is up (`miman up` starts some)".to_owned()
    } else {
        format!("there are {} (`miman hosts` shows them)", known.join(", "))
    }
}

fn on_host(host: &Option<String>) -> String {
    host.as_ref()
        .map_or_else(|| "any host".to_owned(), |host| format!("host `{host}`"))
}

fn which_checkpoint(sequence: u64) -> String {
    if sequence == 0 {
        "stable checkpoint".to_owned()
    } else {
        format!("checkpoint {sequence}")
    }
}
