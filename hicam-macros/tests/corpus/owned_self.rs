//! A `self` by value is dropped after the locals, also where an awaited operand is the last to mention it.

use super::drop_order::{Log, Noted, log, mk, out, say, step};
use super::{hicam, programs};

#[derive(hicam::State)]
struct Order {
    number: u32,
    noted: Noted,
}

fn look(noted: &Noted) -> u32 {
    noted.id()
}

#[hicam::migratable]
impl Order {
    async fn served(self, log: &Log) -> u32 {
        let local = mk(2, log);
        step(log, 10).await;
        let seen = look(&self.noted);
        match seen {
            1 => say(log, 5),
            _ => return std::future::ready(look(&self.noted)).await,
        }
        look(&local)
    }
}

#[hicam::migratable]
async fn orders() -> Vec<u32> {
    let log = log();
    for n in [1, 3] {
        let order = Order {
            number: n,
            noted: mk(n, &log),
        };
        let n = order.served(&log).await;
        say(&log, n);
    }
    out(log)
}

programs! {
    owned_self;
    a_self_that_is_owned: orders();
}
