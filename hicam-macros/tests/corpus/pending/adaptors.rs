//! `for` over iterators that are put together from others.

use super::expressions::add;
use super::{hicam, programs};

#[hicam::migratable]
async fn chained() -> Vec<u32> {
    let mut out = Vec::new();
    for i in (0..10).skip(7).take(2).chain(20..22) {
        out.push(i);
    }
    let list = vec![1, 2, 3, 4];
    for element in list.iter().chain(&[9, 8]) {
        out.push(add(*element, 0).await);
    }
    for element in list.into_iter().rev().chain([5, 6]) {
        out.push(element);
    }
    out
}

#[hicam::migratable]
async fn zipped(mut totals: Vec<f64>) -> Vec<f64> {
    let weights = [0.5, 2.0];
    for (total, weight) in totals.iter_mut().zip(weights) {
        *total *= weight;
        hicam::point().await;
    }
    totals
}

programs! {
    adaptors;
    loops_over_chains: chained();
    loops_over_arrays_zipped: zipped(vec![1.0, 2.0, 3.0]) => vec![0.5, 4.0, 3.0];
}
