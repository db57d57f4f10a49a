//! The renderer's service: ordinary tonic code, with attributes.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use tonic::{Request, Response, Status};

use super::geometry::{Ray, Vector};
use super::random::Random;
use super::scene::{Camera, Scene, Surface};
use super::v1::{PictureReply, PictureRequest, StatusReply, StatusRequest, render_server};

/// More pixels than this are refused: the reply would not fit a gRPC message.
const MOST_PIXELS: u64 = 1 << 20;
/// More bounces than this cannot be told apart.
const MOST_BOUNCES: u32 = 32;

/// The server's own data.
#[derive(Debug, Default, hicam::State)]
pub struct Render {
    pictures: AtomicU64,
    rays: AtomicU64,
}

#[hicam::conformist(class = "render")]
#[tonic::async_trait]
impl render_server::Render for Render {
    async fn picture(
        &self,
        request: Request<PictureRequest>,
    ) -> Result<Response<PictureReply>, Status> {
        let asked = request.into_inner();
        check(&asked)?;
        let scene = Scene::new();
        let camera = Camera::new(asked.width, asked.height);
        let mut random = Random::new(asked.seed);
        let mut pixels = Vec::new();
        let mut rays = 0;
        for y in 0..asked.height {
            for x in 0..asked.width {
                let mut light = Vector::BLACK;
                for _ in 0..asked.samples {
                    let ray = camera.ray(x, y, &mut random);
                    let path = radiance(&scene, ray, asked.depth, &mut random, &mut rays).await;
                    light = light + path;
                }
                let pixel = light * (1.0 / f64::from(asked.samples));
                pixels.extend(pixel.rgb());
            }
            // A long computation leaves the worker thread to others now and then, as in any async program.
            tokio::task::yield_now().await;
        }
        self.pictures.fetch_add(1, Relaxed);
        self.rays.fetch_add(rays, Relaxed);
        Ok(Response::new(PictureReply {
            width: asked.width,
            height: asked.height,
            pixels,
            rays,
        }))
    }

    async fn status(&self, _: Request<StatusRequest>) -> Result<Response<StatusReply>, Status> {
        Ok(Response::new(StatusReply {
            pictures: self.pictures.load(Relaxed),
            rays: self.rays.load(Relaxed),
        }))
    }
}

/// The light that comes along a ray.
#[hicam::migratable]
async fn radiance(
    scene: &Scene,
    ray: Ray,
    depth: u32,
    random: &mut Random,
    rays: &mut u64,
) -> Vector {
    *rays += 1;
    if depth == 0 {
        return Vector::BLACK;
    }
    match scene.nearest(&ray) {
        None => scene.sky(&ray),
        Some(hit) => match hit.surface() {
            Surface::Lamp(light) => light,
            Surface::Matte(colour) => {
                let next = hit.scattered(random);
                let light = Box::pin(radiance(scene, next, depth - 1, random, rays)).await;
                light.tinted(colour)
            }
            Surface::Mirror(colour) => {
                let next = hit.reflected();
                let light = Box::pin(radiance(scene, next, depth - 1, random, rays)).await;
                light.tinted(colour)
            }
            Surface::Glass { index } => {
                let reflected = hit.reflected();
                if let Some((refracted, share)) = hit.refracted(index) {
                    let through =
                        Box::pin(radiance(scene, refracted, depth - 1, random, rays)).await;
                    let back = Box::pin(radiance(scene, reflected, depth - 1, random, rays)).await;
                    through * share + back * (1.0 - share)
                } else {
                    Box::pin(radiance(scene, reflected, depth - 1, random, rays)).await
                }
            }
        },
    }
}

fn check(asked: &PictureRequest) -> Result<(), Status> {
    let pixels = u64::from(asked.width) * u64::from(asked.height);
    if pixels == 0 || pixels > MOST_PIXELS {
        return Err(Status::invalid_argument(format!(
            "a picture of {} by {} pixels: give at least one pixel and at most {MOST_PIXELS}",
            asked.width, asked.height
        )));
    }
    if asked.samples == 0 || asked.depth == 0 || asked.depth > MOST_BOUNCES {
        return Err(Status::invalid_argument(format!(
            "{} samples of depth {}: give at least 1 sample and a depth of 1 to {MOST_BOUNCES}",
            asked.samples, asked.depth
        )));
    }
    Ok(())
}
