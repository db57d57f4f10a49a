//! A value that is a method's receiver and its argument.

use super::{hicam, programs};

#[derive(Debug, Clone, Copy, PartialEq, hicam::State)]
pub(crate) struct Vector {
    x: i32,
    y: i32,
}

#[hicam::migratable]
impl Vector {
    async fn dot(&self, other: &Vector) -> i32 {
        hicam::point().await;
        self.x * other.x + self.y * other.y
    }

    async fn scale(&mut self, by: i32) {
        self.x *= by;
        hicam::point().await;
        self.y *= by;
    }
}

#[hicam::migratable]
async fn lengths() -> (i32, i32, Vector) {
    let mut vector = Vector { x: 1, y: 2 };
    let before = vector.dot(&vector).await;
    vector.scale(3).await;
    vector.x += vector.dot(&vector).await;
    (before, vector.dot(&vector).await, vector)
}

programs! {
    self_as_argument;
    a_vector_with_itself: lengths();
}
