//! Temporaries of the expression at a block's end: since the edition of 2024 they end before the block's variables, before
//! it after them. The same programs are compiled in both (`tests/support/edition-2021`).

#![allow(unused, reason = "values that are only dropped are the topic")]

use std::sync::Arc;

use tokio::sync::Mutex;

use super::drop_order::{Log, Noted, log, made, mk, out, say, step};
use super::{hicam, programs};

#[hicam::migratable]
async fn of_a_body(l: &Log) -> u32 {
    let a = mk(1, l);
    hicam::point().await;
    let b = mk(2, l);
    mk(3, l).id()
}

#[hicam::migratable]
async fn of_a_body_with_a_loop(l: &Log) -> u32 {
    let a = mk(1, l);
    for i in 0..2 {
        say(l, i);
    }
    mk(2, l).me().id() + a.id()
}

/// The parameters outlive them.
#[hicam::migratable]
async fn of_a_body_with_parameters(a: Noted, l: &Log) -> u32 {
    let b = mk(2, l);
    hicam::point().await;
    a.id() + b.id() + mk(3, l).id()
}

#[hicam::migratable]
async fn bodies() -> (u32, Vec<u32>) {
    let l = log();
    let mut n = of_a_body(&l).await;
    n += of_a_body_with_a_loop(&l).await;
    n += of_a_body_with_parameters(mk(4, &l), &l).await;
    (n, out(l))
}

#[hicam::migratable]
async fn blocks(l: &Log) -> u32 {
    let x = {
        let a = mk(1, l);
        hicam::point().await;
        let b = mk(2, l);
        mk(3, l).id()
    };
    say(l, 50);
    let y = {
        let a = mk(1, l);
        hicam::point().await;
        {
            let b = mk(2, l);
            mk(3, l).id()
        }
    };
    say(l, 51);
    let z = {
        let a = mk(1, l);
        {
            let b = mk(2, l);
            hicam::point().await;
            mk(3, l).id() + a.id()
        }
    };
    say(l, 52);
    let v = 'v: {
        let a = mk(1, l);
        hicam::point().await;
        if a.id() == 2 {
            break 'v 5;
        }
        mk(3, l).id()
    };
    say(l, 53);
    let w = async {
        let a = mk(1, l);
        hicam::point().await;
        mk(3, l).id()
    }
    .await;
    say(l, 54);
    x + y + z + v + w
}

#[hicam::migratable]
async fn all_blocks() -> (u32, Vec<u32>) {
    let l = log();
    let n = blocks(&l).await;
    (n, out(l))
}

#[hicam::migratable]
async fn bodies_of_branches(n: u32, l: &Log) {
    {
        let a = mk(1, l);
        hicam::point().await;
        say(l, mk(3, l).id())
    }
    if n > 1 {
        let a = mk(1, l);
        hicam::point().await;
        say(l, mk(4, l).id())
    }
    match n {
        2 => {
            let a = mk(1, l);
            hicam::point().await;
            say(l, mk(5, l).id())
        }
        _ => {}
    }
    let mut k = 0;
    while k < n {
        k += 1;
        let a = mk(1, l);
        hicam::point().await;
        say(l, mk(6, l).id())
    }
    for i in 0..n {
        let a = mk(i, l);
        say(l, mk(7, l).id())
    }
}

#[hicam::migratable]
async fn all_branches(n: u32) -> Vec<u32> {
    let l = log();
    bodies_of_branches(n, &l).await;
    out(l)
}

struct Pair {
    first: Noted,
    all: Vec<Noted>,
}

fn pair(n: u32, l: &Log) -> Pair {
    Pair {
        first: mk(n, l),
        all: vec![mk(n + 1, l), mk(n + 2, l)],
    }
}

fn look(n: &Noted, m: &mut Noted) -> u32 {
    m.set(n.id() + m.id());
    m.id()
}

fn tried(n: u32, l: &Log) -> Option<Noted> {
    Some(mk(n, l))
}

/// In the order of the source, whatever they are part of.
#[hicam::migratable]
async fn forms(l: &Log) -> Option<u32> {
    let a = mk(1, l);
    let n = {
        let b = mk(2, l);
        hicam::point().await;
        pair(3, l).first.id() + pair(6, l).all[mk(1, l).id() as usize].id()
    };
    let n = n + {
        let b = mk(2, l).id();
        hicam::point().await;
        b
    };
    let s = {
        let b = mk(2, l);
        hicam::point().await;
        look(&mk(3, l), &mut mk(4, l)) + look(&pair(5, l).first, mk(8, l).set(9))
    };
    let t = {
        let b = mk(2, l);
        hicam::point().await;
        (
            mk(3, l).id(),
            [mk(4, l).id()],
            n + mk(5, l).by(1).id(),
            -(mk(6, l).id() as i64),
        )
    };
    let c = {
        let b = mk(2, l);
        hicam::point().await;
        mk(3, l).id() == mk(4, l).id() || mk(5, l).id() > 1
    };
    let c2 = {
        let b = mk(2, l);
        hicam::point().await;
        pair(3, l).first.0 == mk(4, l).0
    };
    let m = {
        let b = mk(2, l);
        hicam::point().await;
        match mk(3, l).id() {
            3 => mk(4, l).id(),
            _ => 0,
        }
    };
    let m2 = {
        let b = mk(2, l);
        hicam::point().await;
        match pair(3, l) {
            Pair { first, .. } => first.id(),
        }
    };
    let q = {
        let b = mk(2, l);
        hicam::point().await;
        tried(3, l)?.id() + tried(4, l).as_ref()?.id() + tried(5, l).map_or(0, |n| n.id())
    };
    let u = {
        let b = mk(2, l);
        hicam::point().await;
        format!("{}", mk(3, l).id()).len() as u32
    };
    let v = {
        let b = mk(2, l);
        hicam::point().await;
        vec![mk(3, l).id(), mk(4, l).me().id()].len() as u32
    };
    let w = {
        let b = mk(2, l);
        hicam::point().await;
        matches!(mk(3, l), Noted(3, _)) as u32
    };
    say(
        l,
        s + t.0 + t.1[0] + t.2 + u32::from(c) + u32::from(c2) + m + m2 + q + u + v + w,
    );
    tried(mk(9, l).id(), l)?.id().checked_add(n)
}

