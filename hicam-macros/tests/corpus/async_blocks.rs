//! `async` blocks that are awaited in place.

use super::drop_order::{Log, Noted, eat, log, mk, out, say, step};
use super::expressions::{add, fallible};
use super::{hicam, programs};

#[hicam::migratable]
async fn in_place(n: u32) -> Vec<u32> {
    let mut log = vec![n];
    let value = async {
        log.push(1);
        let sum = add(n, 1).await;
        log.push(sum);
        sum * 2
    }
    .await;
    log.push(value);
    let text = format!("{n}");
    let moved = async move {
        hicam::point().await;
        text.len() as u32
    }
    .await;
    log.push(moved);
    log
}

/// A `return` or `?` in the block leaves the block alone.
#[hicam::migratable]
async fn tried(n: u32) -> (Result<u32, String>, u32) {
    let mut attempts = 0;
    let result: Result<u32, String> = async {
        attempts += 1;
        let n = fallible(n).await.map_err(|error| error.to_string())?;
        if n > 4 {
            hicam::point().await;
            return Err(format!("{n} > 4"));
        }
        for _ in 0..n {
            attempts += 1;
        }
        Ok(add(n, 1).await)
    }
    .await;
    hicam::point().await;
    (result, attempts)
}

fn look(noted: &Noted) -> u32 {
    noted.0
}

#[derive(Clone, Debug, hicam::State)]
pub(crate) struct Sizes {
    name: String,
    list: Vec<u32>,
    count: u32,
}

/// What a block takes is dropped at its end, wherever in it that is mentioned.
#[hicam::migratable]
async fn taken(l: &Log, c: u32) -> u32 {
    let (a, b) = (mk(1, l), mk(3, l));
    let n = async move {
        step(l, 10).await;
        if c == 1 {
            drop(a);
            step(l, 20).await;
            return 4;
        }
        let n = look(&a) + look(&b);
        step(l, 30).await;
        let inner = async move {
            step(l, 40 + look(&b)).await;
            step(l, 50).await
        }
        .await;
        let b = mk(5, l);
        step(l, n + inner).await + look(&b)
    }
    .await;
    step(l, 60).await;
    let held = mk(6, l);
    if c == 2 {
        async move { step(l, look(&held)).await }.await + n
    } else {
        async move {
            step(l, 70).await;
            eat(held, l).await;
            step(l, 80).await + n
        }
        .await
    }
}

/// Nobody sees the end of these, nor of what the closure has taken.
#[hicam::migratable]
async fn quiet(l: &Log, sizes: Sizes) -> u32 {
    let whole = sizes.clone();
    let list = vec![1, 2];
    let nth = move |n: usize| list[n];
    async move {
        let n = nth(0) + nth(1);
        step(l, 10).await;
        let name = sizes.name;
        step(l, name.len() as u32).await;
        let list = sizes.list;
        step(l, list.len() as u32 + sizes.count + n).await;
        if n == 4 {
            drop(whole);
        }
        step(l, 20).await
    }
    .await
}

#[hicam::migratable]
async fn all_taken() -> Vec<u32> {
    let l = log();
    for c in 0..3 {
        let n = taken(&l, c).await;
        say(&l, n);
    }
    let (name, list) = ("three".to_owned(), vec![1, 2, 3]);
    let count = 3;
    quiet(&l, Sizes { name, list, count }).await;
    out(l)
}

programs! {
    async_blocks;
    taken_by_blocks: all_taken();
    blocks_awaited: in_place(3);
    blocks_tried: tried(3) => (Ok(4), 4);
    blocks_tried_in_vain: tried(6) => (Err("6 > 4".to_owned()), 1);
}
