//! What once did not compile or was restored wrongly.
#![allow(warnings, clippy::all, reason = "kept as short as they were found")]
use hicam::testing::every_point;
use std::collections::*;
async fn ordinary(text: &str) -> usize {
    text.len()
}
#[hicam::migratable]
async fn plain_literal() -> usize {
    ordinary("x").await
}
#[derive(hicam::State, Clone)]
pub struct T {
    a: u64,
}
#[hicam::migratable]
impl T {
    pub async fn other(&self, x: &T) -> u64 {
        hicam::point().await;
        self.a + x.a
    }
    pub async fn look(&self, x: &u64) -> u64 {
        self.a + *x
    }
    pub async fn again(&mut self) -> u64 {
        self.look(&self.a).await
    }
    pub async fn or<'a>(&'a self, i: usize, s: &'a str) -> &'a str {
        if i > 0 { s } else { "" }
    }
    pub async fn pick<'a>(&self, s: &'a str) -> &'a str {
        s
    }
}
#[hicam::migratable]
pub async fn one() -> u64 {
    let mut t = T { a: 1 };
    t.a = 2;
    t.other(&t).await + t.again().await
}
#[hicam::migratable]
pub async fn two(p: &mut String, n: u64) -> u64 {
    hicam::point().await;
    p.push('x');
    n + p.len() as u64
}
#[hicam::migratable]
pub async fn bare(p: &mut String) -> u64 {
    two(p, one().await).await
}
#[hicam::migratable]
pub async fn bares() -> u64 {
    let mut s = String::new();
    bare(&mut s).await + bare(&mut s).await
}
#[hicam::migratable]
pub async fn takes(p: &'static str, n: u64) -> u64 {
    hicam::point().await;
    n + p.len() as u64
}
#[hicam::migratable]
pub async fn gives() -> &'static str {
    "abc"
}
#[hicam::migratable]
pub async fn awaited() -> u64 {
    takes(gives().await, 3).await
}
#[hicam::migratable]
pub async fn local() -> u64 {
    let v = gives().await;
    hicam::point().await;
    takes(v, 3).await
}
#[hicam::migratable]
pub async fn names(n: u64) -> u64 {
    let mut t = 0;
    for name in vec!["a", "bb"] {
        t += measure(name).await;
    }
    for name in ["a", "bb"] {
        t += measure(name).await;
    }
    let chosen = if n > 2 { "many" } else { "few" };
    t + measure(chosen).await
}
#[hicam::migratable]
pub async fn measure(s: &str) -> u64 {
    hicam::point().await;
    s.len() as u64
}
#[hicam::migratable]
pub async fn deferred(n: &u64) -> u64 {
    let v: u64;
    for i in 0..4 {}
    v = 3u64.wrapping_mul(*n);
    let w: Option<Vec<bool>>;
    hicam::point().await;
    w = None;
    let mut z = gives().await;
    z = gives().await;
    v.wrapping_add(v)
}
#[hicam::migratable]
pub async fn run_deferred(n: u64) -> u64 {
    deferred(&n).await
}
#[hicam::migratable]
pub async fn f3(depth: u64) -> Result<u64, String> {
    return Ok(gives().await.len() as u64);
    Ok(depth.wrapping_add(depth))
}
#[hicam::migratable]
async fn first(words: &[String]) -> &str {
    hicam::point().await;
    &words[0]
}
#[hicam::migratable]
async fn firsts(n: u64) -> u64 {
    let w = vec![String::from("abc")];
    let l = first(&w).await.len();
    hicam::point().await;
    l as u64
}
#[hicam::migratable]
async fn grid(n: u64) -> u64 {
    let mut g = vec![vec![1u64, 2], vec![3]];
    for row in &mut g {
        for cell in row {
            measure("x").await;
            *cell += 1;
        }
    }
    let mut t = 0;
    for row in &g {
        for cell in row {
            measure("x").await;
            t += cell;
        }
    }
    for (a, b) in g.iter().zip([1u64, 2]) {
        measure("x").await;
        t += b + a.len() as u64;
    }
    for x in (0..2u64).chain(7..9) {
        measure("x").await;
        t += x;
    }
    t
}
#[hicam::migratable]
async fn parens() -> u64 {
    let mut n = 0;
    for v in (match gives().await {
        "abc" => 1,
        _ => 7,
    }) % 3..3
    {
        n += v;
    }
    let y = ((match gives().await {
        "abc" => 8u64,
        _ => 8,
    }) & n);
    ((match gives().await {
        "abc" => 9,
        _ => 8,
    }) & y)
}
#[hicam::migratable]
async fn ioerr(n: u64) -> Result<u64, std::io::Error> {
    hicam::point().await;
    Ok(n)
}
#[hicam::migratable]
async fn d32(n: u64) -> u64 {
    let s = T { a: 3 };
    takes("x", ioerr(n).await.unwrap_or(7)).await + s.a
}
#[hicam::migratable]
async fn dead(line: String) -> u64 {
    let parts: Vec<&str> = line.split(' ').collect();
    let set: HashSet<&str> = parts.iter().copied().collect();
    let n = parts.len() + set.len();
    hicam::point().await;
    n as u64
}
#[hicam::migratable]
async fn assigned_never_read() -> u64 {
    let mut v = vec![4u64];
    hicam::point().await;
    v = Vec::new();
    match gives().await {
        mut v => {
            v = gives().await;
        }
    }
    3
}
#[hicam::migratable]
async fn reference(p: &u64, q: &(u64, u64)) -> u64 {
    hicam::point().await;
    *p + q.1
}
#[hicam::migratable]
async fn copies(mut n: u64, text: &str) -> u64 {
    let a = reference(&(n % 5), &(n, n)).await + reference(&!n, &(1, 2)).await % 7;
    let copy = text;
    let (x, y) = (text.as_bytes(), copy.as_bytes());
    hicam::point().await;
    let w = 7;
    let precision = 2;
    let out = format!("{n:>w$} {f:.precision$}", f = 1.5f64);
    hicam::point().await;
    let more = match gives().await.trim() {
        "abc" => {
            hicam::point().await;
            1
        }
        other => {
            hicam::point().await;
            other.len()
        }
    };
    match out.to_uppercase().as_str() {
        other => {
            hicam::point().await;
            n += other.len() as u64;
        }
    }
    a + copy.len() as u64 + (x.len() + y.len() + more) as u64 + n
}
#[hicam::migratable]
async fn run_copies(n: u64) -> u64 {
    copies(n, "text").await
}
#[hicam::migratable]
pub async fn shadows(n: u64) -> u64 {
    let mut v = vec![n];
    if n > 3 {
        drop(v);
        hicam::point().await;
    } else {
        {
            hicam::point().await;
            if !v.is_empty() {}
            let mut v = vec![1000u64];
        }
        v.push(3);
        hicam::point().await;
        return v[0];
    }
    3
}
#[derive(Clone, hicam::State)]
pub struct P {
    x: u64,
    y: u64,
}
#[hicam::migratable]
pub async fn hidden(n: u64) -> String {
    let mut p = P { x: n, y: 2 };
    let x = 9u64;
    if n > 2 {
        let mut p = p.clone();
        p.x += 1;
        if n > 4 {
            hicam::point().await;
            return format!("{} {x}", p.x);
        }
        let P { x, mut y } = p;
        y += 1;
        hicam::point().await;
        let x = x + 1;
        let f = |x: u64| x + y;
        p = P { x, y: f(x) };
        hicam::point().await;
        let text = format!("{x} {y:>w$} {}", p.y, w = 4);
        let q = match Some(x) {
            Some(x) if x > 100 => 1,
            Some(x) => x,
            None => 0,
        };
        hicam::point().await;
        for x in 0..q {
            if x == 2 {
                let n = x;
                break;
            }
            hicam::point().await;
            p.x += x;
        }
        return format!("{text} {x} {} {:?}", p.x, vec![x; 2]);
    }
    let q = p;
    hicam::point().await;
    let p = q.x;
    format!("{p} {x}")
}
#[derive(Clone, hicam::State)]
pub struct Store {
    shelves: Vec<P>,
    log: Vec<u64>,
}
#[hicam::migratable]
impl P {
    async fn add(&mut self, n: u64, log: &mut Vec<u64>) -> u64 {
        hicam::point().await;
        self.x += n;
        log.push(self.x);
        self.x
    }
}
#[hicam::migratable]
impl Store {
    async fn fill(&mut self, n: usize) -> u64 {
        let mut sum = 0;
        for i in 0..n {
            sum += self.shelves[i].add(1, &mut self.log).await;
            sum += self.shelves[(i + 1) % n].add(2, &mut self.log).await;
        }
        sum + self.log.len() as u64
    }
}
#[hicam::migratable]
async fn stores(n: usize) -> u64 {
    let shelves = vec![P { x: 1, y: 2 }; n];
    let mut store = Store {
        shelves,
        log: vec![],
    };
    store.fill(n).await
}
#[hicam::migratable]
async fn bump(n: &mut usize) -> usize {
    *n += 1;
    hicam::point().await;
    *n * 10
}
#[hicam::migratable]
async fn order() -> String {
    let mut lists = vec![vec![], vec![]];
    let mut i = 0;
    lists[i].push(bump(&mut i).await);
    let mut N = 1;
    let both = N + bump(&mut N).await;
    let hash = BTreeMap::from([(1, 10), (2, 20)]);
    let mut number = 1;
    let found = &hash[&number];
    number += 1;
    hicam::point().await;
    let mut out = format!("{lists:?} {both} {found} {number}");
    let mut pair = (2u64, 5u64);
    match &mut pair {
        (n @ 0..=3, m) => {
            *n += 10;
            hicam::point().await;
            *n += 1;
            *m += *n;
        }
        (n, _) => *n = 0,
    }
    for (i, x) in vec![7u64].into_iter().chain(half(4).await).enumerate() {
        hicam::point().await;
        out += &format!(" {i}{x}");
    }
    for (i, x) in listed(3).await.into_iter().enumerate() {
        hicam::point().await;
        out += &format!(" {i}{x}");
    }
    for (i, x) in listed(3).await.iter().enumerate().rev() {
        hicam::point().await;
        out += &format!(" {i}{x}");
    }
    format!("{out} {pair:?}")
}
#[hicam::migratable]
async fn half(n: u64) -> Option<u64> {
    Some(n / 2)
}
#[hicam::migratable]
async fn listed(n: u64) -> Vec<u64> {
    (0..n).collect()
}
#[tokio::test]
async fn all() {
    every_point(|| order()).await.unwrap();
    assert_eq!(
        order().await,
        "[[10], []] 21 10 2 07 12 00 11 22 22 11 00 (13, 18)"
    );
    every_point(|| stores(3)).await.unwrap();
    for n in 0..6 {
        every_point(|| shadows(n)).await.unwrap();
        every_point(|| hidden(n)).await.unwrap();
    }
    assert_eq!(shadows(2).await, 2);
    assert_eq!(hidden(5).await, "6 9");
    assert_eq!(hidden(3).await, "5    3 8 5 6 [5, 5]");
    every_point(|| assigned_never_read()).await.unwrap();
    every_point(|| run_copies(8)).await.unwrap();
    every_point(|| dead("a b a".to_string())).await.unwrap();
    every_point(|| plain_literal()).await.unwrap();
    every_point(|| one()).await.unwrap();
    every_point(|| bares()).await.unwrap();
    every_point(|| awaited()).await.unwrap();
    every_point(|| local()).await.unwrap();
    every_point(|| names(3)).await.unwrap();
    every_point(|| run_deferred(3)).await.unwrap();
    every_point(|| f3(3)).await.unwrap();
    every_point(|| firsts(3)).await.unwrap();
    every_point(|| grid(3)).await.unwrap();
    every_point(|| parens()).await.unwrap();
    every_point(|| d32(3)).await.unwrap();
}
