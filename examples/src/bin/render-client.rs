//! A client of the renderer, from the command line.
#![allow(
    clippy::print_stdout,
    reason = "what the user asked for goes to standard output"
)]

use std::path::PathBuf;

use clap::Parser;
use examples::render::{
    client::write_png,
    v1::{PictureRequest, render_client::RenderClient},
};

/// Has a picture computed and writes it as a PNG file
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The server: class/name or UUID
    #[arg(long, default_value = "render/main")]
    server: String,
    /// Pixels across
    #[arg(long, default_value_t = 480)]
    width: u32,
    /// Pixels down
    #[arg(long, default_value_t = 320)]
    height: u32,
    /// Paths per pixel
    #[arg(long, default_value_t = 64)]
    samples: u32,
    /// Bounces at most
    #[arg(long, default_value_t = 8)]
    depth: u32,
    /// Seed of the random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The file to write
    #[arg(default_value = "picture.png")]
    output: PathBuf,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let asked = Arguments::parse();
    let channel = hicam::connect(&asked.server).await?;
    let mut render = RenderClient::new(channel);
    let request = PictureRequest {
        width: asked.width,
        height: asked.height,
        samples: asked.samples,
        depth: asked.depth,
        seed: asked.seed,
    };
    let picture = render.picture(request).await?.into_inner();
    write_png(&picture, &asked.output)?;
    println!("{}: {} rays", asked.output.display(), picture.rays);
    Ok(())
}
