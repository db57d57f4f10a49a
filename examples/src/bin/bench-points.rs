//! What passing a migration point costs: scalar loops with attributes against the same loops without.
#![allow(
    clippy::print_stdout,
    reason = "the measurements are what was asked for"
)]

use std::hint::black_box;
use std::time::Instant;

use clap::Parser;
use examples::measure::quantile;

/// Scalar loops with and without migration points, in turn
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench points")]
struct Options {
    /// How often each pair is run
    #[arg(long, default_value_t = 41)]
    rounds: u32,
    /// Iterations of a loop in one run
    #[arg(long, default_value_t = 20_000_000)]
    iterations: u64,
    /// Length of the slices that vectorised loops run over
    #[arg(long, default_value_t = 4096, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1 << 24))]
    length: usize,
}

/// One loop, a few instructions each time.
#[hicam::migratable]
async fn mixed(iterations: u64) -> u64 {
    let mut mixed = 0x9e37_79b9_7f4a_7c15_u64;
    for n in 0..iterations {
        mixed = (mixed ^ n).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^= mixed >> 27;
    }
    mixed
}

/// [`mixed`] without the attribute.
async fn mixed_plain(iterations: u64) -> u64 {
    let mut mixed = 0x9e37_79b9_7f4a_7c15_u64;
    for n in 0..iterations {
        mixed = (mixed ^ n).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^= mixed >> 27;
    }
    mixed
}

/// A loop within a loop, with branches: steps until the Collatz sequence of each number reaches 1.
#[hicam::migratable]
async fn collatz(iterations: u64) -> u64 {
    let mut steps = 0_u64;
    let mut start = 1_u64;
    while steps < iterations {
        let mut number = start;
        while number != 1 {
            number = if number.is_multiple_of(2) {
                number / 2
            } else {
                3 * number + 1
            };
            steps += 1;
        }
        start += 1;
    }
    start
}

/// [`collatz`] without the attribute.
async fn collatz_plain(iterations: u64) -> u64 {
    let mut steps = 0_u64;
    let mut start = 1_u64;
    while steps < iterations {
        let mut number = start;
        while number != 1 {
            number = if number.is_multiple_of(2) {
                number / 2
            } else {
                3 * number + 1
            };
            steps += 1;
        }
        start += 1;
    }
    start
}

/// Floating point with a value carried from one iteration to the next.
#[hicam::migratable]
async fn logistic(iterations: u64) -> f64 {
    let mut value = 0.4_f64;
    let mut sum = 0.0;
    let mut n = 0_u64;
    while n < iterations {
        value = 3.7 * value * (1.0 - value);
        sum += value;
        n += 1;
    }
    sum
}

/// [`logistic`] without the attribute.
async fn logistic_plain(iterations: u64) -> f64 {
    let mut value = 0.4_f64;
    let mut sum = 0.0;
    let mut n = 0_u64;
    while n < iterations {
        value = 3.7 * value * (1.0 - value);
        sum += value;
        n += 1;
    }
    sum
}

/// A loop that the compiler makes vector instructions of: a sum over a slice.
#[hicam::migratable]
async fn summed(rounds: u64, values: &[u32]) -> u32 {
    let mut sum = 0_u32;
    for round in 0..rounds {
        for value in values {
            sum = sum.wrapping_add(*value ^ round as u32);
        }
    }
    sum
}

/// [`summed`] without the attribute.
async fn summed_plain(rounds: u64, values: &[u32]) -> u32 {
    let mut sum = 0_u32;
    for round in 0..rounds {
        for value in values {
            sum = sum.wrapping_add(*value ^ round as u32);
        }
    }
    sum
}

/// Another one, over two: `y ← a·x + y`.
#[hicam::migratable]
async fn scaled(rounds: u64, x: &[f32], y: &mut [f32]) {
    for round in 0..rounds {
        let a = round as f32 * 1e-6;
        for (y, x) in y.iter_mut().zip(x) {
            *y += a * x;
        }
    }
}

/// [`scaled`] without the attribute.
async fn scaled_plain(rounds: u64, x: &[f32], y: &mut [f32]) {
    for round in 0..rounds {
        let a = round as f32 * 1e-6;
        for (y, x) in y.iter_mut().zip(x) {
            *y += a * x;
        }
    }
}

/// Runs the pair in turn, the one that begins changing each time; prints medians and their ratio.
macro_rules! compare {
    ($options:expr, $what:literal, $plain:expr, $marked:expr) => {{
        let Options {
            rounds, iterations, ..
        } = *$options;
        let (mut plain, mut marked, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..rounds {
            let mut seconds = [0.0; 2];
            for turn in 0..2 {
                let with = (round + turn) % 2;
                let began = Instant::now();
                if with == 0 {
                    black_box($plain.await);
                } else {
                    black_box($marked.await);
                }
                seconds[with as usize] = began.elapsed().as_secs_f64();
            }
            plain.push(seconds[0]);
            marked.push(seconds[1]);
            ratios.push(seconds[1] / seconds[0]);
        }
        let nanoseconds = |times: &mut [f64]| quantile(times, 0.5) / iterations as f64 * 1e9;
        println!(
            "{:<34} {:>8.3} {:>8.3} {:>8.3} ({:.3} to {:.3})",
            $what,
            nanoseconds(&mut plain),
            nanoseconds(&mut marked),
            quantile(&mut ratios, 0.5),
            quantile(&mut ratios, 0.25),
            quantile(&mut ratios, 0.75),
        );
    }};
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let options = &Options::parse();
    println!(
        "Migration points in loops: the same functions with and without #[hicam::migratable], in turn, {} rounds",
        options.rounds
    );
    println!(
        "{:<34} {:>8} {:>8} {:>8} (quartiles)",
        "ns per iteration, median", "without", "with", "ratio"
    );
    let n = options.iterations;
    compare!(
        options,
        "integer mixing, one loop",
        mixed_plain(black_box(n)),
        mixed(black_box(n))
    );
    compare!(
        options,
        "Collatz, nested loops and branches",
        collatz_plain(black_box(n)),
        collatz(black_box(n))
    );
    compare!(
        options,
        "logistic map, floating point",
        logistic_plain(black_box(n)),
        logistic(black_box(n))
    );
    // Both sides work on the same memory, because its alignment alone makes a difference of half.
    let length = black_box(options.length);
    let rounds = n / length as u64;
    let numbers: Vec<u32> = (0..length as u32).collect();
    compare!(
        options,
        "sum over a slice, vectorised",
        summed_plain(black_box(rounds), &numbers),
        summed(black_box(rounds), &numbers)
    );
    let x: Vec<f32> = (0..length).map(|n| n as f32).collect();
    let mut y = vec![0.5_f32; length];
    compare!(
        options,
        "a·x + y over slices, vectorised",
        scaled_plain(black_box(rounds), &x, &mut y),
        scaled(black_box(rounds), &x, &mut y)
    );
}
