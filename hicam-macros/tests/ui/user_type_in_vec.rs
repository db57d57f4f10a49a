//! The same in a vector.

struct Account {
    balance: i64,
}

#[hicam::migratable]
async fn sum(balances: Vec<i64>) -> i64 {
    let accounts: Vec<Account> = balances.into_iter().map(|balance| Account { balance }).collect();
    hicam::point().await;
    accounts.iter().map(|account| account.balance).sum()
}

fn main() {}
