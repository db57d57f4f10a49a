//! A host that falls silent in the middle of a migration to it: the server goes on where it was.

use std::process::Stdio;

use anyhow::{Context as _, ensure};
use examples::cluster::{Signal, signal};
use hicam_protocol::management::{DescribeRequest, management_client::ManagementClient};
use hicam_protocol::naming::NameService;
use hicam_protocol::remex::ServerProcess;
use tokio::process::{Child, Command};

use crate::fixture::{Fixture, on_cluster};
use crate::load::{SERVER, audit, open, settle, transfer};

/// Processes that do not run; they go on when this is dropped.
struct Silenced(Vec<u32>);

impl Silenced {
    fn new(pids: &[u32]) -> anyhow::Result<Self> {
        let mut silenced = Self(Vec::new());
        for pid in pids {
            signal(*pid, Signal::STOP)?;
            silenced.0.push(*pid);
        }
        Ok(silenced)
    }
}

impl Drop for Silenced {
    fn drop(&mut self) {
        for pid in self.0.drain(..) {
            // It may have been ended meanwhile.
            _ = signal(pid, Signal::CONT);
        }
    }
}

/// A checkpoint server of the bank that is this test's own process.
async fn checkpoint_server(fixture: &Fixture) -> anyhow::Result<Child> {
    let child = Command::new(fixture.program("bank"))
        .args(["checkpoint-server", "--store"])
        .arg(fixture.home.path().join("store"))
        .args(["--etcd", fixture.cluster.etcd()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let names = NameService::connect(fixture.cluster.etcd()).await?;
    fixture
        .until("the checkpoint server is advertised", async || {
            Ok(names.checkpoint_server("bank").await?.is_some())
        })
        .await?;
    Ok(child)
}

/// The process on a host that is prepared for the server.
async fn prepared(fixture: &Fixture, host: &str) -> anyhow::Result<Option<ServerProcess>> {
    let processes = fixture.cluster.processes(host).await?;
    let mut standbys = processes.into_iter().filter(|it| it.state == "standby");
    Ok(standbys.next())
}

/// Waits until the state has been taken in by the process that is prepared for it, which then waits for its commit.
async fn taken_in(fixture: &Fixture, host: &str) -> anyhow::Result<ServerProcess> {
    fixture
        .until("the destination has the state", async || {
            let Some(process) = prepared(fixture, host).await? else {
                return Ok(false);
            };
            if process.address.is_empty() {
                return Ok(false);
            }
            let mut management = ManagementClient::connect(process.address).await?;
            let described = management.describe(DescribeRequest {}).await?;
            Ok(described.into_inner().active_threads > 0)
        })
        .await?;
    let process = prepared(fixture, host).await?;
    process.context("the prepared process has gone")
}

/// The checkpoint server is held up, so that the migration is neither committed nor abandoned until it goes on. Then
/// the whole destination, its daemon and the process that is to become the server, is silent when the commit comes.
#[tokio::test]
async fn a_destination_that_falls_silent_does_not_take_the_server_along() -> anyhow::Result<()> {
    on_cluster(async |fixture| {
        let cluster = &fixture.cluster;
        let store = checkpoint_server(fixture).await?;
        let store = store.id().context("the checkpoint server has ended")?;
        let first = fixture.deploy("bank", "off").await?;
        ensure!(first.host == "host1", "{first:?}");
        let mut bank = open(fixture).await?;
        let moving = async {
            fixture.busy(SERVER).await?;
            let stored = Silenced::new(&[store])?;
            let migrating = fixture.refused(
                &["migrate", SERVER, "host2"],
                &[
                    "bank/main was not migrated to host2 and keeps running here",
                    "no answer within",
                ],
            );
            let interrupting = async {
                let copy = taken_in(fixture, "host2").await?;
                let silenced = Silenced::new(&[copy.pid, cluster.host("host2")?.pid])?;
                drop(stored);
                let back = async || {
                    let server = cluster.server(SERVER).await?;
                    ensure!(server.host == "host1", "{server:?}");
                    Ok(server.phase == "serving")
                };
                fixture.until("the server goes on", back).await?;
                // A commit that is late cannot succeed any more.
                let server = cluster.server(SERVER).await?;
                ensure!(server.epoch > first.epoch, "{server:?}");
                drop(silenced);
                let gone = async || Ok(prepared(fixture, "host2").await?.is_none());
                fixture.until("the copy discards itself", gone).await?;
                Ok(server)
            };
            let ((), server) = tokio::try_join!(migrating, interrupting)?;
            let still = cluster.server(SERVER).await?;
            ensure!(
                still.host == "host1" && still.epoch == server.epoch,
                "{still:?}, not {server:?}"
            );
            let moved = cluster.migrate(SERVER, "host2").await?;
            ensure!(moved.epoch > still.epoch, "{moved:?}");
            Ok(())
        };
        let (settled, transferred, ()) = tokio::try_join!(
            settle(bank.clone(), "s", 1500),
            transfer(bank.clone(), "t", 60),
            moving
        )?;
        audit(&mut bank, &settled.union(&transferred).cloned().collect()).await
    })
    .await
}
