//! A small exchange, as a service would have it: accounts, order books, fills, retries, a journal.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::{hicam, programs};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, hicam::State)]
pub(crate) enum Side {
    Buy,
    Sell,
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) struct Order {
    id: u64,
    owner: String,
    side: Side,
    price: u64,
    quantity: u64,
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) struct Fill {
    maker: u64,
    taker: u64,
    price: u64,
    quantity: u64,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error, hicam::State)]
pub(crate) enum ExchangeError {
    #[error("{owner} has {has}, needs {needs}")]
    Funds { owner: String, has: u64, needs: u64 },
    #[error("no account `{0}`")]
    NoAccount(String),
    #[error(transparent)]
    Journal(#[from] JournalError),
}

#[derive(Debug, Clone, PartialEq, thiserror::Error, hicam::State)]
#[error("the journal is busy (attempt {attempt})")]
pub(crate) struct JournalError {
    attempt: u32,
}

#[derive(Debug, Default, hicam::State)]
pub(crate) struct Journal {
    lines: Mutex<Vec<String>>,
    attempts: Mutex<u32>,
}

impl Journal {
    /// Not annotated: another library's.
    async fn append(&self, line: &str) -> Result<usize, JournalError> {
        tokio::task::yield_now().await;
        let mut attempts = self.attempts.lock().unwrap();
        *attempts += 1;
        if *attempts % 3 == 0 {
            return Err(JournalError { attempt: *attempts });
        }
        let mut lines = self.lines.lock().unwrap();
        lines.push(line.to_owned());
        Ok(lines.len())
    }
}

#[derive(Debug, Default, hicam::State)]
pub(crate) struct Exchange {
    accounts: BTreeMap<String, u64>,
    asks: BTreeMap<u64, VecDeque<Order>>,
    bids: BTreeMap<Reverse<u64>, VecDeque<Order>>,
    fills: Vec<Fill>,
    journal: Arc<Journal>,
    halted: HashSet<String>,
    next: u64,
}

#[hicam::migratable]
impl Exchange {
    async fn record(&self, text: &str) -> Result<usize, ExchangeError> {
        let mut tries = 0u32;
        let number = loop {
            match self.journal.append(text).await {
                Ok(number) => break number,
                Err(_) if tries < 2 => {
                    tries += 1;
                    tokio::time::sleep(Duration::from_micros(u64::from(tries) * 10)).await;
                }
                Err(error) => return Err(error.into()),
            }
        };
        Ok(number)
    }

    async fn check(&self, order: &Order) -> Result<u64, ExchangeError> {
        let Some(has) = self.accounts.get(&order.owner).copied() else {
            return Err(ExchangeError::NoAccount(order.owner.clone()));
        };
        let needs = match order.side {
            Side::Buy => order.price * order.quantity,
            Side::Sell => order.quantity,
        };
        if has < needs {
            let line = format!("refused {} of {}", order.id, order.owner);
            self.record(&line).await?;
            return Err(ExchangeError::Funds {
                owner: order.owner.clone(),
                has,
                needs,
            });
        }
        hicam::point().await;
        Ok(has - needs)
    }

    async fn pay(&mut self, from: &str, to: &str, amount: u64) -> Result<(), ExchangeError> {
        if let Some(balance) = self.accounts.get_mut(from) {
            *balance = balance.saturating_sub(amount);
        } else {
            return Err(ExchangeError::NoAccount(from.to_owned()));
        }
        hicam::point().await;
        *self.accounts.entry(to.to_owned()).or_default() += amount;
        Ok(())
    }

    async fn fill(&mut self, mut taker: Order) -> Result<Option<Order>, ExchangeError> {
        while taker.quantity > 0 {
            let best = match taker.side {
                Side::Buy => self.asks.keys().next().copied(),
                Side::Sell => self.bids.keys().next().map(|price| price.0),
            };
            let Some(price) = best.filter(|price| match taker.side {
                Side::Buy => *price <= taker.price,
                Side::Sell => *price >= taker.price,
            }) else {
                break;
            };
            let queue = match taker.side {
                Side::Buy => self.asks.get_mut(&price),
                Side::Sell => self.bids.get_mut(&Reverse(price)),
            };
            let Some(mut maker) = queue.and_then(VecDeque::pop_front) else {
                self.asks.retain(|_, orders| !orders.is_empty());
                self.bids.retain(|_, orders| !orders.is_empty());
                continue;
            };
            let quantity = maker.quantity.min(taker.quantity);
            maker.quantity -= quantity;
            taker.quantity -= quantity;
            let (buyer, seller) = if taker.side == Side::Buy {
                (&taker.owner, &maker.owner)
            } else {
                (&maker.owner, &taker.owner)
            };
            self.pay(buyer, seller, price * quantity).await?;
            let fill = Fill {
                maker: maker.id,
                taker: taker.id,
                price,
                quantity,
            };
            let line = format!("{fill:?}");
            self.fills.push(fill);
            self.record(&line).await?;
            if maker.quantity > 0 {
                let orders = match maker.side {
                    Side::Sell => self.asks.entry(price).or_default(),
                    Side::Buy => self.bids.entry(Reverse(price)).or_default(),
                };
                orders.push_front(maker);
            }
        }
        Ok((taker.quantity > 0).then_some(taker))
    }

