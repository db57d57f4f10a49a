//! The arguments of each command.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use super::help;
use crate::parse_interval;

/// Manages HiCaM servers: deploys, checkpoints, migrates and restores them.
#[derive(Debug, Parser)]
#[command(name = "miman", version, after_help = help::MAIN, propagate_version = true)]
pub struct Cli {
    /// The settings of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The settings of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// The name service: comma-separated etcd endpoints, such as http://127.0.0.1:2379. Without it, the cluster that
    /// `miman up` started ($HICAM_HOME/cluster.json; HICAM_HOME is ~/.hicam unless set)
    #[arg(
        long,
        help_heading = "Global options",
        global = true,
        value_name = "ENDPOINTS",
        env = "HICAM_ETCD"
    )]
    pub etcd: Option<String>,
    /// Print JSON
    #[arg(long, help_heading = "Global options", global = true)]
    pub json: bool,
    /// Log what is done to standard error (RUST_LOG says more precisely what)
    #[arg(long, short, help_heading = "Global options", global = true)]
    pub verbose: bool,
    /// How logs are written to standard error
    #[arg(
        long,
        help_heading = "Global options",
        global = true,
        env = "HICAM_LOG",
        value_name = "FORMAT",
        value_enum,
        default_value_t
    )]
    pub log: LogFormat,
}

/// In which form logs are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For reading
    #[default]
    Text,
    /// One JSON object a line
    Json,
}

/// An interval of automatic checkpoints; none: off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntervalArg(pub Option<Duration>);

impl std::str::FromStr for IntervalArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        parse_interval(text).map(Self)
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start a cluster on this machine: several hosts, each a remex daemon, with a name service
    #[command(after_help = help::UP)]
    Up(Up),
    /// End the cluster that `miman up` started on this machine
    #[command(after_help = help::DOWN)]
    Down,
    /// List the hosts
    #[command(after_help = help::HOSTS)]
    Hosts,
    /// Install a class's binary on every host it is for and start a server of it, with a checkpoint server for its class
    #[command(after_help = help::DEPLOY)]
    Deploy(Deploy),
    /// Install a class's binary on every host it is for
    #[command(after_help = help::INSTALL)]
    Install(Install),
    /// Start a server of an installed class
    #[command(after_help = help::START)]
    Start(Start),
    /// Start the checkpoint server of an installed class, unless it is running
    #[command(after_help = help::CHECKPOINT_SERVER)]
    CheckpointServer(StartStore),
    /// Stop a server: final checkpoint, then exit; `miman restore` continues it
    #[command(after_help = help::STOP)]
    Stop(Stop),
    /// List the servers, running or not
    #[command(after_help = help::SERVERS)]
    Servers,
    /// List the calls in progress of a server and where each stands
    #[command(after_help = help::THREADS)]
    Threads(Server),
    /// Take a checkpoint of a server now, and wait until it is stable
    #[command(after_help = help::CHECKPOINT)]
    Checkpoint(Server),
    /// List the stored checkpoints of a server, or of all
    #[command(after_help = help::CHECKPOINTS)]
    Checkpoints(Checkpoints),
    /// Show a stored checkpoint as JSON: globals, and the calls in progress with their frames and locals
    #[command(after_help = help::SHOW)]
    Show(Show),
    /// Change the interval of a server's automatic checkpoints
    #[command(after_help = help::INTERVAL)]
    Interval(SetInterval),
    /// Move a running server, with its calls in progress, to another host
    #[command(after_help = help::MIGRATE)]
    Migrate(Migrate),
    /// Move a running server, with its calls in progress, into another build of its class
    #[command(after_help = help::UPGRADE)]
    Upgrade(Upgrade),
    /// Say whether a binary can go on from a checkpoint, and what stands in the way by type, field and function
    #[command(after_help = help::CHECK)]
    Check(Check),
    /// Continue a dead server from its last stable checkpoint
    #[command(after_help = help::RESTORE)]
    Restore(Restore),
    /// Print a shell's completion script
    #[command(after_help = help::COMPLETIONS)]
    Completions(Completions),
    /// Print the manual page, or write those of all commands into a directory
    #[command(after_help = help::MAN)]
    Man(Man),
}

/// Arguments of `up`.
#[derive(Debug, Args)]
pub struct Up {
    /// How many hosts, or their names separated by commas
    #[arg(long, value_name = "N|NAMES", default_value = "2")]
    pub hosts: String,
    /// The directory in which each host has its own [default: $HICAM_HOME/hosts]
    #[arg(long)]
    pub dir: Option<PathBuf>,
    /// How many servers each host may run [default: remex's own]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub capacity: Option<u32>,
    /// The remex program [default: the one beside this program]
    #[arg(long, value_name = "FILE", env = "HICAM_REMEX")]
    pub remex: Option<PathBuf>,
    /// Leave the hosts running in the background; `miman down` ends them
    #[arg(long)]
    pub detach: bool,
}

