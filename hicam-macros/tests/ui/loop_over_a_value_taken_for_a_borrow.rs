//! A loop over what a type's own method gives, which is called like one that lends.

#[derive(hicam::State)]
struct Bag(Vec<u32>);

impl Bag {
    fn iter(&self) -> Vec<u32> {
        self.0.clone()
    }
}

#[hicam::migratable]
async fn sum(bag: Bag) -> u32 {
    let mut total = 0;
    for value in bag.iter() {
        hicam::point().await;
        total += value;
    }
    total
}

fn main() {}