#[hicam::migratable]
async fn all_forms() -> (Option<u32>, Vec<u32>) {
    let l = log();
    let n = forms(&l).await;
    (n, out(l))
}

#[hicam::migratable]
impl Noted {
    async fn goes(&self, other: Noted) -> Noted {
        hicam::point().await;
        other
    }
}

#[hicam::migratable]
async fn looks(seen: &Noted, other: Noted, l: &Log) -> Noted {
    say(l, seen.id());
    hicam::point().await;
    other
}

/// The temporaries of a `let` end before what it declares, also where the block ends with it.
#[hicam::migratable]
async fn last_lets(n: u32, l: &Log) {
    if n > 0 {
        let other = looks(&mk(3, l), mk(5, l), l).await;
    }
    say(l, 50);
    {
        let first = mk(2, l);
        let other = looks(&made(3, l).await, mk(5, l), l).await;
    }
    say(l, 51);
    {
        let other = made(3, l).await.goes(mk(5, l)).await;
    }
    say(l, 52);
    {
        let first = mk(2, l);
        looks(
            &(if n == 1 { made(3, l).await } else { mk(4, l) }),
            mk(5, l),
            l,
        )
        .await;
    }
    let first = mk(2, l);
    let other = mk(3, l).goes(mk(5, l)).await;
}

/// What an awaited call borrows.
#[hicam::migratable]
async fn lent(l: &Log) -> Noted {
    let n = {
        let a = mk(1, l);
        looks(&mk(3, l), mk(5, l), l).await
    };
    say(l, 50);
    let n = {
        let a = mk(1, l);
        mk(3, l).goes(mk(5, l)).await
    };
    say(l, 51);
    let n = {
        let a = mk(1, l);
        {
            let b = mk(2, l);
            made(3, l).await.goes(mk(5, l)).await
        }
    };
    say(l, 52);
    let n = {
        let a = mk(1, l);
        looks(&made(3, l).await, made(5, l).await, l).await.id()
    };
    let a = mk(1, l);
    looks(&made(3, l).await, mk(5, l), l).await
}

#[hicam::migratable]
async fn all_lent() -> (u32, Vec<u32>) {
    let l = log();
    last_lets(1, &l).await;
    let n = lent(&l).await.id();
    (n, out(l))
}

#[derive(hicam::State)]
struct Queue {
    all: Mutex<Vec<u32>>,
    std: std::sync::Mutex<Vec<u32>>,
    log: Log,
}

#[hicam::migratable]
impl Queue {
    async fn len(&self) -> usize {
        let a = mk(1, &self.log);
        hicam::point().await;
        self.all.lock().await.len()
    }
    async fn count(&self) -> usize {
        let a = mk(1, &self.log);
        hicam::point().await;
        self.std.lock().unwrap().len()
    }
    async fn sum(&self) -> u32 {
        let a = mk(1, &self.log);
        hicam::point().await;
        self.std
            .lock()
            .unwrap()
            .iter()
            .copied()
            .filter(|n| *n > 1)
            .sum()
    }
    async fn last(self: Arc<Self>) -> Option<u32> {
        let a = mk(1, &self.log);
        hicam::point().await;
        let last = self.std.lock().unwrap().last().copied();
        last
    }
    async fn made(&self) -> u32 {
        let a = mk(1, &self.log);
        7 + made(4, &self.log).await.by(1).id()
    }
}

#[hicam::migratable]
async fn locks() -> (usize, u32, Vec<u32>) {
    let queue = Arc::new(Queue {
        all: Mutex::new(vec![1]),
        std: std::sync::Mutex::new(vec![1, 2, 3]),
        log: log(),
    });
    let mut n = queue.len().await;
    n += queue.count().await;
    let mut m = queue.sum().await;
    m += Arc::clone(&queue).last().await.unwrap();
    m += queue.made().await;
    let log = queue.log.lock().unwrap().clone();
    (n, m, log)
}

programs! {
    tails;
    tails_of_bodies: bodies();
    tails_of_blocks: all_blocks();
    tails_of_branches: all_branches(2);
    forms_of_tails: all_forms();
    lent_in_tails: all_lent();
    locks_in_tails: locks();
}
