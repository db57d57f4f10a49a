//! Code as it stands in services: requests that are put together by builders, errors, combinators, iterator chains and macros
//! with awaits in between.

#![allow(
    unused,
    clippy::dbg_macro,
    reason = "as much of each type as a service would have"
)]

use std::collections::*;
use std::fmt::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use super::drop_order::{Log, log, step};
use super::{hicam, programs};

#[derive(Debug)]
enum ApiError {
    NotFound(String),
    Db { code: u32, why: String },
    Io(std::io::Error),
    Parse(std::num::ParseIntError),
}
impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "api")
    }
}
impl std::error::Error for ApiError {}
impl From<std::num::ParseIntError> for ApiError {
    fn from(e: std::num::ParseIntError) -> Self {
        ApiError::Parse(e)
    }
}
impl From<std::io::Error> for ApiError {
    fn from(e: std::io::Error) -> Self {
        ApiError::Io(e)
    }
}

#[derive(Clone, hicam::State)]
struct Client {
    log: Log,
    base: String,
}
struct Req {
    url: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    client: Client,
}
struct Resp {
    status: u16,
    body: Vec<u8>,
    client: Client,
}
impl Client {
    fn new() -> Client {
        Client {
            log: log(),
            base: "b".into(),
        }
    }
    fn get(&self, url: impl AsRef<str>) -> Req {
        Req {
            url: format!("{}{}", self.base, url.as_ref()),
            headers: vec![],
            body: None,
            client: self.clone(),
        }
    }
    fn post<U: Into<String>>(&self, url: U) -> Req {
        self.get(url.into())
    }
}
impl Req {
    fn header(mut self, k: &str, v: impl fmt::Display) -> Self {
        self.headers.push((k.into(), v.to_string()));
        self
    }
    fn query<T: fmt::Debug + ?Sized>(self, q: &T) -> Self {
        self
    }
    fn timeout(self, d: Duration) -> Self {
        self
    }
    fn body<B: Into<Vec<u8>>>(mut self, b: B) -> Self {
        self.body = Some(b.into());
        self
    }
    fn add(&mut self, k: &str) -> &mut Self {
        self.headers.push((k.into(), k.into()));
        self
    }
    async fn send(self) -> Result<Resp, ApiError> {
        tokio::task::yield_now().await;
        if self.url.is_empty() {
            return Err(ApiError::NotFound("x".into()));
        }
        Ok(Resp {
            status: 200 + self.headers.len() as u16,
            body: self.body.unwrap_or_default(),
            client: self.client,
        })
    }
    fn send_sync(self) -> Result<Resp, ApiError> {
        Ok(Resp {
            status: 200 + self.headers.len() as u16,
            body: self.body.unwrap_or_default(),
            client: self.client,
        })
    }
    async fn fetch(&self) -> u32 {
        tokio::task::yield_now().await;
        self.headers.len() as u32
    }
}
impl Resp {
    fn status(&self) -> u16 {
        self.status
    }
    fn error_for_status(self) -> Result<Resp, ApiError> {
        if self.status > 300 {
            Err(ApiError::Db {
                code: 1,
                why: "w".into(),
            })
        } else {
            Ok(self)
        }
    }
    async fn text(self) -> Result<String, ApiError> {
        Ok(String::from_utf8_lossy(&self.body).into_owned())
    }
    async fn json<T: std::str::FromStr<Err = std::num::ParseIntError>>(
        self,
    ) -> Result<T, ApiError> {
        Ok(String::from_utf8_lossy(&self.body).parse::<T>()?)
    }
}

#[hicam::migratable]
async fn requests_of(client: &Client, id: u32) -> Result<Vec<u32>, ApiError> {
    let mut out = vec![];
    let n: u32 = client
        .get(format!("/{id}"))
        .header("a", id)
        .query(&[("q", id)])
        .timeout(Duration::from_secs(1))
        .body("12")
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    out.push(n);
    let text = client
        .post("/x")
        .body(vec![b'4', b'2'])
        .send()
        .await?
        .text()
        .await?;
    hicam::point().await;
    out.push(text.parse()?);
    let status = client
        .post(text)
        .send()
        .await
        .map(|r| r.status())
        .unwrap_or(0);
    out.push(status as u32);
    out.push(client.get("/z").add("k").add("l").fetch().await);
    Ok(out)
}
#[hicam::migratable]
async fn requests() -> Result<Vec<u32>, String> {
    let c = Client::new();
    requests_of(&c, 3).await.map_err(|e| e.to_string())
}

