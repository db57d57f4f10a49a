//! Headers of `impl`s: elided lifetimes, private generic types, parameters that must outlive lifetimes.

use super::{hicam, programs};

pub(crate) struct Page<'a>(&'a str);

#[hicam::migratable]
impl Page<'_> {
    async fn len(&self) -> usize {
        hicam::point().await;
        self.0.len()
    }

    async fn longer_than(&self, other: &Page<'_>) -> bool {
        self.len().await > other.len().await
    }

    async fn of_both<'o>(&'o self, other: &'o str) -> &'o str {
        if self.len().await > 2 { self.0 } else { other }
    }
}

#[hicam::migratable]
pub(crate) trait Measured {
    async fn size(&self) -> usize;
    async fn times(&self, by: &usize) -> usize {
        hicam::point().await;
        self.size().await * *by
    }
    async fn word(&self, at: usize) -> Option<&str>;
}

#[hicam::migratable]
impl Measured for Page<'_> {
    async fn size(&self) -> usize {
        hicam::point().await;
        self.0.len()
    }

    async fn word(&self, at: usize) -> Option<&str> {
        let words = self.0.split(' ').count();
        hicam::point().await;
        self.0.split(' ').nth(at % words)
    }
}

#[derive(hicam::State)]
pub(crate) struct Area(usize);

#[hicam::migratable]
impl Measured for &Area {
    async fn size(&self) -> usize {
        hicam::point().await;
        self.0
    }

    async fn times(&self, by: &usize) -> usize {
        let size = self.size().await;
        size + *by
    }

    async fn word(&self, _: usize) -> Option<&str> {
        None
    }
}

#[hicam::migratable]
async fn measured<M: Measured + Send + Sync>(what: &M) -> (usize, usize, Option<String>) {
    let size = what.size().await;
    let times = what.times(&size).await;
    let word = what.word(3).await.map(str::to_owned);
    (size, times, word)
}

#[hicam::migratable]
async fn pages(page: &Page<'_>, area: &&Area) -> (bool, String, usize, usize) {
    let other = "other words";
    let longer = page.longer_than(page).await;
    let of_both = page.of_both(other).await.to_owned();
    let (size, times, word) = measured(page).await;
    let (again, _, _) = measured(area).await;
    (
        longer,
        of_both + word.as_deref().unwrap_or("-"),
        size + times,
        again,
    )
}

#[derive(hicam::State)]
struct Lru<V> {
    items: Vec<V>,
}

enum Change<V> {
    Push(V),
    Pop,
}

#[hicam::migratable]
impl<V: Clone + Send + Sync + 'static> Lru<V> {
    async fn len(&self) -> usize {
        hicam::point().await;
        self.items.len()
    }

    async fn longest(&self, other: &Lru<V>) -> usize {
        self.len().await.max(other.len().await)
    }
}

#[hicam::migratable(points = "loops")]
impl<V: Send + Sync + 'static> Lru<V> {
    async fn change(&mut self, by: Change<V>) -> Option<V> {
        match by {
            Change::Push(value) => {
                self.items.push(value);
                None
            }
            Change::Pop => self.items.pop(),
        }
    }
}

#[hicam::migratable]
async fn cached(mut lru: Lru<u32>) -> (usize, Option<u32>) {
    lru.change(Change::Push(5)).await;
    let longest = lru.longest(&Lru { items: vec![1] }).await;
    (longest, lru.change(Change::Pop).await)
}

/// Its parameter must outlive its lifetime.
struct View<'a, V> {
    all: &'a [V],
}

/// And that of this one need not.
struct Labelled<'a, V> {
    label: &'a str,
    value: V,
}

#[hicam::migratable]
impl<'a, V: Send + Sync> View<'a, V> {
    async fn count(&self) -> usize {
        hicam::point().await;
        self.all.len()
    }

    async fn first(&self) -> Option<&'a V> {
        hicam::point().await;
        self.all.first()
    }
}

#[hicam::migratable]
impl<V: Send + Sync> View<'_, V> {
    async fn counts(&self, other: &View<'_, V>) -> usize {
        self.count().await + other.count().await
    }
}

#[hicam::migratable]
impl<V: Send + Sync> Labelled<'_, V> {
    async fn label_and(&self, other: &str) -> String {
        hicam::point().await;
        format!("{}{other}", self.label)
    }

    async fn value(&self) -> &V {
        hicam::point().await;
        &self.value
    }
}

#[hicam::migratable]
async fn viewed<V: Send + Sync>(view: &View<'_, V>) -> (usize, bool) {
    (view.counts(view).await, view.first().await.is_some())
}

#[hicam::migratable]
async fn labelled<V: Send + Sync + Copy + Into<u64>>(what: &Labelled<'_, V>) -> (String, u64) {
    let value: u64 = (*what.value().await).into();
    (what.label_and("!").await, value)
}

#[hicam::migratable]
async fn views(
    view: &View<'_, u32>,
    what: &Labelled<'_, u32>,
) -> (usize, bool, Option<u32>, String, u64) {
    let (count, some) = viewed(view).await;
    let (label, value) = labelled(what).await;
    (count, some, view.first().await.copied(), label, value)
}

programs! {
    headers;
    elided_lifetimes_of_an_impl: pages(&Page("some longer words"), &&Area(3));
    a_private_generic_type: cached(Lru { items: vec![3, 4] }) => (3, Some(5));
    lifetimes_beside_type_parameters: views(&View { all: &[3, 4] }, &Labelled { label: "a", value: 4 });
}
