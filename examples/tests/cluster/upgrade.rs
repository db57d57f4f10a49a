//! A running server moves into another build of its class, with its calls in progress and its clients unaware; a build that cannot
//! go on with its state is explained and refused.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use examples::bank::v1::{AuditRequest, BalanceRequest, OpenRequest};
use serde_json::Value;

use crate::fixture::{Fixture, on_cluster};
use crate::load::{SERVER, audit, open, settle, transfer};

/// The bank with another hash: what follows the end of a program does not run.
fn rebuilt(fixture: &Fixture, name: &str) -> anyhow::Result<PathBuf> {
    let file = fixture.home.path().join(name);
    let mut binary = fs::read(fixture.program("bank"))?;
    binary.extend_from_slice(name.as_bytes());
    fs::write(&file, binary)?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755))?;
    Ok(file)
}

/// Runs a command of `miman` that fails after it has printed what it found.
async fn report(fixture: &Fixture, command: &[&str]) -> anyhow::Result<(bool, Value)> {
    let output = tokio::process::Command::new(fixture.program("miman"))
        .arg("--json")
        .args(command)
        .env("HICAM_ETCD", fixture.cluster.etcd())
        .output()
        .await?;
    let printed = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("{command:?}: {output:?}"))?;
    Ok((output.status.success(), printed))
}

#[tokio::test]
async fn calls_go_on_in_another_build_on_the_same_host_and_another() -> anyhow::Result<()> {
    on_cluster(async |fixture| {
        let cluster = &fixture.cluster;
        fixture.deploy("bank", "1s").await?;
        let mut bank = open(fixture).await?;
        let upgrading = async {
            fixture.busy(SERVER).await?;
            let before = cluster.server(SERVER).await?;
            let second = rebuilt(fixture, "second")?;
            let moved: Value = cluster
                .miman(&["upgrade", SERVER, &second.to_string_lossy()])
                .await?;
            ensure!(moved["to"] == moved["from"], "{moved}");
            ensure!(moved["threads"].as_u64() > Some(0), "{moved}");
            let after = cluster.server(SERVER).await?;
            ensure!(after.host == before.host, "{after:?}");
            ensure!(after.epoch > before.epoch, "{after:?}");

            fixture.busy(SERVER).await?;
            let third = rebuilt(fixture, "third")?;
            let other = cluster.other_than(&after.host)?;
            let moved: Value = cluster
                .miman(&["upgrade", SERVER, &third.to_string_lossy(), "--host", other])
                .await?;
            ensure!(moved["to"] == other, "{moved}");
            // Which build runs where is known: one hash each.
            let hashes: Vec<String> = cluster
                .processes(other)
                .await?
                .into_iter()
                .filter(|process| process.state == "serving")
                .map(|process| process.hash)
                .collect();
            let third = blake3::hash(&fs::read(third)?).to_hex().to_string();
            ensure!(hashes == [third], "{hashes:?}");
            // Upgrading to what runs is a mistake.
            let again = rebuilt(fixture, "third")?;
            let again = ["upgrade", SERVER, &again.to_string_lossy()];
            fixture.refused(&again, &["already"]).await
        };
        let (settled, transferred, ()) = tokio::try_join!(
            settle(bank.clone(), "s", 1500),
            transfer(bank.clone(), "t", 60),
            upgrading
        )?;
        audit(&mut bank, &settled.union(&transferred).cloned().collect()).await
    })
    .await
}

