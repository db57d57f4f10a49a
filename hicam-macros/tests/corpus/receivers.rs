//! Methods that take `self` by value, or in a box.

use super::expressions::add;
use super::{hicam, programs};

#[derive(Debug, Clone, PartialEq, Default, hicam::State)]
pub(crate) struct Query {
    table: String,
    filters: Vec<String>,
    limit: Option<u32>,
}

#[hicam::migratable]
impl Query {
    async fn from(table: &str) -> Self {
        hicam::point().await;
        Query {
            table: table.to_owned(),
            ..Query::default()
        }
    }

    async fn filter(mut self, filter: &str) -> Self {
        self.filters.push(filter.to_owned());
        hicam::point().await;
        self.filters.sort();
        self
    }

    async fn limit(self, limit: u32) -> Query {
        let limit = add(limit, 0).await;
        Query {
            limit: Some(limit),
            ..self
        }
    }

    async fn run(self) -> Result<String, Self> {
        if self.limit.is_none() {
            hicam::point().await;
            return Err(self);
        }
        let Query { table, filters, .. } = self;
        hicam::point().await;
        Ok(format!("{table}: {}", filters.join(" & ")))
    }

    async fn boxed(self: Box<Self>, n: u32) -> u32 {
        hicam::point().await;
        self.filters.len() as u32 + n
    }
}

#[hicam::migratable]
async fn queries() -> (Result<String, Query>, Result<String, Query>, u32) {
    let full = Query::from("t").await.filter("b").await.filter("a").await;
    let copy = full.clone();
    let without = full.clone().run().await;
    let with = full.limit(3).await.run().await;
    let boxed = Box::new(copy).boxed(10).await;
    (with, without, boxed)
}

/// The one variable is moved and assigned again, pass for pass.
#[hicam::migratable]
async fn filters(names: Vec<String>) -> Result<String, Query> {
    let mut query = Query::from("t").await;
    for name in names {
        if name.is_empty() {
            continue;
        }
        query = query.filter(&name).await;
    }
    query.limit(2).await.run().await
}

/// Moved on one path, borrowed on the other.
#[hicam::migratable]
async fn either(limited: bool) -> String {
    let query = Query::from("t").await;
    let text = if limited {
        let query = query.limit(4).await;
        format!("{:?}", query.run().await)
    } else {
        query.describe().await
    };
    add(1, 2).await;
    text
}

#[hicam::migratable]
impl Query {
    async fn describe(&self) -> String {
        hicam::point().await;
        self.table.clone()
    }

    async fn clear(&mut self, log: &mut Vec<String>) -> usize {
        log.append(&mut self.filters);
        hicam::point().await;
        log.len()
    }

    /// From one owner to the next.
    async fn twice(self, filter: impl Into<String> + Send + Clone + hicam::State) -> Self {
        let text: String = filter.into();
        let once = self.filter(&text).await;
        once.filter(&text).await
    }

    async fn with(mut self, change: impl FnOnce(&mut Query) + Send, log: &mut Vec<String>) -> Self {
        log.push(self.table.clone());
        change(&mut self);
        log.push(self.table.clone());
        self
    }
}

/// The last mention of a variable borrows it.
#[hicam::migratable]
async fn borrowed_last() -> (String, usize, Vec<String>) {
    let mut log = vec!["x".to_owned()];
    let query = Query::from("u").await;
    let table = query.describe().await;
    let mut full = Query::from("v").await.filter("b").await;
    full.filters.push("c".to_owned());
    let count = full.clear(&mut log).await;
    hicam::point().await;
    (table, count, log)
}

#[hicam::migratable]
async fn arguments() -> (Query, Vec<String>) {
    let mut log = Vec::new();
    let query = Query::from("t").await;
    let text = String::from("z");
    let query = query.twice(text).await;
    let query = Query::with(query, |query| query.table.push('!'), &mut log).await;
    (query, log)
}

#[derive(Debug, Clone, Copy, PartialEq, hicam::State)]
pub(crate) struct Counter(u32);

#[hicam::migratable]
impl Counter {
    async fn add(self, by: u32) -> Counter {
        let sum = add(self.0, by).await;
        Counter(sum)
    }
}

/// A value that is copied, not moved.
#[hicam::migratable]
async fn counted() -> (Counter, Counter) {
    let counter = Counter(1);
    let two = counter.add(1).await;
    let five = two.add(3).await;
    (counter.add(9).await, five)
}

#[derive(Debug, Default, hicam::State)]
pub(crate) struct Shared {
    seen: std::sync::Mutex<Vec<u32>>,
}

#[hicam::migratable]
impl Shared {
    async fn note(self: std::sync::Arc<Self>, n: u32) -> usize {
        hicam::point().await;
        let mut seen = self.seen.lock().unwrap();
        seen.push(n);
        seen.len()
    }
}

#[hicam::migratable]
async fn shared(n: u32) -> (usize, Vec<u32>) {
    let all = std::sync::Arc::new(Shared::default());
    for i in 0..n {
        let one = std::sync::Arc::clone(&all);
        one.note(i).await;
    }
    let seen = std::sync::Arc::clone(&all);
    let count = all.note(n).await;
    (count, seen.seen.lock().unwrap().clone())
}

/// Other futures than annotated calls borrow.
#[hicam::migratable]
async fn locked() -> u32 {
    let cell = std::sync::Arc::new(tokio::sync::Mutex::new(3));
    hicam::point().await;
    let value = *cell.lock().await;
    add(value, 1).await
}

programs! {
    receivers;
    self_by_value: queries();
    assigned_again: filters(vec!["b".into(), String::new(), "a".into()]);
    moved_on_one_path: either(true);
    borrowed_on_the_other: either(false);
    the_last_mention_borrows: borrowed_last() => ("u".into(), 3, vec!["x".into(), "b".into(), "c".into()]);
    arguments_of_all_kinds: arguments();
    copied: counted() => (Counter(10), Counter(5));
    a_shared_receiver: shared(2) => (3, vec![0, 1, 2]);
    a_foreign_receiver: locked() => 4;
}
