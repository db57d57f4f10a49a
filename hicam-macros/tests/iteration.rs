//! `for` loops over whatever people loop over, captured at every point.
#![allow(
    clippy::unwrap_used,
    clippy::explicit_counter_loop,
    clippy::useless_vec,
    reason = "programs as people write them"
)]

use std::collections::{BTreeMap, HashMap};

use hicam::testing::every_point;
#[hicam::migratable]
async fn consume(v: Vec<u64>) -> u64 {
    v.len() as u64
}
#[hicam::migratable]
async fn slots(n: u64) -> u64 {
    let v: Vec<u64> = (0..n).collect();
    let mut t = 0;
    'a: loop {
        for x in &v {
            t += x;
            consume(vec![*x]).await;
            if *x == 3 {
                break 'a;
            }
        }
        break;
    }
    t += consume(v).await;
    tokio::task::yield_now().await;
    t
}
#[hicam::migratable]
async fn cheap(n: u64) -> u64 {
    let mut t = 0;
    for i in 0..n {
        if i == 7 {
            continue;
        }
        if i == 20 {
            break;
        }
        t += i;
    }
    let mut v = vec![1u64, 2, 3];
    for x in v.iter_mut() {
        *x += 1;
    }
    for x in &v {
        t += x;
    }
    'o: for i in 0..=n {
        for j in 0..3u8 {
            if j == 2 && i == 1 {
                continue 'o;
            }
            t += j as u64;
        }
    }
    t
}
#[hicam::migratable]
async fn adapt(n: u64) -> Vec<(usize, u64)> {
    let v: Vec<u64> = (0..n).collect();
    let mut out = vec![];
    for (i, x) in v.iter().enumerate().rev() {
        consume(vec![]).await;
        out.push((i, *x));
    }
    for (i, x) in v.iter().zip(&v).skip(1).step_by(2).enumerate() {
        consume(vec![]).await;
        out.push((i, x.0 + x.1));
    }
    for (i, c) in "hello".chars().enumerate() {
        consume(vec![]).await;
        out.push((i, c as u64));
    }
    let s = String::from("añb");
    for (i, c) in s.char_indices().rev() {
        consume(vec![]).await;
        out.push((i, c as u64));
    }
    for (i, x) in v.clone().into_iter().enumerate() {
        consume(vec![]).await;
        out.push((i, x));
    }
    for x in (0..n).rev().step_by(3) {
        consume(vec![]).await;
        out.push((0, x));
    }
    for (x, y) in (0..n).zip(5..).take(3) {
        consume(vec![]).await;
        out.push((y, x));
    }
    for x in (0..n).skip(2).enumerate() {
        consume(vec![]).await;
        out.push(x);
    }
    let k = 2usize;
    let mut w = vec![vec![1u64], vec![2], vec![3, 4]];
    let mut j = 2;
    for x in &mut w[j] {
        j = 0;
        consume(vec![]).await;
        *x += 1;
        out.push((j, *x));
    }
    let mut m: HashMap<u64, u64> = (0..n).map(|x| (x, x * x)).collect();
    let mut sum = 0;
    for (k, v) in &m {
        consume(vec![]).await;
        sum += k * 3 + v;
    }
    for (_, v) in &mut m {
        consume(vec![]).await;
        *v += 1;
    }
    let mut b: BTreeMap<String, u64> = BTreeMap::new();
    for (k, v) in m {
        consume(vec![]).await;
        b.insert(format!("{k}"), v);
    }
    for (k, v) in b.range("3".to_string()..) {
        consume(vec![]).await;
        out.push((k.len(), *v));
    }
    for v in b.values_mut() {
        consume(vec![]).await;
        *v += 1;
    }
    for (k, v) in b {
        consume(vec![]).await;
        out.push((k.len(), v));
    }
    out.push((9, sum));
    for a in [1u64, 2, 3] {
        consume(vec![]).await;
        out.push((8, a));
    }
    for p in w.chunks(2) {
        consume(vec![]).await;
        out.push((p.len(), 0));
    }
    out
}
#[hicam::migratable]
async fn temps(n: u64) -> u64 {
    let mut t = 0;
    for x in &vec![1u64, 2, n] {
        consume(vec![]).await;
        t += x;
    }
    for x in (0..n).collect::<Vec<_>>().iter().rev() {
        consume(vec![]).await;
        t = t * 3 + x;
    }
    for x in format!("a {n} b").split_whitespace() {
        consume(vec![]).await;
        t += x.len() as u64;
    }
    for x in &[1u64, 2] {
        consume(vec![]).await;
        t += x;
    }
    let v = vec![1u32, 2, 3];
    let mut w = vec![0u32; 3];
    for (a, (b, c)) in w.iter_mut().zip(v.iter().zip(&v)) {
        *a += b * c;
    }
    for (i, a) in w.iter().enumerate() {
        t += i as u64 * *a as u64;
    }
    t
}

#[tokio::test]
async fn every_loop_at_every_point() {
    assert!(every_point(|| slots(4)).await.unwrap() > 10);
    assert!(every_point(|| adapt(6)).await.unwrap() > 100);
    assert!(every_point(|| temps(6)).await.unwrap() > 10);
    // While points are counted, a block of passes is one pass.
    assert!(every_point(|| cheap(30)).await.unwrap() > 100);
    assert_eq!(cheap(30).await, 283);
}
