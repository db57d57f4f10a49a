//! What a loop counts, copies and borrows of what it goes through, passed to calls.

use std::collections::BTreeMap;

use super::drop_order::{Log, log, out, step};
use super::{hicam, programs};

#[hicam::migratable]
async fn price(l: &Log, n: usize) -> usize {
    step(l, n as u32).await;
    n * 10
}

#[hicam::migratable]
async fn length(l: &Log, text: &str) -> usize {
    step(l, 5).await;
    text.len()
}

#[hicam::migratable]
async fn shown<T: std::fmt::Debug + hicam::State + Send + Sync>(l: &Log, value: T) -> usize {
    step(l, 6).await;
    format!("{value:?}").len()
}

#[derive(Debug, Clone, Copy, PartialEq, hicam::State)]
pub(crate) struct Count(usize);

#[hicam::migratable]
impl Count {
    async fn seen(&self, l: &Log) -> usize {
        step(l, 3).await;
        self.0
    }
    async fn taken(self, l: &Log) -> usize {
        step(l, 4).await;
        self.0
    }
    async fn grow(&mut self, l: &Log) {
        step(l, 7).await;
        self.0 += 1;
    }
    async fn twice(&self, l: &Log) -> usize {
        self.taken(l).await + self.taken(l).await
    }
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) enum Kind {
    At(Count),
    Sized { n: usize, name: String },
    No,
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) struct Shop {
    kind: Kind,
    counts: Vec<Count>,
    named: Vec<(usize, String)>,
}

#[hicam::migratable]
impl Shop {
    async fn matched(&self, l: &Log) -> usize {
        let mut total = 0;
        match self.kind {
            Kind::At(count) => {
                total += count.seen(l).await;
                total += count.taken(l).await + count.twice(l).await;
            }
            Kind::Sized { n, ref name } => {
                total += price(l, n).await + length(l, name).await;
                total += n;
            }
            Kind::No => {}
        }
        if let Kind::Sized { n, name } = &self.kind {
            total += price(l, *n).await + length(l, name).await + n;
        }
        let Kind::At(count) = self.kind else {
            return total;
        };
        total + count.taken(l).await + count.0
    }
    async fn counted(&self, l: &Log) -> usize {
        let mut total = 0;
        for (i, (n, name)) in self.named.iter().enumerate() {
            total += price(l, i).await + price(l, *n).await + length(l, name).await;
            total += shown(l, i).await + shown(l, name.clone()).await;
        }
        for (n, name) in &self.named {
            total += price(l, *n).await + length(l, name).await;
        }
        for count in &self.counts {
            total += count.seen(l).await + count.taken(l).await;
        }
        for &count in &self.counts {
            total += count.seen(l).await + count.taken(l).await;
        }
        for (i, count) in self.counts.iter().rev().enumerate().skip(1) {
            total += price(l, i).await + count.taken(l).await;
        }
        total
    }
    async fn grown(&mut self, l: &Log) -> usize {
        for count in &mut self.counts {
            count.grow(l).await;
            count.0 += count.taken(l).await;
        }
        for (i, count) in self.counts.iter_mut().enumerate() {
            count.grow(l).await;
            count.0 += price(l, i).await;
        }
        for (count, k) in self.counts.iter_mut().zip([1, 2]) {
            count.grow(l).await;
            count.0 += k;
            count.grow(l).await;
        }
        if let Kind::At(count) = &mut self.kind {
            count.grow(l).await;
        }
        self.counts[0].0
    }
}

/// Iterators whose items are values, or have some in them.
#[hicam::migratable]
async fn items(l: &Log) -> usize {
    let mut total = 0;
    let table = BTreeMap::from([(1, "a".to_owned()), (2, "bcd".to_owned())]);
    for (i, (key, value)) in table.iter().enumerate() {
        total += price(l, i).await + price(l, *key).await + length(l, value).await;
    }
    for (i, c) in "abc".chars().enumerate() {
        total += price(l, i).await + shown(l, c).await;
    }
    for (i, line) in "a\nb".lines().enumerate() {
        total += price(l, i).await + length(l, line).await;
    }
    for (a, b) in [1usize, 2].iter().zip(3usize..) {
        total += price(l, *a).await + price(l, b).await;
    }
    for (i, pair) in [1usize, 2, 3].windows(2).enumerate() {
        total += price(l, i).await + price(l, pair[0]).await;
    }
    let grid = vec![vec![1usize, 2], vec![3]];
    for (y, row) in grid.iter().enumerate() {
        for (x, cell) in row.iter().enumerate() {
            total += price(l, y).await + price(l, x).await * cell;
        }
    }
    total
}

#[hicam::migratable]
async fn all() -> (usize, Vec<u32>) {
    let l = log();
    let mut total = items(&l).await;
    let sized = Kind::Sized {
        n: 4,
        name: "abc".to_owned(),
    };
    for kind in [Kind::At(Count(3)), sized, Kind::No] {
        let mut shop = Shop {
            kind,
            counts: vec![Count(1), Count(2)],
            named: vec![(1, "a".to_owned()), (2, "bc".to_owned())],
        };
        total += shop.matched(&l).await + shop.counted(&l).await + shop.grown(&l).await;
    }
    (total, out(l))
}

/// A name before a temporary that is borrowed.
#[hicam::migratable]
async fn beside() -> usize {
    let l = log();
    let name = "x";
    let mut total = both(&l, name, &format!("{}", 1)).await;
    let other: &'static str = if total > 1 { "yz" } else { "w" };
    total += both(&l, other, &["a", "b"].concat()).await;
    total
}

#[hicam::migratable]
async fn both(l: &Log, first: &str, second: &str) -> usize {
    length(l, first).await * 10 + length(l, second).await
}

programs! {
    numbered;
    what_loops_count: all();
    names_beside_temporaries: beside();
}
