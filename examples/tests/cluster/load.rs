//! Load on the bank, and the proof that all of it was done once.

use std::collections::BTreeSet;

use anyhow::ensure;
use examples::bank::client::Verdict;
use examples::bank::v1::{
    AuditRequest, OpenRequest, SettleReply, SettleRequest, TransferRequest, bank_client::BankClient,
};

use crate::fixture::Fixture;

pub(crate) const SERVER: &str = "bank/main";

pub(crate) type Client = BankClient<hicam::Channel>;

pub(crate) async fn open(fixture: &Fixture) -> anyhow::Result<Client> {
    let mut bank = BankClient::new(fixture.connect(SERVER).await?);
    for account in ["ann", "bob"] {
        let account = account.to_owned();
        let deposit = 1_000_000;
        bank.open(OpenRequest { account, deposit }).await?;
    }
    Ok(bank)
}

fn orders(prefix: &str, count: u32) -> Vec<TransferRequest> {
    let ends = ["ann", "bob"].map(str::to_owned);
    let order = |n: u32| {
        let [from, to] = if n.is_multiple_of(2) { [0, 1] } else { [1, 0] };
        TransferRequest {
            id: format!("{prefix}{n}"),
            from: ends[from].clone(),
            to: ends[to].clone(),
            amount: 1,
        }
    };
    (0..count).map(order).collect()
}

pub(crate) async fn settle(
    bank: Client,
    prefix: &str,
    count: u32,
) -> anyhow::Result<BTreeSet<String>> {
    let reply = batch(bank, prefix, count).await?;
    Ok(reply.results.into_iter().map(|entry| entry.id).collect())
}

/// One call that settles a whole batch, and its answer, which has every entry in its order.
pub(crate) async fn batch(
    mut bank: Client,
    prefix: &str,
    count: u32,
) -> anyhow::Result<SettleReply> {
    let entries = orders(prefix, count);
    let ids: Vec<String> = entries.iter().map(|entry| entry.id.clone()).collect();
    let reply = bank.settle(SettleRequest { entries }).await?.into_inner();
    ensure!(reply.settled == u64::from(count), "{reply:?}");
    let settled = reply.results.iter().map(|entry| &entry.id);
    ensure!(settled.eq(&ids), "{reply:?}");
    Ok(reply)
}

pub(crate) async fn transfer(
    mut bank: Client,
    prefix: &str,
    count: u32,
) -> anyhow::Result<BTreeSet<String>> {
    let mut done = BTreeSet::new();
    for order in orders(prefix, count) {
        done.insert(order.id.clone());
        bank.transfer(order).await?;
    }
    Ok(done)
}

pub(crate) async fn audit(
    bank: &mut Client,
    acknowledged: &BTreeSet<String>,
) -> anyhow::Result<()> {
    let audit = bank.audit(AuditRequest {}).await?.into_inner();
    let verdict = Verdict::of(&audit, acknowledged, acknowledged);
    ensure!(verdict.is_clean(), "{verdict:?}");
    ensure!(audit.in_transit == 0, "{audit:?}");
    Ok(())
}
