//! The bank's books: every change of them is one short step, so that they balance between any two.

use std::collections::BTreeMap;

use tonic::Status;

/// Accounts, the money on its way between them, and how often each transfer was made.
#[derive(Debug, Default, hicam::State)]
pub struct Ledger {
    accounts: BTreeMap<String, i64>,
    deposited: i64,
    in_transit: i64,
    journal: BTreeMap<String, u32>,
}

impl Ledger {
    /// Pays in, to a new account if need be. Returns the balance.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for an account without a name, a negative deposit, or more than can be held.
    pub fn deposit(&mut self, account: &str, amount: i64) -> Result<i64, Status> {
        if account.is_empty() || amount < 0 {
            return Err(Status::invalid_argument(
                "an account needs a name and a deposit that is not negative",
            ));
        }
        // Every balance is at most what was deposited, so this is the only sum that can overflow.
        self.deposited = self.deposited.checked_add(amount).ok_or_else(|| {
            Status::invalid_argument(format!(
                "a deposit of {amount} is more than the bank can hold"
            ))
        })?;
        let balance = self.accounts.entry(account.to_owned()).or_default();
        *balance += amount;
        Ok(*balance)
    }

    /// The balance of an account.
    ///
    /// # Errors
    /// `NOT_FOUND` for an account that was not opened.
    pub fn balance(&self, account: &str) -> Result<i64, Status> {
        let balance = self.accounts.get(account).copied();
        balance.ok_or_else(|| no_account(account))
    }

    /// First step of a transfer: takes the money off one account, once the other is known to be there.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`, `NOT_FOUND` or `FAILED_PRECONDITION` for a transfer that cannot be made; nothing has
    /// changed.
    pub fn debit(&mut self, from: &str, to: &str, amount: i64) -> Result<i64, Status> {
        if amount <= 0 {
            return Err(Status::invalid_argument(format!(
                "{amount} cannot be transferred: give an amount above 0"
            )));
        }
        self.balance(to)?;
        let balance = self
            .accounts
            .get_mut(from)
            .ok_or_else(|| no_account(from))?;
        if *balance < amount {
            return Err(Status::failed_precondition(format!(
                "account `{from}` holds {balance}, which is less than {amount}"
            )));
        }
        *balance -= amount;
        self.in_transit += amount;
        Ok(*balance)
    }

    /// Second step: writes the transfer down.
    pub fn record(&mut self, id: &str) {
        *self.journal.entry(id.to_owned()).or_default() += 1;
    }

    /// Last step: the money arrives. Returns the balance.
    pub fn credit(&mut self, to: &str, amount: i64) -> i64 {
        self.in_transit -= amount;
        let balance = self.accounts.entry(to.to_owned()).or_default();
        *balance += amount;
        *balance
    }

    /// Number of accounts.
    pub fn accounts(&self) -> usize {
        self.accounts.len()
    }

    /// Everything ever paid in.
    pub fn deposited(&self) -> i64 {
        self.deposited
    }

    /// Sum of all balances.
    pub fn held(&self) -> i64 {
        self.accounts.values().sum()
    }

    /// Taken off one account and not yet on the other.
    pub fn in_transit(&self) -> i64 {
        self.in_transit
    }

    /// How often each transfer was made, by its id.
    pub fn journal(&self) -> &BTreeMap<String, u32> {
        &self.journal
    }
}

fn no_account(account: &str) -> Status {
    Status::not_found(format!("no account `{account}`: open it first"))
}