/// Arguments of `deploy`.
#[derive(Debug, Args)]
pub struct Deploy {
    /// The class's binary
    pub binary: PathBuf,
    /// The class that the binary must say it is
    #[arg(long)]
    pub class: Option<String>,
    /// The server's name, unique within its class
    #[arg(long, default_value = "main")]
    pub name: String,
    /// The host to start it on [default: the one with the least to do]
    #[arg(long)]
    pub host: Option<String>,
    /// The interval of automatic checkpoints: 500ms, 1s, 2m, off [default: the binary's]
    #[arg(long, value_name = "DURATION|off")]
    pub interval: Option<IntervalArg>,
    /// The host of the class's checkpoint server [default: one that the server is not on]
    #[arg(long, value_name = "HOST")]
    pub checkpoint_host: Option<String>,
    /// Where and how the checkpoint server stores.
    #[command(flatten)]
    pub store: Store,
}

/// Where and how a checkpoint server stores.
#[derive(Debug, Args)]
pub struct Store {
    /// Where the checkpoint server keeps checkpoints [default: the host's own directory]
    #[arg(long, value_name = "DIR|s3://…|memory:")]
    pub store: Option<String>,
    /// How many checkpoints of each server are kept [default: the checkpoint server's]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub keep: Option<u32>,
}

/// Arguments of `install`.
#[derive(Debug, Args)]
pub struct Install {
    /// The class's binary
    pub binary: PathBuf,
    /// The class that the binary must say it is
    #[arg(long)]
    pub class: Option<String>,
}

/// Arguments of `start`.
#[derive(Debug, Args)]
pub struct Start {
    /// The class, and the server's name (`main` if left out)
    #[arg(value_name = "CLASS[/NAME]")]
    pub server: String,
    /// The host [default: the one with the least to do]
    #[arg(long)]
    pub host: Option<String>,
    /// The interval of automatic checkpoints: 500ms, 1s, 2m, off [default: the binary's]
    #[arg(long, value_name = "DURATION|off")]
    pub interval: Option<IntervalArg>,
}

/// Arguments of `checkpoint-server`.
#[derive(Debug, Args)]
pub struct StartStore {
    /// The class
    pub class: String,
    /// The host [default: the one with the least to do]
    #[arg(long)]
    pub host: Option<String>,
    /// Where and how it stores.
    #[command(flatten)]
    pub store: Store,
}

/// A server.
#[derive(Debug, Args)]
pub struct Server {
    /// UUID, class/name, or the class if it has exactly one server
    pub server: String,
}

/// Arguments of `stop`.
#[derive(Debug, Args)]
pub struct Stop {
    /// UUID, class/name, or the class if it has exactly one server
    pub server: String,
    /// Take no final checkpoint: what happened since the last one is lost
    #[arg(long)]
    pub discard: bool,
    /// Take no final checkpoint, and forget the server too: its name is free and it cannot be restored
    #[arg(long)]
    pub forget: bool,
    /// Do not ask before a server is forgotten
    #[arg(long, short)]
    pub yes: bool,
}

/// Arguments of `checkpoints`.
#[derive(Debug, Args)]
pub struct Checkpoints {
    /// UUID, class/name, or the class if it has exactly one server [default: all]
    pub server: Option<String>,
}

/// Arguments of `show`.
#[derive(Debug, Args)]
pub struct Show {
    /// UUID, class/name, or the class if it has exactly one server
    pub server: String,
    /// The checkpoint's sequence number [default: the last stable one]
    pub sequence: Option<u64>,
    /// Keep the checkpoint itself in a file, instead of showing it
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
}

/// Arguments of `interval`.
#[derive(Debug, Args)]
pub struct SetInterval {
    /// UUID, class/name, or the class if it has exactly one server
    pub server: String,
    /// 500ms, 1s, 2m, or off
    #[arg(value_name = "DURATION|off")]
    pub interval: IntervalArg,
}

/// Arguments of `migrate`.
#[derive(Debug, Args)]
pub struct Migrate {
    /// UUID, class/name, or the class if it has exactly one server
    pub server: String,
    /// The host to move it to
    pub host: String,
    /// Only say whether the build there can go on with its state; takes a checkpoint
    #[arg(long)]
    pub dry_run: bool,
}

/// Arguments of `upgrade`.
#[derive(Debug, Args)]
pub struct Upgrade {
    /// UUID, class/name, or the class if it has exactly one server
    pub server: String,
    /// The class's binary, such as target/release/bank
    pub binary: PathBuf,
    /// The host to move it to [default: the one it is on]
    #[arg(long)]
    pub host: Option<String>,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// The class's binary, such as target/release/bank
    pub binary: PathBuf,
    /// A file that `miman show SERVER --save FILE` wrote, or SERVER or SERVER@SEQUENCE for a stored checkpoint
    pub checkpoint: String,
}

/// Arguments of `restore`.
#[derive(Debug, Args)]
pub struct Restore {
    /// UUID, class/name, or the class if it has exactly one server
    pub server: String,
    /// The host [default: the one with the least to do]
    #[arg(long)]
    pub host: Option<String>,
    /// The checkpoint's sequence number [default: the last stable one]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub sequence: Option<u64>,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    pub shell: Shell,
}

/// Arguments of `man`.
#[derive(Debug, Args)]
pub struct Man {
    /// Write the pages of all commands into this directory
    #[arg(long)]
    pub dir: Option<PathBuf>,
}
