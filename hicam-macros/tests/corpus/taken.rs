//! What code takes of a variable, and what stays there: closures that are called, parts of structs, destructuring
//! assignments, blocks that move a variable on one of their ways, temporaries that are as long there as what borrows them.

#![allow(
    unused,
    dead_code,
    reason = "values that are only dropped are the topic"
)]

use std::sync::Arc;

use super::drop_order::{Log, Noted, eat, log, made, mk, out, say, step};
use super::{hicam, programs};

#[derive(Debug, Clone, hicam::State)]
pub(crate) struct Parts {
    name: String,
    sizes: Vec<u32>,
    count: u32,
}

#[derive(Debug, hicam::State)]
pub(crate) struct Held {
    first: Noted,
    second: Noted,
    count: u32,
}

fn parts(count: u32) -> Parts {
    Parts {
        name: format!("of {count}"),
        sizes: (0..count).collect(),
        count,
    }
}

fn held(n: u32, l: &Log) -> Held {
    Held {
        first: mk(n, l),
        second: mk(n + 1, l),
        count: n,
    }
}

/// A closure that is called is dropped where its scope ends, which nobody sees of what these have taken.
#[hicam::migratable]
async fn called(l: &Log, n: u32) -> u32 {
    let list: Vec<u32> = (0..n).collect();
    let text = "x".repeat(n as usize);
    let sum = move |by: u32| list.iter().map(|x| x * by).sum::<u32>();
    let length = || text.len() as u32;
    let mut calls = 0;
    let mut count = |by: u32| calls += by;
    count(2);
    let (one, two) = (sum(2), length());
    step(l, one).await;
    calls + two + text.len() as u32
}

/// Parts of what has nothing to be seen.
#[hicam::migratable]
async fn some_of_it(l: &Log, n: u32) -> (u32, String, usize) {
    let base = parts(n);
    let other = Parts {
        name: String::from("other"),
        ..base.clone()
    };
    let fresh = Parts { count: 9, ..base };
    step(l, 20).await;
    let counted = (move || fresh.count)();
    step(l, 30).await;
    let (name, sizes);
    (Parts { name, sizes, .. }) = other;
    step(l, 40).await;
    let sized = async move { step(l, sizes.len() as u32).await as usize }.await;
    (counted, name, sized)
}

/// The whole is taken.
#[hicam::migratable]
async fn all_of_it(l: &Log, n: u32) -> u32 {
    let (q, r) = (held(n, l), held(n + 2, l));
    let first = (move || {
        let own = q;
        own.count
    })();
    step(l, 20).await;
    let second = async move {
        step(l, 30).await;
        let count = r.count;
        drop(r);
        step(l, 40).await;
        count
    }
    .await;
    step(l, 50).await;
    let Held {
        first: a,
        second: b,
        count,
    } = held(n + 4, l);
    step(l, 60).await;
    first + second + count
}

#[derive(Debug, hicam::State)]
pub(crate) struct Pair(Noted, u32);

/// Variables that are parts of what a value is assigned to.
#[hicam::migratable]
async fn assigned_in_parts(l: &Log) -> u32 {
    let (mut x, mut n) = (mk(1, l), 0);
    Pair(x, n) = Pair(mk(2, l), 3);
    step(l, 20).await;
    let (mut y, mut z) = (mk(4, l), mk(5, l));
    Held {
        first: y,
        second: z,
        count: n,
    } = held(6, l);
    step(l, 30).await;
    (x, (y, n)) = (mk(8, l), (mk(9, l), n + 1));
    step(l, 40).await;
    [n, _] = [x.id() + n, 7];
    n + y.id() + z.id()
}

#[hicam::migratable]
async fn two(l: &Log, n: u32) -> (Noted, Noted) {
    step(l, n + 10).await;
    (mk(n, l), mk(n + 1, l))
}

/// With points, too, what is not assigned is dropped before what is replaced, and places are chosen after the value.
#[hicam::migratable]
async fn assigned_with_points(l: &Log, c: u32) -> u32 {
    let (a, b);
    (a, b) = two(l, 100).await;
    let mut x = mk(1, l);
    (_, x) = two(l, 110).await;
    step(l, 20).await;
    let mut whole = held(2, l);
    let mut n;
    (
        [x, ..],
        (
            Held {
                first: whole.second,
                count: n,
                ..
            },
            Pair(whole.first, _),
        ),
    ) = {
        step(l, 30).await;
        let pair = Pair(mk(9, l), 4);
        ([mk(4, l), mk(5, l), mk(6, l)], (held(7, l), pair))
    };
    [x, _] = [made(10, l).await, mk(11, l)];
    let mut list = vec![mk(12, l), mk(13, l)];
    let mut at = 0;
    (at, list[at], _) = (step(l, 1).await as usize, mk(14, l), mk(15, l));
    (_, list[step(l, 0).await as usize]) = (mk(16, l), mk(17, l));
    _ = two(l, 120).await;
    for turn in 0..3 {
        (x, _) = two(l, 130 + turn).await;
        (_, n) = match turn {
            2 if c == 1 => break,
            _ => (two(l, 140).await.1, n + turn),
        };
    }
    step(l, n).await;
    a.0 + b.0 + x.0 + at as u32 + list.len() as u32
}

