//! The renderer: pictures depend on the request alone, and can be written.

use examples::render::v1::{
    PictureRequest, StatusRequest, render_client::RenderClient, render_server::RenderServer,
};
use examples::render::{Render, client::write_png};
use tonic::Code;

use crate::serve::serve;

fn small() -> PictureRequest {
    PictureRequest {
        width: 24,
        height: 16,
        samples: 4,
        depth: 6,
        seed: 7,
    }
}

#[tokio::test]
async fn the_same_request_gives_the_same_picture_also_beside_others() {
    let serving = serve(RenderServer::new(Render::default())).await;
    let client = RenderClient::new(serving.channel.clone());
    let pictures = futures::future::try_join_all([7, 8, 7].map(|seed| {
        let mut client = client.clone();
        async move { client.picture(PictureRequest { seed, ..small() }).await }
    }));
    let pictures: Vec<_> = pictures.await.unwrap();
    let [one, other, again] = [0, 1, 2].map(|n: usize| pictures[n].get_ref());
    assert_eq!(one.pixels.len(), 24 * 16 * 3);
    assert_eq!(one, again);
    assert_ne!(one.pixels, other.pixels);
    // Light and shade: a picture of one colour would also be the same each time.
    let brightest = one.pixels.iter().max().unwrap();
    let darkest = one.pixels.iter().min().unwrap();
    assert!(brightest - darkest > 100, "{darkest} to {brightest}");

    let status = client.clone().status(StatusRequest {}).await.unwrap();
    let status = status.into_inner();
    assert_eq!(status.pictures, 3);
    assert_eq!(status.rays, one.rays + other.rays + again.rays);
}

#[tokio::test]
async fn pictures_that_cannot_be_made_are_refused() {
    let serving = serve(RenderServer::new(Render::default())).await;
    let mut client = RenderClient::new(serving.channel.clone());
    for asked in [
        PictureRequest {
            width: 0,
            ..small()
        },
        PictureRequest {
            width: u32::MAX,
            height: u32::MAX,
            ..small()
        },
        PictureRequest {
            samples: 0,
            ..small()
        },
        PictureRequest {
            depth: 0,
            ..small()
        },
        PictureRequest {
            depth: 1000,
            ..small()
        },
    ] {
        let refusal = client.picture(asked).await.unwrap_err();
        assert_eq!(refusal.code(), Code::InvalidArgument);
    }
}

#[tokio::test]
async fn a_picture_is_written_as_png() {
    let serving = serve(RenderServer::new(Render::default())).await;
    let mut client = RenderClient::new(serving.channel.clone());
    let picture = client.picture(small()).await.unwrap().into_inner();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("picture.png");
    write_png(&picture, &path).unwrap();
    let file = std::io::BufReader::new(std::fs::File::open(&path).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    assert_eq!((frame.width, frame.height), (24, 16));
    assert_eq!(pixels, picture.pixels);
    assert!(write_png(&picture, &directory.path().join("no/such/place.png")).is_err());
}
