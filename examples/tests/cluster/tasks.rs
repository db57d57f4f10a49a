//! A handler begins a task and answers; the task outlives its handler, a migration and a crash, and makes each transfer
//! once.

use anyhow::ensure;
use examples::bank::v1::AuditRequest;
use serde_json::Value;

use crate::fixture::on_cluster;
use crate::load::{SERVER, audit, open, settle};

const TRANSFERS: u32 = 3000;

#[tokio::test]
async fn a_task_goes_on_wherever_its_server_does() -> anyhow::Result<()> {
    on_cluster(async |fixture| {
        let cluster = &fixture.cluster;
        fixture.deploy("bank-background", "off").await?;
        let mut bank = open(fixture).await?;
        let accepted = settle(bank.clone(), "t", TRANSFERS).await?;

        let threads: Value = cluster.miman(&["threads", SERVER]).await?;
        ensure!(threads[0]["task"] == true, "{threads}");
        let function = threads[0]["method"].as_str().unwrap_or_default();
        ensure!(function.ends_with("transfer_all"), "{threads}");

        ensure!(
            fixture.to_and_fro(SERVER, 3).await? == 3,
            "no task was moved"
        );
        let taken: Value = cluster.miman(&["checkpoint", SERVER]).await?;
        ensure!(taken["threads"] == 1, "{taken}");
        let victim = cluster.server(SERVER).await?;
        cluster.kill(&victim).await?;
        let other = cluster.other_than(&victim.host)?;
        cluster.restore(SERVER, other).await?;
        let made = bank.audit(AuditRequest {}).await?.into_inner().journal;
        ensure!(made.len() < accepted.len(), "the task was over too soon");

        fixture
            .until("every transfer is made", async || {
                let audit = bank.clone().audit(AuditRequest {}).await?.into_inner();
                Ok(audit.journal.len() == accepted.len() && audit.in_transit == 0)
            })
            .await?;
        audit(&mut bank, &accepted).await
    })
    .await
}
