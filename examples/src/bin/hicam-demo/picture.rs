//! The renderer's clients: each picture is compared with one computed in this process, which never moved.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use examples::render::Render;
use examples::render::client::write_png;
use examples::render::v1::{
    PictureReply, PictureRequest, StatusRequest, render_client::RenderClient,
    render_server::Render as _,
};
use tokio::task::JoinSet;

use crate::tally::Tally;
use examples::measure::Probe;

pub(crate) const SERVER: &str = "render/main";

const CLIENTS: usize = 2;

/// What is asked for, with this many rays for each pixel.
pub(crate) fn request(samples: u32) -> PictureRequest {
    PictureRequest {
        width: 320,
        height: 200,
        samples,
        depth: 8,
        seed: 42,
    }
}

/// The picture as it is when nothing is moved.
pub(crate) async fn reference(request: PictureRequest) -> anyhow::Result<PictureReply> {
    let picture = Render::default()
        .picture(tonic::Request::new(request))
        .await;
    Ok(picture
        .context("the picture cannot be computed")?
        .into_inner())
}

/// The clients.
pub(crate) struct Load {
    clients: JoinSet<Vec<PictureReply>>,
    pub(crate) probe: Probe,
}

impl Load {
    /// Starts the clients.
    pub(crate) async fn start(
        etcd: &str,
        request: PictureRequest,
        tally: &Arc<Tally>,
    ) -> anyhow::Result<Self> {
        let mut clients = JoinSet::new();
        for _ in 0..CLIENTS {
            clients.spawn(pictures(connect(etcd).await?, request, Arc::clone(tally)));
        }
        let probe = Probe::default();
        let render = connect(etcd).await?;
        let (probing, shared) = (probe.clone(), Arc::clone(tally));
        tokio::spawn(async move {
            let call = || {
                let mut render = render.clone();
                async move { render.status(StatusRequest {}).await }
            };
            shared.probe("status", probing, call).await;
        });
        Ok(Load { clients, probe })
    }

    /// Waits for the clients, which have been asked to stop, and compares every picture. Returns how many there were.
    pub(crate) async fn finish(
        self,
        expected: &PictureReply,
        file: Option<&Path>,
    ) -> anyhow::Result<usize> {
        let pictures: Vec<_> = self
            .clients
            .join_all()
            .await
            .into_iter()
            .flatten()
            .collect();
        ensure!(!pictures.is_empty(), "no picture was completed");
        let wrong = pictures.iter().filter(|picture| *picture != expected);
        let wrong = wrong.count();
        ensure!(
            wrong == 0,
            "{wrong} of {} pictures are not the one computed without migration",
            pictures.len()
        );
        if let (Some(file), Some(picture)) = (file, pictures.first()) {
            write_png(picture, file)?;
        }
        Ok(pictures.len())
    }
}

type Client = RenderClient<hicam::Channel>;

async fn connect(etcd: &str) -> anyhow::Result<Client> {
    Ok(RenderClient::new(crate::run::connect(etcd, SERVER).await?))
}

async fn pictures(
    mut render: Client,
    request: PictureRequest,
    tally: Arc<Tally>,
) -> Vec<PictureReply> {
    let mut pictures = Vec::new();
    while tally.goes_on() {
        pictures.extend(tally.count("picture", render.picture(request).await));
    }
    pictures
}
