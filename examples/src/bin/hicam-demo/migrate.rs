//! Moves a server round the hosts while its clients go on, and kills one.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use examples::cluster::{Cluster, Migration};

use crate::tally::Tally;
use examples::measure::Probe;

/// Between two migrations of a server.
const BETWEEN: Duration = Duration::from_millis(250);

/// One migration, as the server and as a client saw it.
#[derive(Debug)]
pub(crate) struct Moved {
    pub(crate) migration: Migration,
    pub(crate) client_pause: Duration,
}

/// Moves a server from host to host until it is back where it was, this many times.
pub(crate) async fn round_and_round(
    cluster: &Cluster,
    server: &str,
    probe: &Probe,
    round_trips: u32,
    tally: &Tally,
) -> anyhow::Result<Vec<Moved>> {
    let mut moves = Vec::new();
    let mut host = cluster.server(server).await?.host;
    for _ in 0..cluster.hosts().len() as u32 * round_trips {
        let other = cluster.next_after(&host)?;
        let began = Instant::now();
        let migration = cluster.migrate(server, other).await?;
        let ended = Instant::now();
        ensure!(
            migration.to == other,
            "{server} is on {} instead of {other}",
            migration.to
        );
        let client_pause = probe.longest(began, ended).await;
        let client_pause = client_pause.with_context(|| format!("{server} after it moved"))?;
        tally.say(format_args!(
            "{server} moved {} → {}: {} threads, {} bytes, pause {:.1} ms",
            migration.from,
            migration.to,
            migration.threads,
            migration.bytes,
            migration.pause_us as f64 / 1000.0
        ));
        host.clone_from(&migration.to);
        moves.push(Moved {
            migration,
            client_pause,
        });
        tokio::time::sleep(BETWEEN).await;
    }
    let threads: u32 = moves.iter().map(|moved| moved.migration.threads).sum();
    ensure!(
        threads > 0,
        "{server} was moved {} times, and never with a call in progress",
        moves.len()
    );
    Ok(moves)
}

/// Kills a server's process and restores the server on the other host from its last stable checkpoint.
pub(crate) async fn kill_and_restore(
    cluster: &Cluster,
    server: &str,
    probe: &Probe,
    tally: &Tally,
) -> anyhow::Result<Duration> {
    let victim = cluster.server(server).await?;
    let began = Instant::now();
    let pid = cluster.kill(&victim).await?;
    tally.say(format_args!(
        "{server} killed: process {pid} on {} got SIGKILL",
        victim.host
    ));
    let restored = cluster
        .restore(server, cluster.next_after(&victim.host)?)
        .await?;
    ensure!(
        restored.epoch > victim.epoch,
        "{server} was restored with epoch {}, which is not above {}",
        restored.epoch,
        victim.epoch
    );
    let gap = probe.longest(began, Instant::now()).await;
    let gap = gap.with_context(|| format!("{server} after it was restored"))?;
    tally.say(format_args!(
        "{server} restored on {} from its last stable checkpoint; a client waited {:.1} s",
        restored.host,
        gap.as_secs_f64()
    ));
    Ok(gap)
}
