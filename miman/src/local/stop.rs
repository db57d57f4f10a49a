//! Ending a local cluster: servers first, the name service last.

use std::{path::Path, time::Duration};

use futures::future::join_all;
use serde::{Deserialize, Serialize};

use crate::{
    cluster::{ClusterFile, ClusterHost},
    error::{MimanError, Result},
    manager::Manager,
    progress::Observer,
};

/// For all servers together to make their final checkpoints and exit.
const SERVERS: Duration = Duration::from_secs(35);
/// For a daemon to end what it still runs, and itself.
const DAEMON: Duration = Duration::from_secs(20);
/// For the `miman up` in another terminal to do all that.
const MANAGER: Duration = Duration::from_secs(100);

/// How a daemon was ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaemonStopped {
    /// The host.
    pub host: String,
    /// `stopped`, `killed` if it did not end in time, or `was gone`.
    pub outcome: String,
}

/// Ends the cluster whose file is in `home`: its servers, its daemons, and the `miman up` that watches them.
///
/// # Errors
/// [`MimanError::NothingUp`]; [`MimanError::TimedOut`] if the `miman up` does not end; the cluster file's own errors.
pub async fn down(home: &Path, observer: &Observer) -> Result<Vec<DaemonStopped>> {
    let Some(cluster) = ClusterFile::read(home)? else {
        return Err(MimanError::NothingUp {
            path: ClusterFile::path(home),
        });
    };
    let stopped = match &cluster.manager {
        Some(manager) if manager.terminate() => {
            observer.step("waiting for `miman up` to end its hosts");
            if !manager.wait(MANAGER).await {
                return Err(MimanError::TimedOut {
                    what: format!("the end of `miman up` (process {})", manager.pid),
                    seconds: MANAGER.as_secs(),
                });
            }
            cluster
                .hosts
                .iter()
                .map(|host| DaemonStopped {
                    host: host.host.clone(),
                    outcome: "stopped".to_owned(),
                })
                .collect()
        }
        _ => stop(&cluster, observer).await,
    };
    ClusterFile::remove(home)?;
    Ok(stopped)
}

/// Ends the servers, then the daemons, the first one last: it may host the name service.
pub(super) async fn stop(cluster: &ClusterFile, observer: &Observer) -> Vec<DaemonStopped> {
    // A server's final checkpoint may go to a checkpoint server of another host, so all servers end before any host.
    if tokio::time::timeout(SERVERS, stop_servers(cluster, observer))
        .await
        .is_err()
    {
        observer.notice("not every server has made its final checkpoint in time");
    }
    let Some((first, rest)) = cluster.hosts.split_first() else {
        return Vec::new();
    };
    observer.step("stopping the hosts");
    let mut stopped = join_all(rest.iter().map(stop_daemon)).await;
    stopped.insert(0, stop_daemon(first).await);
    stopped
}

async fn stop_servers(cluster: &ClusterFile, observer: &Observer) {
    if !cluster.hosts.iter().any(|host| host.process.is_alive()) {
        return;
    }
    let Ok(manager) = Manager::connect(&cluster.etcd).await else {
        return;
    };
    let Ok(servers) = manager.servers().await else {
        return;
    };
    let ours = servers.iter().filter(|server| {
        !matches!(server.phase.as_str(), "down" | "silent")
            && cluster.hosts.iter().any(|host| host.host == server.host)
    });
    join_all(ours.map(async |server| {
        observer.step(format!("stopping {}", server.server));
        if let Err(error) = manager.stop(&server.uuid, false).await {
            observer.notice(error.to_string());
        }
    }))
    .await;
}

async fn stop_daemon(daemon: &ClusterHost) -> DaemonStopped {
    let outcome = if !daemon.process.terminate() {
        "was gone"
    } else if daemon.process.wait(DAEMON).await {
        "stopped"
    } else {
        daemon.process.kill();
        daemon.process.wait(DAEMON).await;
        "killed"
    };
    DaemonStopped {
        host: daemon.host.clone(),
        outcome: outcome.to_owned(),
    }
}
