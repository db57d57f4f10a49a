//! The attribute on something else.

#[hicam::migratable]
struct Account {
    balance: i64,
}

fn used(account: Account) -> i64 {
    account.balance
}

fn main() {}
