//! Generic code, trait objects and combinators, with awaits in between.

#![allow(
    dead_code,
    unused_variables,
    clippy::dbg_macro,
    reason = "as much of each type as a service would have"
)]

use std::time::Duration;

use super::drop_order::{Log, log, step};
use super::errors::ApiError;
use super::{hicam, programs};

trait Shape: Send + Sync {
    fn area(&self) -> u32;
    fn scaled(self: Box<Self>, n: u32) -> Box<dyn Shape>;
    fn name(&self) -> String {
        "s".into()
    }
}
struct Sq(u32, Log);
impl Shape for Sq {
    fn area(&self) -> u32 {
        self.0 * self.0
    }
    fn scaled(self: Box<Self>, n: u32) -> Box<dyn Shape> {
        Box::new(Sq(self.0 * n, self.1.clone()))
    }
}
fn shape(n: u32, l: &Log) -> Box<dyn Shape> {
    Box::new(Sq(n, l.clone()))
}
struct Pool<'a, const N: usize, T> {
    items: [T; N],
    log: &'a Log,
}
impl<'a, const N: usize, T: Copy + Into<u32> + 'static> Pool<'a, N, T> {
    fn new(items: [T; N], log: &'a Log) -> Self {
        Pool { items, log }
    }
    fn filter(self, f: impl Fn(u32) -> bool) -> Vec<u32> {
        self.items
            .iter()
            .map(|t| (*t).into())
            .filter(|x| f(*x))
            .collect()
    }
    fn sum(&self) -> u32 {
        self.items.iter().map(|t| (*t).into()).sum()
    }
    fn each<R>(&self, f: impl Fn(&T) -> R) -> Vec<R> {
        self.items.iter().map(f).collect()
    }
    fn first<U: From<T>>(self) -> U {
        <U as From<T>>::from(self.items[0])
    }
}
fn gen_val<T: Default + From<u8>>(n: u8) -> T {
    n.into()
}
fn iter_of(n: u32) -> impl Iterator<Item = u32> + Send {
    (0..n).map(|x| x * 2)
}
fn boxed(n: u32) -> Box<dyn Iterator<Item = u32> + Send> {
    Box::new(0..n)
}
async fn foreign(n: u32) -> Result<u32, ApiError> {
    tokio::task::yield_now().await;
    Ok(n)
}

#[hicam::migratable]
async fn generic_code_of<T: Into<u32> + Copy + Send + 'static>(
    l: &Log,
    t: T,
) -> Result<u32, ApiError>
where
    T: serde::Serialize + serde::de::DeserializeOwned,
{
    let mut total = 0;
    match Pool::new([1u8, 2, 3], l).filter(|x| x > 1).len() {
        2 => total += step(l, 1).await,
        _ => {}
    }
    match Pool::new([1u8, 2, 3], l).sum() {
        6 => total += step(l, 1).await,
        _ => {}
    }
    match Pool::new([t; 3], l).each(|x| (*x).into()).as_slice() {
        [a, ..] => total += *a,
        _ => {}
    }
    total += Pool::new([5u8], l).first::<u32>() + step(l, 1).await;
    let n: u32 = Pool::new([5u8], l)
        .first::<u32>()
        .max(gen_val(3))
        .wrapping_add(step(l, 1).await);
    total += n;
    for x in iter_of(3)
        .zip(boxed(4))
        .map(|(a, b)| a + b)
        .collect::<Vec<_>>()
    {
        total += step(l, x).await;
    }
    match iter_of(4).filter(|x| x % 4 == 0).last() {
        Some(x) => total += step(l, x).await,
        None => {}
    }
    fn f(x: u32) -> u32 {
        x + 1
    }
    total += f(step(l, 2).await) + f(1);
    match (move |x: u32| x + total)(f(1)) {
        0 => {}
        n => total += step(l, n).await,
    }
    total += foreign(foreign(1).await? + foreign(2).await?).await?;
    total += step(l, foreign(f(2)).await?).await;
    let r = async {
        let a = foreign(1).await?;
        let b = step(l, a).await;
        Ok::<u32, ApiError>(a + b)
    }
    .await?;
    total += r;
    let (a, b) = tokio::try_join!(foreign(f(1)), foreign(words().len() as u32))?;
    total += a + b;
    let (a, b) = tokio::join!(step(l, iter_of(3).sum()), async {
        step(l, boxed(3).sum()).await + 1
    });
    total += a + b;
    let x = tokio::select! { v = step(l, words().len() as u32) => v, _ = tokio::time::sleep(Duration::from_secs(words().len() as u64 * 50)) => 1 };
    total += x;
    let t = tokio::time::timeout(
        Duration::from_secs(words().iter().map(|w| w.len() as u64).sum()),
        step(l, words()[0].len() as u32),
    )
    .await
    .unwrap_or_default();
    total += t;
    let h = hicam::spawn(spawned(
        words(),
        Duration::from_millis(words().len() as u64),
    ))
    .await
    .unwrap();
    total += h;
    let y = 'b: {
        if words().iter().any(|w| w == "q") {
            break 'b 1;
        }
        for w in words() {
            if w.len() as u32 == step(l, 3).await {
                break 'b 7;
            }
        }
        2
    };
    total += y;
    let Some(w) = words().into_iter().find(|w| w.len() == 3) else {
        return Err(ApiError::NotFound(words().remove(0)));
    };
    total += step(l, w.len() as u32).await;
    let z = if let Some(w) = words().pop()
        && let Ok(n) = w.parse::<u32>()
        && step(l, n).await == 5
    {
        step(l, n).await
    } else if words().len() > 1 {
        step(l, 6).await
    } else {
        0
    };
    total += z;
    Ok(total)
}
fn words() -> Vec<String> {
    vec!["ab".into(), "abc".into(), "5".into()]
}
#[hicam::migratable]
async fn spawned(w: Vec<String>, d: Duration) -> u32 {
    hicam::point().await;
    w.len() as u32
}
#[hicam::migratable]
async fn generic_code() -> Result<u32, String> {
    let l = log();
    generic_code_of(&l, 3u32).await.map_err(|e| e.to_string())
}

programs! {
    services::generics;
    generic_service_code: generic_code();
}
