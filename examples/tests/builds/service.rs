//! The service of two builds whose state differs: one source, so that a call that is in progress in one goes on in the other. Only the
//! module has another name, which the aliases say.

use super::Bank;
use super::common::*;

#[hicam::migratable]
impl Bank {
    /// One transfer, step by step.
    #[hicam(alias = "bank_older::service::Bank::make")]
    async fn make(&self, order: TransferRequest) -> Result<TransferReply, Status> {
        let from_balance = locked(&self.ledger).debit(&order.from, &order.to, order.amount)?;
        tokio::time::sleep(TRANSIT).await;
        locked(&self.ledger).record(&order.id);
        tokio::task::yield_now().await;
        let to_balance = locked(&self.ledger).credit(&order.to, order.amount);
        Ok(TransferReply {
            from_balance,
            to_balance,
        })
    }

    /// One entry of a batch.
    #[hicam(alias = "bank_older::service::Bank::settle_entry")]
    async fn settle_entry(&self, entry: TransferRequest, results: &mut Vec<EntryResult>) -> bool {
        let id = entry.id.clone();
        locked(&self.house).welcome(&entry.from);
        let refusal = self.make(entry).await.err();
        let settled = refusal.is_none();
        results.push(EntryResult {
            id,
            settled,
            reason: refusal.map_or_else(String::new, |status| status.message().to_owned()),
        });
        settled
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
        match self.figure(&request.get_ref().account) {
            Some(balance) => Ok(Response::new(BalanceReply { balance })),
            None => balance_of(&self.ledger, request),
        }
    }

    #[hicam(alias = "bank_older::service::Bank::transfer")]
    async fn transfer(
        &self,
        request: Request<TransferRequest>,
    ) -> Result<Response<TransferReply>, Status> {
        let reply = self.make(request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    #[hicam(alias = "bank_older::service::Bank::settle")]
    async fn settle(
        &self,
        request: Request<SettleRequest>,
    ) -> Result<Response<SettleReply>, Status> {
        let mut results = Vec::new();
        let (mut settled, mut refused, mut total) = (0, 0, 0);
        for entry in request.into_inner().entries {
            let amount = entry.amount;
            if self.settle_entry(entry, &mut results).await {
                settled += 1;
                total += amount;
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
