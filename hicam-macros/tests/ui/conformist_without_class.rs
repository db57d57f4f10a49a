//! A conformist server without a class.

struct Bank;

trait Service {
    async fn open(&self);
}

#[hicam::conformist]
impl Service for Bank {
    async fn open(&self) {}
}

fn main() {}
