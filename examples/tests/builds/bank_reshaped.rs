//! A later build of the bank whose state has another shape: none of the bank's states can be restored in it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use examples::bank::v1::{
    AuditReply, AuditRequest, BalanceReply, BalanceRequest, OpenReply, OpenRequest, SettleReply,
    SettleRequest, TransferReply, TransferRequest,
    bank_server::{self, BankServer},
};
use tonic::{Request, Response, Status};

/// The bank keeps `i64` in a `Ledger` of this name.
#[derive(Debug, Default, hicam::State)]
struct Ledger {
    accounts: BTreeMap<String, String>,
}

#[derive(Debug, Default, hicam::State)]
struct Bank {
    ledger: Mutex<Ledger>,
}

impl Bank {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn no_balance(account: &str) -> Status {
    Status::not_found(format!("{account} has no balance"))
}

#[hicam::conformist(class = "bank")]
#[tonic::async_trait]
impl bank_server::Bank for Bank {
    async fn open(&self, request: Request<OpenRequest>) -> Result<Response<OpenReply>, Status> {
        let OpenRequest { account, deposit } = request.into_inner();
        let mut ledger = self.ledger();
        ledger.accounts.insert(account, deposit.to_string());
        let balance = deposit;
        drop(ledger);
        Ok(Response::new(OpenReply { balance }))
    }

    async fn balance(
        &self,
        request: Request<BalanceRequest>,
    ) -> Result<Response<BalanceReply>, Status> {
        let account = request.into_inner().account;
        let balance = self.ledger().accounts.get(&account).cloned();
        let balance = balance.ok_or_else(|| no_balance(&account))?;
        let balance = balance.parse().map_err(|_| no_balance(&account))?;
        Ok(Response::new(BalanceReply { balance }))
    }

    async fn transfer(
        &self,
        _: Request<TransferRequest>,
    ) -> Result<Response<TransferReply>, Status> {
        Err(Status::unimplemented(
            "this build of the bank makes no transfers",
        ))
    }

    async fn settle(&self, _: Request<SettleRequest>) -> Result<Response<SettleReply>, Status> {
        Err(Status::unimplemented(
            "this build of the bank settles nothing",
        ))
    }

    async fn audit(&self, _: Request<AuditRequest>) -> Result<Response<AuditReply>, Status> {
        Err(Status::unimplemented("this build of the bank has no audit"))
    }
}

#[hicam::main(Bank, durability = "replies")]
async fn main(server: hicam::Server<Bank>) -> anyhow::Result<()> {
    server.service(BankServer::from_arc).run().await
}