    async fn submit(
        &mut self,
        owner: &str,
        side: Side,
        price: u64,
        quantity: u64,
    ) -> Result<u64, ExchangeError> {
        self.next += 1;
        let order = Order {
            id: self.next,
            owner: owner.to_owned(),
            side,
            price,
            quantity,
        };
        let id = order.id;
        self.check(&order).await?;
        if let Some(rest) = self.fill(order).await? {
            match rest.side {
                Side::Buy => self
                    .bids
                    .entry(Reverse(rest.price))
                    .or_default()
                    .push_back(rest),
                Side::Sell => self.asks.entry(rest.price).or_default().push_back(rest),
            }
        }
        Ok(id)
    }

    async fn submit_all(
        &mut self,
        orders: &[(&'static str, Side, u64, u64)],
    ) -> (usize, Vec<String>) {
        let mut refused = Vec::new();
        let mut done = 0;
        for (number, (owner, side, price, quantity)) in orders.iter().enumerate() {
            if self.halted.contains(*owner) {
                continue;
            }
            match self.submit(owner, *side, *price, *quantity).await {
                Ok(_) => done += 1,
                Err(error @ ExchangeError::Funds { .. }) => {
                    refused.push(format!("{number}: {error}"));
                    self.halted.insert((*owner).to_owned());
                }
                Err(error) => refused.push(format!("{number}: {error}")),
            }
        }
        (done, refused)
    }

    async fn report(&self) -> Vec<String> {
        let started = Instant::now();
        let mut volume: HashMap<u64, u64> = HashMap::new();
        for fill in &self.fills {
            *volume.entry(fill.price).or_insert(0) += fill.quantity;
            hicam::point().await;
        }
        let mut largest: BinaryHeap<(u64, Reverse<u64>)> = volume
            .iter()
            .map(|(price, quantity)| (*quantity, Reverse(*price)))
            .collect();
        let mut lines = Vec::with_capacity(largest.len());
        while let Some((quantity, Reverse(price))) = largest.pop() {
            lines.push(format!("{quantity} at {price}"));
            if lines.len() == 2 {
                hicam::point().await;
                break;
            }
        }
        for (i, (owner, balance)) in self.accounts.iter().enumerate() {
            let text = match balance {
                0 => format!("{i}. {owner} has nothing"),
                1..=9 => format!("{i}. {owner} has little"),
                more => format!("{i}. {owner} has {more}"),
            };
            self.record(&text).await.ok();
            lines.push(text);
        }
        assert!(started.elapsed() < Duration::from_secs(60));
        lines
    }
}

#[hicam::migratable]
async fn trade(
    orders: Vec<(&'static str, Side, u64, u64)>,
) -> (usize, Vec<String>, Vec<String>, usize) {
    let mut exchange = Exchange {
        accounts: [("ann", 100), ("bob", 50), ("cid", 8)]
            .into_iter()
            .map(|(name, amount)| (name.to_owned(), amount))
            .collect(),
        ..Exchange::default()
    };
    let (done, refused) = exchange.submit_all(&orders).await;
    let report = exchange.report().await;
    let journal = Arc::clone(&exchange.journal);
    drop(exchange);
    hicam::point().await;
    let lines = journal.lines.lock().unwrap().len();
    (done, refused, report, lines)
}

programs! {
    algorithms::exchange;
    an_exchange: trade(vec![
        ("bob", Side::Sell, 5, 4),
        ("bob", Side::Sell, 4, 3),
        ("ann", Side::Buy, 5, 5),
        ("cid", Side::Buy, 9, 1),
        ("cid", Side::Buy, 1, 5),
        ("cid", Side::Sell, 1, 3),
        ("dan", Side::Buy, 1, 1),
        ("ann", Side::Buy, 3, 4),
        ("bob", Side::Sell, 3, 9),
    ]);
}
