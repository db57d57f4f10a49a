//! Borrows of one of several places.

use super::expressions::add;
use super::{hicam, programs};

/// What decided is changed through what was chosen.
#[hicam::migratable]
async fn changed_afterwards() -> (Vec<u32>, Vec<u32>) {
    let (mut a, mut b) = (vec![5], vec![1]);
    for i in 0..3 {
        let larger = if a[0] > b[0] { &mut a } else { &mut b };
        larger[0] = i;
        hicam::point().await;
        larger.push(i);
        hicam::point().await;
        larger.push(add(i, 10).await);
    }
    (a, b)
}

#[derive(Debug, Clone, Copy, PartialEq, hicam::State)]
pub(crate) enum Lane {
    Left,
    Middle,
    Right,
    Closed,
}

#[derive(Debug, Default, Clone, PartialEq, hicam::State)]
pub(crate) struct Road {
    left: Vec<u32>,
    middle: Vec<u32>,
    right: Vec<u32>,
}

#[hicam::migratable]
impl Road {
    async fn pass(&mut self, lane: Lane, car: u32) -> Option<usize> {
        let cars = match lane {
            Lane::Left => &mut self.left,
            Lane::Middle if car > 1 => &mut self.middle,
            Lane::Middle | Lane::Right => &mut self.right,
            Lane::Closed => return None,
        };
        cars.push(car);
        hicam::point().await;
        let count = add(cars.len() as u32, 0).await;
        cars.push(count);
        Some(cars.len())
    }

    async fn longest(&self) -> (usize, u32) {
        let longest: &[u32] = if self.left.len() > self.middle.len() {
            if self.left.len() > self.right.len() {
                &self.left
            } else {
                &self.right
            }
        } else if self.middle.len() > self.right.len() {
            &self.middle
        } else {
            &self.right
        };
        let mut sum = 0;
        for car in longest {
            sum = add(sum, *car).await;
        }
        (longest.len(), sum)
    }

    async fn ends(&self) -> (usize, usize) {
        let (first, last) = match self.left.len().cmp(&self.right.len()) {
            std::cmp::Ordering::Less => (&self.left, &self.right),
            _ => (&self.right, &self.left),
        };
        hicam::point().await;
        (first.len(), last.len())
    }
}

#[hicam::migratable]
async fn road() -> (Vec<Option<usize>>, (usize, u32), (usize, usize), Road) {
    let mut road = Road::default();
    let mut counts = Vec::new();
    let lanes = [
        Lane::Left,
        Lane::Middle,
        Lane::Closed,
        Lane::Right,
        Lane::Middle,
    ];
    for (car, lane) in lanes.into_iter().enumerate() {
        counts.push(road.pass(lane, car as u32).await);
    }
    let longest = road.longest().await;
    let ends = road.ends().await;
    (counts, longest, ends, road)
}

/// Which of two texts, one of them the callee's own.
#[hicam::migratable]
async fn named(name: Option<String>, fallback: &str) -> String {
    let own = name.clone().unwrap_or_default();
    let text = if name.is_some() {
        own.as_str()
    } else {
        fallback
    };
    hicam::point().await;
    let length = add(text.len() as u32, 1).await;
    format!("{text} {length}")
}

#[hicam::migratable]
async fn names() -> (String, String) {
    let first = named(Some("ann".to_owned()), "nobody").await;
    (first, named(None, "nobody").await)
}

programs! {
    chosen_places;
    a_decision_is_kept: changed_afterwards();
    lanes_of_a_road: road();
    one_of_two_texts: names() => ("ann 4".to_owned(), "nobody 7".to_owned());
}
