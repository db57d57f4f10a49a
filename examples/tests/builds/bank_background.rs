//! A bank that answers a batch of transfers at once, and makes them in a task.

mod common;

use std::sync::{Arc, Mutex};

use common::*;

/// The books are shared with the tasks.
#[derive(Debug, Default, hicam::State)]
struct Bank {
    ledger: Arc<Mutex<Ledger>>,
}

fn debit(ledger: &Mutex<Ledger>, order: &TransferRequest) -> Result<i64, Status> {
    locked(ledger).debit(&order.from, &order.to, order.amount)
}

fn record(ledger: &Mutex<Ledger>, order: &TransferRequest) {
    locked(ledger).record(&order.id);
}

fn credit(ledger: &Mutex<Ledger>, order: &TransferRequest) {
    locked(ledger).credit(&order.to, order.amount);
}

#[hicam::migratable]
async fn transfer(ledger: &Mutex<Ledger>, order: TransferRequest) -> bool {
    if debit(ledger, &order).is_err() {
        return false;
    }
    tokio::time::sleep(TRANSIT).await;
    record(ledger, &order);
    tokio::task::yield_now().await;
    credit(ledger, &order);
    true
}

#[hicam::migratable]
async fn transfer_all(ledger: Arc<Mutex<Ledger>>, orders: Vec<TransferRequest>) -> u64 {
    let mut made = 0;
    for order in orders {
        if transfer(&ledger, order).await {
            made += 1;
        }
    }
    made
}

#[hicam::conformist(class = "bank")]
#[tonic::async_trait]
impl bank_server::Bank for Bank {
    async fn open(&self, request: Request<OpenRequest>) -> Result<Response<OpenReply>, Status> {
        opened(&self.ledger, request)
    }

    async fn balance(
        &self,
        request: Request<BalanceRequest>,
    ) -> Result<Response<BalanceReply>, Status> {
        balance_of(&self.ledger, request)
    }

    async fn settle(
        &self,
        request: Request<SettleRequest>,
    ) -> Result<Response<SettleReply>, Status> {
        let entries = request.into_inner().entries;
        let accepted = entries.iter().map(|entry| EntryResult {
            id: entry.id.clone(),
            settled: true,
            reason: String::new(),
        });
        let results: Vec<_> = accepted.collect();
        let total = entries.iter().map(|entry| entry.amount).sum();
        // Nobody waits for it.
        drop(hicam::spawn(transfer_all(
            Arc::clone(&self.ledger),
            entries,
        )));
        Ok(Response::new(SettleReply {
            settled: results.len() as u64,
            refused: 0,
            total,
            results,
        }))
    }

    async fn transfer(
        &self,
        _: Request<TransferRequest>,
    ) -> Result<Response<TransferReply>, Status> {
        not_offered("transfer")
    }

    async fn audit(&self, _: Request<AuditRequest>) -> Result<Response<AuditReply>, Status> {
        audited(&self.ledger)
    }
}

#[hicam::main(Bank)]
async fn main(server: hicam::Server<Bank>) -> anyhow::Result<()> {
    server.service(BankServer::from_arc).run().await
}
