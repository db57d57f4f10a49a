//! A later build of the bank whose state has another shape: none of the bank's states can be restored in it.

mod common;

use std::collections::BTreeMap;
use std::sync::Mutex;

use common::{
    AuditReply, AuditRequest, BalanceReply, BalanceRequest, BankServer, OpenReply, OpenRequest,
    Request, Response, SettleReply, SettleRequest, Status, TransferReply, TransferRequest,
    bank_server, locked, not_offered,
};

/// The bank keeps `i64` in a `Ledger` of this name.
#[derive(Debug, Default, hicam::State)]
struct Ledger {
    accounts: BTreeMap<String, String>,
}

#[derive(Debug, Default, hicam::State)]
struct Bank {
    ledger: Mutex<Ledger>,
}

fn no_balance(account: &str) -> Status {
    Status::not_found(format!("{account} has no balance"))
}

#[hicam::conformist(class = "bank")]
#[tonic::async_trait]
impl bank_server::Bank for Bank {
    async fn open(&self, request: Request<OpenRequest>) -> Result<Response<OpenReply>, Status> {
        let OpenRequest { account, deposit } = request.into_inner();
        let mut ledger = locked(&self.ledger);
        ledger.accounts.insert(account, deposit.to_string());
        drop(ledger);
        Ok(Response::new(OpenReply { balance: deposit }))
    }

    async fn balance(
        &self,
        request: Request<BalanceRequest>,
    ) -> Result<Response<BalanceReply>, Status> {
        let account = request.into_inner().account;
        let balance = locked(&self.ledger).accounts.get(&account).cloned();
        let balance = balance.ok_or_else(|| no_balance(&account))?;
        let balance = balance.parse().map_err(|_| no_balance(&account))?;
        Ok(Response::new(BalanceReply { balance }))
    }

    async fn transfer(
        &self,
        _: Request<TransferRequest>,
    ) -> Result<Response<TransferReply>, Status> {
        not_offered("transfer")
    }

    async fn settle(&self, _: Request<SettleRequest>) -> Result<Response<SettleReply>, Status> {
        not_offered("settle")
    }

    async fn audit(&self, _: Request<AuditRequest>) -> Result<Response<AuditReply>, Status> {
        not_offered("audit")
    }
}

#[hicam::main(Bank, durability = "replies")]
async fn main(server: hicam::Server<Bank>) -> anyhow::Result<()> {
    server.service(BankServer::from_arc).run().await
}
