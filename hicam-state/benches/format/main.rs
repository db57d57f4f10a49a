//! How fast a large map is encoded and decoded: the state format beside postcard, rmp-serde and a fixed-width layout.
#![allow(
    clippy::print_stdout,
    reason = "the measurements are what was asked for"
)]

mod fixed;
mod records;

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use clap::Parser;
use hicam_state::{State, TypeTable, Value};
use records::{Records, records};

/// Encodes and decodes a map of records in each format, in turn
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench format")]
struct Options {
    /// How often each format is run
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// Records in the map
    #[arg(long, default_value_t = 1_000_000)]
    records: u64,
    /// Run only the formats whose names contain this
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}

type Result<T> = std::result::Result<T, Box<dyn Error>>;

struct Format {
    name: &'static str,
    encode: fn(&Records) -> Result<Vec<u8>>,
    decode: fn(&[u8]) -> Result<Records>,
    encoding: Vec<f64>,
    decoding: Vec<f64>,
    bytes: usize,
}

impl Format {
    fn new(
        name: &'static str,
        encode: fn(&Records) -> Result<Vec<u8>>,
        decode: fn(&[u8]) -> Result<Records>,
    ) -> Self {
        Format {
            name,
            encode,
            decode,
            encoding: Vec::new(),
            decoding: Vec::new(),
            bytes: 0,
        }
    }

    /// One round; what was decoded is compared and dropped outside of the time.
    fn run(&mut self, records: &Records) -> Result<()> {
        let began = Stopwatch::start();
        let bytes = (self.encode)(black_box(records))?;
        self.encoding.push(began.seconds());
        self.bytes = bytes.len();
        let began = Stopwatch::start();
        let decoded = (self.decode)(black_box(&bytes))?;
        self.decoding.push(began.seconds());
        if decoded != *records {
            return Err(format!("{} does not give back what it was given", self.name).into());
        }
        Ok(())
    }
}

fn formats() -> Vec<Format> {
    vec![
        Format::new(
            "HiCaM",
            |records| {
                let mut types = TypeTable::new();
                Ok(Value::of(records, &mut types)?.bytes)
            },
            |bytes| {
                let mut types = TypeTable::new();
                let value = Borrowed(bytes);
                let ty = Records::describe(&mut types);
                value.get(ty, &types)
            },
        ),
        Format::new(
            "postcard",
            |records| Ok(postcard::to_stdvec(records)?),
            |bytes| Ok(postcard::from_bytes(bytes)?),
        ),
        Format::new(
            "rmp-serde, named",
            |records| Ok(rmp_serde::to_vec_named(records)?),
            |bytes| Ok(rmp_serde::from_slice(bytes)?),
        ),
        Format::new(
            "fixed width",
            |records| Ok(fixed::encode(records)?),
            |bytes| Ok(fixed::decode(bytes)?),
        ),
    ]
}

/// Seconds that this thread runs on a processor, so that what else the machine does counts less; where the system does not
/// tell, seconds by the clock.
struct Stopwatch {
    clock: Instant,
    running: Option<u64>,
}

impl Stopwatch {
    fn start() -> Self {
        Stopwatch {
            clock: Instant::now(),
            running: on_processor(),
        }
    }

    fn seconds(&self) -> f64 {
        match (self.running, on_processor()) {
            (Some(began), Some(now)) => now.saturating_sub(began) as f64 / 1e9,
            _ => self.clock.elapsed().as_secs_f64(),
        }
    }
}

/// For how many nanoseconds this thread has run on a processor.
fn on_processor() -> Option<u64> {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    statistics.split_whitespace().next()?.parse().ok()
}

/// A value whose bytes are elsewhere.
struct Borrowed<'a>(&'a [u8]);

impl Borrowed<'_> {
    /// As [`Value::get`]: the types are compared, then the value is read whole.
    fn get(&self, ty: hicam_state::TypeId, types: &TypeTable) -> Result<Records> {
        let mut ours = TypeTable::new();
        let own = Records::describe(&mut ours);
        ours.same(own, types, ty)?;
        let mut input = hicam_state::Decoder::new(self.0);
        let records = Records::decode(&mut input)?;
        input.finish()?;
        Ok(records)
    }
}

fn median(times: &[f64]) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn main() -> Result<()> {
    let options = Options::parse();
    let before = resident();
    let records = records(options.records);
    let mut formats = formats();
    if let Some(only) = &options.only {
        formats.retain(|format| format.name.to_lowercase().contains(&only.to_lowercase()));
    }
    println!(
        "A map of {} records, {} MB resident; medians of {} rounds, the formats in turn; seconds on a processor",
        options.records,
        resident().saturating_sub(before) / 1_000_000,
        options.rounds
    );
    let count = formats.len();
    for round in 0..options.rounds {
        for turn in 0..count {
            // Each begins as often as the others.
            formats[(round + turn) % count].run(&records)?;
        }
    }
    println!(
        "{:<20} {:>10} {:>10} {:>10} {:>12} {:>22}",
        "", "encode", "decode", "both", "MB encoded", "both as HiCaM takes 1"
    );
    let both = |format: &Format| median(&format.encoding) + median(&format.decoding);
    let ours = formats.first().map_or(1.0, both);
    for format in &formats {
        println!(
            "{:<20} {:>10.3} {:>10.3} {:>10.3} {:>12.1} {:>22.2}",
            format.name,
            median(&format.encoding),
            median(&format.decoding),
            both(format),
            format.bytes as f64 / 1e6,
            both(format) / ours,
        );
    }
    Ok(())
}

/// This process's resident memory in bytes; 0 where that cannot be known.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.trim().strip_suffix("kB"))
        .and_then(|number| number.trim().parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}
