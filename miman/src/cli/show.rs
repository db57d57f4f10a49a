//! The tables: which columns each command prints.

use std::time::{Duration, SystemTime};

use comfy_table::Table;

use super::output::table;
use crate::{
    ClusterFile, DaemonStopped, show_interval,
    view::{
        Check, Checkpoint, CheckpointServer, CheckpointTaken, Deployment, Host, Installed,
        Interval, Migration, Server, Started, Stopped, Thread,
    },
};

const NONE: &str = "-";

pub(super) fn cluster(cluster: &ClusterFile) -> Table {
    table(
        &["HOST", "ADDRESS", "PID", "DIRECTORY"],
        cluster.hosts.iter().map(|host| {
            vec![
                host.host.clone(),
                host.address.clone(),
                host.process.pid.to_string(),
                host.directory.display().to_string(),
            ]
        }),
    )
}

pub(super) fn down(stopped: &[DaemonStopped]) -> Table {
    table(
        &["HOST", "OUTCOME"],
        stopped
            .iter()
            .map(|daemon| vec![daemon.host.clone(), daemon.outcome.clone()]),
    )
}

pub(super) fn hosts(hosts: &[Host]) -> Table {
    table(
        &[
            "HOST", "STATE", "ARCH", "OS", "CORES", "LOAD", "FREE", "SERVERS", "CLASSES", "ADDRESS",
        ],
        hosts.iter().map(|host| {
            let mut classes: Vec<_> = host
                .classes
                .iter()
                .map(|installed| installed.class.as_str())
                .collect();
            classes.sort_unstable();
            classes.dedup();
            vec![
                host.host.clone(),
                host.state.clone(),
                host.arch.clone(),
                host.os.clone(),
                host.cores.to_string(),
                format!("{:.2}", host.load),
                bytes(host.memory_free),
                format!("{}/{}", host.servers, host.capacity),
                or_none(&classes.join(",")),
                host.address.clone(),
            ]
        }),
    )
}

pub(super) fn servers(servers: &[Server]) -> Table {
    table(
        &[
            "SERVER",
            "HOST",
            "EPOCH",
            "PHASE",
            "THREADS",
            "CHECKPOINT",
            "INTERVAL",
            "DURABILITY",
            "ADDRESS",
            "UUID",
        ],
        servers.iter().map(|server| {
            vec![
                server.server.clone(),
                or_none(&server.host),
                server.epoch.to_string(),
                server.phase.clone(),
                server.threads.map_or(NONE.to_owned(), |n| n.to_string()),
                server
                    .last_checkpoint
                    .map_or(NONE.to_owned(), |n| n.to_string()),
                show_interval(server.interval_ms),
                or_none(&server.durability),
                server.address.clone().unwrap_or_else(|| NONE.to_owned()),
                server.uuid.clone(),
            ]
        }),
    )
}

pub(super) fn installed(installed: &Installed) -> Table {
    table(
        &["CLASS", "HOST", "OUTCOME", "BYTES", "HASH"],
        installed.hosts.iter().map(|host| {
            vec![
                installed.class.clone(),
                host.host.clone(),
                host.outcome.clone(),
                bytes(installed.bytes),
                short(&installed.hash),
            ]
        }),
    )
}

pub(super) fn started(started: &Started) -> Table {
    table(
        &[
            "SERVER",
            "UUID",
            "HOST",
            "ADDRESS",
            "EPOCH",
            "DURABILITY",
            "INTERVAL",
        ],
        [started_row(started)],
    )
}

pub(super) fn check(check: &Check) -> Table {
    if check.fits {
        let row = vec![
            check.class.clone(),
            check.sequence.to_string(),
            check.threads.to_string(),
            "fits".to_owned(),
        ];
        return table(&["CLASS", "CHECKPOINT", "CALLS", "OUTCOME"], [row]);
    }
    let differences = check.differences.iter().map(|difference| {
        vec![
            difference.path.clone(),
            difference.here.clone(),
            difference.captured.clone(),
            difference.advice.clone(),
        ]
    });
    let problems = check.problems.iter().map(|problem| {
        let none = || NONE.to_owned();
        vec![problem.clone(), none(), none(), none()]
    });
    table(
        &["WHERE", "THIS BUILD", "CAPTURED", "ADVICE"],
        differences.chain(problems),
    )
}

pub(super) fn deployment(deployment: &Deployment) -> Table {
    let mut row = started_row(&deployment.started);
    row.push(format!(
        "{} on {}",
        deployment.checkpoint_server.store, deployment.checkpoint_server.host
    ));
    table(
        &[
            "SERVER",
            "UUID",
            "HOST",
            "ADDRESS",
            "EPOCH",
            "DURABILITY",
            "INTERVAL",
            "CHECKPOINTS",
        ],
        [row],
    )
}

