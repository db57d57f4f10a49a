//! The renderer's server: `render serve`, `render checkpoint-server`, `render schema`.

use examples::render::{Render, v1::render_server::RenderServer};

#[hicam::main(Render)]
async fn main(server: hicam::Server<Render>) -> anyhow::Result<()> {
    server
        .service(RenderServer::from_arc)
        .reflect(examples::DESCRIPTOR_SET)
        .run()
        .await
}
