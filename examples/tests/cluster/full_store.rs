//! A checkpoint store on a file system without room: nothing counts as stored, nothing is lost, and it goes on by
//! itself once there is room again.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use examples::bank::v1::TransferRequest;
use examples::cluster::Launch;
use serde_json::Value;
use tonic::{Code, Request};

use crate::fixture::{Fixture, PLAIN, files_below, on_cluster_of};
use crate::load::{SERVER, audit, open, settle, transfer};

/// How a process is given a file system of its own: as an ordinary user, or as root.
const NAMESPACES: [&[&str]; 2] = [
    &["unshare", "--user", "--map-root-user", "--mount"],
    &["unshare", "--mount"],
];

/// Mounts a small file system on its first argument for what it executes, and for that alone.
const MOUNT: &str = "mount -t tmpfs -o size=512k hicam-full \"$1\" && shift && exec \"$@\"";

/// The way in which this machine lets a program have a small file system of its own.
fn small_file_system(at: &str) -> anyhow::Result<Vec<&str>> {
    let mut refusals = Vec::new();
    for namespace in NAMESPACES {
        let under = [namespace, &["sh", "-c", MOUNT, "sh", at]].concat();
        let output = Command::new(under[0])
            .args(&under[1..])
            .arg("true")
            .output();
        match output {
            Ok(output) if output.status.success() => return Ok(under),
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                refusals.push(format!("`{}`: {}", namespace.join(" "), said.trim()));
            }
            Err(error) => refusals.push(format!("`{}`: {error}", namespace.join(" "))),
        }
    }
    bail!(
        "this test fills a file system of its own and cannot mount one here ({}): it needs util-linux, and leave to \
         make a user namespace (sysctl kernel.unprivileged_userns_clone=1 or \
         kernel.apparmor_restrict_unprivileged_userns=0; in a container, --security-opt seccomp=unconfined) or root \
         with CAP_SYS_ADMIN",
        refusals.join("; ")
    )
}

/// Writes until the file system takes no more.
fn fill(directory: &Path) -> anyhow::Result<PathBuf> {
    let path = directory.join("ballast");
    let mut file = File::create(&path)?;
    loop {
        match file.write(&[0; 4096]) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::StorageFull => return Ok(path),
            Err(error) => return Err(error).context("the file system does not fill up"),
        }
    }
}

/// The checkpoint store as the cluster sees it, which is not as this process does.
fn seen_by_cluster(fixture: &Fixture, store: &str) -> anyhow::Result<PathBuf> {
    let pid = fixture.cluster.pid().context("the cluster has ended")?;
    Ok(PathBuf::from(format!("/proc/{pid}/root{store}")))
}

#[tokio::test]
async fn a_full_store_holds_answers_back_until_there_is_room() -> anyhow::Result<()> {
    let directory = tempfile::tempdir()?;
    let store = directory.path().to_string_lossy().into_owned();
    let under = small_file_system(&store)?;
    let launch = Launch {
        under: &under,
        ..PLAIN
    };
    on_cluster_of(&launch, async |fixture| {
        let cluster = &fixture.cluster;
        let program = fixture.program("bank").to_string_lossy().into_owned();
        let deploy = ["deploy", &program, "--host", "host1", "--interval", "off"];
        let _: Value = cluster
            .miman(&[&deploy[..], &["--store", &store]].concat())
            .await?;
        let mut bank = open(fixture).await?;
        let before = cluster.server(SERVER).await?;

        let inside = seen_by_cluster(fixture, &store)?;
        let ballast = fill(&inside)?;
        let full = ["no room left", "make room, lower --keep"];
        fixture.refused(&["checkpoint", SERVER], &full).await?;
        fixture
            .refused(&["migrate", SERVER, "host2"], &full)
            .await?;
        fixture.refused(&["stop", SERVER], &full).await?;
        let server = cluster.server(SERVER).await?;
        ensure!(
            server.phase == "serving" && server.host == "host1",
            "{server:?}"
        );
        ensure!(
            server.last_checkpoint == before.last_checkpoint,
            "{server:?}"
        );

        // No answer leaves that a crash could undo: a call is executed, and its caller waits as long as it will.
        let mut impatient = Request::new(TransferRequest {
            id: "late".to_owned(),
            from: "ann".to_owned(),
            to: "bob".to_owned(),
            amount: 1,
        });
        impatient.set_timeout(Duration::from_millis(500));
        let late = bank.transfer(impatient).await;
        let late = late.err().context("an answer has left")?;
        ensure!(late.code() == Code::DeadlineExceeded, "{late:?}");

        let freeing = async {
            fixture.busy(SERVER).await?;
            fixture.refused(&["checkpoint", SERVER], &full).await?;
            fs::remove_file(&ballast)?;
            Ok(())
        };
        let (settled, transferred, ()) = tokio::try_join!(
            settle(bank.clone(), "s", 300),
            transfer(bank.clone(), "t", 20),
            freeing
        )?;
        let mut done: std::collections::BTreeSet<_> =
            settled.union(&transferred).cloned().collect();
        done.insert("late".to_owned());
        audit(&mut bank, &done).await?;

        // What was acknowledged survives a crash that finds the store full again: it can be read.
        let victim = cluster.server(SERVER).await?;
        let ballast = fill(&inside)?;
        cluster.kill(&victim).await?;
        cluster.restore(SERVER, "host2").await?;
        let freeing = async {
            fixture.refused(&["checkpoint", SERVER], &full).await?;
            fs::remove_file(&ballast)?;
            Ok(())
        };
        tokio::try_join!(audit(&mut bank, &done), freeing)?;

        // Attempts that failed have left nothing behind.
        let names = files_below(&inside)?;
        let stray = names.iter().find(|path| {
            let extension = path.extension().and_then(|extension| extension.to_str());
            !matches!(extension, Some("ckpt" | "fence"))
        });
        ensure!(stray.is_none(), "{stray:?}");
        Ok(())
    })
    .await
}
