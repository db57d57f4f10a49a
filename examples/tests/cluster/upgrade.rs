//! A running server moves into another build of its class, with its calls in progress and its clients unaware; a build that cannot
//! go on with its state is explained and refused.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use examples::bank::v1::{AuditRequest, BalanceRequest, OpenRequest};
use serde_json::Value;

use crate::fixture::{Fixture, on_cluster};
use crate::load::{Client, SERVER, audit, batch, open, settle, transfer};

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

#[tokio::test]
async fn calls_in_changed_functions_go_on_where_their_mappings_say() -> anyhow::Result<()> {
    on_cluster(async |fixture| {
        let cluster = &fixture.cluster;
        let started = fixture.deploy("bank", "off").await?;
        let mut bank = open(fixture).await?;
        let build = |name: &str| fixture.program(name).to_string_lossy().into_owned();
        let upgrading = async {
            fixture.busy(SERVER).await?;
            // A build that says nothing of the calls in progress does not get them.
            let silent = ["upgrade", SERVER, &build("bank-changed")];
            let says = ["Bank::settle` has changed", "`upgrade = …`"];
            fixture.refused(&silent, &says).await?;
            let server = cluster.server(SERVER).await?;
            ensure!(
                server.phase == "serving" && server.host == started.host,
                "{server:?}"
            );

            fixture.busy(SERVER).await?;
            let mapped = build("bank-mapped");
            let _: Value = cluster.miman(&["checkpoint", SERVER]).await?;
            let (fits, check) = report(fixture, &["check", &mapped, SERVER]).await?;
            ensure!(fits && check["threads"].as_u64() > Some(0), "{check}");
            let moved: Value = cluster.miman(&["upgrade", SERVER, &mapped]).await?;
            ensure!(moved["threads"].as_u64() > Some(0), "{moved}");
            // In the new functions too they are captured and move on.
            fixture.busy(SERVER).await?;
            ensure!(
                fixture.to_and_fro(SERVER, 2).await? > 0,
                "no call was moved"
            );
            Ok(())
        };
        let (settled, transferred, ()) = tokio::try_join!(
            batch(bank.clone(), "s", 3000),
            transfer(bank.clone(), "t", 60),
            upgrading
        )?;
        // Entry by entry: none before the upgrade has a receipt, each after it has the one of its place, and the one that was in
        // progress says so.
        let mut numbered = (1..).zip(&settled.results);
        let before = numbered.find(|(_, entry)| !entry.reason.is_empty());
        let (first, entry) = before.context("the new functions settled nothing")?;
        ensure!(first > 1, "the old functions settled nothing");
        let receipt = |number: u32| format!("receipt {number}");
        let in_progress = entry.reason == "begun before there were receipts";
        ensure!(
            in_progress || entry.reason == receipt(first),
            "{first}: {entry:?}"
        );
        for (number, entry) in numbered {
            ensure!(entry.reason == receipt(number), "{number}: {entry:?}");
        }
        ensure!(settled.total == 3000, "{}", settled.total);
        let settled: BTreeSet<String> = settled.results.into_iter().map(|entry| entry.id).collect();
        audit(&mut bank, &settled.union(&transferred).cloned().collect()).await
    })
    .await
}

/// What a bank that knows its house tells as a balance.
async fn figure(bank: &mut Client, name: &str) -> anyhow::Result<i64> {
    let account = name.to_owned();
    let reply = bank.balance(BalanceRequest { account }).await?;
    Ok(reply.into_inner().balance)
}

#[tokio::test]
async fn state_that_has_grown_goes_on_with_its_calls_in_progress() -> anyhow::Result<()> {
    const EACH: u32 = 1200;
    on_cluster(async |fixture| {
        let cluster = &fixture.cluster;
        let started = fixture.deploy("bank-older", "off").await?;
        let mut bank = open(fixture).await?;
        let upgrading = async {
            let several = async || {
                let server = cluster.server(SERVER).await?;
                Ok(server.threads.is_some_and(|threads| threads >= 3))
            };
            fixture
                .until("three calls are in progress", several)
                .await?;
            // Some of the house's data is of the older build.
            let before = figure(&mut bank.clone(), "visits").await?;
            ensure!(before > 0, "{before}");
            let grown = fixture.program("bank-grown");
            let moved: Value = cluster
                .miman(&["upgrade", SERVER, &grown.to_string_lossy()])
                .await?;
            ensure!(moved["threads"].as_u64() >= Some(3), "{moved}");
            ensure!(moved["epoch"].as_u64() > Some(started.epoch), "{moved}");
            Ok(before)
        };
        let others = [open(fixture).await?, open(fixture).await?];
        let [second, third] = others;
        let (a, b, c, transferred, before) = tokio::try_join!(
            settle(bank.clone(), "a", EACH),
            settle(second, "b", EACH),
            settle(third, "c", EACH),
            transfer(bank.clone(), "t", 60),
            upgrading
        )?;
        let all = i64::from(3 * EACH);
        ensure!(figure(&mut bank, "visits").await? == all);
        ensure!(figure(&mut bank, "visits of ann").await? == all / 2);
        // The new field has its default, and the new variant is of the time since.
        ensure!(figure(&mut bank, "branch").await? == 7);
        let crowded = figure(&mut bank, "crowded since visit").await?;
        ensure!(crowded > before && crowded <= all, "{crowded}, {before}");
        let all = [a, b, c, transferred].into_iter().flatten().collect();
        audit(&mut bank, &all).await
    })
    .await
}
