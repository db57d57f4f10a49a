//! The bank: money is conserved, refusals change nothing, the audit finds what is wrong.

use std::collections::BTreeSet;

use examples::bank::v1::{
    AuditRequest, BalanceRequest, JournalEntry, OpenRequest, SettleRequest, TransferRequest,
    bank_client::BankClient, bank_server::BankServer,
};
use examples::bank::{Bank, client::Verdict};
use tonic::{Code, transport::Channel};

use crate::serve::{Serving, serve};

async fn bank_with(accounts: &[(&str, i64)]) -> (Serving, BankClient<Channel>) {
    let serving = serve(BankServer::new(Bank::default())).await;
    let mut client = BankClient::new(serving.channel.clone());
    for &(account, deposit) in accounts {
        let account = account.to_owned();
        client.open(OpenRequest { account, deposit }).await.unwrap();
    }
    (serving, client)
}

fn order(id: &str, from: &str, to: &str, amount: i64) -> TransferRequest {
    TransferRequest {
        id: id.to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
        amount,
    }
}

async fn balance(client: &mut BankClient<Channel>, account: &str) -> i64 {
    let account = account.to_owned();
    let reply = client.balance(BalanceRequest { account }).await.unwrap();
    reply.into_inner().balance
}

#[tokio::test]
async fn a_transfer_moves_money_and_is_journalled_once() {
    let (_serving, mut client) = bank_with(&[("ann", 100), ("bob", 5)]).await;
    let reply = client.transfer(order("t1", "ann", "bob", 30)).await;
    let reply = reply.unwrap().into_inner();
    assert_eq!((reply.from_balance, reply.to_balance), (70, 35));
    let audit = client.audit(AuditRequest {}).await.unwrap().into_inner();
    assert!(audit.conserved);
    assert_eq!((audit.accounts, audit.deposited), (2, 105));
    assert_eq!((audit.held, audit.in_transit), (105, 0));
    let once = JournalEntry {
        id: "t1".to_owned(),
        count: 1,
    };
    assert_eq!(audit.journal, [once]);
}

#[tokio::test]
async fn a_transfer_that_cannot_be_made_changes_nothing() {
    let (_serving, mut client) = bank_with(&[("ann", 10), ("bob", 0)]).await;
    for (order, code) in [
        (order("a", "ann", "bob", 11), Code::FailedPrecondition),
        (order("b", "ann", "nobody", 1), Code::NotFound),
        (order("c", "nobody", "bob", 1), Code::NotFound),
        (order("d", "ann", "bob", 0), Code::InvalidArgument),
        (order("e", "ann", "bob", i64::MIN), Code::InvalidArgument),
    ] {
        assert_eq!(client.transfer(order).await.unwrap_err().code(), code);
    }
    let audit = client.audit(AuditRequest {}).await.unwrap().into_inner();
    assert!(audit.conserved && audit.journal.is_empty());
    assert_eq!(balance(&mut client, "ann").await, 10);
}

#[tokio::test]
async fn a_deposit_the_bank_cannot_hold_is_refused() {
    let (_serving, mut client) = bank_with(&[("ann", i64::MAX)]).await;
    for (account, deposit) in [("ann", 1), ("bob", 1), ("bob", -1), ("", 0)] {
        let account = account.to_owned();
        let refusal = client.open(OpenRequest { account, deposit }).await;
        assert_eq!(refusal.unwrap_err().code(), Code::InvalidArgument);
    }
    assert_eq!(balance(&mut client, "ann").await, i64::MAX);
}

#[tokio::test]
async fn settle_makes_what_can_be_made_in_order() {
    let (_serving, mut client) = bank_with(&[("ann", 10), ("bob", 0)]).await;
    let entries = vec![
        order("1", "ann", "bob", 6),
        order("2", "ann", "bob", 6),
        order("3", "bob", "ann", 1),
        order("4", "ann", "bob", 5),
    ];
    let reply = client.settle(SettleRequest { entries }).await.unwrap();
    let reply = reply.into_inner();
    assert_eq!((reply.settled, reply.refused, reply.total), (3, 1, 12));
    let settled: Vec<_> = reply.results.iter().map(|one| one.settled).collect();
    assert_eq!(settled, [true, false, true, true]);
    assert!(reply.results[1].reason.contains("holds 4"));
    assert_eq!(balance(&mut client, "bob").await, 10);
}

#[tokio::test]
async fn concurrent_transfers_conserve_the_sum() {
    let (_serving, client) = bank_with(&[("a", 50), ("b", 50), ("c", 50)]).await;
    let calls = (0..60).map(|n| {
        let mut client = client.clone();
        let names = ["a", "b", "c"];
        let order = order(
            &format!("t{n}"),
            names[n % 3],
            names[(n + 1 + n / 30) % 3],
            1,
        );
        async move { client.transfer(order).await.map(|_| format!("t{n}")) }
    });
    let done: BTreeSet<_> = futures::future::try_join_all(calls)
        .await
        .unwrap()
        .into_iter()
        .collect();
    let mut client = client.clone();
    let audit = client.audit(AuditRequest {}).await.unwrap().into_inner();
    assert!(Verdict::of(&audit, &done, &done).is_clean(), "{audit:?}");
}

#[tokio::test]
async fn the_audit_shows_what_was_made_twice_lost_or_never_asked_for() {
    let (_serving, mut client) = bank_with(&[("a", 50), ("b", 50)]).await;
    for id in ["twice", "twice", "other"] {
        client.transfer(order(id, "a", "b", 1)).await.unwrap();
    }
    let audit = client.audit(AuditRequest {}).await.unwrap().into_inner();
    let ids = |ids: &[&str]| {
        ids.iter()
            .map(|id| (*id).to_owned())
            .collect::<BTreeSet<_>>()
    };
    let verdict = Verdict::of(&audit, &ids(&["twice", "gone"]), &ids(&["twice", "gone"]));
    assert!(!verdict.is_clean());
    assert_eq!(verdict.duplicated, ["twice"]);
    assert_eq!(verdict.lost, ["gone"]);
    assert_eq!(verdict.unknown, ["other"]);
    assert!(verdict.conserved);
}
