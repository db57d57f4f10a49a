//! A connection.

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

#[hicam::migratable]
async fn send(address: String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"hello").await.unwrap();
}

fn main() {}
