//! How long a client waits while a server moves: many migrations of a small server between two hosts of this machine.
#![allow(
    clippy::print_stdout,
    reason = "the measurements are what was asked for"
)]

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use clap::Parser;
use examples::bank::v1::{
    BalanceRequest, OpenRequest, SettleRequest, TransferRequest, bank_client::BankClient,
};
use examples::cluster::{Cluster, programs};
use examples::measure::{Probe, quantile};

const SERVER: &str = "bank/main";

/// Moves the bank to and fro with calls in progress, and measures the pauses
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench pause")]
struct Options {
    /// How many migrations
    #[arg(long, default_value_t = 100)]
    migrations: u32,
    /// How many accounts the bank has: its state
    #[arg(long, default_value_t = 5000)]
    accounts: u32,
}

#[derive(Debug, Default)]
struct Pauses {
    client: Vec<f64>,
    server: Vec<f64>,
    total: Vec<f64>,
    largest: u64,
    threads: u64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let home = tempfile::tempdir().context("cannot create a directory")?;
    let programs = programs()?;
    let cluster = Cluster::up(&programs, home.path(), "2").await?;
    let result = tokio::select! {
        result = measure(&options, &programs, &cluster) => result,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
    };
    cluster.down().await?;
    let (mut pauses, mut calls) = result?;

    println!(
        "{} migrations of a server with at most {} bytes of state between two local hosts, {} calls in progress moved",
        pauses.client.len(),
        pauses.largest,
        pauses.threads
    );
    println!("{:<34} {:>10} {:>10}", "milliseconds", "p50", "p99");
    row("a client's call, no migration", &mut calls);
    row("pause as a client saw it", &mut pauses.client);
    row("pause as the server saw it", &mut pauses.server);
    row("whole migration", &mut pauses.total);
    Ok(())
}

fn row(what: &str, milliseconds: &mut [f64]) {
    let p50 = quantile(milliseconds, 0.5);
    let p99 = quantile(milliseconds, 0.99);
    println!("{what:<34} {p50:>10.2} {p99:>10.2}");
}

async fn measure(
    options: &Options,
    programs: &std::path::Path,
    cluster: &Cluster,
) -> anyhow::Result<(Pauses, Vec<f64>)> {
    let program = programs.join(format!("bank{}", std::env::consts::EXE_SUFFIX));
    let first = cluster.hosts().first().context("there is no host")?;
    let deployed = cluster.deploy(&program, first, "off").await?.started;
    let connector = hicam::client::Connector::new().etcd(cluster.etcd());
    let mut bank = BankClient::new(connector.connect(SERVER).await?);
    for n in 0..options.accounts {
        let account = format!("account-{n}");
        let deposit = 1_000_000;
        bank.open(OpenRequest { account, deposit }).await?;
    }

    // One client looks without pause, another has long calls in progress.
    let quiet = Probe::default();
    for _ in 0..500 {
        quiet.time(balance(&mut bank)).await?;
    }
    let probe = Probe::default();
    let looking = {
        let probe = probe.clone();
        tokio::spawn(async move {
            loop {
                probe.time(balance(&mut bank)).await?;
            }
        })
    };
    let settling = tokio::spawn(settle(BankClient::new(connector.connect(SERVER).await?)));

    let moved = move_it(options, cluster, &probe, deployed.host);
    let pauses = tokio::select! {
        pauses = moved => pauses?,
        ended = looking => return Err(failed(ended)),
        ended = settling => return Err(failed(ended)),
    };
    Ok((pauses, milliseconds(&quiet.times())))
}

async fn move_it(
    options: &Options,
    cluster: &Cluster,
    probe: &Probe,
    mut host: String,
) -> anyhow::Result<Pauses> {
    let mut pauses = Pauses::default();
    for _ in 0..options.migrations {
        let began = Instant::now();
        let moved = cluster.migrate(SERVER, cluster.other_than(&host)?).await?;
        let pause = probe.longest(began, Instant::now()).await?;
        pauses.client.push(pause.as_secs_f64() * 1000.0);
        pauses.server.push(moved.pause_us as f64 / 1000.0);
        pauses.total.push(moved.total_us as f64 / 1000.0);
        pauses.largest = pauses.largest.max(moved.bytes);
        pauses.threads += u64::from(moved.threads);
        host = moved.to;
    }
    ensure!(
        pauses.largest < 1 << 20,
        "the state grew to {} bytes: measure with fewer accounts",
        pauses.largest
    );
    Ok(pauses)
}

async fn balance(bank: &mut BankClient<hicam::Channel>) -> Result<(), tonic::Status> {
    let account = "account-0".to_owned();
    bank.balance(BalanceRequest { account }).await?;
    Ok(())
}

/// Long calls, one after another. The same transfers again and again, so that the journal does not grow.
async fn settle(mut bank: BankClient<hicam::Channel>) -> Result<(), tonic::Status> {
    let entries: Vec<_> = (0..200)
        .map(|n| TransferRequest {
            id: format!("transfer-{n}"),
            from: format!("account-{}", n % 2),
            to: format!("account-{}", (n + 1) % 2),
            amount: 1,
        })
        .collect();
    loop {
        let entries = entries.clone();
        bank.settle(SettleRequest { entries }).await?;
    }
}

fn failed(ended: Result<Result<(), tonic::Status>, tokio::task::JoinError>) -> anyhow::Error {
    match ended {
        Ok(Ok(())) => anyhow::anyhow!("a client ended"),
        Ok(Err(status)) => anyhow::Error::from(status).context("a call failed"),
        Err(error) => error.into(),
    }
}

fn milliseconds(times: &[Duration]) -> Vec<f64> {
    let times = times.iter();
    times.map(|time| time.as_secs_f64() * 1000.0).collect()
}
