//! Orders and commands that are matched and taken apart, with awaits in between.

#![allow(
    dead_code,
    unused_variables,
    clippy::dbg_macro,
    reason = "as much of each type as a service would have"
)]

use std::collections::*;
use std::sync::Arc;

use super::drop_order::{Log, log, step};
use super::errors::ApiError;
use super::{hicam, programs};

fn words() -> Vec<String> {
    vec!["ab".into(), "abc".into(), "5".into()]
}

#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
struct Order {
    id: u32,
    lines: Vec<Line>,
    note: Option<String>,
}
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
struct Line {
    sku: String,
    n: u32,
}
fn order(n: u32) -> Order {
    Order {
        id: n,
        lines: vec![Line { sku: "a".into(), n }],
        note: None,
    }
}
#[derive(Debug)]
enum Cmd {
    Get { key: String, opts: Vec<u8> },
    Set(String, u32),
    Quit,
}
fn cmd(n: u32) -> Result<Cmd, ApiError> {
    Ok(match n {
        0 => Cmd::Get {
            key: "k".into(),
            opts: vec![],
        },
        1 => Cmd::Set("s".into(), 4),
        2 => Cmd::Quit,
        _ => {
            return Err(ApiError::Db {
                code: 5,
                why: "w".into(),
            });
        }
    })
}
#[derive(Default)]
struct Builder {
    n: u32,
    f: Vec<Box<dyn Fn(u32) -> u32 + Send>>,
    name: Option<Arc<str>>,
}
impl Builder {
    fn add(&mut self, n: u32) -> &mut Self {
        self.n += n;
        self
    }
    fn with(mut self, f: impl Fn(u32) -> u32 + Send + 'static) -> Self {
        self.f.push(Box::new(f));
        self
    }
    fn build(&self) -> u32 {
        self.f.iter().fold(self.n, |a, f| f(a))
    }
    fn finish(self) -> Result<u32, ApiError> {
        Ok(self.build())
    }
}

#[hicam::migratable]
async fn orders_of(l: &Log) -> Result<u32, ApiError> {
    let mut total = 0;
    for i in 0..4 {
        match cmd(i) {
            Ok(Cmd::Get { key, .. }) => {
                total += step(l, key.len() as u32).await;
            }
            Ok(Cmd::Set(_, n)) => {
                total += step(l, n).await;
            }
            Ok(Cmd::Quit) => {
                hicam::point().await;
                continue;
            }
            Err(ApiError::Db { code: 5, .. }) => total += step(l, 5).await,
            Err(e) => return Err(e),
        }
        if let Ok(Cmd::Get { ref key, .. } | Cmd::Set(ref key, _)) = cmd(i) {
            total += key.len() as u32;
        }
        let Order { id, lines, .. } = order(i);
        total += step(l, id).await + lines.len() as u32;
        match order(i) {
            Order { id: 1, lines, .. } => total += step(l, lines.len() as u32).await,
            Order { note: Some(_), .. } => {
                hicam::point().await;
            }
            Order { id, .. } if id > 2 => total += step(l, id).await,
            _ => {
                hicam::point().await;
                total += 1
            }
        }
        let changed = Order {
            id: step(l, 3).await,
            ..order(i)
        };
        total += changed.id + changed.lines.iter().map(|l| l.n).sum::<u32>();
        match order(i).lines.first().map(|l| l.n) {
            Some(n) => total += step(l, n).await,
            None => {}
        }
        match order(i).lines.into_iter().next() {
            Some(Line { sku, n }) => total += step(l, n + sku.len() as u32).await,
            None => {}
        }
        match order(i).lines[0].sku.len() {
            1 => total += step(l, 1).await,
            _ => {}
        }
        match &order(i).lines[..] {
            [] => {}
            [one] => total += one.n,
            _ => {}
        }
        match order(i).note.as_deref().unwrap_or("none") {
            "none" => total += 1,
            s => total += s.len() as u32,
        }
        match (i, order(i).note.is_some(), i > 2) {
            (0, false, _) => total += step(l, 1).await,
            (_, true, true) => total += 1,
            _ => total += step(l, 2).await,
        }
        total += match i.cmp(&1) {
            std::cmp::Ordering::Less => step(l, 1).await,
            std::cmp::Ordering::Equal => 2,
            _ => step(l, 3).await,
        };
        let s = serde_like(&order(i))?;
        total += step(l, s.len() as u32).await;
        total += step(
            l,
            serde_like(&Order {
                id: 4,
                lines: vec![],
                note: Some(format!("{i}")),
            })?
            .len() as u32,
        )
        .await;
        let mut heap = BinaryHeap::from(vec![i, 5]);
        while let Some(x) = heap.pop() {
            if x == 5 {
                heap.push(step(l, 1).await);
            }
            total += x;
        }
        let mut q: VecDeque<_> = words().into_iter().collect();
        while let Some(w) = q.pop_front().filter(|w| w.len() > 1) {
            total += step(l, w.len() as u32).await;
        }
        total += std::iter::once(i)
            .chain(order(i).lines.iter().map(|l| l.n))
            .map(u32::from)
            .sum::<u32>()
            + step(l, 0).await;
        let text: String = words()
            .iter()
            .map(|w| w.chars().rev().collect::<String>())
            .collect::<Vec<_>>()
            .join(&step(l, 2).await.to_string());
        total += text.len() as u32;
        let _ = step(
            l,
            words()
                .iter()
                .position(|w| w == "5")
                .map_or(0, |p| p as u32),
        )
        .await;
        total = [total, step(l, 4).await, words().len() as u32]
            .into_iter()
            .sum();
        total += {
            let v = words();
            v.len() as u32
        } + step(l, 1).await;
        total += u32::from(order(i) == order(step(l, 2).await));
        total += u32::from(words().contains(&format!("{}", step(l, 5).await)));
        total += words()
            .get(step(l, 1).await as usize)
            .map(|w| w.len() as u32)
            .unwrap_or_default();
        total += (words().len() as u32).pow(step(l, 2).await) - words()[0].len() as u32;
    }
    Ok(total)
}
fn serde_like<T: serde::Serialize>(t: &T) -> Result<String, ApiError> {
    Ok("x".into())
}
#[hicam::migratable]
async fn orders() -> Result<u32, String> {
    let l = log();
    orders_of(&l).await.map_err(|e| e.to_string())
}

programs! {
    services::orders;
    orders_and_commands: orders();
}
