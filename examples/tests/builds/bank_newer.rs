//! A later build of the bank whose books have grown: wider numbers, a field more and one less, others renamed and in another
//! order. What the bank has captured is restored in it, if no call is in progress: its functions are others.

mod common;

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use common::{
    AuditReply, AuditRequest, BalanceReply, BalanceRequest, BankServer, JournalEntry, OpenReply,
    OpenRequest, Request, Response, SettleReply, SettleRequest, Status, TransferReply,
    TransferRequest, bank_server, locked, not_offered,
};

/// What the books were before there was a name for it.
fn first_branch() -> String {
    "head office".to_owned()
}

#[derive(Debug, Default, hicam::State)]
struct Ledger {
    #[hicam(default = first_branch)]
    branch: String,
    #[hicam(alias = "journal")]
    made: BTreeMap<String, u64>,
    accounts: HashMap<String, i128>,
    deposited: i64,
}

#[derive(Debug, Default, hicam::State)]
struct Bank {
    #[hicam(default)]
    opened: u32,
    ledger: Mutex<Ledger>,
}

fn narrow(balance: i128) -> Result<i64, Status> {
    i64::try_from(balance).map_err(|_| Status::out_of_range("more than a client can be told"))
}

#[hicam::conformist(class = "bank")]
#[tonic::async_trait]
impl bank_server::Bank for Bank {
    async fn open(&self, request: Request<OpenRequest>) -> Result<Response<OpenReply>, Status> {
        let OpenRequest { account, deposit } = request.into_inner();
        let mut ledger = locked(&self.ledger);
        ledger.deposited += deposit;
        let balance = ledger.accounts.entry(account).or_default();
        *balance += i128::from(deposit);
        let balance = narrow(*balance)?;
        drop(ledger);
        Ok(Response::new(OpenReply { balance }))
    }

    async fn balance(
        &self,
        request: Request<BalanceRequest>,
    ) -> Result<Response<BalanceReply>, Status> {
        let account = request.into_inner().account;
        let balance = locked(&self.ledger).accounts.get(&account).copied();
        let balance = balance.ok_or_else(|| Status::not_found(format!("{account} is not open")))?;
        let balance = narrow(balance)?;
        Ok(Response::new(BalanceReply { balance }))
    }

    async fn audit(&self, _: Request<AuditRequest>) -> Result<Response<AuditReply>, Status> {
        let ledger = locked(&self.ledger);
        // Where an audit says who has made it, so that a test can tell the builds apart.
        let branch = JournalEntry {
            id: ledger.branch.clone(),
            count: self.opened,
        };
        let made = ledger.made.iter().map(|(id, &count)| JournalEntry {
            id: id.clone(),
            count: u32::try_from(count).unwrap_or(u32::MAX),
        });
        Ok(Response::new(AuditReply {
            accounts: ledger.accounts.len() as u64,
            deposited: ledger.deposited,
            held: narrow(ledger.accounts.values().sum())?,
            in_transit: 0,
            conserved: true,
            journal: std::iter::once(branch).chain(made).collect(),
        }))
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
}

#[hicam::main(Bank, durability = "replies")]
async fn main(server: hicam::Server<Bank>) -> anyhow::Result<()> {
    server.service(BankServer::from_arc).run().await
}
