//! A later build of the bank whose functions are others, and which says how calls that are in progress in the bank go on: it gives
//! receipts.

mod common;

use std::sync::Mutex;

use common::*;
use hicam::upgrade::{self, NewFrame, OldFrame, same_point};

#[derive(Debug, Default, hicam::State)]
struct Bank {
    ledger: Mutex<Ledger>,
}

/// How many receipts a batch has.
const RECEIPTS: u32 = 1_000_000;
/// What an entry has that was begun when there were none.
const BEFORE_RECEIPTS: &str = "begun before there were receipts";

#[hicam::migratable]
impl Bank {
    /// Its steps are those of the bank, and its points too.
    #[hicam(upgrade = same_point, alias = "examples::bank::service::Bank::make")]
    async fn make(&self, order: TransferRequest) -> Result<TransferReply, Status> {
        let TransferRequest {
            id,
            from,
            to,
            amount,
        } = order;
        let from_balance = locked(&self.ledger).debit(&from, &to, amount)?;
        tokio::time::sleep(TRANSIT).await;
        locked(&self.ledger).record(&id);
        tokio::task::yield_now().await;
        let to_balance = locked(&self.ledger).credit(&to, amount);
        Ok(TransferReply {
            from_balance,
            to_balance,
        })
    }

    /// The bank had no receipts, and added up where the batch is settled now.
    #[hicam(upgrade = Self::map_entry, alias = "examples::bank::service::Bank::settle_entry")]
    async fn settle_with_receipt(
        &self,
        order: TransferRequest,
        receipt: String,
        total: &mut i64,
        results: &mut Vec<EntryResult>,
    ) -> bool {
        let (id, amount) = (order.id.clone(), order.amount);
        let made = self.make(order).await;
        let settled = made.is_ok();
        if settled {
            *total += amount;
        }
        let reason = made
            .err()
            .map_or(receipt, |refusal| refusal.message().to_owned());
        results.push(EntryResult {
            id,
            settled,
            reason,
        });
        settled
    }

    fn map_entry(old: &OldFrame<'_>) -> upgrade::Result {
        let new = NewFrame::at(old.point()).local("receipt", BEFORE_RECEIPTS.to_owned());
        Ok(match old.point() {
            "in make" => new,
            _ => new.local_from("order", "entry"),
        })
    }

    /// The loop's variable was `entry`, and nothing counted receipts.
    fn map_settle(old: &OldFrame<'_>) -> upgrade::Result {
        if old.point() == "entry" {
            return Ok(NewFrame::at("entry"));
        }
        let done = old.local::<u64>("settled")? + old.local::<u64>("refused")?;
        let left = RECEIPTS - u32::try_from(done)?;
        let new = match old.point() {
            "for entry" => NewFrame::at("for order").local("left", left),
            "before settle_entry" => NewFrame::at("before settle_with_receipt")
                .local_from("order", "entry")
                .local("receipt", format!("receipt {}", done + 1))
                .local("left", left - 1),
            "in settle_entry" => NewFrame::at("in settle_with_receipt").local("left", left - 1),
            other => return Err(format!("the bank's `settle` had no point `{other}`").into()),
        };
        Ok(new.local_from("for order: iterator", "for entry: iterator"))
    }
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

    #[hicam(upgrade = same_point, alias = "examples::bank::service::Bank::transfer")]
    async fn transfer(
        &self,
        request: Request<TransferRequest>,
    ) -> Result<Response<TransferReply>, Status> {
        self.make(request.into_inner()).await.map(Response::new)
    }

    #[hicam(upgrade = Self::map_settle, alias = "examples::bank::service::Bank::settle")]
    async fn settle(
        &self,
        request: Request<SettleRequest>,
    ) -> Result<Response<SettleReply>, Status> {
        let orders = request.into_inner().entries;
        let mut left = RECEIPTS;
        let (mut settled, mut refused) = (0, 0);
        let mut total = 0;
        let mut results = Vec::new();
        for order in orders {
            left -= 1;
            let receipt = format!("receipt {}", RECEIPTS - left);
            if self
                .settle_with_receipt(order, receipt, &mut total, &mut results)
                .await
            {
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
        audited(&self.ledger)
    }
}

#[hicam::main(Bank, durability = "replies")]
async fn main(server: hicam::Server<Bank>) -> anyhow::Result<()> {
    server.service(BankServer::from_arc).run().await
}
