//! The renderer: a picture that was moved while it was computed is the same picture.

use anyhow::ensure;
use examples::render::Render;
use examples::render::v1::{
    PictureRequest, StatusRequest, render_client::RenderClient, render_server::Render as _,
};

use crate::fixture::on_cluster;

const SERVER: &str = "render/main";

#[tokio::test]
async fn a_moved_picture_is_the_same_picture() -> anyhow::Result<()> {
    on_cluster(async |fixture| {
        let request = PictureRequest {
            width: 96,
            height: 64,
            samples: 24,
            depth: 8,
            seed: 3,
        };
        let expected = Render::default()
            .picture(tonic::Request::new(request))
            .await?;
        fixture.deploy("render", "1s").await?;
        let mut render = RenderClient::new(fixture.connect(SERVER).await?);
        let mut other = render.clone();
        let moving = async {
            fixture.busy(SERVER).await?;
            fixture.to_and_fro(SERVER, 3).await
        };
        let drawing = async { anyhow::Ok(render.picture(request).await?.into_inner()) };
        let (picture, threads) = tokio::try_join!(drawing, moving)?;
        ensure!(threads > 0, "the picture was not moved");
        ensure!(picture == *expected.get_ref(), "another picture");
        let status = other.status(StatusRequest {}).await?.into_inner();
        ensure!(
            status.pictures == 1 && status.rays == picture.rays,
            "{status:?}"
        );
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_picture_goes_on_from_a_checkpoint_after_sigkill() -> anyhow::Result<()> {
    on_cluster(async |fixture| {
        let request = PictureRequest {
            width: 96,
            height: 64,
            samples: 24,
            depth: 8,
            seed: 4,
        };
        let expected = Render::default()
            .picture(tonic::Request::new(request))
            .await?;
        fixture.deploy("render", "off").await?;
        let mut render = RenderClient::new(fixture.connect(SERVER).await?);
        let killing = async {
            fixture.busy(SERVER).await?;
            let taken: serde_json::Value = fixture.cluster.miman(&["checkpoint", SERVER]).await?;
            ensure!(taken["threads"] == 1, "{taken}");
            let victim = fixture.cluster.server(SERVER).await?;
            fixture.cluster.kill(&victim).await?;
            fixture.cluster.restore(SERVER, &victim.host).await?;
            Ok(())
        };
        let drawing = async { anyhow::Ok(render.picture(request).await?.into_inner()) };
        let (picture, ()) = tokio::try_join!(drawing, killing)?;
        ensure!(picture == *expected.get_ref(), "another picture");
        Ok(())
    })
    .await
}
