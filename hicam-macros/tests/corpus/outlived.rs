//! Temporaries end where they end in plain code: with a condition, with the head of an `if let`, before the `else` of a
//! `let`. Those of a statement that goes on across a point are told by their types: what only frees memory may end early,
//! and what a method has taken by value is gone.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use tokio::sync::Mutex;

use super::expressions::add;
use super::{hicam, programs};

fn free(lock: &Mutex<Vec<u32>>) -> u32 {
    u32::from(lock.try_lock().is_ok())
}

#[hicam::migratable]
async fn seen(n: u32, lock: &Mutex<Vec<u32>>) -> u32 {
    let before = free(lock);
    hicam::point().await;
    n * 100 + before * 10 + free(lock)
}

#[hicam::migratable]
async fn conditions(n: u32) -> Vec<u32> {
    let lock = Mutex::new(vec![n]);
    let mut out = Vec::new();
    if lock.lock().await.len() == 1 {
        out.push(free(&lock));
    }
    if lock.lock().await.len() == 1 && free(&lock) == 1 {
        hicam::point().await;
        out.push(free(&lock));
    }
    if lock.lock().await.is_empty() || lock.lock().await.len() == 1 {
        out.push(free(&lock));
    }
    if lock.lock().await.len() == 2 {
        hicam::point().await;
        out.push(9);
    } else if lock.lock().await.len() == 1 {
        out.push(free(&lock));
    }
    while lock.lock().await.len() < 3 {
        out.push(free(&lock));
        lock.lock().await.push(free(&lock));
    }
    out
}

#[hicam::migratable]
async fn heads(n: u32) -> Vec<u32> {
    let lock = Mutex::new(vec![n]);
    let mut out = Vec::new();
    if let 2 = lock.lock().await.len() {
        out.push(9);
    } else {
        out.push(free(&lock));
    }
    if let 1 = lock.lock().await.len() {
        out.push(free(&lock));
    } else {
        out.push(9);
    }
    if let 1 = lock.lock().await.len() {
        out.push(free(&lock));
    }
    let last = match lock.lock().await.last() {
        Some(x) => x + free(&lock),
        None => 8,
    };
    out.push(last);
    out.push(free(&lock));
    while let Some(x) = lock.try_lock().unwrap().pop() {
        out.push(x + free(&lock));
    }
    let parts = (lock.lock().await.len() as u32, free(&lock));
    out.push(parts.0 * 10 + parts.1);
    out
}

#[hicam::migratable]
async fn before_else(n: u32) -> Vec<u32> {
    let lock = Mutex::new(vec![n]);
    let mut out = Vec::new();
    let 1 = lock.try_lock().unwrap().len() else {
        hicam::point().await;
        return out;
    };
    out.push(free(&lock));
    let Some(1) = lock.lock().await.pop() else {
        hicam::point().await;
        out.push(free(&lock));
        return out;
    };
    let 1 = lock.lock().await.len() else {
        hicam::point().await;
        out.push(free(&lock));
        return out;
    };
    out
}

#[hicam::migratable]
async fn in_an_index(n: u32) -> Vec<u32> {
    let lock = Mutex::new(vec![n]);
    let mut out = vec![1, 2, 3];
    out[lock.try_lock().unwrap().len()] = seen(n, &lock).await;
    let (one, other) = tokio::join!(
        seen(lock.try_lock().unwrap().len() as u32, &lock),
        seen(2, &lock)
    );
    out.extend([one, other]);
    out
}

/// Its drop is seen.
#[derive(Debug)]
struct Order {
    parts: Vec<u32>,
    sold: Arc<Mutex<Vec<u32>>>,
}

impl Order {
    fn with(mut self, part: u32) -> Self {
        self.parts.push(part);
        self
    }

    fn and(self, parts: &[u32]) -> Self {
        parts.iter().fold(self, |order, part| order.with(*part))
    }

    fn checked<T: TryFrom<u32>>(self, least: usize) -> Result<T, Unsold> {
        if self.parts.len() < least {
            return Err(Unsold {
                why: format!("{} of {least}", self.parts.len()),
            });
        }
        let sum = self.parts.iter().sum::<u32>();
        sum.try_into().map_err(|_| Unsold {
            why: "too large".to_owned(),
        })
    }
}

impl Drop for Order {
    fn drop(&mut self) {
        if let Ok(mut sold) = self.sold.try_lock() {
            sold.push(self.parts.len() as u32);
        }
    }
}

/// Not captured, and nothing waits for its end.
#[derive(Debug)]
struct Unsold {
    why: String,
}

