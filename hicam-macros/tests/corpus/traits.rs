//! Methods of traits: on the trait and on its `impl`s, with default bodies, called through generics.

use super::expressions::add;
use super::{hicam, programs};

#[hicam::migratable]
pub(crate) trait Store {
    async fn get(&self, key: &str) -> Option<u32>;
    async fn put(&mut self, key: String, value: u32) -> Option<u32>;

    async fn increment(&mut self, key: &str) -> u32 {
        let old = self.get(key).await.unwrap_or(0);
        hicam::point().await;
        self.put(key.to_owned(), old + 1).await;
        old + 1
    }
}

#[derive(Debug, Clone, PartialEq, Default, hicam::State)]
pub(crate) struct List {
    entries: Vec<(String, u32)>,
}

#[hicam::migratable]
impl Store for List {
    async fn get(&self, key: &str) -> Option<u32> {
        for (name, value) in &self.entries {
            if name == key {
                return Some(*value);
            }
        }
        None
    }

    async fn put(&mut self, key: String, value: u32) -> Option<u32> {
        for i in 0..self.entries.len() {
            if self.entries[i].0 == key {
                return Some(std::mem::replace(&mut self.entries[i].1, value));
            }
        }
        self.entries.push((key, value));
        None
    }
}

#[derive(Debug, Clone, PartialEq, Default, hicam::State)]
pub(crate) struct Counting<S> {
    inner: S,
    reads: u32,
    writes: u32,
}

#[hicam::migratable]
impl<S: Store + Send + Sync> Store for Counting<S> {
    async fn get(&self, key: &str) -> Option<u32> {
        let value = self.inner.get(key).await?;
        Some(add(value, self.reads).await)
    }

    async fn put(&mut self, key: String, value: u32) -> Option<u32> {
        self.writes += 1;
        self.inner.put(key, value).await
    }

    async fn increment(&mut self, key: &str) -> u32 {
        self.reads += 1;
        self.inner.increment(key).await
    }
}

#[hicam::migratable]
async fn fill<S: Store + Send + Sync>(store: &mut S, n: u32) -> Vec<u32> {
    let mut out = Vec::new();
    for i in 0..n {
        let key = format!("k{}", i % 2);
        out.push(store.increment(&key).await);
        out.extend(store.put(key, i).await);
    }
    out
}

#[hicam::migratable]
async fn stores() -> (Vec<u32>, Vec<u32>, Counting<List>) {
    let mut list = List::default();
    let plain = fill(&mut list, 3).await;
    let mut counting = Counting {
        inner: list,
        ..Counting::default()
    };
    let counted = fill(&mut counting, 3).await;
    (plain, counted, counting)
}

#[hicam::migratable]
pub(crate) trait Consume {
    async fn consume(self, by: &u32) -> u32;
    async fn halve(self, by: u32) -> Option<u32>;
}

#[hicam::migratable]
impl Consume for List {
    async fn consume(self, by: &u32) -> u32 {
        let mut sum = 0;
        for (_, value) in self.entries {
            hicam::point().await;
            sum += value * *by;
        }
        sum
    }

    async fn halve(mut self, by: u32) -> Option<u32> {
        let (_, value) = self.entries.pop()?;
        let by = add(by, 0).await;
        value.checked_div(by)
    }
}

#[hicam::migratable]
async fn consumed(by: u32) -> (u32, Option<u32>, Option<u32>) {
    let list = List {
        entries: vec![("a".to_owned(), 4), ("b".to_owned(), 6)],
    };
    let last = list.clone();
    let sum = list.consume(&(by + 1)).await;
    let half = last.clone().halve(by).await;
    (sum, half, Consume::halve(last, 0).await)
}

/// What only one thread can have at a time.
#[derive(Debug, PartialEq, Default, hicam::State)]
pub(crate) struct Exclusive(std::cell::Cell<u32>);

#[hicam::migratable]
pub(crate) trait Vote {
    async fn on(&mut self) -> u32;
    async fn off(self) -> u32;
}

#[hicam::migratable]
impl Vote for Exclusive {
    async fn on(&mut self) -> u32 {
        hicam::point().await;
        *self.0.get_mut() += 1;
        self.0.get()
    }

    async fn off(self) -> u32 {
        hicam::point().await;
        self.0.into_inner()
    }
}

#[hicam::migratable]
async fn on_twice<V: Vote + Send>(vote: &mut V) -> u32 {
    vote.on().await + vote.on().await
}

#[hicam::migratable]
async fn vote_of_both(vote: &mut Exclusive) -> u32 {
    vote.on().await + vote.0.get()
}

#[hicam::migratable]
async fn votes() -> u32 {
    let mut vote = Exclusive::default();
    let on = on_twice(&mut vote).await;
    let both = vote_of_both(&mut vote).await;
    on * both + vote.off().await
}

programs! {
    traits;
    methods_of_traits: stores();
    methods_of_traits_that_share_nothing: votes() => 21;
    methods_of_traits_that_own: consumed(2) => (30, Some(3), None);
}
