//! The attribute on a method instead of its `impl`.

struct Account {
    balance: i64,
}

impl Account {
    #[hicam::migratable]
    async fn read(&self) -> i64 {
        self.balance
    }
}

fn main() {}
