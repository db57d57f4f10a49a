//! A cluster for one test, ended whatever the test finds.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use examples::cluster::{Cluster, Launch, Started, programs};
use hicam::client::Connector;
use serde_json::Value;

/// For a condition to come about.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(20);

pub(crate) struct Fixture {
    pub(crate) cluster: Cluster,
    pub(crate) programs: PathBuf,
    pub(crate) home: tempfile::TempDir,
}

/// Two hosts with the embedded name service.
pub(crate) const PLAIN: Launch<'_> = Launch {
    hosts: "2",
    arguments: &[],
    under: &[],
};

/// Runs a test on a cluster of two hosts, and ends the cluster.
pub(crate) async fn on_cluster(
    test: impl AsyncFnOnce(&Fixture) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    on_cluster_of(&PLAIN, test).await
}

/// Runs a test on a cluster that is started like this, and ends the cluster.
pub(crate) async fn on_cluster_of(
    launch: &Launch<'_>,
    test: impl AsyncFnOnce(&Fixture) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let programs = programs()?;
    let cluster = Cluster::launch(&programs, home.path(), launch).await?;
    let fixture = Fixture {
        cluster,
        programs,
        home,
    };
    let result = test(&fixture).await;
    let down = fixture.cluster.down().await;
    if let Err(error) = &result {
        let kept = fixture.home.keep();
        eprintln!("failed: {error:#}; the logs are below {}", kept.display());
    }
    result.and(down)
}

impl Fixture {
    /// Deploys an example on the first host.
    pub(crate) async fn deploy(&self, class: &str, interval: &str) -> anyhow::Result<Started> {
        let host = &self.cluster.hosts()[0];
        let program = self.program(class);
        let deployed = self.cluster.deploy(&program, host, interval).await?;
        Ok(deployed.started)
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        let suffix = std::env::consts::EXE_SUFFIX;
        self.programs.join(format!("{name}{suffix}"))
    }

    /// Runs a command of `miman` that must fail, and whose error must say all this.
    pub(crate) async fn refused(&self, command: &[&str], says: &[&str]) -> anyhow::Result<()> {
        let result: anyhow::Result<Value> = self.cluster.miman(command).await;
        let error = match result {
            Ok(printed) => anyhow::bail!("`{command:?}` succeeded: {printed}"),
            Err(error) => format!("{error:#}"),
        };
        for word in says {
            ensure!(error.contains(word), "no `{word}` in: {error}");
        }
        ensure!(!error.contains("panicked"), "{error}");
        Ok(())
    }

    /// A conformist channel with a client identity of its own.
    pub(crate) async fn connect(&self, server: &str) -> anyhow::Result<hicam::Channel> {
        let connector = Connector::new().etcd(self.cluster.etcd());
        Ok(connector.connect(server).await?)
    }

    /// Waits until a server has calls in progress.
    pub(crate) async fn busy(&self, server: &str) -> anyhow::Result<()> {
        self.until(&format!("{server} has calls in progress"), async || {
            let row = self.cluster.server(server).await?;
            Ok(row.threads.is_some_and(|threads| threads > 0))
        })
        .await
    }

    /// Waits for a condition that other processes bring about.
    pub(crate) async fn until(
        &self,
        what: &str,
        condition: impl AsyncFn() -> anyhow::Result<bool>,
    ) -> anyhow::Result<()> {
        let come_about = async {
            while !condition().await? {
                tokio::time::sleep(LOOK).await;
            }
            Ok(())
        };
        tokio::time::timeout(PATIENCE, come_about)
            .await
            .with_context(|| format!("waited in vain until {what}"))?
    }

    /// Moves a server to the other host, this many times; at least one call in progress must have moved.
    pub(crate) async fn to_and_fro(&self, server: &str, times: u32) -> anyhow::Result<u32> {
        let mut host = self.cluster.server(server).await?.host;
        let mut threads = 0;
        for _ in 0..times {
            let other = self.cluster.other_than(&host)?;
            let moved = self.cluster.migrate(server, other).await?;
            ensure!(moved.to == other && moved.from == host, "{moved:?}");
            threads += moved.threads;
            host = moved.to;
        }
        Ok(threads)
    }
}

/// The files below a directory.
pub(crate) fn files_below(directory: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let files = examples::textindex::client::read_directory(directory)?;
    Ok(files
        .into_iter()
        .map(|file| directory.join(file.name))
        .collect())
}
