//! The wrong attribute for a type's own methods.

struct Bank;

#[hicam::conformist(class = "bank")]
impl Bank {
    async fn open(&self) {}
}

fn main() {}
