//! The bank's clients: what each asked for and saw acknowledged, to be compared with the audit.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use examples::bank::client::Verdict;
use examples::bank::v1::{
    AuditRequest, BalanceRequest, OpenRequest, SettleRequest, TransferRequest,
    bank_client::BankClient,
};
use tokio::task::JoinSet;

use crate::tally::Tally;
use examples::measure::Probe;

pub(crate) const SERVER: &str = "bank/main";

const ACCOUNTS: u64 = 10;
const DEPOSIT: i64 = 100_000_000;
const TRANSFER_CLIENTS: u64 = 6;
const SETTLE_CLIENTS: u64 = 2;
/// Transfers in one settlement.
const BATCH: u64 = 150;
/// Between two calls of a client.
const THINK: Duration = Duration::from_millis(10);
/// A larger reply than this is refused by a client of tonic unless it says otherwise.
const LARGEST_AUDIT: usize = 256 << 20;

/// What one client asked for, and what of it was acknowledged.
#[derive(Debug, Default)]
struct Promises {
    asked: BTreeSet<String>,
    acknowledged: BTreeSet<String>,
}

/// The clients.
pub(crate) struct Load {
    clients: JoinSet<Promises>,
    pub(crate) probe: Probe,
}

impl Load {
    /// Opens the accounts and starts the clients.
    pub(crate) async fn start(etcd: &str, tally: &Arc<Tally>) -> anyhow::Result<Self> {
        let mut bank = connect(etcd).await?;
        for n in 0..ACCOUNTS {
            let account = account(n);
            let request = OpenRequest {
                account,
                deposit: DEPOSIT,
            };
            let opened = tally.count("open", bank.open(request).await);
            opened.context("an account cannot be opened")?;
        }
        let mut clients = JoinSet::new();
        for n in 0..TRANSFER_CLIENTS {
            clients.spawn(transfers(connect(etcd).await?, n, Arc::clone(tally)));
        }
        for n in 0..SETTLE_CLIENTS {
            clients.spawn(settlements(connect(etcd).await?, n, Arc::clone(tally)));
        }
        let probe = Probe::default();
        let (probing, shared) = (probe.clone(), Arc::clone(tally));
        tokio::spawn(async move {
            let call = || {
                let mut bank = bank.clone();
                async move {
                    let account = account(0);
                    bank.balance(BalanceRequest { account }).await
                }
            };
            shared.probe("balance", probing, call).await;
        });
        Ok(Load { clients, probe })
    }

    /// Waits for the clients, which have been asked to stop, and audits the bank.
    pub(crate) async fn finish(self, etcd: &str, tally: &Tally) -> anyhow::Result<Outcome> {
        let mut all = Promises::default();
        for client in self.clients.join_all().await {
            all.asked.extend(client.asked);
            all.acknowledged.extend(client.acknowledged);
        }
        let mut bank = connect(etcd)
            .await?
            .max_decoding_message_size(LARGEST_AUDIT);
        let audit = tally.count("audit", bank.audit(AuditRequest {}).await);
        let audit = audit.context("the bank cannot be audited")?;
        ensure!(
            audit.deposited == DEPOSIT * ACCOUNTS as i64 && audit.in_transit == 0,
            "the bank's books are wrong: deposited {}, held {}, in transit {}",
            audit.deposited,
            audit.held,
            audit.in_transit
        );
        Ok(Outcome {
            verdict: Verdict::of(&audit, &all.acknowledged, &all.asked),
            acknowledged: all.acknowledged.len(),
        })
    }
}

/// What the audit found.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    pub(crate) acknowledged: usize,
}

type Client = BankClient<hicam::Channel>;

async fn connect(etcd: &str) -> anyhow::Result<Client> {
    Ok(BankClient::new(crate::run::connect(etcd, SERVER).await?))
}

fn account(n: u64) -> String {
    format!("account-{}", n % ACCOUNTS)
}

fn order(id: &str, n: u64) -> TransferRequest {
    TransferRequest {
        id: id.to_owned(),
        from: account(n),
        // Never the same account: 1 to 9 further on.
        to: account(n + 1 + n / ACCOUNTS % (ACCOUNTS - 1)),
        amount: 1 + (n % 97) as i64,
    }
}

async fn transfers(mut bank: Client, client: u64, tally: Arc<Tally>) -> Promises {
    let mut promises = Promises::default();
    let mut n = client;
    while tally.goes_on() {
        let id = format!("t{client}-{n}");
        promises.asked.insert(id.clone());
        let result = bank.transfer(order(&id, n)).await;
        if tally.count("transfer", result).is_some() {
            promises.acknowledged.insert(id);
        }
        n += 1;
        tokio::time::sleep(THINK).await;
    }
    promises
}

async fn settlements(mut bank: Client, client: u64, tally: Arc<Tally>) -> Promises {
    let mut promises = Promises::default();
    let mut n = client;
    while tally.goes_on() {
        let entries: Vec<_> = (n..n + BATCH)
            .map(|n| order(&format!("s{client}-{n}"), n))
            .collect();
        n += BATCH;
        promises
            .asked
            .extend(entries.iter().map(|entry| entry.id.clone()));
        let result = bank.settle(SettleRequest { entries }).await;
        if let Some(reply) = tally.count("settle", result) {
            let settled = reply.results.into_iter().filter(|entry| entry.settled);
            promises.acknowledged.extend(settled.map(|entry| entry.id));
        }
        tokio::time::sleep(THINK).await;
    }
    promises
}