#[tokio::test]
async fn a_newer_build_goes_on_with_an_older_state() -> anyhow::Result<()> {
    on_cluster(async |fixture| {
        let cluster = &fixture.cluster;
        let started = fixture.deploy("bank", "off").await?;
        let mut bank = open(fixture).await?;
        let made = settle(bank.clone(), "s", 20).await?;
        let newer = fixture.program("bank-newer");
        let newer = newer.to_string_lossy();
        let _: Value = cluster.miman(&["checkpoint", SERVER]).await?;
        let (fits, check) = report(fixture, &["check", &newer, SERVER]).await?;
        ensure!(fits && check["fits"] == true, "{check}");

        let moved: Value = cluster.miman(&["upgrade", SERVER, &newer]).await?;
        ensure!(moved["epoch"].as_u64() > Some(started.epoch), "{moved}");
        let account = "ann".to_owned();
        let request = BalanceRequest {
            account: account.clone(),
        };
        let before = bank.balance(request.clone()).await?.into_inner().balance;
        let deposit = 5;
        bank.open(OpenRequest { account, deposit }).await?;
        let after = bank.balance(request).await?.into_inner().balance;
        ensure!(after == before + 5, "{before} and {after}");
        let seen = bank.audit(AuditRequest {}).await?.into_inner();
        ensure!(seen.journal[0].id == "head office", "{seen:?}");
        ensure!(seen.journal.len() == made.len() + 1, "{seen:?}");
        ensure!(seen.deposited == seen.held, "{seen:?}");

        // What the newer build has captured is restored by it after a crash.
        let _: Value = cluster.miman(&["checkpoint", SERVER]).await?;
        let victim = cluster.server(SERVER).await?;
        cluster.kill(&victim).await?;
        cluster
            .restore(SERVER, cluster.other_than(&victim.host)?)
            .await?;
        let again = bank.audit(AuditRequest {}).await?.into_inner();
        ensure!(again == seen, "{again:?}, not {seen:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_does_not_fit_is_explained_before_anything_moves() -> anyhow::Result<()> {
    on_cluster(async |fixture| {
        let cluster = &fixture.cluster;
        let started = fixture.deploy("bank", "off").await?;
        let mut bank = open(fixture).await?;
        let explaining = async {
            fixture.busy(SERVER).await?;
            let file = fixture.home.path().join("bank.checkpoint");
            let file = file.to_string_lossy();
            let _: Value = cluster.miman(&["checkpoint", SERVER]).await?;
            cluster
                .miman_quietly(&["show", SERVER, "--save", &file])
                .await?;

            let build = |name: &str| fixture.program(name).to_string_lossy().into_owned();
            let (fits, check) = report(fixture, &["check", &build("bank"), &file]).await?;
            ensure!(fits && check["threads"] == 1, "{check}");
            let (fits, check) = report(fixture, &["check", &build("bank-reshaped"), &file]).await?;
            let difference = &check["differences"][0];
            ensure!(!fits, "{check}");
            ensure!(
                difference["path"] == "Bank.ledger.accounts[value]",
                "{check}"
            );
            ensure!(
                difference["here"] == "`String`" && difference["captured"] == "`i64`",
                "{check}"
            );
            let (fits, check) = report(fixture, &["check", &build("bank-changed"), &file]).await?;
            ensure!(!fits, "{check}");
            ensure!(check["differences"] == serde_json::json!([]), "{check}");
            ensure!(check["problems"].to_string().contains("settle"), "{check}");

            let other = cluster.other_than(&started.host)?;
            let (fits, check) = report(fixture, &["migrate", SERVER, other, "--dry-run"]).await?;
            ensure!(fits && check["class"] == "bank", "{check}");

            // The same words when it is tried all the same, and the server stays in the build it is in.
            let upgrade = |name| ["upgrade".to_owned(), SERVER.to_owned(), build(name)];
            let reshaped = upgrade("bank-reshaped");
            let reshaped: Vec<&str> = reshaped.iter().map(String::as_str).collect();
            let says = ["Bank.ledger.accounts[value]", "`i64`"];
            fixture.refused(&reshaped, &says).await?;
            let server = cluster.server(SERVER).await?;
            ensure!(
                server.phase == "serving" && server.epoch == started.epoch,
                "{server:?}"
            );
            let changed = upgrade("bank-changed");
            let changed: Vec<&str> = changed.iter().map(String::as_str).collect();
            fixture.refused(&changed, &["settle"]).await?;
            let server = cluster.server(SERVER).await?;
            ensure!(server.phase == "serving", "{server:?}");
            Ok(())
        };
        let (settled, ()) = tokio::try_join!(settle(bank.clone(), "s", 3000), explaining)?;
        audit(&mut bank, &settled).await
    })
    .await
}
