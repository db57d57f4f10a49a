//! A type of the user's that says nothing of how it is captured.

struct Account {
    balance: i64,
}

#[hicam::migratable]
async fn read(account: Account) -> i64 {
    hicam::point().await;
    account.balance
}

fn main() {}
