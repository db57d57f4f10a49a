//! A host that runs as many servers as it may: it refuses a migration, and the server stays where it is.

use anyhow::ensure;
use examples::cluster::{Launch, Started};
use serde_json::Value;

use crate::fixture::{PLAIN, on_cluster_of};
use crate::load::{SERVER, audit, open, settle};

#[tokio::test]
async fn a_full_host_refuses_a_server_that_goes_on() -> anyhow::Result<()> {
    let launch = Launch {
        arguments: &["--capacity", "1"],
        ..PLAIN
    };
    on_cluster_of(&launch, async |fixture| {
        let cluster = &fixture.cluster;
        let first = fixture.deploy("bank", "off").await?;
        let other = cluster.other_than(&first.host)?;
        let start = ["start", "bank/second", "--host", other];
        let second: Started = cluster.miman(&start).await?;
        ensure!(second.host == other, "{second:?}");
        let mut bank = open(fixture).await?;
        let moving = async {
            fixture.busy(SERVER).await?;
            let full = format!("host `{other}` is full: it runs 1 of at most 1 servers");
            fixture
                .refused(&["migrate", SERVER, other], &[&full, "stop a server there"])
                .await?;
            let server = cluster.server(SERVER).await?;
            // It was not even asked to rest.
            ensure!(
                server.phase == "serving" && server.epoch == first.epoch,
                "{server:?}"
            );
            let _: Value = cluster.miman(&["stop", "bank/second"]).await?;
            let moved = cluster.migrate(SERVER, other).await?;
            ensure!(moved.threads > 0, "{moved:?}");
            Ok(())
        };
        let (settled, ()) = tokio::try_join!(settle(bank.clone(), "s", 1500), moving)?;
        audit(&mut bank, &settled).await
    })
    .await
}
