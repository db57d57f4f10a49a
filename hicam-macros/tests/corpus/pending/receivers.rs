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

programs! {
    receivers;
    self_by_value: queries();
}
