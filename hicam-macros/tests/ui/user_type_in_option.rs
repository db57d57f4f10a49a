//! The same in an option.

struct Account {
    balance: i64,
}

#[hicam::migratable]
async fn read(n: i64) -> i64 {
    let account = (n > 0).then(|| Account { balance: n });
    hicam::point().await;
    account.map_or(0, |account| account.balance)
}

fn main() {}
