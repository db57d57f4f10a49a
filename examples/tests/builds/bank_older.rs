//! A bank that knows its house: what `bank_grown` was before.

mod common;
mod service;

use std::collections::BTreeMap;
use std::sync::Mutex;

use common::{BankServer, Ledger, locked};

#[derive(Debug, Default, hicam::State)]
enum Mood {
    #[default]
    Calm,
    Busy,
}

/// Who has been here.
#[derive(Debug, Default, hicam::State)]
struct House {
    motto: String,
    visits: u32,
    mood: Mood,
    seen: BTreeMap<String, u32>,
}

impl House {
    fn welcome(&mut self, guest: &str) {
        if self.motto.is_empty() {
            self.motto = "every cent counts".to_owned();
        }
        self.visits += 1;
        self.mood = Mood::Busy;
        *self.seen.entry(guest.to_owned()).or_default() += 1;
    }
}

#[derive(Debug, Default, hicam::State)]
struct Bank {
    ledger: Mutex<Ledger>,
    house: Mutex<House>,
}

impl Bank {
    fn figure(&self, name: &str) -> Option<i64> {
        let house = locked(&self.house);
        Some(match name {
            "visits" => i64::from(house.visits),
            "visits of ann" => house.seen.get("ann").copied().unwrap_or_default().into(),
            "mood" => match house.mood {
                Mood::Calm => 0,
                Mood::Busy => 1,
            },
            _ => return None,
        })
    }
}

#[hicam::main(Bank, durability = "replies")]
async fn main(server: hicam::Server<Bank>) -> anyhow::Result<()> {
    server.service(BankServer::from_arc).run().await
}
