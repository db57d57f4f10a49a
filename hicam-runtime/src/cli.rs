//! What `#[hicam::main]` calls: the command line of a class's binary.

use crate::server::{Conformist, Durability, Role, Server, ServerOptions};
use anyhow::Context as _;
use checkpoint_server::{
    ClassCheck, Mismatch,
    cli::CheckpointServerArgs,
    logging::{self, LogArgs, LogFormat},
};
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use hicam_state::{Checkpoint, ClassSchema};
use std::{io::Write as _, path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

/// What the attribute says: `#[hicam::main(Bank, durability = "replies", interval = "1s")]`.
#[derive(Clone, Copy, Debug, Default)]
pub struct MainOptions {
    /// When a reply may leave.
    pub durability: Durability,
    /// Interval of automatic checkpoints; zero for none.
    pub interval: Option<Duration>,
}

#[derive(Parser)]
#[command(version, about = "A HiCaM server class", subcommand_required = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    logs: LogArgs,
}

#[derive(Subcommand)]
enum Command {
    /// Run a server of this class
    Serve(ServeArgs),
    /// Run the checkpoint server of this class
    CheckpointServer(CheckpointServerArgs),
    /// Print the schema of this class's state as JSON
    Schema,
    /// Say whether this build can go on from a checkpoint; prints what does not fit as JSON
    Check(CheckArgs),
}

#[derive(Args)]
struct CheckArgs {
    /// File with the checkpoint, as `miman show SERVER --save FILE` writes it; - for standard input
    #[arg(value_name = "FILE")]
    checkpoint: PathBuf,
}

#[derive(Args)]
struct ServeArgs {
    /// Address to listen on; port 0 lets the system choose one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: String,
    /// Allow an address that other machines can reach, without encryption or authentication
    #[arg(long)]
    insecure_listen: bool,
    /// Register as CLASS/NAME in the name service and serve at once
    #[arg(long, value_name = "NAME", conflicts_with = "standby")]
    name: Option<String>,
    /// Wait for the management service to say which server this process is
    #[arg(long)]
    standby: bool,
    /// The name service: comma-separated etcd endpoints, such as http://127.0.0.1:2379
    #[arg(long, env = "HICAM_ETCD", value_name = "ENDPOINTS")]
    etcd: Option<String>,
    /// The checkpoint server, if it is not to be found in the name service
    #[arg(long, env = "HICAM_CHECKPOINT_SERVER", value_name = "URL")]
    checkpoint_server: Option<String>,
    /// Name of this host
    #[arg(long, env = "HICAM_HOST", value_name = "HOST")]
    host: Option<String>,
    /// Unique id of this start of the process
    #[arg(long, env = "HICAM_PROCESS", value_name = "ID", hide = true)]
    process: Option<String>,
    /// The remex to tell where this process listens
    #[arg(long, env = "HICAM_REPORT_TO", value_name = "URL", hide = true)]
    report_to: Option<String>,
    /// Interval of automatic checkpoints: 500ms, 10s, 2m; 0s for none [default: the program's own]
    #[arg(long, env = "HICAM_INTERVAL", value_name = "TIME", value_parser = parse_duration)]
    interval: Option<Duration>,
    /// How long a capture waits for calls to reach a migration point
    #[arg(long, env = "HICAM_QUIESCE", value_name = "TIME", value_parser = parse_duration,
          default_value = "10s")]
    quiesce: Duration,
    /// Time to live of this server's lease in the name service
    #[arg(long, env = "HICAM_LEASE", value_name = "TIME", value_parser = parse_duration,
          default_value = "5s")]
    lease: Duration,
    /// How long a client may be silent before it is forgotten, with the answers kept for it; 0s for ever
    #[arg(long, env = "HICAM_FORGET_CLIENTS", value_name = "TIME", value_parser = parse_duration,
          default_value = "1h")]
    forget_clients: Duration,
}