impl fmt::Display for Unsold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for Unsold {}

fn len(lock: &Mutex<Vec<u32>>) -> u32 {
    lock.try_lock().map_or(0, |sold| sold.len() as u32)
}

fn order(sold: &Arc<Mutex<Vec<u32>>>) -> Order {
    Order {
        parts: Vec::new(),
        sold: Arc::clone(sold),
    }
}

/// A method that takes its receiver by value leaves nothing behind.
#[hicam::migratable]
async fn taken_by_methods(n: u32) -> Result<(Vec<u32>, Vec<u32>), String> {
    let sold = Arc::new(Mutex::new(Vec::new()));
    let mut out = Vec::new();
    match order(&sold).with(n).and(&[1, 2]).checked::<u8>(2) {
        Ok(sum) => out.push(add(u32::from(sum), len(&sold)).await),
        Err(_) => out.push(add(7, 7).await),
    }
    match order(&sold).with(n).checked::<u8>(2) {
        Ok(_) => hicam::point().await,
        Err(_) => out.push(add(8, len(&sold)).await),
    }
    let small: u16 = order(&sold).with(n).checked(1).map_err(|error| error.why)?;
    out.push(
        add(
            small.into(),
            order(&sold).with(2).checked(1).map_err(|error| error.why)?,
        )
        .await,
    );
    out.push(
        add(1, 2).await
            + order(&sold)
                .and(&vec![3; n as usize])
                .checked::<u32>(0)
                .unwrap_or(9)
            + add(1, 1).await,
    );
    if let Ok(sum) = order(&sold).checked::<u64>(1) {
        hicam::point().await;
        out.push(sum as u32);
    }
    for part in vec![order(&sold).with(5).checked::<u32>(1).unwrap_or(3)] {
        out.push(add(part, 1).await);
    }
    let sold = sold.lock().await.clone();
    Ok((out, sold))
}

fn words() -> Vec<String> {
    ["one", "three", " 11 "].map(str::to_owned).to_vec()
}

#[hicam::migratable]
async fn count(n: &u64, more: u64) -> u64 {
    hicam::point().await;
    *n + more
}

/// What only frees memory may end early, iterators with closures too.
#[hicam::migratable]
async fn quiet(least: usize) -> Result<Vec<u64>, std::num::ParseIntError> {
    let mut out = Vec::new();
    match words().into_iter().map(|word| word.len()).max() {
        Some(most) if most > least => {
            hicam::point().await;
            out.push(most as u64);
        }
        _ => hicam::point().await,
    }
    if let Some(word) = words().into_iter().filter(|word| word.len() > least).nth(1) {
        hicam::point().await;
        out.push(word.len() as u64);
    }
    match words()
        .last()
        .map(|last| last.trim().to_owned())
        .unwrap_or_default()
        .parse::<u64>()
    {
        Ok(n) => out.push(count(&n, words()[2].trim().parse()?).await),
        Err(_) => hicam::point().await,
    }
    out.push(
        count(
            &words()[2].trim().parse()?,
            words().concat().len().try_into().unwrap_or(9),
        )
        .await,
    );
    let table: BTreeMap<String, Vec<u64>> =
        words().into_iter().zip([vec![1], vec![2, 3]]).collect();
    match table.values().flatten().copied().reduce(|a, b| a.max(b)) {
        Some(largest) => {
            out.push(count(&largest, table.clone().into_values().flatten().sum()).await)
        }
        None => hicam::point().await,
    }
    if vec![least; 3].iter().map(|n| n * 2).any(|n| n == 4)
        && count(&1, words().len() as u64).await == 4
    {
        out.push(table.len() as u64);
    }
    Ok(out)
}

impl Unsold {
    fn shared(self: Arc<Self>) -> usize {
        Arc::strong_count(&self)
    }
}

trait Weight: fmt::Debug {
    fn weight(&self) -> u64;
}

impl Weight for u64 {
    fn weight(&self) -> u64 {
        *self
    }
}

impl Weight for String {
    fn weight(&self) -> u64 {
        self.len() as u64
    }
}

/// Not captured: only what it is asked for.
#[derive(Debug, Default)]
struct Scale {
    all: Vec<Box<dyn Weight + Send>>,
    by_name: Option<(String, f32)>,
}

impl Scale {
    fn and(mut self, more: Option<Box<dyn Weight + Send>>) -> Self {
        self.all.extend(more);
        self
    }

