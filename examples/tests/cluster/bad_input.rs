//! What cannot be done is refused with one clear error, and the running server keeps running.

use anyhow::{Context as _, ensure};
use examples::bank::v1::{BalanceRequest, OpenRequest, bank_client::BankClient};
use serde_json::Value;

use crate::fixture::{Fixture, files_below, on_cluster};

const SERVER: &str = "bank/main";

async fn still_serves(bank: &mut BankClient<hicam::Channel>) -> anyhow::Result<()> {
    let account = "ann".to_owned();
    let reply = bank.balance(BalanceRequest { account }).await?;
    ensure!(reply.into_inner().balance == 7);
    Ok(())
}

async fn deployed(fixture: &Fixture) -> anyhow::Result<BankClient<hicam::Channel>> {
    fixture.deploy("bank", "off").await?;
    let mut bank = BankClient::new(fixture.connect(SERVER).await?);
    let account = "ann".to_owned();
    bank.open(OpenRequest {
        account,
        deposit: 7,
    })
    .await?;
    Ok(bank)
}

#[tokio::test]
async fn unknown_names_are_refused() -> anyhow::Result<()> {
    on_cluster(async |fixture| {
        let mut bank = deployed(fixture).await?;
        fixture
            .refused(&["migrate", SERVER, "nowhere"], &["nowhere"])
            .await?;
        fixture
            .refused(&["migrate", "bank/other", "host2"], &["bank/other"])
            .await?;
        fixture
            .refused(&["threads", "vault/main"], &["vault"])
            .await?;
        fixture.refused(&["start", "vault"], &["vault"]).await?;
        fixture
            .refused(&["show", SERVER, "4711"], &["4711"])
            .await?;
        still_serves(&mut bank).await
    })
    .await
}

#[tokio::test]
async fn a_binary_of_another_class_is_refused() -> anyhow::Result<()> {
    on_cluster(async |fixture| {
        let mut bank = deployed(fixture).await?;
        let render = fixture.program("render").to_string_lossy().into_owned();
        fixture
            .refused(
                &["deploy", &render, "--class", "bank", "--name", "second"],
                &["bank", "render"],
            )
            .await?;
        let miman = fixture.program("miman").to_string_lossy().into_owned();
        fixture.refused(&["install", &miman], &["miman"]).await?;
        still_serves(&mut bank).await
    })
    .await
}

#[tokio::test]
async fn a_corrupted_checkpoint_is_refused() -> anyhow::Result<()> {
    on_cluster(async |fixture| {
        let mut bank = deployed(fixture).await?;
        let _: Value = fixture.cluster.miman(&["checkpoint", SERVER]).await?;
        still_serves(&mut bank).await?;
        let _: Value = fixture.cluster.miman(&["stop", SERVER]).await?;
        // Every checkpoint holds the account's name; no log or binary of a class is below a directory of this name.
        let mut damaged = 0;
        for path in files_below(fixture.home.path())? {
            if !path
                .components()
                .any(|part| part.as_os_str() == "checkpoints")
            {
                continue;
            }
            let mut bytes = std::fs::read(&path)?;
            if let Some(at) = bytes.windows(3).position(|bytes| bytes == b"ann") {
                bytes[at] = b'A';
                std::fs::write(&path, bytes)?;
                damaged += 1;
            }
        }
        ensure!(
            damaged > 0,
            "no checkpoint was found below the home directory"
        );
        fixture
            .refused(&["restore", SERVER, "--host", "host1"], &["bank"])
            .await?;
        let row = fixture.cluster.server(SERVER).await;
        let row = row.context("the server is forgotten")?;
        ensure!(row.phase == "down", "{row:?}");
        Ok(())
    })
    .await
}
