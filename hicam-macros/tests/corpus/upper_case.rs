//! Names that look like those of something else: variables in upper case, and constants in patterns.

#![allow(
    non_snake_case,
    non_upper_case_globals,
    unused,
    reason = "the names are the topic"
)]

use std::sync::Arc;

use super::drop_order::{Log, log, mk, out, step};
use super::{hicam, programs};

const LIMIT: u32 = 3;
const M: u32 = 5;

/// Matrices are called so.
#[hicam::migratable]
async fn multiplied(A: &[u32], B: Vec<u32>, N: usize) -> Vec<u32> {
    let mut C = vec![0; N * N];
    for I in 0..N {
        for J in 0..N {
            let Row = &A[I * N..(I + 1) * N];
            hicam::point().await;
            let S: u32 = Row.iter().enumerate().map(|(K, x)| x * B[K * N + J]).sum();
            C[I * N + J] = S;
        }
    }
    C
}

/// Dropped where the scope ends, as any other.
#[hicam::migratable]
async fn dropped(l: &Log, P: super::drop_order::Noted) -> bool {
    let A = Arc::new(1_u32);
    let weak = Arc::downgrade(&A);
    let (G, h) = (mk(9, l), mk(8, l));
    step(l, 20).await;
    for X in [mk(1, l), mk(2, l)] {
        step(l, 30).await;
    }
    let A = A.len();
    weak.upgrade().is_some()
}

trait Length {
    fn len(&self) -> usize;
}

impl Length for Arc<u32> {
    fn len(&self) -> usize {
        **self as usize
    }
}

/// A constant in a pattern stays one, whatever variables there are.
#[hicam::migratable]
async fn constants(n: u32) -> u32 {
    let mut found = 0;
    for K in 0..n {
        found += match K {
            LIMIT => 100,
            M if {
                hicam::point().await;
                K
            } == 5 =>
            {
                1000
            }
            _ => 1,
        };
        if let M = K {
            hicam::point().await;
            found += 10_000;
        }
        let N = Some(K);
        // `N` hides no constant: this binds it.
        if let Some(N) = N {
            hicam::point().await;
            found += N;
        }
    }
    found
}

#[hicam::migratable]
async fn all_dropped() -> (bool, Vec<u32>) {
    let l = log();
    let there = dropped(&l, mk(7, &l)).await;
    (there, out(l))
}

programs! {
    upper_case;
    variables_in_upper_case: multiplied(&[1, 2, 3, 4], vec![5, 6, 7, 8], 2);
    drops_of_variables_in_upper_case: all_dropped();
    constants_in_patterns: constants(7);
}