    fn named<'a>(mut self, name: impl Into<String>, share: &'a [f32]) -> Self {
        self.by_name = Some((name.into(), share.iter().sum()));
        self
    }

    fn each<T: From<u8> + std::ops::AddAssign>(
        self,
        weights: &[&dyn Weight],
        start: T,
    ) -> (T, u64) {
        let mut sum = start;
        sum += T::from(
            self.by_name
                .map_or(0, |(name, share)| name.len() as u8 + share as u8),
        );
        let all = self.all.iter().map(|own| own.weight()).sum::<u64>();
        (
            sum,
            all + weights.iter().map(|weight| weight.weight()).sum::<u64>(),
        )
    }
}

/// What a type is expected of, and what is inferred from what follows.
#[hicam::migratable]
async fn inferred(n: u64, name: &str) -> (u64, Vec<u64>) {
    let mut out = Vec::new();
    let mut sum: u64 = 3;
    let own = name.to_owned();
    match Scale::default()
        .and(Some(Box::new(n)))
        .and(None)
        .named(name, &[1.0, 2.0])
        .each(&[&n, &own], 1)
    {
        (4.., 0) => hicam::point().await,
        (first, all) => {
            sum += first;
            out.push(count(&all, sum).await);
        }
    }
    let (a, b) = (
        Scale::default().and(Some(Box::new(own))).each(&[], sum),
        count(
            &Scale::default()
                .named("a".to_owned(), &vec![0.5; 4])
                .each(&[&n], Default::default())
                .0,
            1,
        )
        .await,
    );
    out.extend([a.0, a.1, b]);
    (out.iter().sum(), out)
}

/// Neither captured nor an error.
struct Taken {
    text: String,
    lines: Vec<String>,
    generation: u64,
}

fn taken(text: &str, generation: u64) -> Option<(Taken, u32)> {
    (!text.is_empty()).then(|| {
        let lines = text.lines().map(str::to_owned).collect();
        (
            Taken {
                text: text.to_owned(),
                lines,
                generation,
            },
            text.len() as u32,
        )
    })
}

/// Patterns that take a part; the rest only frees memory.
#[hicam::migratable]
async fn in_parts(words: Vec<String>) -> Vec<u64> {
    let mut out = Vec::new();
    for word in words {
        match taken(&word, out.len() as u64) {
            None => out.push(0),
            Some((
                Taken {
                    generation: 1,
                    text,
                    ..
                },
                _,
            )) => out.push(count(&1, text.len() as u64).await),
            Some((Taken { lines, .. }, length)) if lines.len() > 1 => {
                out.push(count(&u64::from(length), lines.len() as u64).await);
            }
            Some((
                Taken {
                    text,
                    generation: _,
                    ..
                },
                _,
            )) => {
                hicam::point().await;
                out.push(text.len() as u64);
            }
        }
        match (!word.is_empty()).then(|| (Arc::new(word.clone()), 0)) {
            Some((word, _)) => out.push(count(&1, Arc::strong_count(&word) as u64).await),
            _ => hicam::point().await,
        }
        match word.split_once(' ').map(|(first, _)| first.len()) {
            Some(first) => out.push(count(&7, first as u64).await),
            _ => hicam::point().await,
        }
        if let Some((Taken { generation, .. }, 1..=9)) = taken(&word, 3) {
            out.push(count(&generation, 1).await);
        }
    }
    out
}

/// A pointer that a method takes is gone, too.
#[hicam::migratable]
async fn pointers(n: u32) -> Vec<u64> {
    let unsold = Arc::new(format!("{n} of 4"));
    let mut out = Vec::new();
    match Some(Arc::clone(&unsold)).map(|text| text.len()) {
        Some(6) => out.push(add(n, Arc::strong_count(&unsold) as u32).await.into()),
        _ => hicam::point().await,
    }
    let error = Unsold {
        why: "none".to_owned(),
    };
    match Arc::new(error).shared() {
        1 => out.push(count(&1, Arc::strong_count(&unsold) as u64).await),
        _ => hicam::point().await,
    }
    out
}

programs! {
    outlived;
    temporaries_of_conditions: conditions(1) => vec![1; 6];
    temporaries_of_heads: heads(1) => vec![1, 0, 0, 1, 1, 1, 0];
    temporaries_before_an_else: before_else(1) => vec![1, 1];
    temporaries_in_an_index: in_an_index(1);
    temporaries_taken_by_methods: taken_by_methods(2);
    temporaries_that_only_free_memory: quiet(2);
    temporaries_taken_in_parts: in_parts(["a b", "", "c", "d\ne", "f"].map(str::to_owned).to_vec());
    temporaries_of_inferred_types: inferred(5, "name");
    temporary_pointers_that_are_taken: pointers(2) => vec![3, 2];
}
