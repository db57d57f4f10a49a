//! Vectors, which are also colours, and rays. Only operations that IEEE 754 fixes to the last bit are used.

use std::ops::{Add, Mul, Sub};

/// Three numbers: a place, a direction, or red, green and blue.
#[derive(Clone, Copy, Debug, Default, PartialEq, hicam::State)]
pub(super) struct Vector {
    x: f64,
    y: f64,
    z: f64,
}

impl Vector {
    pub(super) const BLACK: Vector = Vector::new(0.0, 0.0, 0.0);

    pub(super) const fn new(x: f64, y: f64, z: f64) -> Self {
        Vector { x, y, z }
    }

    pub(super) fn dot(self, other: Vector) -> f64 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    /// The product of each pair of numbers: light on a coloured surface.
    pub(super) fn tinted(self, colour: Vector) -> Vector {
        Vector::new(self.x * colour.x, self.y * colour.y, self.z * colour.z)
    }

    pub(super) fn normal(self) -> Vector {
        self * (1.0 / self.dot(self).sqrt())
    }

    pub(super) fn height(self) -> f64 {
        self.y
    }

    /// Mirrored at a surface with this normal.
    pub(super) fn reflected(self, normal: Vector) -> Vector {
        self - normal * (2.0 * self.dot(normal))
    }

    /// As one pixel, with the usual gamma of about 2.
    pub(super) fn rgb(self) -> [u8; 3] {
        // `as` saturates, which is what a channel that is too bright should do.
        [self.x, self.y, self.z].map(|channel| (channel.max(0.0).sqrt() * 255.0 + 0.5) as u8)
    }
}

impl Add for Vector {
    type Output = Vector;
    fn add(self, other: Vector) -> Vector {
        Vector::new(self.x + other.x, self.y + other.y, self.z + other.z)
    }
}

impl Sub for Vector {
    type Output = Vector;
    fn sub(self, other: Vector) -> Vector {
        Vector::new(self.x - other.x, self.y - other.y, self.z - other.z)
    }
}

impl Mul<f64> for Vector {
    type Output = Vector;
    fn mul(self, factor: f64) -> Vector {
        Vector::new(self.x * factor, self.y * factor, self.z * factor)
    }
}

/// Where light is looked for. The direction has length 1.
#[derive(Clone, Debug, hicam::State)]
pub(super) struct Ray {
    pub(super) origin: Vector,
    pub(super) direction: Vector,
}

impl Ray {
    pub(super) fn new(origin: Vector, direction: Vector) -> Self {
        Ray {
            origin,
            direction: direction.normal(),
        }
    }

    pub(super) fn at(&self, distance: f64) -> Vector {
        self.origin + self.direction * distance
    }
}
