//! What a call costs: echo through a conformist server and channel against plain tonic, side by side.
#![allow(
    clippy::print_stdout,
    reason = "the measurements are what was asked for"
)]

use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Parser;
use examples::echo::v1::{EchoRequest, echo_client::EchoClient, echo_server::EchoServer};
use examples::echo::{Echo, PlainEcho};
use examples::measure::quantile;
use tonic::body::Body;
use tonic::client::GrpcService;
use tonic::codegen::{Body as HttpBody, Bytes, StdError};
use tonic::transport::{Endpoint, Server, server::TcpIncoming};

/// Echo through a conformist server and channel, and through plain tonic, in turn
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench echo")]
struct Options {
    /// How often each is measured
    #[arg(long, default_value_t = 11)]
    rounds: u32,
    /// Calls one after another in each round, for the times of single calls
    #[arg(long, default_value_t = 2000)]
    calls: u32,
    /// Calls at the same time, for the throughput
    #[arg(long, default_value_t = 32)]
    clients: u32,
    /// How long the throughput is measured in each round, in milliseconds
    #[arg(long, default_value_t = 500)]
    milliseconds: u64,
    /// Bytes in a call and in its reply
    #[arg(long, default_value_t = 64)]
    bytes: usize,
}

/// What has been measured of one of the two.
#[derive(Debug, Default)]
struct Measured {
    microseconds: Vec<f64>,
    per_second: Vec<f64>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let incoming = TcpIncoming::bind("127.0.0.1:0".parse()?).context("cannot listen")?;
    let incoming = incoming.with_nodelay(Some(true));
    let address = incoming.local_addr()?;
    let service = EchoServer::new(PlainEcho::default());
    tokio::spawn(
        Server::builder()
            .add_service(service)
            .serve_with_incoming(incoming),
    );
    let plain = Endpoint::from_shared(format!("http://{address}"))?
        .connect()
        .await?;
    let plain = EchoClient::new(plain);

    let server = hicam::Server::<Echo>::new(hicam::ServerOptions::default());
    let server = server.service(EchoServer::from_arc).start().await?;
    let channel = hicam::client::Connector::new().direct(server.address());
    let conformist = EchoClient::new(channel.connect("echo").await?);

    // Connections, caches and the allocator warm up.
    measure(&plain, &options, &mut Measured::default()).await?;
    measure(&conformist, &options, &mut Measured::default()).await?;
    let (mut without, mut with) = (Measured::default(), Measured::default());
    for round in 0..options.rounds {
        if round % 2 == 0 {
            measure(&plain, &options, &mut without).await?;
            measure(&conformist, &options, &mut with).await?;
        } else {
            measure(&conformist, &options, &mut with).await?;
            measure(&plain, &options, &mut without).await?;
        }
    }
    server.terminate().await;

    println!(
        "Echo of {} bytes, client and server in one process, in turn, {} rounds: a conformist server and channel against plain tonic",
        options.bytes, options.rounds
    );
    println!(
        "{:<34} {:>10} {:>10} {:>8}",
        "", "plain", "conformist", "ratio"
    );
    let calls = options.clients;
    row(
        &format!("calls per second, {calls} at a time"),
        quantile(&mut without.per_second, 0.5),
        quantile(&mut with.per_second, 0.5),
    );
    for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
        row(
            &format!("one call, {name}, µs"),
            quantile(&mut without.microseconds, share),
            quantile(&mut with.microseconds, share),
        );
    }
    Ok(())
}

fn row(what: &str, plain: f64, conformist: f64) {
    println!(
        "{what:<34} {plain:>10.1} {conformist:>10.1} {:>8.2}",
        conformist / plain
    );
}

async fn measure<T>(
    client: &EchoClient<T>,
    options: &Options,
    measured: &mut Measured,
) -> anyhow::Result<()>
where
    T: GrpcService<Body> + Clone + Send + 'static,
    T::Error: Into<StdError>,
    T::Future: Send,
    T::ResponseBody: HttpBody<Data = Bytes> + Send + 'static,
    <T::ResponseBody as HttpBody>::Error: Into<StdError> + Send,
{
    let payload = vec![7; options.bytes];
    let mut one = client.clone();
    for _ in 0..options.calls {
        let payload = payload.clone();
        let began = Instant::now();
        one.echo(EchoRequest { payload }).await?;
        measured
            .microseconds
            .push(began.elapsed().as_secs_f64() * 1e6);
    }
    let began = Instant::now();
    let end = began + Duration::from_millis(options.milliseconds);
    let clients = (0..options.clients).map(|_| {
        let mut client = client.clone();
        let payload = payload.clone();
        tokio::spawn(async move {
            let mut calls = 0_u32;
            while Instant::now() < end {
                let payload = payload.clone();
                client.echo(EchoRequest { payload }).await?;
                calls += 1;
            }
            Ok::<_, tonic::Status>(calls)
        })
    });
    let mut calls = 0;
    for client in clients.collect::<Vec<_>>() {
        calls += client.await??;
    }
    let seconds = began.elapsed().as_secs_f64();
    measured.per_second.push(f64::from(calls) / seconds);
    Ok(())
}
