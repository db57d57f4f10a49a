//! A loop over what a type's own method gives, which is called like a standard adaptor.

struct Bag(Vec<u32>);

impl Bag {
    /// The last ones.
    fn take(self, n: usize) -> Vec<u32> {
        self.0.into_iter().rev().take(n).collect()
    }
}

impl IntoIterator for Bag {
    type Item = u32;
    type IntoIter = std::vec::IntoIter<u32>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[hicam::migratable]
async fn sum(values: Vec<u32>) -> u32 {
    let mut total = 0;
    for value in Bag(values).take(2) {
        hicam::point().await;
        total += value;
    }
    total
}

fn main() {}
