//! Branches: `if`, `if let`, `match` with guards and bindings, `let … else`, late initialisation.

use super::expressions::add;
use super::{hicam, programs};

#[derive(Debug, Clone, PartialEq, hicam::State)]
enum Shape {
    Dot,
    Line(u32),
    Box { w: u32, h: u32 },
}

#[hicam::migratable]
async fn patterns(shapes: Vec<Shape>) -> u32 {
    let mut area = 0;
    for shape in shapes {
        let part = match shape {
            Shape::Dot => 1,
            Shape::Line(n) if n > 3 => {
                hicam::point().await;
                n * 2
            }
            Shape::Line(n) => n,
            Shape::Box { w, mut h } => {
                let mut sum = 0;
                while h > 0 {
                    sum += w;
                    h -= 1;
                }
                sum
            }
        };
        if let Some(half) = part.checked_div(2) {
            hicam::point().await;
            area += half;
        } else {
            area += 1000;
        }
        area += part;
    }
    area
}

#[hicam::migratable]
async fn late(flag: bool) -> String {
    let text;
    if flag {
        hicam::point().await;
        text = String::from("yes");
    } else {
        text = add(1, 2).await.to_string();
    }
    hicam::point().await;
    let n: u32;
    n = text.len() as u32;
    hicam::point().await;
    format!("{text}{n}")
}

programs! {
    branches;
    match_arms: patterns(vec![Shape::Dot, Shape::Line(5), Shape::Line(2), Shape::Box { w: 3, h: 4 }]) => 37;
    late_initialised: late(true) => "yes3".to_owned();
    late_initialised_by_call: late(false) => "31".to_owned();
}
