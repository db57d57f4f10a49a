//! The bank's service: ordinary tonic code, with attributes.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tonic::{Request, Response, Status};

use super::ledger::Ledger;
use super::v1::{
    AuditReply, AuditRequest, BalanceReply, BalanceRequest, EntryResult, JournalEntry, OpenReply,
    OpenRequest, SettleReply, SettleRequest, TransferReply, TransferRequest, bank_server,
};

/// How long money is on its way.
const TRANSIT: Duration = Duration::from_millis(1);

/// The server's own data.
#[derive(Debug, Default, hicam::State)]
pub struct Bank {
    ledger: Mutex<Ledger>,
}

impl Bank {
    // A step of the ledger never panics half way, so a poisoned lock still guards a sound one.
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn debit(&self, from: &str, to: &str, amount: i64) -> Result<i64, Status> {
        self.ledger().debit(from, to, amount)
    }

    fn record(&self, id: &str) {
        self.ledger().record(id);
    }

    fn credit(&self, to: &str, amount: i64) -> i64 {
        self.ledger().credit(to, amount)
    }
}

#[hicam::migratable]
impl Bank {
    /// One transfer, step by step.
    async fn make(&self, order: TransferRequest) -> Result<TransferReply, Status> {
        let TransferRequest {
            id,
            from,
            to,
            amount,
        } = order;
        let from_balance = self.debit(&from, &to, amount)?;
        tokio::time::sleep(TRANSIT).await;
        self.record(&id);
        tokio::task::yield_now().await;
        let to_balance = self.credit(&to, amount);
        Ok(TransferReply {
            from_balance,
            to_balance,
        })
    }

    /// One entry of a batch, added to what the batch has come to.
    async fn settle_entry(
        &self,
        entry: TransferRequest,
        total: &mut i64,
        results: &mut Vec<EntryResult>,
    ) -> bool {
        let id = entry.id.clone();
        let amount = entry.amount;
        match self.make(entry).await {
            Ok(_) => {
                *total += amount;
                results.push(EntryResult {
                    id,
                    settled: true,
                    reason: String::new(),
                });
                true
            }
            Err(refusal) => {
                results.push(EntryResult {
                    id,
                    settled: false,
                    reason: refusal.message().to_owned(),
                });
                false
            }
        }
    }
}

#[hicam::conformist(class = "bank")]
#[tonic::async_trait]
impl bank_server::Bank for Bank {
    async fn open(&self, request: Request<OpenRequest>) -> Result<Response<OpenReply>, Status> {
        let OpenRequest { account, deposit } = request.into_inner();
        let balance = self.ledger().deposit(&account, deposit)?;
        Ok(Response::new(OpenReply { balance }))
    }

    async fn balance(
        &self,
        request: Request<BalanceRequest>,
    ) -> Result<Response<BalanceReply>, Status> {
        let balance = self.ledger().balance(&request.into_inner().account)?;
        Ok(Response::new(BalanceReply { balance }))
    }

    async fn transfer(
        &self,
        request: Request<TransferRequest>,
    ) -> Result<Response<TransferReply>, Status> {
        let reply = self.make(request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn settle(
        &self,
        request: Request<SettleRequest>,
    ) -> Result<Response<SettleReply>, Status> {
        let entries = request.into_inner().entries;
        let mut settled = 0;
        let mut refused = 0;
        let mut total = 0;
        let mut results = Vec::new();
        for entry in entries {
            if self.settle_entry(entry, &mut total, &mut results).await {
                settled += 1;
            } else {
                refused += 1;
            }
        }
        Ok(Response::new(SettleReply {
            settled,
            refused,
            total,
            results,
        }))
    }

    async fn audit(&self, _: Request<AuditRequest>) -> Result<Response<AuditReply>, Status> {
        let ledger = self.ledger();
        let journal = ledger.journal().iter();
        Ok(Response::new(AuditReply {
            accounts: ledger.accounts() as u64,
            deposited: ledger.deposited(),
            held: ledger.held(),
            in_transit: ledger.in_transit(),
            conserved: ledger.deposited() == ledger.held() + ledger.in_transit(),
            journal: journal
                .map(|(id, &count)| JournalEntry {
                    id: id.clone(),
                    count,
                })
                .collect(),
        }))
    }
}
