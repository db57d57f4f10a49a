//! A cluster for one test, ended whatever the test finds.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use examples::cluster::{Cluster, Started, programs};
use hicam::client::Connector;

/// For a condition to come about.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(20);

pub(crate) struct Fixture {
    pub(crate) cluster: Cluster,
    pub(crate) programs: PathBuf,
    pub(crate) home: tempfile::TempDir,
}

/// Runs a test on a cluster of two hosts, and ends the cluster.
pub(crate) async fn on_cluster(
    test: impl AsyncFnOnce(&Fixture) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let programs = programs()?;
    let cluster = Cluster::up(&programs, home.path(), 2).await?;
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
            anyhow::ensure!(moved.to == other && moved.from == host, "{moved:?}");
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
