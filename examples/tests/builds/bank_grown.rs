//! A later build of `bank_older` whose data has grown and whose functions are the same: a number is wider, a field is new, one
//! is gone, one has another name, and the house has one mood more.

mod common;
mod service;

use std::collections::BTreeMap;
use std::sync::Mutex;

use common::{BankServer, Ledger, locked};

#[derive(Debug, Default, hicam::State)]
enum Mood {
    #[default]
    Calm,
    /// Since this visit.
    Crowded {
        since: u64,
    },
    Busy,
}

/// Before there were branches.
fn head_office() -> u16 {
    7
}

/// Who has been here.
#[derive(Debug, Default, hicam::State)]
struct House {
    #[hicam(default = head_office)]
    branch: u16,
    #[hicam(alias = "seen")]
    guests: BTreeMap<String, u32>,
    mood: Mood,
    visits: u64,
}

impl House {
    fn welcome(&mut self, guest: &str) {
        self.visits += 1;
        if let Mood::Busy = self.mood {
            self.mood = Mood::Crowded { since: self.visits };
        }
        *self.guests.entry(guest.to_owned()).or_default() += 1;
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
        let figure = match name {
            "visits" => house.visits,
            "visits of ann" => house.guests.get("ann").copied().unwrap_or_default().into(),
            "branch" => house.branch.into(),
            "crowded since visit" => match house.mood {
                Mood::Crowded { since } => since,
                Mood::Calm | Mood::Busy => return Some(0),
            },
            _ => return None,
        };
        i64::try_from(figure).ok()
    }
}

#[hicam::main(Bank, durability = "replies")]
async fn main(server: hicam::Server<Bank>) -> anyhow::Result<()> {
    server.service(BankServer::from_arc).run().await
}
