//! What is in the picture, and what a ray meets there.

use super::geometry::{Ray, Vector};
use super::random::Random;

/// Closer than this is the surface the ray comes from.
const TOUCHING: f64 = 1e-6;

/// What a sphere is made of.
#[derive(Clone, Debug, hicam::State)]
pub(super) enum Surface {
    /// Scatters light in every direction.
    Matte(Vector),
    /// Reflects it.
    Mirror(Vector),
    /// Reflects some and lets the rest through.
    Glass {
        /// How much slower light is inside.
        index: f64,
    },
    /// Gives light.
    Lamp(Vector),
}

#[derive(Clone, Debug, hicam::State)]
struct Sphere {
    centre: Vector,
    radius: f64,
    surface: Surface,
}

impl Sphere {
    fn distance(&self, ray: &Ray) -> Option<f64> {
        let offset = ray.origin - self.centre;
        let half = offset.dot(ray.direction);
        let root = half * half - offset.dot(offset) + self.radius * self.radius;
        if root < 0.0 {
            return None;
        }
        let root = root.sqrt();
        [-half - root, -half + root]
            .into_iter()
            .find(|distance| *distance > TOUCHING)
    }
}

/// Where a ray meets a surface.
#[derive(Clone, Debug, hicam::State)]
pub(super) struct Hit {
    surface: Surface,
    place: Vector,
    // Towards the side the ray comes from.
    normal: Vector,
    incoming: Vector,
    inside: bool,
}

impl Hit {
    /// What is there.
    pub(super) fn surface(&self) -> Surface {
        self.surface.clone()
    }

    /// The way on from a matte surface.
    pub(super) fn scattered(&self, random: &mut Random) -> Ray {
        let direction = self.normal + random.direction();
        // The random direction may be opposite to the normal.
        let direction = if direction.dot(direction) < 1e-12 {
            self.normal
        } else {
            direction
        };
        Ray::new(self.place, direction)
    }

    /// The way on from a mirror.
    pub(super) fn reflected(&self) -> Ray {
        Ray::new(self.place, self.incoming.reflected(self.normal))
    }

    /// The way on through glass and the share of light that takes it; none if all is reflected.
    pub(super) fn refracted(&self, index: f64) -> Option<(Ray, f64)> {
        let ratio = if self.inside { index } else { 1.0 / index };
        let cosine = -self.incoming.dot(self.normal);
        let square = 1.0 - ratio * ratio * (1.0 - cosine * cosine);
        if square < 0.0 {
            return None;
        }
        let direction = self.incoming * ratio + self.normal * (ratio * cosine - square.sqrt());
        // Schlick's approximation of how much is reflected.
        let straight = (1.0 - index) / (1.0 + index);
        let straight = straight * straight;
        let grazing = 1.0 - if self.inside { square.sqrt() } else { cosine };
        let power = grazing * grazing * grazing * grazing * grazing;
        let reflected = straight + (1.0 - straight) * power;
        Some((Ray::new(self.place, direction), 1.0 - reflected))
    }
}

/// The spheres and the sky.
#[derive(Clone, Debug, hicam::State)]
pub(super) struct Scene {
    spheres: Vec<Sphere>,
}

impl Scene {
    /// Spheres of each kind on a large one, under a lamp.
    pub(super) fn new() -> Self {
        let sphere = |x, y, z, radius, surface| Sphere {
            centre: Vector::new(x, y, z),
            radius,
            surface,
        };
        let matte = |red, green, blue| Surface::Matte(Vector::new(red, green, blue));
        Scene {
            spheres: vec![
                sphere(0.0, -1000.0, 0.0, 1000.0, matte(0.55, 0.55, 0.5)),
                sphere(-2.1, 1.0, 0.0, 1.0, matte(0.7, 0.2, 0.15)),
                sphere(0.0, 1.0, 0.4, 1.0, Surface::Glass { index: 1.5 }),
                sphere(
                    2.1,
                    1.0,
                    0.0,
                    1.0,
                    Surface::Mirror(Vector::new(0.9, 0.85, 0.7)),
                ),
                sphere(-0.9, 0.35, 1.9, 0.35, matte(0.15, 0.4, 0.7)),
                sphere(1.1, 0.3, 1.8, 0.3, matte(0.2, 0.55, 0.25)),
                sphere(
                    0.0,
                    5.0,
                    -1.0,
                    1.2,
                    Surface::Lamp(Vector::new(5.0, 4.6, 4.0)),
                ),
            ],
        }
    }

    /// The first surface on the ray's way.
    pub(super) fn nearest(&self, ray: &Ray) -> Option<Hit> {
        let mut nearest: Option<(f64, &Sphere)> = None;
        for sphere in &self.spheres {
            if let Some(distance) = sphere.distance(ray)
                && nearest.is_none_or(|(closest, _)| distance < closest)
            {
                nearest = Some((distance, sphere));
            }
        }
        let (distance, sphere) = nearest?;
        let place = ray.at(distance);
        let outwards = (place - sphere.centre) * (1.0 / sphere.radius);
        let inside = outwards.dot(ray.direction) > 0.0;
        Some(Hit {
            surface: sphere.surface.clone(),
            place,
            normal: if inside { outwards * -1.0 } else { outwards },
            incoming: ray.direction,
            inside,
        })
    }

    /// The light of a ray that meets nothing.
    pub(super) fn sky(&self, ray: &Ray) -> Vector {
        let share = 0.5 * (ray.direction.height() + 1.0);
        Vector::new(0.9, 0.92, 1.0) * (1.0 - share) + Vector::new(0.25, 0.45, 0.85) * share
    }
}

/// Where the picture is seen from.
#[derive(Clone, Debug, hicam::State)]
pub(super) struct Camera {
    width: f64,
    height: f64,
}

impl Camera {
    pub(super) fn new(width: u32, height: u32) -> Self {
        Camera {
            width: f64::from(width),
            height: f64::from(height),
        }
    }

    /// A ray through a random place of the pixel.
    pub(super) fn ray(&self, x: u32, y: u32, random: &mut Random) -> Ray {
        let across = (f64::from(x) + random.unit()) / self.width * 2.0 - 1.0;
        let up = 1.0 - (f64::from(y) + random.unit()) / self.height * 2.0;
        let aspect = self.width / self.height;
        Ray::new(
            Vector::new(0.0, 1.6, 7.0),
            Vector::new(across * aspect * 0.45, up * 0.45 - 0.1, -1.0),
        )
    }
}