fn parse(s: &str) -> Result<u32, ApiError> {
    Ok(s.parse::<u32>()?)
}
fn find(m: &HashMap<String, u32>, k: &str) -> Option<u32> {
    m.get(k).copied()
}

#[hicam::migratable]
async fn texts_of(l: &Log, words: Vec<String>) -> Result<u32, ApiError> {
    let mut total = 0u32;
    let map: HashMap<String, u32> = words
        .iter()
        .enumerate()
        .map(|(i, w)| (w.clone(), i as u32))
        .collect();
    total += step(l, parse(words.first().map(|w| w.as_str()).unwrap_or("0"))?).await;
    total += match find(&map, &words[1]).ok_or_else(|| ApiError::NotFound(words[1].clone()))? {
        0 => step(l, 1).await,
        n => step(l, n).await,
    };
    if let Some(x) = words
        .iter()
        .filter_map(|w| w.parse::<u32>().ok())
        .max()
        .filter(|x| *x > 1)
    {
        total += step(l, x).await;
    }
    if words.iter().any(|w| w == "1") && !map.is_empty() || step(l, 9).await == 8 {
        total += 1;
    }
    let x = words.iter().map(|w| w.len() as u32).fold(0, |a, b| a + b) + step(l, 4).await;
    total += x;
    let s = words
        .join(",")
        .split(',')
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .len() as u32
        * step(l, 5).await;
    total += s;
    let (min, max) = words
        .iter()
        .map(|w| w.len())
        .fold((9, 0), |(a, b), n| (a.min(n), b.max(n)));
    total += step(l, (min + max) as u32).await;
    for (i, w) in words.iter().enumerate().skip(1).take(3) {
        total += step(l, w.len() as u32 + i as u32).await;
    }
    for w in words
        .iter()
        .map(|w| w.trim().to_uppercase())
        .collect::<BTreeSet<_>>()
    {
        total += step(l, w.len() as u32).await;
    }
    for chunk in words.chunks(2) {
        total += step(l, chunk.len() as u32).await;
    }
    for pair in words.windows(2).map(|p| format!("{}{}", p[0], p[1])) {
        total += step(l, pair.len() as u32).await;
    }
    match words
        .last()
        .map(String::as_str)
        .and_then(|s| s.chars().next())
        .map(|c| c.is_alphabetic())
    {
        Some(true) => total += step(l, 1).await,
        Some(false) | None => total += step(l, 2).await,
    }
    let msg = format!("{}-{}-{:?}", words.len(), step(l, 3).await, parse("5")?);
    total += msg.len() as u32;
    let v = vec![
        step(l, 1).await,
        words.concat().len() as u32,
        step(l, 2).await,
    ];
    total += v.iter().sum::<u32>();
    assert_eq!(v.len(), step(l, 3).await as usize, "len of {:?}", v);
    assert!(
        matches!(parse("4"), Ok(4)) && step(l, 2).await == 2,
        "no {}",
        total
    );
    let d = dbg!(words.len() as u32) + step(l, 2).await;
    total += d;
    let mut buf = String::new();
    write!(buf, "{}:{}", words.len(), step(l, 3).await).unwrap();
    writeln!(&mut buf, "{}", words.concat().to_uppercase()).unwrap();
    total += step(l, buf.trim().len() as u32).await;
    Ok(total)
}
#[hicam::migratable]
async fn texts() -> Result<u32, String> {
    let l = log();
    texts_of(&l, ["1", "2", "abc", "d e"].map(str::to_owned).to_vec())
        .await
        .map_err(|e| e.to_string())
}

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
    services;
    builders_of_requests: requests();
    texts_and_macros: texts();
    generic_service_code: generic_code();
    orders_and_commands: orders();
}
