//! A later build of the bank whose state is the same and whose functions are others: calls that are in progress in
//! the bank cannot go on here.

use std::sync::{Mutex, MutexGuard, PoisonError};

use examples::bank::{
    Ledger,
    v1::{
        AuditReply, AuditRequest, BalanceReply, BalanceRequest, OpenReply, OpenRequest,
        SettleReply, SettleRequest, TransferReply, TransferRequest,
        bank_server::{self, BankServer},
    },
};
use tonic::{Request, Response, Status};

#[derive(Debug, Default, hicam::State)]
struct Bank {
    ledger: Mutex<Ledger>,
}

impl Bank {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
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
        let account = request.into_inner().account;
        let balance = self.ledger().balance(&account)?;
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
