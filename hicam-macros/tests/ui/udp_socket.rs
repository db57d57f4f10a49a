//! A socket of the standard library.

use std::net::UdpSocket;

#[hicam::migratable]
async fn send(text: String) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    hicam::point().await;
    socket.send(text.as_bytes()).unwrap();
}

fn main() {}
