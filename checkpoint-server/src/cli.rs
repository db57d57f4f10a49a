//! The command line of a checkpoint server: of a class (`bank checkpoint-server`), or for any class.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use hicam_protocol::naming::{CheckpointServerAdvert, NameService};
use hicam_protocol::remex::ReportReadyRequest;
use hicam_protocol::remex::remex_client::RemexClient;
use hicam_protocol::transport;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::advert;
use crate::check::ClassCheck;
use crate::engine::{DEFAULT_KEEP, EngineOptions};
use crate::location::{StoreLocation, install_tls_provider};
use crate::server::{Handle, Options, Service};

/// Attempts to report to the remex that started this process, and the time between them.
const REPORTS: usize = 20;
const REPORT_RETRY: Duration = Duration::from_millis(250);

/// Settings of a checkpoint server.
#[derive(Debug, Clone, clap::Args)]
pub struct CheckpointServerArgs {
    /// Where checkpoints are kept: DIRECTORY, file:DIRECTORY, s3://BUCKET/PREFIX or memory:
    ///
    /// For s3, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set, and AWS_REGION or AWS_ENDPOINT_URL;
    /// HICAM_S3_INSTANCE_METADATA=1 asks the metadata service of a cloud machine for credentials instead.
    /// The store is tried at the start: an object is written, listed and deleted.
    /// [default: checkpoints in $HICAM_HOME, or in ~/.hicam]
    #[arg(long, env = "HICAM_CHECKPOINT_STORE", value_name = "STORE")]
    pub store: Option<String>,

    /// How many of the newest checkpoints are kept for each server; older ones are deleted
    #[arg(long, env = "HICAM_CHECKPOINT_KEEP", value_name = "N", default_value_t = DEFAULT_KEEP,
          value_parser = parse_keep)]
    pub keep: usize,

    /// Address to listen on; port 0 lets the system choose one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub listen: String,

    /// Allow an address that other machines can reach, without encryption or authentication
    #[arg(long)]
    pub insecure_listen: bool,

    /// The name service to advertise in: comma-separated etcd endpoints, such as http://127.0.0.1:2379
    #[arg(long, env = "HICAM_ETCD", value_name = "ENDPOINTS")]
    pub etcd: Option<String>,
}

fn parse_keep(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("at least one checkpoint must be kept".to_owned()),
        Ok(keep) => Ok(keep),
        Err(_) => Err(format!("{text:?} is not a number")),
    }
}

/// Runs a checkpoint server until SIGTERM or SIGINT: the class's own with a check, else one for any class.
///
/// # Errors
/// Says what could not be opened, bound or reached, and what to do.
pub async fn run(
    args: CheckpointServerArgs,
    check: Option<Arc<dyn ClassCheck>>,
) -> anyhow::Result<()> {
    let classes = check.iter().map(|check| check.class().to_owned()).collect();
    run_for(args, check, classes).await
}

/// As [`run`], advertising under the given classes.
///
/// # Errors
/// As [`run`].
pub async fn run_for(
    args: CheckpointServerArgs,
    check: Option<Arc<dyn ClassCheck>>,
    classes: Vec<String>,
) -> anyhow::Result<()> {
    // Taken over first, so that a signal during the start is not lost.
    let mut terminate = signal(SignalKind::terminate()).context("cannot handle SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot handle SIGINT")?;
    install_tls_provider();

    let store = store_location(args.store.as_deref())?;
    let listener = transport::bind(&args.listen, args.insecure_listen).await?;
    let class = classes.join(",");
    let fingerprint = check
        .as_ref()
        .map(|check| check.schema_fingerprint())
        .unwrap_or_default();
    let options = Options {
        engine: EngineOptions {
            keep: args.keep,
            ..EngineOptions::default()
        },
        check,
        ..Options::new(store)
    };
    let server = Service::start(options, listener).await?;

    let stop = CancellationToken::new();
    let advert = match &args.etcd {
        Some(endpoints) => {
            let names = NameService::connect(endpoints).await?;
            let advert = CheckpointServerAdvert {
                address: server.url(),
                host: host_name(),
                store: server.engine().store_name().to_owned(),
            };
            Some(advert::advertise(names, classes, advert, stop.clone()).await?)
        }
        None => None,
    };
    report_ready(&server, class, fingerprint).await?;
    announce(&server)?;

    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        ended = server.stopped() => {
            return Err(anyhow::anyhow!(
                "the checkpoint server ended by itself: {}",
                ended.err().unwrap_or_else(|| "its listener was closed".to_owned())
            ));
        }
    }
    tracing::info!("stopping");
    stop.cancel();
    if let Some(advert) = advert {
        // Nobody is sent here any more once the advert is gone. A panic there has been reported already.
        let _ended = advert.await;
    }
    server.stop().await;
    Ok(())
}

/// The only line on standard output is the address, for scripts.
fn announce(server: &Handle) -> anyhow::Result<()> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", server.url()).context("cannot write to standard output")
}

fn store_location(given: Option<&str>) -> anyhow::Result<StoreLocation> {
    if let Some(given) = given {
        return Ok(given.parse()?);
    }
    let home = std::env::var_os("HICAM_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".hicam")))
        .context("there is no home directory to keep checkpoints in; give --store")?;
    Ok(StoreLocation::Directory(home.join("checkpoints")))
}

/// The name its remex gave the host, else the machine's own.
fn host_name() -> String {
    std::env::var("HICAM_HOST")
        .ok()
        .or_else(|| {
            let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
            Some(name.trim().to_owned())
        })
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "localhost".to_owned())
}

/// Tells the remex that started this process where it listens.
async fn report_ready(server: &Handle, class: String, fingerprint: String) -> anyhow::Result<()> {
    let Ok(remex) = std::env::var("HICAM_REPORT_TO") else {
        return Ok(());
    };
    let report = ReportReadyRequest {
        process: std::env::var("HICAM_PROCESS").unwrap_or_default(),
        address: server.url(),
        pid: std::process::id(),
        class,
        schema_fingerprint: fingerprint,
    };
    let mut client = RemexClient::new(transport::connect_lazy(&remex)?);
    let mut attempt = 1;
    loop {
        match client.report_ready(report.clone()).await {
            Ok(_) => return Ok(()),
            Err(status) if attempt < REPORTS && status.code() == tonic::Code::Unavailable => {
                attempt += 1;
                tokio::time::sleep(REPORT_RETRY).await;
            }
            Err(status) => {
                return Err(status).with_context(|| {
                    format!("cannot report to the remex at {remex} (HICAM_REPORT_TO)")
                });
            }
        }
    }
}
