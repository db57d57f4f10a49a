//! `for` over several owned iterators: what is left of each at the loop's end is dropped in the order of the adaptors, and
//! what an adaptor has used up when it does.

#![allow(unused, reason = "values that are only dropped are the topic")]

use super::drop_order::{Log, Noted, log, mk, out, say, step};
use super::{hicam, programs};

/// An iterator of the user's own: it says when it is asked and when it ends.
#[derive(hicam::State)]
struct Counted {
    next: u32,
    end: u32,
    log: Log,
    noted: Noted,
}

impl Iterator for Counted {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        say(&self.log, 5000 + self.next);
        // After the end it would go on.
        self.next += 1;
        (self.next <= self.end || self.next > self.end + 1).then_some(self.next)
    }
    fn nth(&mut self, n: usize) -> Option<u32> {
        say(&self.log, 6000 + n as u32);
        self.next += n as u32;
        self.next()
    }
}

fn counted(end: u32, id: u32, log: &Log) -> Counted {
    Counted {
        next: 0,
        end,
        log: log.clone(),
        noted: mk(id, log),
    }
}

fn pair(first: u32, l: &Log) -> Vec<Noted> {
    vec![mk(first, l), mk(first + 1, l)]
}

#[hicam::migratable]
async fn left_of_a_chain() -> Vec<u32> {
    let l = log();
    for x in pair(1, &l).into_iter().chain(pair(3, &l)) {
        step(&l, 20).await;
        break;
    }
    step(&l, 30).await;
    for x in pair(1, &l)
        .into_iter()
        .chain(pair(3, &l).into_iter().chain(pair(5, &l)))
        .chain(pair(7, &l))
    {
        step(&l, 40).await;
        if x.id() == 3 {
            break;
        }
    }
    step(&l, 50).await;
    out(l)
}

#[hicam::migratable]
async fn left_of_a_zip() -> Vec<u32> {
    let l = log();
    for (x, y) in pair(1, &l).into_iter().zip(pair(3, &l)) {
        step(&l, 20).await;
        break;
    }
    step(&l, 30).await;
    let (a, b) = (pair(1, &l), pair(3, &l));
    for ((x, i), (y, z)) in a
        .into_iter()
        .zip(0u32..)
        .zip(b.into_iter().rev().zip(pair(5, &l).into_iter().enumerate()))
    {
        step(&l, 40).await;
        if i == 0 {
            continue;
        }
        say(&l, x.id() * 100 + y.id() * 10 + z.1.id());
        break;
    }
    step(&l, 50).await;
    for (x, y) in pair(1, &l)
        .into_iter()
        .chain(pair(3, &l))
        .zip(pair(5, &l).into_iter().chain(pair(7, &l)))
    {
        step(&l, 60).await;
        break;
    }
    out(l)
}

/// The first half of a chain is gone before the second begins, with what it has not given.
#[hicam::migratable]
async fn ended_halves() -> Vec<u32> {
    let l = log();
    for x in vec![mk(1, &l), mk(2, &l), mk(3, &l)]
        .into_iter()
        .take(2)
        .chain(pair(4, &l))
    {
        step(&l, 20).await;
    }
    step(&l, 30).await;
    for (x, y) in vec![mk(1, &l)]
        .into_iter()
        .zip(pair(3, &l))
        .chain([(mk(5, &l), mk(6, &l))])
    {
        step(&l, 40).await;
    }
    step(&l, 50).await;
    out(l)
}

#[hicam::migratable]
async fn of_the_users_own() -> Vec<u32> {
    let l = log();
    for x in counted(1, 1, &l).chain(counted(2, 2, &l)) {
        step(&l, 20).await;
    }
    for (x, y) in counted(3, 3, &l).zip(counted(2, 4, &l)) {
        step(&l, 40).await;
    }
    for (i, x) in counted(9, 5, &l).enumerate().skip(1).step_by(2).take(2) {
        step(&l, 60 + i as u32).await;
    }
    for x in counted(2, 6, &l).skip(0) {
        step(&l, 80).await;
    }
    out(l)
}

#[hicam::migratable]
async fn numbered_from_the_end() -> Vec<u32> {
    let l = log();
    for (i, x) in pair(1, &l).into_iter().enumerate().rev() {
        step(&l, 20 + i as u32).await;
        if i == 1 {
            continue;
        }
        say(&l, x.id());
    }
    for (i, x) in pair(1, &l).into_iter().enumerate().rev() {
        step(&l, 20 + i as u32).await;
        break;
    }
    for n in vec![1, 2, 3, 4, 5, 6].into_iter().skip(1).step_by(2) {
        step(&l, 100 + n).await;
    }
    out(l)
}

programs! {
    chained_heads;
    what_is_left_of_chains: left_of_a_chain();
    what_is_left_of_zips: left_of_a_zip();
    halves_that_end_before_the_loop: ended_halves();
    chained_iterators_of_the_users_own: of_the_users_own();
    numbered_items_from_the_end: numbered_from_the_end();
}