/// Runs the binary of class `T`: `serve`, `checkpoint-server`, `schema` or `check`.
///
/// Errors go to standard error and give a non-zero exit status.
pub fn run_main<T, F, R, E>(options: MainOptions, user_main: F) -> ExitCode
where
    T: Conformist,
    F: FnOnce(Server<T>) -> R,
    R: Future<Output = Result<(), E>>,
    E: Into<anyhow::Error>,
{
    let command = Cli::command().name(T::CLASS);
    let matches = match command.try_get_matches() {
        Ok(matches) => matches,
        // Help and version are "errors" too: clap knows which stream and exit status each has.
        Err(error) => error.exit(),
    };
    let result = Cli::from_arg_matches(&matches)
        .map_err(anyhow::Error::from)
        .and_then(|cli| match cli.command {
            Command::Schema => print_schema(&T::schema()),
            Command::CheckpointServer(args) => {
                block_on(cli.logs.log, checkpoint_server(T::schema(), args))
            }
            Command::Check(args) => {
                let options = ServerOptions {
                    role: Role::Check(args.checkpoint),
                    ..ServerOptions::default()
                };
                let server = Server::<T>::new(options);
                let run = async { user_main(server).await.map_err(Into::into) };
                block_on(cli.logs.log, run)
            }
            Command::Serve(args) => {
                let server = Server::<T>::new(server_options(options, args));
                let run = async { user_main(server).await.map_err(Into::into) };
                block_on(cli.logs.log, run)
            }
        });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to tell when standard error is closed.
            let words = checkpoint_server::chain(error.as_ref());
            let _ = writeln!(std::io::stderr(), "{}: {words}", T::CLASS);
            ExitCode::FAILURE
        }
    }
}

fn block_on(log: LogFormat, work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    logging::start(log);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the asynchronous runtime")?;
    let result = runtime.block_on(work);
    // A call that computes without an await in between must not keep the process alive.
    runtime.shutdown_background();
    result
}

fn server_options(main: MainOptions, args: ServeArgs) -> ServerOptions {
    let role = match (args.name, args.standby) {
        (Some(name), _) => Role::Named(name),
        (None, true) => Role::Standby,
        (None, false) => Role::Alone,
    };
    let defaults = ServerOptions::default();
    ServerOptions {
        listen: args.listen,
        insecure_listen: args.insecure_listen,
        etcd: args.etcd,
        role,
        host: args.host.unwrap_or_else(host_name),
        process: args.process.unwrap_or(defaults.process),
        report_to: args.report_to,
        checkpoint_server: args.checkpoint_server,
        durability: main.durability,
        interval: args.interval.or(main.interval).unwrap_or(defaults.interval),
        quiesce: args.quiesce,
        lease: args.lease,
        forget_clients: args.forget_clients,
    }
}

fn host_name() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map(|name| name.trim().to_owned())
        .ok()
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "localhost".to_owned())
}

/// `500ms`, `10s`, `2m`, `1h`.
fn parse_duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|char: char| char.is_ascii_alphabetic());
    let number: Option<u64> = digits.parse().ok();
    let duration = number.and_then(|number| match &text[digits.len()..] {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" => number.checked_mul(60).map(Duration::from_secs),
        "h" => number.checked_mul(3600).map(Duration::from_secs),
        _ => None,
    });
    duration.ok_or_else(|| format!("`{text}` is not a time: write 500ms, 10s, 2m or 1h"))
}

fn print_schema(schema: &ClassSchema) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &schema.to_json())
        .context("the schema cannot be written")?;
    writeln!(out).context("the schema cannot be written")
}

struct SchemaCheck(ClassSchema);

impl ClassCheck for SchemaCheck {
    fn class(&self) -> &str {
        &self.0.class
    }

    fn schema_fingerprint(&self) -> String {
        self.0.fingerprint()
    }

    fn check(&self, checkpoint: &Checkpoint) -> Result<(), Mismatch> {
        // What another build has captured is that build's to restore.
        if checkpoint.class == self.0.class
            && checkpoint.schema_fingerprint != self.schema_fingerprint()
        {
            return Ok(());
        }
        self.0.check(checkpoint).map_err(Mismatch::new)
    }
}

async fn checkpoint_server(schema: ClassSchema, args: CheckpointServerArgs) -> anyhow::Result<()> {
    let check: Arc<dyn ClassCheck> = Arc::new(SchemaCheck(schema));
    checkpoint_server::cli::run(args, Some(check)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn times_have_units() {
        assert_eq!(parse_duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(parse_duration("2m"), Ok(Duration::from_secs(120)));
        for wrong in ["", "5", "s", "-1s", "1.5s", "9999999999999999999h"] {
            assert!(parse_duration(wrong).is_err(), "{wrong}");
        }
    }
}
