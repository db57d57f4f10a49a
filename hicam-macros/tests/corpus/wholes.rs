//! Arms that bind what is matched as a whole, where that is a mutable reference.

use super::{hicam, programs};

#[hicam::migratable]
async fn even(n: &u32) -> bool {
    hicam::point().await;
    *n % 2 == 0
}

#[hicam::migratable]
async fn grow(entry: &mut Option<u32>) {
    match entry {
        Some(known) => {
            hicam::point().await;
            *known += 1;
        }
        other => {
            hicam::point().await;
            *other = Some(5);
            hicam::point().await;
        }
    }
    hicam::point().await;
}

#[hicam::migratable]
async fn fill(entry: &mut Option<u32>) -> u32 {
    match entry {
        none @ None => {
            hicam::point().await;
            *none = Some(2);
            1
        }
        some @ (Some(0) | Some(1)) => {
            hicam::point().await;
            *some = None;
            2
        }
        other => other.unwrap_or(3),
    }
}

#[hicam::migratable]
async fn by_guard(entry: &mut Option<u32>) {
    match entry {
        large if large.is_some_and(|n| n > 7) => {
            hicam::point().await;
            *large = Some(7);
        }
        none @ None => {
            hicam::point().await;
            *none = Some(0);
        }
        _ => {}
    }
}

#[hicam::migratable]
async fn by_awaited_guard(entry: &mut Option<u32>) -> u32 {
    match entry {
        Some(n) if even(&*n).await => {
            hicam::point().await;
            *n += 1;
            1
        }
        none @ None => {
            hicam::point().await;
            *none = Some(4);
            2
        }
        some @ Some(3) => {
            hicam::point().await;
            *some = None;
            3
        }
        other => {
            hicam::point().await;
            *other = Some(3);
            4
        }
    }
}

#[derive(Debug, Default, PartialEq, hicam::State)]
pub(crate) enum Phase {
    #[default]
    Idle,
    Running(u32),
}

#[hicam::migratable]
impl Phase {
    async fn step(&mut self) {
        match self {
            Phase::Running(steps) => {
                hicam::point().await;
                *steps += 1;
            }
            idle => {
                hicam::point().await;
                *idle = Phase::Running(0);
            }
        }
    }
}

#[hicam::migratable]
async fn wholes() -> (Vec<u32>, Phase, Option<u32>) {
    let mut out = Vec::new();
    for first in [None, Some(0), Some(3), Some(8), Some(9)] {
        let mut entry = first;
        grow(&mut entry).await;
        out.push(by_awaited_guard(&mut entry).await);
        out.push(by_awaited_guard(&mut entry).await);
        by_guard(&mut entry).await;
        out.push(fill(&mut entry).await);
        out.push(entry.unwrap_or(1));
    }
    let mut last = None;
    let mut phase = Phase::default();
    for _ in 0..3 {
        phase.step().await;
        out.push(fill(&mut last).await);
    }
    let mut local = Some(1);
    let lent = &mut local;
    match lent {
        Some(0) => {}
        whole => {
            hicam::point().await;
            *whole = last;
        }
    }
    (out, phase, local)
}

programs! {
    wholes;
    arms_that_bind_the_whole: wholes();
}
