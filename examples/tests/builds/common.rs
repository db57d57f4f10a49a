//! What the builds of the bank have in common: its messages, what is done with the examples' ledger, and the answer to what a
//! build does not offer.

#![allow(dead_code, unused_imports, reason = "no build needs all of it")]

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub(crate) use examples::bank::Ledger;
pub(crate) use examples::bank::v1::{
    AuditReply, AuditRequest, BalanceReply, BalanceRequest, EntryResult, JournalEntry, OpenReply,
    OpenRequest, SettleReply, SettleRequest, TransferReply, TransferRequest,
    bank_server::{self, BankServer},
};
pub(crate) use tonic::{Request, Response, Status};

/// How long money is on its way.
pub(crate) const TRANSIT: Duration = Duration::from_millis(1);

// A step of the books never panics half way, so a poisoned lock still guards sound ones.
pub(crate) fn locked<T>(books: &Mutex<T>) -> MutexGuard<'_, T> {
    books.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Opens an account in the examples' ledger.
pub(crate) fn opened(
    ledger: &Mutex<Ledger>,
    request: Request<OpenRequest>,
) -> Result<Response<OpenReply>, Status> {
    let OpenRequest { account, deposit } = request.into_inner();
    let balance = locked(ledger).deposit(&account, deposit)?;
    Ok(Response::new(OpenReply { balance }))
}

/// What an account of the examples' ledger holds.
pub(crate) fn balance_of(
    ledger: &Mutex<Ledger>,
    request: Request<BalanceRequest>,
) -> Result<Response<BalanceReply>, Status> {
    let balance = locked(ledger).balance(&request.into_inner().account)?;
    Ok(Response::new(BalanceReply { balance }))
}

/// What an audit of the examples' ledger finds.
pub(crate) fn audited(ledger: &Mutex<Ledger>) -> Result<Response<AuditReply>, Status> {
    let ledger = locked(ledger);
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

/// The answer of a build that does not offer this.
pub(crate) fn not_offered<T>(what: &str) -> Result<Response<T>, Status> {
    let message = format!("this build of the bank offers no {what}");
    Err(Status::unimplemented(message))
}
