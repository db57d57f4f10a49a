//! A struct with a field that cannot be captured.

struct Account {
    balance: i64,
}

#[derive(hicam::State)]
struct Bank {
    name: String,
    accounts: Vec<Account>,
}

#[hicam::migratable]
async fn sum(bank: Bank) -> i64 {
    hicam::point().await;
    bank.accounts.iter().map(|account| account.balance).sum()
}

fn main() {}
