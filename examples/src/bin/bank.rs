//! The bank's server: `bank serve`, `bank checkpoint-server`, `bank schema`.

use examples::bank::{Bank, v1::bank_server::BankServer};

#[hicam::main(Bank, durability = "replies")]
async fn main(server: hicam::Server<Bank>) -> anyhow::Result<()> {
    server
        .service(BankServer::from_arc)
        .reflect(examples::DESCRIPTOR_SET)
        .run()
        .await
}
