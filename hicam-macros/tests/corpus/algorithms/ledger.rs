//! A bank's transfer workflow: reserve, check, book, retry what may be retried, undo what cannot be done.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::{hicam, programs};

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) struct Transfer {
    id: u64,
    from: &'static str,
    to: &'static str,
    amount: i64,
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) enum TransferError {
    NoAccount(String),
    Insufficient { missing: i64 },
    Busy,
    GaveUp { attempts: u32 },
}

impl TransferError {
    fn is_transient(&self) -> bool {
        matches!(self, TransferError::Busy)
    }
}

#[derive(Debug, Default, hicam::State)]
pub(crate) struct Ledger {
    accounts: BTreeMap<String, i64>,
    reserved: BTreeMap<u64, i64>,
    journal: Vec<String>,
    calls: u64,
}

#[hicam::migratable]
impl Ledger {
    async fn reserve(&mut self, transfer: &Transfer) -> Result<(), TransferError> {
        self.calls += 1;
        tokio::task::yield_now().await;
        if self.calls % 3 == 1 {
            return Err(TransferError::Busy);
        }
        let balance = self
            .accounts
            .get_mut(transfer.from)
            .ok_or_else(|| TransferError::NoAccount(transfer.from.to_owned()))?;
        if *balance < transfer.amount {
            return Err(TransferError::Insufficient {
                missing: transfer.amount - *balance,
            });
        }
        *balance -= transfer.amount;
        self.reserved.insert(transfer.id, transfer.amount);
        Ok(())
    }

    async fn book(&mut self, transfer: &Transfer) -> Result<i64, TransferError> {
        let amount = self.reserved.remove(&transfer.id).unwrap_or_default();
        hicam::point().await;
        match self.accounts.get_mut(transfer.to) {
            Some(balance) => {
                *balance += amount;
                Ok(*balance)
            }
            None => {
                *self.accounts.entry(transfer.from.to_owned()).or_default() += amount;
                self.journal.push(format!("{} undone", transfer.id));
                Err(TransferError::NoAccount(transfer.to.to_owned()))
            }
        }
    }

    async fn with_retries(&mut self, transfer: &Transfer) -> Result<u32, TransferError> {
        let mut delay = Duration::from_micros(1);
        for attempt in 1..=3 {
            match self.reserve(transfer).await {
                Ok(()) => return Ok(attempt),
                Err(error) if error.is_transient() => {
                    tokio::time::sleep(delay).await;
                    delay *= 2;
                }
                Err(error) => return Err(error),
            }
        }
        Err(TransferError::GaveUp { attempts: 3 })
    }

    async fn transfer(&mut self, transfer: Transfer) -> Result<i64, TransferError> {
        let attempts = self.with_retries(&transfer).await?;
        let balance = self.book(&transfer).await?;
        let Transfer { id, from, to, .. } = transfer;
        self.journal
            .push(format!("{id}: {from} to {to} after {attempts}"));
        Ok(balance)
    }
}

#[hicam::migratable]
async fn settle(transfers: Vec<Transfer>) -> (Vec<Result<i64, TransferError>>, Vec<String>, i64) {
    let mut ledger = Ledger::default();
    for (name, balance) in [("alice", 100), ("bob", 20)] {
        ledger.accounts.insert(name.to_owned(), balance);
    }
    let mut queue = VecDeque::from(transfers);
    let mut outcomes = Vec::new();
    while let Some(transfer) = queue.pop_front() {
        let outcome = ledger.transfer(transfer.clone()).await;
        if let Err(TransferError::Insufficient { missing }) = &outcome {
            if *missing < 50 {
                queue.push_back(Transfer {
                    amount: transfer.amount - missing,
                    ..transfer
                });
            }
        }
        outcomes.push(outcome);
    }
    let total = ledger.accounts.values().sum();
    (outcomes, ledger.journal, total)
}

fn transfer(id: u64, from: &'static str, to: &'static str, amount: i64) -> Transfer {
    Transfer {
        id,
        from,
        to,
        amount,
    }
}

programs! {
    algorithms::ledger;
    transfers_of_a_day: settle(vec![
        transfer(1, "alice", "bob", 70),
        transfer(2, "bob", "alice", 15),
        transfer(3, "alice", "carol", 5),
        transfer(4, "dave", "bob", 1),
        transfer(5, "alice", "bob", 60),
        transfer(6, "bob", "alice", 1000),
    ]);
}
