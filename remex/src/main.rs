//! The command line of the daemon.

use std::{
    io::{IsTerminal as _, Write as _},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Context as _;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, parser::ValueSource};
use remex::{Daemon, Handle, NameServiceOption, Options, chain};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// The HiCaM daemon of one host: starts, watches and migrates servers.
#[derive(Debug, Parser)]
#[command(name = "remex", version)]
struct Arguments {
    /// Name of this host, unique in the cluster [default: the system's host name]
    #[arg(long, env = "HICAM_HOST", value_name = "NAME")]
    host: Option<String>,

    /// Address to listen on, for the daemon and the servers it starts; port 0 takes any free one
    #[arg(long, env = "HICAM_LISTEN", value_name = "IP:PORT", default_value = "127.0.0.1:0", value_parser = address)]
    listen: SocketAddr,

    /// Allow an address that other machines can reach, although nothing is encrypted or authenticated
    #[arg(long, env = "HICAM_INSECURE_LISTEN", value_parser = clap::builder::BoolishValueParser::new(), action = clap::ArgAction::SetTrue)]
    insecure_listen: bool,

    /// Directory for classes, logs and checkpoints [default: HICAM_HOME/NAME, or ~/.hicam/NAME]
    #[arg(long, env = "HICAM_DIR", value_name = "DIR")]
    dir: Option<PathBuf>,

    /// Name service: endpoints of an etcd, or of another daemon's embedded name service, comma-separated
    #[arg(long, env = "HICAM_ETCD", value_name = "URLS")]
    etcd: Option<String>,

    /// Host the embedded name service here, at this address; its records last as long as this daemon
    #[arg(long, env = "HICAM_NAME_SERVICE", value_name = "IP:PORT", value_parser = address)]
    name_service: Option<SocketAddr>,

    /// Server processes that may run at the same time
    #[arg(long, env = "HICAM_CAPACITY", value_name = "N", default_value_t = 32)]
    capacity: u32,

    /// Program that executes the binaries of classes, with its arguments, separated by spaces: such as `nice -n 5`
    #[arg(
        long,
        env = "HICAM_LAUNCHER",
        value_name = "COMMAND",
        default_value = ""
    )]
    launcher: String,

    /// How logs are written to the standard error; what is logged is chosen by RUST_LOG, such as `debug`
    #[arg(long, env = "HICAM_LOG", value_name = "FORMAT", value_enum, default_value_t = LogFormat::Text)]
    log: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum LogFormat {
    /// For reading
    Text,
    /// One JSON object a line
    Json,
}

fn address(text: &str) -> Result<SocketAddr, hicam_protocol::transport::TransportError> {
    // Only the form is looked at here; whether the address is allowed is decided when it is bound.
    hicam_protocol::transport::check_listen(text, true)
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to tell when standard error is closed.
            let _ = writeln!(std::io::stderr(), "remex: {}", chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    let matches = Arguments::command().get_matches();
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let on_line = |id| matches.value_source(id) == Some(ValueSource::CommandLine);
    let (etcd_on_line, embedded_on_line) = (on_line("etcd"), on_line("name_service"));
    start_logging(arguments.log);
    let options = options(arguments, etcd_on_line, embedded_on_line)?;

    // Before anything is started that would have to be stopped.
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot handle SIGINT")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot handle SIGTERM")?;
    let mut stop = async move || {
        tokio::select! {
            _ = interrupt.recv() => "SIGINT",
            _ = terminate.recv() => "SIGTERM",
        }
    };

    let embedded = matches!(options.name_service, NameServiceOption::Embedded(_));
    let daemon = tokio::select! {
        daemon = Daemon::start(options) => daemon?,
        _ = stop() => return Ok(()),
    };
    announce(&daemon, embedded).context("cannot write to the standard output")?;
    tokio::select! {
        signal = stop() => tracing::info!(signal, "stopping; a second signal stops at once"),
        () = daemon.stopped() => anyhow::bail!("the gRPC server has failed; its log says why"),
    }
    tokio::select! {
        () = daemon.shutdown() => Ok(()),
        signal = stop() => {
            // Dropping the handle kills what is left.
            drop(daemon);
            anyhow::bail!("stopped at once by a second {signal}: servers continue from their last stable checkpoint")
        }
    }
}

fn options(
    arguments: Arguments,
    etcd_on_line: bool,
    embedded_on_line: bool,
) -> anyhow::Result<Options> {
    let host = match arguments.host {
        Some(host) => host,
        None => sysinfo::System::host_name()
            .context("this system has no host name: give --host NAME")?,
    };
    let dir = match arguments.dir {
        Some(dir) => dir,
        None => home()?.join(&host),
    };
    let mut options = Options::new(host, dir);
    options.listen = arguments.listen;
    options.insecure_listen = arguments.insecure_listen;
    options.capacity = arguments.capacity;
    options.launcher = arguments
        .launcher
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    options.name_service = match (arguments.etcd, arguments.name_service) {
        // A flag wins over the environment.
        (Some(_), Some(_)) if etcd_on_line == embedded_on_line => {
            anyhow::bail!(
                "--etcd and --name-service exclude one another: use a name service, or host one"
            )
        }
        (Some(etcd), embedded) if etcd_on_line || embedded.is_none() => {
            NameServiceOption::Etcd(etcd)
        }
        (_, Some(listen)) => NameServiceOption::Embedded(listen),
        _ => anyhow::bail!(
            "no name service: give --etcd http://127.0.0.1:2379, or host one here with --name-service 127.0.0.1:0"
        ),
    };
    Ok(options)
}

fn home() -> anyhow::Result<PathBuf> {
    if let Some(home) = std::env::var_os("HICAM_HOME") {
        return Ok(home.into());
    }
    let home = std::env::home_dir().context("there is no home directory: give --dir DIR")?;
    Ok(home.join(".hicam"))
}

fn announce(daemon: &Handle, embedded: bool) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "host {} listens at {}",
        daemon.host(),
        daemon.address()
    )?;
    if embedded {
        writeln!(out, "the name service listens at {}", daemon.etcd())?;
    }
    out.flush()
}

fn start_logging(format: LogFormat) {
    let filter = EnvFilter::builder()
        .with_default_directive(tracing::level_filters::LevelFilter::INFO.into())
        .from_env_lossy();
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if format == LogFormat::Json {
        logs.json().init();
    } else {
        let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        logs.with_ansi(colours).init();
    }
}
