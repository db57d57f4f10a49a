//! The binary's `main` without the server's type.

#[hicam::main]
async fn main() {}
