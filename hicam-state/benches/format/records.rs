//! The map that is encoded and decoded.

use std::collections::HashMap;

use hicam_macros::State;
use serde::{Deserialize, Serialize};

/// What most servers hold: text, numbers, a list of lists, a table.
#[derive(State, Serialize, Deserialize, PartialEq)]
#[hicam(crate = ::hicam_state)]
pub(crate) struct Record {
    name: String,
    balance: i64,
    created: u64,
    visits: u32,
    level: u16,
    active: bool,
    history: Vec<Vec<u32>>,
    limits: HashMap<String, i64>,
}

pub(crate) type Records = HashMap<u64, Record>;

/// The same records on every run.
pub(crate) fn records(count: u64) -> Records {
    (0..count)
        .map(|number| {
            let mixed = mix(number);
            let lists = 2 + mixed % 3;
            let record = Record {
                name: format!("customer number {number:010}"),
                balance: (mixed >> 8) as i64 - (1 << 54),
                created: 1_700_000_000_000 + number,
                visits: mixed as u32 >> 12,
                level: (mixed >> 48) as u16,
                active: mixed.is_multiple_of(3),
                history: (0..lists)
                    .map(|list| {
                        (0..6 + list as u32)
                            .map(|at| mix(mixed ^ u64::from(at)) as u32)
                            .collect()
                    })
                    .collect(),
                limits: ["daily", "monthly", "card", "abroad"]
                    .into_iter()
                    .zip(1..)
                    .map(|(name, factor)| (name.to_owned(), factor * (mixed >> 20) as i64))
                    .collect(),
            };
            (number, record)
        })
        .collect()
}

/// SplitMix64's last step.
fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
