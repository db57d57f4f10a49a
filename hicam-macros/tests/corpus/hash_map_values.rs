//! The values of a hash map.

use std::collections::{BTreeMap, HashMap};

use super::{hicam, programs};

#[hicam::migratable]
async fn values(n: u32) -> (u32, Vec<(String, u32)>) {
    let mut map: HashMap<String, u32> = (0..n).map(|i| (format!("key {i}"), i)).collect();
    let mut total = 0;
    for value in map.values() {
        hicam::point().await;
        total += value * 100;
    }
    for value in map.values_mut() {
        hicam::point().await;
        *value += 1;
    }
    let mut sorted: Vec<_> = map.into_iter().collect();
    sorted.sort();
    (total, sorted)
}

#[derive(Debug, Default, hicam::State)]
pub(crate) struct Stock {
    counts: HashMap<String, u32>,
    prices: BTreeMap<String, u32>,
}

#[hicam::migratable]
impl Stock {
    async fn total(&self) -> (u32, usize, u32) {
        let (mut total, mut large, mut paid) = (0, 0, 0);
        for count in self.counts.values() {
            total += count;
        }
        for (i, count) in self
            .counts
            .values()
            .filter(|count| **count > 1)
            .copied()
            .enumerate()
        {
            hicam::point().await;
            large += i + count as usize;
        }
        for price in self
            .prices
            .values()
            .rev()
            .enumerate()
            .map(|(i, price)| i as u32 * price)
        {
            hicam::point().await;
            paid += price;
        }
        (total, large, paid)
    }

    async fn double(&mut self) {
        for count in self.counts.values_mut().filter(|count| **count != 1) {
            hicam::point().await;
            *count *= 2;
        }
        for price in self.prices.values_mut() {
            *price += 1;
            hicam::point().await;
        }
    }
}

#[hicam::migratable]
async fn sum_of(map: &HashMap<u32, u32>, more: &mut HashMap<u32, u32>) -> u32 {
    let mut sum = 0;
    for value in map.values() {
        hicam::point().await;
        sum += value;
    }
    for value in more.values_mut() {
        hicam::point().await;
        *value += 1;
        sum += *value;
    }
    sum
}

#[hicam::migratable]
async fn stock() -> ((u32, usize, u32), u32) {
    let mut stock = Stock::default();
    for (i, name) in ["a", "b", "c", "d"].into_iter().enumerate() {
        stock.counts.insert(name.to_owned(), i as u32);
        stock.prices.insert(name.to_owned(), 10 - i as u32);
    }
    stock.double().await;
    let total = stock.total().await;
    let map = HashMap::from([(1, 2), (3, 4)]);
    let mut more = HashMap::from([(5, 6), (7, 8)]);
    (total, sum_of(&map, &mut more).await)
}

programs! {
    hash_map_values;
    values_of_a_map: values(4);
    values_of_fields: stock();
}
