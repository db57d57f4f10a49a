//! A cluster on a real etcd instead of the embedded name service: the same life of a server.

use anyhow::ensure;
use serde_json::Value;

use crate::etcd_process::EtcdProcess;
use crate::fixture::{PLAIN, on_cluster_of};
use crate::load::{SERVER, audit, open, settle, transfer};
use examples::cluster::Launch;

#[tokio::test]
async fn servers_live_on_a_real_etcd() -> anyhow::Result<()> {
    let etcd = EtcdProcess::start().await;
    let url = etcd.url().to_owned();
    let launch = Launch {
        arguments: &["--etcd", &url],
        ..PLAIN
    };
    on_cluster_of(&launch, async |fixture| {
        let cluster = &fixture.cluster;
        ensure!(cluster.etcd() == url, "{} is used", cluster.etcd());
        fixture.deploy("bank", "off").await?;
        let mut bank = open(fixture).await?;
        let managing = async {
            fixture.busy(SERVER).await?;
            let threads = fixture.to_and_fro(SERVER, 2).await?;
            let taken: Value = cluster.miman(&["checkpoint", SERVER]).await?;
            let stored = cluster.checkpoints(SERVER).await?;
            let newest = stored.last().map(|checkpoint| checkpoint.sequence);
            ensure!(newest >= taken["sequence"].as_u64(), "{stored:?}");
            // A crash: the lease of the dead process has to run out, or be taken over, in a real etcd too.
            let victim = cluster.server(SERVER).await?;
            cluster.kill(&victim).await?;
            let other = cluster.other_than(&victim.host)?;
            let restored = cluster.restore(SERVER, other).await?;
            ensure!(restored.epoch > victim.epoch, "{restored:?}");
            Ok(threads)
        };
        let (settled, transferred, threads) = tokio::try_join!(
            settle(bank.clone(), "s", 1500),
            transfer(bank.clone(), "t", 60),
            managing
        )?;
        ensure!(threads > 0, "no call in progress was moved");
        audit(&mut bank, &settled.union(&transferred).cloned().collect()).await
    })
    .await
}
