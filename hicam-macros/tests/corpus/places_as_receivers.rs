//! Methods called on elements, fields of fields, and what a box holds.

use super::{hicam, programs};

#[derive(Debug, Default, hicam::State)]
pub(crate) struct Inventory {
    shelves: Vec<Shelf>,
    log: Log,
}

#[derive(Debug, Default, hicam::State)]
pub(crate) struct Shelf {
    name: String,
    items: Vec<(String, u32)>,
}

#[derive(Debug, Default, hicam::State)]
pub(crate) struct Log {
    lines: Vec<String>,
}

#[hicam::migratable]
impl Log {
    async fn write(&mut self, line: &str) {
        self.lines.push(line.to_owned());
        hicam::point().await;
        if let Some(last) = self.lines.last_mut() {
            last.push('.');
        }
    }
}

#[hicam::migratable]
impl Shelf {
    async fn add(&mut self, item: &str, count: u32, log: &mut Log) -> u32 {
        for (name, have) in &mut self.items {
            if name == item {
                *have += count;
                log.write("more").await;
                return *have;
            }
        }
        self.items.push((item.to_owned(), count));
        log.write("new").await;
        count
    }

    async fn total(&self) -> u32 {
        let mut total = 0;
        for (_, count) in &self.items {
            total += count;
        }
        total
    }
}

#[hicam::migratable]
impl Inventory {
    async fn add(&mut self, shelf: usize, item: &str, count: u32) -> u32 {
        while self.shelves.len() <= shelf {
            let name = format!("shelf {}", self.shelves.len());
            self.shelves.push(Shelf {
                name,
                ..Shelf::default()
            });
            self.log.write("built").await;
        }
        let have = self.shelves[shelf].add(item, count, &mut self.log).await;
        self.log.write(item).await;
        have
    }

    async fn total(&self) -> u32 {
        let mut total = 0;
        for shelf in &self.shelves {
            total += shelf.total().await;
        }
        total + self.shelves[0].total().await
    }

    async fn fullest(&self) -> Option<String> {
        let mut best = None;
        let mut most = 0;
        for i in 0..self.shelves.len() {
            let total = self.shelves[i].total().await;
            if total > most {
                (best, most) = (Some(i), total);
            }
        }
        best.map(|i| self.shelves[i].name.clone())
    }
}

#[hicam::migratable]
async fn stock() -> (Vec<u32>, Vec<String>, Option<String>) {
    let mut inventory = Inventory::default();
    let mut counts = Vec::new();
    counts.push(inventory.add(1, "nail", 5).await);
    counts.push(inventory.add(0, "screw", 2).await);
    counts.push(inventory.add(1, "nail", 1).await);
    counts.push(inventory.total().await);
    let fullest = inventory.fullest().await;
    inventory.log.write("end").await;
    (counts, inventory.log.lines, fullest)
}

#[derive(Debug, Default, Clone, PartialEq, hicam::State)]
pub(crate) struct Counter {
    n: u32,
}

#[hicam::migratable]
impl Counter {
    async fn add(&mut self, by: u32) -> u32 {
        self.n += by;
        hicam::point().await;
        self.n
    }

    async fn get(&self) -> u32 {
        hicam::point().await;
        self.n
    }
}

#[derive(Debug, Default, Clone, PartialEq, hicam::State)]
pub(crate) struct Outer {
    inner: Inner,
    boxed: Box<Counter>,
}

#[derive(Debug, Default, Clone, PartialEq, hicam::State)]
pub(crate) struct Inner {
    pair: (Counter, Counter),
    grid: Vec<Vec<Counter>>,
}

#[hicam::migratable]
impl Outer {
    async fn run(&mut self) -> Vec<u32> {
        let mut out = Vec::new();
        out.push(self.inner.pair.0.add(1).await);
        out.push(self.inner.pair.1.add(2).await + self.inner.pair.0.get().await);
        for i in 0..self.inner.grid.len() {
            for j in 0..self.inner.grid[i].len() {
                out.push(self.inner.grid[i][j].add((i + j) as u32).await);
            }
            out.push(self.inner.grid[i][0].get().await);
        }
        out.push(self.boxed.add(5).await);
        out.push((*self.boxed).add(5).await);
        out
    }
}

#[hicam::migratable]
async fn fields_of_fields() -> (Vec<u32>, Outer) {
    let mut outer = Outer::default();
    outer.inner.grid = vec![vec![Counter::default(); 2]; 2];
    let mut out = outer.run().await;
    out.push(outer.inner.pair.1.add(7).await);
    let at = 1;
    out.push(outer.inner.grid[at][at - 1].add(7).await);
    (out, outer)
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
struct Tray {
    items: Vec<u32>,
    limit: u32,
    seen: Vec<u32>,
}

#[hicam::migratable]
impl Tray {
    async fn fits(&self, item: u32) -> bool {
        hicam::point().await;
        item <= self.limit
    }

    async fn note(&mut self, item: u32) -> usize {
        self.seen.push(item);
        hicam::point().await;
        self.seen.len()
    }

    /// The method's receiver may be changed, but not while the loop borrows it.
    async fn fitting(&mut self) -> u32 {
        let mut count = 0;
        for item in &self.items {
            if self.fits(*item).await {
                count += 1;
            }
        }
        for &item in self.items.iter() {
            if item == 7 {
                self.note(item).await;
                break;
            }
        }
        let first = &self.items[0];
        if self.fits(*first).await {
            count += *first * 10;
        }
        self.note(count).await;
        count
    }
}

#[hicam::migratable]
async fn borrowed_by_loops() -> (u32, Vec<(u32, bool)>, Tray) {
    let mut tray = Tray {
        items: vec![1, 7, 3],
        limit: 3,
        seen: Vec::new(),
    };
    let mut found = Vec::new();
    for &item in tray.items.iter() {
        let fits = tray.fits(item + 1).await;
        found.push((item, fits));
    }
    let items = &tray.items;
    for item in items.iter().rev() {
        let fits = tray.fits(*item).await;
        found.push((*item, fits));
    }
    let count = tray.fitting().await;
    (count, found, tray)
}

programs! {
    places_as_receivers;
    methods_of_fields: stock();
    methods_of_fields_of_fields: fields_of_fields();
    receivers_that_loops_borrow: borrowed_by_loops();
}
