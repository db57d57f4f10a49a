//! The index's server: `textindex serve`, `textindex checkpoint-server`, `textindex schema`.

use examples::textindex::{TextIndex, v1::text_index_server::TextIndexServer};

#[hicam::main(TextIndex)]
async fn main(server: hicam::Server<TextIndex>) -> anyhow::Result<()> {
    server
        .service(TextIndexServer::from_arc)
        .reflect(examples::DESCRIPTOR_SET)
        .run()
        .await
}
