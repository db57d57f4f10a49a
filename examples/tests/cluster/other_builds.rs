//! A destination that holds another build of the class, and cannot execute the running one: what its build cannot go
//! on with is refused, and the server stays where it is.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use anyhow::ensure;
use examples::cluster::Started;
use hicam_protocol::remex::{
    InstallClassRequest, InstalledClass, install_class_request::Part, remex_client::RemexClient,
};
use serde_json::Value;

use crate::fixture::{Fixture, on_cluster};
use crate::load::{SERVER, audit, open, settle};

/// Installs a binary of class `bank` on one host alone.
async fn install(fixture: &Fixture, host: &str, binary: &[u8]) -> anyhow::Result<()> {
    let header = InstalledClass {
        class: "bank".to_owned(),
        hash: blake3::hash(binary).to_hex().to_string(),
        bytes: binary.len() as u64,
        current: true,
    };
    let chunks: Vec<_> = binary
        .chunks(1 << 20)
        .map(|chunk| Part::Data(chunk.to_vec().into()))
        .collect();
    let parts = std::iter::once(Part::Header(header)).chain(chunks);
    let parts = parts.map(|part| InstallClassRequest { part: Some(part) });
    let address = fixture.cluster.host(host)?.address.clone();
    let mut remex = RemexClient::connect(address).await?;
    remex
        .install_class(futures::stream::iter(parts.collect::<Vec<_>>()))
        .await?;
    Ok(())
}

/// The bank in a file that needs an interpreter, which the tests take away: then no host can execute it any more, just
/// as one of another architecture could not.
struct Interpreted {
    interpreter: PathBuf,
    script: Vec<u8>,
}

impl Interpreted {
    fn new(fixture: &Fixture) -> anyhow::Result<Self> {
        let interpreter = fixture.home.path().join("interpreter");
        let script = format!(
            "#!{}\nexec '{}' \"$@\"\n",
            interpreter.display(),
            fixture.program("bank").display()
        );
        let this = Self {
            interpreter,
            script: script.into_bytes(),
        };
        this.give()?;
        Ok(this)
    }

    fn give(&self) -> anyhow::Result<()> {
        Ok(symlink("/bin/sh", &self.interpreter)?)
    }

    fn take_away(&self) -> anyhow::Result<()> {
        Ok(fs::remove_file(&self.interpreter)?)
    }
}

/// A migration under load to a host that has `build`, which must be refused with these words; `rested`: whether
/// the server's calls had to come to rest before it could be known.
async fn refused_by(build: &str, says: &[&str], rested: bool) -> anyhow::Result<()> {
    on_cluster(async |fixture| {
        let cluster = &fixture.cluster;
        let bank = Interpreted::new(fixture)?;
        install(fixture, "host1", &bank.script).await?;
        install(fixture, "host2", &fs::read(fixture.program(build))?).await?;
        let store = fixture.home.path().join("store");
        let store = store.to_string_lossy();
        let class = [
            "checkpoint-server",
            "bank",
            "--host",
            "host1",
            "--store",
            &store,
        ];
        let _: Value = cluster.miman(&class).await?;
        let start = ["start", "bank", "--host", "host1", "--interval", "off"];
        let started: Started = cluster.miman(&start).await?;
        bank.take_away()?;

        let mut client = open(fixture).await?;
        let moving = async {
            fixture.busy(SERVER).await?;
            fixture.refused(&["migrate", SERVER, "host2"], says).await?;
            let server = cluster.server(SERVER).await?;
            ensure!(
                server.host == "host1" && server.phase == "serving",
                "{server:?}"
            );
            let taken_back = server.epoch > started.epoch;
            ensure!(taken_back == rested, "{server:?}, not {started:?}");
            let left = cluster.processes("host2").await?;
            ensure!(
                left.iter().all(|process| process.state == "exited"),
                "{left:?}"
            );
            // The build that runs is the one that can go on with it.
            bank.give()?;
            install(fixture, "host2", &bank.script).await?;
            let moved = cluster.migrate(SERVER, "host2").await?;
            ensure!(moved.threads > 0, "{moved:?}");
            Ok(())
        };
        let (settled, ()) = tokio::try_join!(settle(client.clone(), "s", 2000), moving)?;
        audit(&mut client, &settled).await
    })
    .await
}

#[tokio::test]
async fn a_build_with_another_state_is_refused_while_the_source_serves() -> anyhow::Result<()> {
    let says = ["bank", "host2", "Bank.ledger.accounts[value]", "`i64`"];
    refused_by("bank-reshaped", &says, false).await
}

#[tokio::test]
async fn a_build_with_other_functions_is_refused_and_the_source_goes_on() -> anyhow::Result<()> {
    refused_by("bank-changed", &["host2", "settle"], true).await
}
