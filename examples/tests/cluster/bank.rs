//! The bank: nothing that was acknowledged is lost and nothing happens twice, whatever becomes of its process.

use std::path::Path;

use anyhow::{Context as _, ensure};
use examples::bank::v1::{BalanceRequest, bank_client::BankClient};
use serde_json::Value;

use crate::fixture::on_cluster;
use crate::load::{SERVER, audit, open, settle, transfer};

#[tokio::test]
async fn calls_go_on_while_the_server_moves() -> anyhow::Result<()> {
    on_cluster(async |fixture| {
        fixture.deploy("bank", "1s").await?;
        let mut bank = open(fixture).await?;
        let moving = async {
            fixture.busy(SERVER).await?;
            fixture.to_and_fro(SERVER, 4).await
        };
        let (settled, transferred, threads) = tokio::try_join!(
            settle(bank.clone(), "s", 1500),
            transfer(bank.clone(), "t", 60),
            moving
        )?;
        ensure!(threads > 0, "no call in progress was moved");
        audit(&mut bank, &settled.union(&transferred).cloned().collect()).await
    })
    .await
}

#[tokio::test]
async fn what_was_acknowledged_survives_sigkill() -> anyhow::Result<()> {
    on_cluster(async |fixture| {
        fixture.deploy("bank", "1s").await?;
        let mut bank = open(fixture).await?;
        let killing = async {
            fixture.busy(SERVER).await?;
            let victim = fixture.cluster.server(SERVER).await?;
            fixture.cluster.kill(&victim).await?;
            let other = fixture.cluster.other_than(&victim.host)?;
            let restored = fixture.cluster.restore(SERVER, other).await?;
            ensure!(restored.host == other && restored.epoch > victim.epoch);
            Ok(())
        };
        let (settled, transferred, ()) = tokio::try_join!(
            settle(bank.clone(), "s", 800),
            transfer(bank.clone(), "t", 100),
            killing
        )?;
        audit(&mut bank, &settled.union(&transferred).cloned().collect()).await
    })
    .await
}

#[tokio::test]
async fn a_stopped_server_goes_on_where_it_was() -> anyhow::Result<()> {
    on_cluster(async |fixture| {
        fixture.deploy("bank", "off").await?;
        let mut bank = open(fixture).await?;
        let stopping = async {
            fixture.busy(SERVER).await?;
            let _: Value = fixture.cluster.miman(&["stop", SERVER]).await?;
            let stopped = fixture.cluster.server(SERVER).await?;
            ensure!(stopped.phase == "down", "{stopped:?}");
            fixture.cluster.restore(SERVER, &stopped.host).await?;
            Ok(())
        };
        let (settled, ()) = tokio::try_join!(settle(bank.clone(), "s", 1000), stopping)?;
        audit(&mut bank, &settled).await
    })
    .await
}

#[tokio::test]
async fn a_checkpoint_shows_frames_and_locals() -> anyhow::Result<()> {
    on_cluster(async |fixture| {
        fixture.deploy("bank", "off").await?;
        let bank = open(fixture).await?;
        let looking = async {
            fixture.busy(SERVER).await?;
            // The call may be captured between two transfers: then the frame of none is there.
            let mut text = String::new();
            for _ in 0..50 {
                let taken: Value = fixture.cluster.miman(&["checkpoint", SERVER]).await?;
                ensure!(taken["threads"] == 1, "{taken}");
                let shown: Value = fixture.cluster.miman(&["show", SERVER]).await?;
                text = shown.to_string();
                if text.contains("settle_entry") {
                    break;
                }
            }
            for expected in [
                "\"ann\"",
                "settle",
                "settle_entry",
                "service.rs",
                "total",
                "results",
            ] {
                ensure!(text.contains(expected), "no {expected} in {text}");
            }
            Ok(())
        };
        tokio::try_join!(settle(bank.clone(), "s", 1000), looking)?;
        Ok(())
    })
    .await
}

/// `tools/read_checkpoint.py`, which shares no code with HiCaM, reads what a server under load has written.
#[tokio::test]
async fn another_reader_shows_what_miman_shows() -> anyhow::Result<()> {
    on_cluster(async |fixture| {
        fixture.deploy("bank", "off").await?;
        let bank = open(fixture).await?;
        let looking = async {
            fixture.busy(SERVER).await?;
            let taken: Value = fixture.cluster.miman(&["checkpoint", SERVER]).await?;
            let sequence = taken["sequence"].to_string();
            let shown: Value = fixture.cluster.miman(&["show", SERVER, &sequence]).await?;
            ensure!(!shown["threads"][0]["frames"][0].is_null(), "{shown}");
            let file = fixture.home.path().join("bank.checkpoint");
            let save = ["show", SERVER, &sequence, "--save", &file.to_string_lossy()];
            fixture.cluster.miman_quietly(&save).await?;
            ensure!(read_by_python(&file).await? == shown, "{shown}");
            Ok(())
        };
        tokio::try_join!(settle(bank.clone(), "s", 1000), looking)?;
        Ok(())
    })
    .await
}

async fn read_by_python(checkpoint: &Path) -> anyhow::Result<Value> {
    let output = tokio::process::Command::new("python3")
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../tools/read_checkpoint.py"
        ))
        .arg(checkpoint)
        .output()
        .await
        .context("this test runs python3: install it, or run `cargo xtask test`, which does")?;
    ensure!(output.status.success(), "{output:?}");
    Ok(serde_json::from_slice(&output.stdout)?)
}

#[tokio::test]
async fn a_client_without_hicam_is_served_too() -> anyhow::Result<()> {
    on_cluster(async |fixture| {
        let deployed = fixture.deploy("bank", "1s").await?;
        open(fixture).await?;
        let mut plain = BankClient::connect(deployed.address).await?;
        let account = "ann".to_owned();
        let reply = plain.balance(BalanceRequest { account }).await?;
        ensure!(reply.into_inner().balance == 1_000_000);
        Ok(())
    })
    .await
}
