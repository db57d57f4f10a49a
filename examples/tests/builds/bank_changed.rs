//! A later build of the bank whose state is the same and whose functions are others, and which does not say how calls that are in
//! progress go on.

mod common;

use std::sync::Mutex;

use common::*;

#[derive(Debug, Default, hicam::State)]
struct Bank {
    ledger: Mutex<Ledger>,
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

    #[hicam(alias = "examples::bank::service::Bank::settle")]
    async fn settle(&self, _: Request<SettleRequest>) -> Result<Response<SettleReply>, Status> {
        Err(Status::unimplemented(
            "this build of the bank settles nothing",
        ))
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

#[hicam::main(Bank, durability = "replies")]
async fn main(server: hicam::Server<Bank>) -> anyhow::Result<()> {
    server.service(BankServer::from_arc).run().await
}
