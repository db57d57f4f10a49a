//! Arms that bind by reference and have guards, beside arms with points.

use super::{hicam, programs};

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) enum Light {
    Red { waited: u32 },
    Green { cars: Vec<u32> },
    Off,
}

#[hicam::migratable]
impl Light {
    async fn next(&mut self) -> bool {
        match self {
            Light::Red { waited } if *waited >= 2 => *self = Light::Green { cars: vec![1] },
            Light::Red { waited } => *waited += 1,
            Light::Green { cars } if cars.len() < 3 => {
                cars.push(7);
                hicam::point().await;
            }
            Light::Green { cars } if cars[0] == 1 => cars.reverse(),
            Light::Green { .. } => {
                hicam::point().await;
                *self = Light::Off;
            }
            Light::Off => return false,
        }
        true
    }
}

#[hicam::migratable]
async fn crossing(steps: u32) -> (Vec<Light>, u32) {
    let mut light = Light::Red { waited: 0 };
    let mut seen = Vec::new();
    let mut stopped = 0;
    for _ in 0..steps {
        if !light.next().await {
            stopped += 1;
        }
        seen.push(light.clone());
    }
    (seen, stopped)
}

programs! {
    guards_that_borrow;
    a_crossing: crossing(9);
}
