//! The Mandelbrot set, as a bitmap.

use super::{hicam, programs};

const ITERATIONS: u32 = 12;

#[hicam::migratable]
async fn escapes(re: f64, im: f64) -> bool {
    let (mut x, mut y) = (0.0, 0.0);
    for _ in 0..ITERATIONS {
        let (x2, y2) = (x * x, y * y);
        if x2 + y2 > 4.0 {
            return true;
        }
        y = 2.0 * x * y + im;
        x = x2 - y2 + re;
    }
    false
}

#[hicam::migratable]
async fn mandelbrot(size: u32) -> Vec<u8> {
    let mut bitmap = Vec::new();
    for row in 0..size {
        let im = 2.0 * f64::from(row) / f64::from(size) - 1.0;
        let mut byte = 0u8;
        let mut bits = 0;
        for column in 0..size {
            let re = 2.0 * f64::from(column) / f64::from(size) - 1.5;
            byte <<= 1;
            if !escapes(re, im).await {
                byte |= 1;
            }
            bits += 1;
            if bits == 8 {
                bitmap.push(byte);
                (byte, bits) = (0, 0);
            }
        }
        if bits > 0 {
            bitmap.push(byte << (8 - bits));
        }
    }
    bitmap
}

programs! {
    algorithms::mandelbrot;
    mandelbrot_set: mandelbrot(9);
}
