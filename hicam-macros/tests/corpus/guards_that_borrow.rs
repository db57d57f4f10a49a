//! Arms that bind by reference and have guards, beside arms with points.

use super::expressions::add;
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

#[hicam::migratable]
async fn length(list: Vec<u32>) -> u32 {
    hicam::point().await;
    list.len() as u32
}

/// What is matched by reference is moved elsewhere.
#[hicam::migratable]
async fn moved_after(n: u32) -> Vec<u32> {
    let mut out = Vec::new();
    for i in 0..n {
        let list = vec![1, i];
        hicam::point().await;
        out.push(match &list {
            list if list.len() > 5 => 0,
            list if list[1] == 1 => list.len() as u32,
            _ => {
                hicam::point().await;
                9
            }
        });
        out.push(match &list {
            list if add(list[0], i).await > 4 => 0,
            list if list[1] == 2 => {
                hicam::point().await;
                list.len() as u32 + 100
            }
            list => {
                hicam::point().await;
                list[1] + 7
            }
        });
        hicam::point().await;
        out.push(length(list).await);
    }
    out
}

#[hicam::migratable]
async fn moved_in_arms(n: u32) -> u32 {
    let list = vec![1, n];
    hicam::point().await;
    match &list {
        found if add(found[1], 1).await > 2 => {
            let first = found[0];
            hicam::point().await;
            length(list).await + first
        }
        _ => list[1],
    }
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) enum Parcel {
    Letter { to: String, pages: u32 },
    Crate(Vec<u32>, Option<String>),
    Empty,
}

/// `ref`, and moves in other arms.
#[hicam::migratable]
async fn by_ref(parcels: Vec<Parcel>) -> Vec<String> {
    let mut out = Vec::new();
    for mut parcel in parcels {
        match parcel {
            Parcel::Letter { ref to, pages } if pages > 2 => {
                hicam::point().await;
                let total = add(pages, to.len() as u32).await;
                out.push(format!("{to} {total}"));
            }
            Parcel::Letter { to, .. } => {
                hicam::point().await;
                out.push(to);
            }
            Parcel::Crate(ref mut weights, Some(ref label)) => {
                weights.push(add(label.len() as u32, 0).await);
                hicam::point().await;
                weights.push(7);
                out.push(format!("{parcel:?}"));
                continue;
            }
            Parcel::Crate(ref weights, None) if weights.is_empty() => out.push("none".to_owned()),
            Parcel::Crate(weights, _) => {
                hicam::point().await;
                out.push(format!("{weights:?}"));
            }
            ref other => {
                hicam::point().await;
                out.push(format!("{other:?}"));
            }
        }
        hicam::point().await;
    }
    out
}

#[hicam::migratable]
async fn all_moved() -> (Vec<u32>, u32, u32) {
    let after = moved_after(4).await;
    (after, moved_in_arms(1).await, moved_in_arms(5).await)
}

programs! {
    guards_that_borrow;
    borrowed_and_moved: all_moved();
    borrowed_by_ref: by_ref(vec![
        Parcel::Letter { to: "me".to_owned(), pages: 3 },
        Parcel::Letter { to: "you".to_owned(), pages: 1 },
        Parcel::Crate(vec![1], Some("abc".to_owned())),
        Parcel::Crate(vec![], None),
        Parcel::Crate(vec![4], None),
        Parcel::Empty,
    ]);
    a_crossing: crossing(9);
}
