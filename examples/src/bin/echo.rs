//! The echo server, to measure: `echo serve`, `echo checkpoint-server`, `echo schema`.

use examples::echo::{Echo, v1::echo_server::EchoServer};

#[hicam::main(Echo)]
async fn main(server: hicam::Server<Echo>) -> anyhow::Result<()> {
    server.service(EchoServer::from_arc).run().await
}
