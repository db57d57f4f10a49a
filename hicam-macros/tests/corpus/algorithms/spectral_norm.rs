//! The spectral norm of an infinite matrix, by the power method.

use super::{hicam, programs};

fn a(i: usize, j: usize) -> f64 {
    1.0 / ((i + j) * (i + j + 1) / 2 + i + 1) as f64
}

#[hicam::migratable]
async fn multiply(v: &[f64], out: &mut [f64], transposed: bool) {
    for (i, slot) in out.iter_mut().enumerate() {
        let mut sum = 0.0;
        for (j, x) in v.iter().enumerate() {
            sum += x * if transposed { a(j, i) } else { a(i, j) };
        }
        *slot = sum;
    }
}

#[hicam::migratable]
async fn multiply_at_a(v: &[f64], out: &mut [f64], tmp: &mut [f64]) {
    multiply(v, tmp, false).await;
    multiply(tmp, out, true).await;
}

#[hicam::migratable]
async fn spectral_norm(n: usize) -> String {
    let mut u = vec![1.0; n];
    let mut v = vec![0.0; n];
    let mut tmp = vec![0.0; n];
    for _ in 0..4 {
        multiply_at_a(&u, &mut v, &mut tmp).await;
        multiply_at_a(&v, &mut u, &mut tmp).await;
    }
    let (mut vbv, mut vv) = (0.0, 0.0);
    for (u, v) in u.iter().zip(&v) {
        vbv += u * v;
        vv += v * v;
    }
    format!("{:.9}", f64::sqrt(vbv / vv))
}

programs! {
    algorithms::spectral_norm;
    spectral_norm_of_a: spectral_norm(6);
}