fn started_row(started: &Started) -> Vec<String> {
    vec![
        started.server.clone(),
        started.uuid.clone(),
        started.host.clone(),
        started.address.clone(),
        started.epoch.to_string(),
        or_none(&started.durability),
        show_interval(started.interval_ms),
    ]
}

pub(super) fn checkpoint_server(server: &CheckpointServer) -> Table {
    table(
        &["CLASS", "HOST", "ADDRESS", "STORE", "WAS RUNNING"],
        [vec![
            server.class.clone(),
            server.host.clone(),
            server.address.clone(),
            or_none(&server.store),
            if server.already_running { "yes" } else { "no" }.to_owned(),
        ]],
    )
}

pub(super) fn stopped(stopped: &Stopped) -> Table {
    table(
        &["SERVER", "UUID", "HOST", "EXIT", "FORGOTTEN"],
        [vec![
            stopped.server.clone(),
            stopped.uuid.clone(),
            or_none(&stopped.host),
            or_none(&stopped.exit),
            if stopped.forgotten { "yes" } else { "no" }.to_owned(),
        ]],
    )
}

pub(super) fn threads(threads: &[Thread]) -> Table {
    table(
        &["CLIENT", "REQUEST", "METHOD", "RUNNING", "STATE", "STACK"],
        threads.iter().map(|thread| {
            let client = if thread.task {
                "(task)".to_owned()
            } else {
                or_none(&thread.client)
            };
            vec![
                client,
                thread.request.to_string(),
                thread.method.clone(),
                micros(thread.running_ms.saturating_mul(1000)),
                thread.state.clone(),
                or_none(&thread.stack.join(" > ")),
            ]
        }),
    )
}

pub(super) fn taken(taken: &CheckpointTaken) -> Table {
    table(
        &["SERVER", "SEQUENCE", "BYTES", "THREADS", "PAUSE", "STABLE"],
        [vec![
            taken.server.clone(),
            taken.sequence.to_string(),
            taken.bytes.to_string(),
            taken.threads.to_string(),
            micros(taken.pause_us),
            micros(taken.stable_us),
        ]],
    )
}

pub(super) fn checkpoints(checkpoints: &[Checkpoint]) -> Table {
    table(
        &[
            "SERVER", "SEQUENCE", "EPOCH", "BYTES", "THREADS", "AGE", "HOST", "ARCH", "CHECKSUM",
        ],
        checkpoints.iter().map(|checkpoint| {
            vec![
                checkpoint.server.clone(),
                checkpoint.sequence.to_string(),
                checkpoint.epoch.to_string(),
                checkpoint.bytes.to_string(),
                checkpoint.threads.to_string(),
                age(checkpoint.taken_unix_ms),
                or_none(&checkpoint.host),
                checkpoint.arch.clone(),
                short(&checkpoint.checksum),
            ]
        }),
    )
}

pub(super) fn interval(interval: &Interval) -> Table {
    table(
        &["SERVER", "INTERVAL"],
        [vec![
            interval.server.clone(),
            show_interval(interval.interval_ms),
        ]],
    )
}

pub(super) fn migration(migration: &Migration) -> Table {
    table(
        &[
            "SERVER", "FROM", "TO", "EPOCH", "BYTES", "THREADS", "PAUSE", "QUIESCE", "TRANSFER",
            "COMMIT", "TOTAL",
        ],
        [vec![
            migration.server.clone(),
            migration.from.clone(),
            migration.to.clone(),
            migration.epoch.to_string(),
            migration.bytes.to_string(),
            migration.threads.to_string(),
            micros(migration.pause_us),
            micros(migration.quiesce_us),
            micros(migration.transfer_us),
            micros(migration.commit_us),
            micros(migration.total_us),
        ]],
    )
}

fn or_none(text: &str) -> String {
    if text.is_empty() { NONE } else { text }.to_owned()
}

fn short(hash: &str) -> String {
    hash.chars().take(12).collect()
}

fn micros(us: u64) -> String {
    let duration = Duration::from_micros(us);
    match us {
        0..1_000 => format!("{us}us"),
        1_000..10_000_000 => format!("{:.1}ms", duration.as_secs_f64() * 1000.0),
        _ => format!("{:.1}s", duration.as_secs_f64()),
    }
}

fn bytes(bytes: u64) -> String {
    indicatif::BinaryBytes(bytes).to_string().replace(' ', "")
}

fn age(taken_unix_ms: u64) -> String {
    let taken = SystemTime::UNIX_EPOCH + Duration::from_millis(taken_unix_ms);
    let seconds = taken.elapsed().unwrap_or_default().as_secs();
    match seconds {
        0..120 => format!("{seconds}s"),
        120..7_200 => format!("{}m", seconds / 60),
        7_200..172_800 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}