/// A block that moves a variable on each of its ways takes it; one that does not, leaves it.
#[hicam::migratable]
async fn taken_by_a_block(l: &Log, c: u32) -> u32 {
    let a = mk(1, l);
    let b = mk(2, l);
    let list = vec![c];
    let n = async {
        step(l, 20 + b.0).await;
        if c == 1 {
            eat(a, l).await;
            return 1;
        }
        step(l, 30).await;
        drop(a);
        if c == 2 {
            drop(list);
        }
        step(l, 40).await;
        2
    }
    .await;
    say(l, 50);
    n
}

fn grown(of: &[u32]) -> Vec<u32> {
    of.iter().map(|n| n + 1).collect()
}

/// What a `let` borrows of a temporary is there until the scope ends.
#[hicam::migratable]
async fn extended(l: &Log, n: u32) -> (u32, usize) {
    let first = &mk(n, l).0;
    let part = &grown(&[1, 2, n])[1..];
    let _ = &mk(n + 1, l).0;
    step(l, 20).await;
    let (pair, whole) = (&(mk(n + 2, l), 3), &held(n + 3, l).second);
    step(l, *first).await;
    let awaited = &made(n + 6, l).await.0;
    let [a, .., z] = &grown(part)[..] else {
        return (0, 0);
    };
    let (a, z) = (*a, *z);
    step(l, *awaited).await;
    (a + z + pair.0.id() + whole.id(), part.len())
}

/// A guard with points, and an arm that takes a part.
#[hicam::migratable]
async fn parts_behind_guards(l: &Log, c: u32) -> (u32, String) {
    let p = parts(c);
    match p {
        Parts { count, .. } if step(l, 20).await == 20 && count == 1 => {
            step(l, 30).await;
            (count, String::new())
        }
        Parts { name, count: 2, .. } => {
            step(l, 40).await;
            (2, name)
        }
        Parts { name, sizes, count } => {
            step(l, 50).await;
            (count + sizes.len() as u32, name)
        }
    }
}

/// The rest of a slice, bound again.
#[hicam::migratable]
async fn rests(l: &Log, words: &[&'static str], numbers: [u32; 4]) -> (usize, u32) {
    let mut found = match words {
        [] => 0,
        ["add", rest @ ..] if step(l, 20).await == 20 => {
            step(l, 30).await;
            rest.len()
        }
        [first, middle @ .., last] if middle.len() > step(l, 40).await as usize - 40 => {
            step(l, 50).await;
            first.len() + middle.concat().len() + last.len()
        }
        [rest @ .., _] => {
            step(l, 60).await;
            rest.len() + 100
        }
    };
    if let [command, arguments @ ..] = words {
        step(l, 70).await;
        found += command.len() * arguments.len();
    }
    let [one, more @ .., four] = &numbers;
    step(l, 80).await;
    (found, one + four + more.iter().sum::<u32>())
}

#[hicam::migratable]
async fn all_rests() -> (Vec<(usize, u32)>, Vec<u32>) {
    let l = log();
    let mut all = Vec::new();
    let words = ["add", "b", "c", "d"];
    for (from, to) in [(0, 4), (1, 4), (1, 2), (1, 3), (0, 0)] {
        let words = &words[from..to];
        all.push(rests(&l, words, [1, 2, 3, 4]).await);
    }
    (all, out(l))
}

#[hicam::migratable]
async fn all_taken() -> Vec<u32> {
    let l = log();
    let n = called(&l, 3).await;
    say(&l, n);
    let (counted, name, sized) = some_of_it(&l, 4).await;
    say(&l, counted + name.len() as u32 + sized as u32);
    let n = all_of_it(&l, 70).await;
    say(&l, n);
    let n = assigned_in_parts(&l).await;
    say(&l, n);
    for c in 0..2 {
        let n = assigned_with_points(&l, c).await;
        say(&l, n);
    }
    for c in 1..4 {
        let n = taken_by_a_block(&l, c).await;
        say(&l, n);
        let (n, name) = parts_behind_guards(&l, c).await;
        say(&l, n + name.len() as u32);
    }
    out(l)
}

/// What a text is made of ends with it.
#[hicam::migratable]
async fn texts(l: &Log) -> String {
    let a = mk(format!("{:?}", made(7, l).await.0).len() as u32, l);
    step(l, 20).await;
    let b = mk(format!("{:?} {}", made(8, l).await.0, 3).len() as u32, l);
    println!("{}", made(4, l).await.0);
    let n = async {
        let c = mk(format!("{:?}", made(6, l).await.0).len() as u32, l);
        say(l, 30);
        c.0
    }
    .await;
    format!("{} {n}", made(5, l).await.id())
}

#[hicam::migratable]
async fn all_texts() -> (String, Vec<u32>) {
    let l = log();
    let text = texts(&l).await;
    (text, out(l))
}

#[hicam::migratable]
async fn all_extended() -> (u32, usize, Vec<u32>) {
    let l = log();
    let (n, m) = extended(&l, 70).await;
    (n, m, out(l))
}

programs! {
    taken;
    parts_that_are_taken: all_taken();
    temporaries_that_a_let_extends: all_extended();
    rests_of_slices: all_rests();
    what_texts_are_made_of: all_texts();
}
