//! The n-body simulation: planets under gravity, stepped with a symplectic integrator.

use std::f64::consts::PI;

use super::{hicam, programs};

const SOLAR_MASS: f64 = 4.0 * PI * PI;
const DAYS_PER_YEAR: f64 = 365.24;

#[derive(Clone, Copy, Debug, PartialEq, hicam::State)]
pub(crate) struct Body {
    position: [f64; 3],
    velocity: [f64; 3],
    mass: f64,
}

const SUN: Body = Body {
    position: [0.0; 3],
    velocity: [0.0; 3],
    mass: SOLAR_MASS,
};
const JUPITER: Body = Body {
    position: [4.841_431_44, -1.160_320_04, -0.103_622_04],
    velocity: [
        0.001_660_076_64 * DAYS_PER_YEAR,
        0.007_699_011_18 * DAYS_PER_YEAR,
        -0.000_069_046_01 * DAYS_PER_YEAR,
    ],
    mass: 0.000_954_791_93 * SOLAR_MASS,
};
const SATURN: Body = Body {
    position: [8.343_366_71, 4.124_798_56, -0.403_523_41],
    velocity: [
        -0.002_767_425_10 * DAYS_PER_YEAR,
        0.004_998_528_01 * DAYS_PER_YEAR,
        0.000_023_041_72 * DAYS_PER_YEAR,
    ],
    mass: 0.000_285_885_98 * SOLAR_MASS,
};

fn dot(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[hicam::migratable]
async fn offset_momentum(bodies: &mut [Body]) {
    let mut momentum = [0.0; 3];
    for body in bodies.iter() {
        for axis in 0..3 {
            momentum[axis] += body.velocity[axis] * body.mass;
        }
    }
    for (velocity, momentum) in bodies[0].velocity.iter_mut().zip(&momentum) {
        *velocity = -momentum / SOLAR_MASS;
    }
}

#[hicam::migratable]
async fn energy(bodies: &[Body]) -> f64 {
    let mut energy = 0.0;
    for (i, body) in bodies.iter().enumerate() {
        energy += 0.5 * body.mass * dot(&body.velocity, &body.velocity);
        for other in &bodies[i + 1..] {
            let mut distance = [0.0; 3];
            for axis in 0..3 {
                distance[axis] = body.position[axis] - other.position[axis];
            }
            energy -= body.mass * other.mass / dot(&distance, &distance).sqrt();
        }
    }
    energy
}

#[hicam::migratable]
async fn advance(bodies: &mut [Body], dt: f64) {
    for i in 0..bodies.len() {
        for j in i + 1..bodies.len() {
            let mut distance = [0.0; 3];
            for axis in 0..3 {
                distance[axis] = bodies[i].position[axis] - bodies[j].position[axis];
            }
            let squared = dot(&distance, &distance);
            let magnitude = dt / (squared * squared.sqrt());
            let (mass, other_mass) = (bodies[i].mass, bodies[j].mass);
            for axis in 0..3 {
                bodies[i].velocity[axis] -= distance[axis] * other_mass * magnitude;
                bodies[j].velocity[axis] += distance[axis] * mass * magnitude;
            }
        }
    }
    for body in bodies.iter_mut() {
        for axis in 0..3 {
            body.position[axis] += dt * body.velocity[axis];
        }
    }
}

#[hicam::migratable]
async fn simulate(steps: usize) -> (String, String, u64) {
    let mut bodies = vec![SUN, JUPITER, SATURN];
    offset_momentum(&mut bodies).await;
    let before = energy(&bodies).await;
    for _ in 0..steps {
        advance(&mut bodies, 0.01).await;
    }
    let after = energy(&bodies).await;
    (
        format!("{before:.9}"),
        format!("{after:.9}"),
        after.to_bits(),
    )
}

programs! {
    algorithms::nbody;
    n_body: simulate(12);
}
