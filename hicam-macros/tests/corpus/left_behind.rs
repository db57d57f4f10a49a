//! Values that a path leaves behind: it passes a point, and jumps out of their scope. Nothing on that path needs them, but
//! they are there until the jump. And variables that get another value while the first is still there.

#![allow(unused, reason = "values that are only dropped are the topic")]

use super::drop_order::{Log, Noted, eat, log, mk, out, say, step};
use super::{hicam, programs};

#[hicam::migratable]
async fn looks(seen: &Noted, other: Noted, l: &Log) -> Noted {
    say(l, seen.id());
    hicam::point().await;
    other
}

#[hicam::migratable]
async fn waits(n: u32, l: &Log) -> u32 {
    say(l, n);
    hicam::point().await;
    say(l, n + 1);
    n
}

#[hicam::migratable]
async fn by_return_in(l: &Log, c: u32) -> Noted {
    let q = mk(9, l);
    if c == 1 {
        let z = mk(8, l);
        return looks(&mk(3, l), mk(5, l), l).await;
    }
    q
}

#[hicam::migratable]
async fn all_by_return() -> Vec<u32> {
    let l = log();
    by_return_in(&l, 1).await;
    by_return_in(&l, 2).await;
    out(l)
}

#[hicam::migratable]
async fn needed_elsewhere(l: &Log, c: u32) -> Noted {
    let q = mk(9, l);
    step(l, 30).await;
    if c == 1 {
        waits(40, l).await;
        return mk(3, l);
    }
    q
}

#[hicam::migratable]
async fn all_where_needed_elsewhere() -> Vec<u32> {
    let l = log();
    needed_elsewhere(&l, 1).await;
    needed_elsewhere(&l, 2).await;
    out(l)
}

#[hicam::migratable]
async fn by_continue_in(l: &Log, c: u32) -> usize {
    let mut all = Vec::new();
    for i in 0..3 {
        let q = mk(i, l);
        if i == c {
            waits(40, l).await;
            continue;
        }
        all.push(q);
    }
    say(l, 50);
    all.len()
}

#[hicam::migratable]
async fn all_by_continue() -> Vec<u32> {
    let l = log();
    by_continue_in(&l, 1).await;
    out(l)
}

#[hicam::migratable]
async fn by_break_in(l: &Log, c: u32) -> u32 {
    let mut all = Vec::new();
    for i in 0..3 {
        let q = mk(i, l);
        if i == c {
            waits(40, l).await;
            break;
        }
        all.push(q);
    }
    say(l, 50);
    'a: {
        let q = mk(9, l);
        if c == 1 {
            waits(40, l).await;
            break 'a 3;
        }
        eat(q, l).await
    }
}

#[hicam::migratable]
async fn all_by_break() -> Vec<u32> {
    let l = log();
    by_break_in(&l, 1).await;
    by_break_in(&l, 2).await;
    out(l)
}

#[hicam::migratable]
async fn in_arms_in(l: &Log, c: u32) -> Noted {
    let q = mk(9, l);
    match c {
        1 => {
            waits(40, l).await;
            return mk(3, l);
        }
        2 => return looks(&mk(7, l), q, l).await,
        _ => {}
    }
    say(l, 42);
    q
}

#[hicam::migratable]
async fn all_in_arms() -> Vec<u32> {
    let l = log();
    in_arms_in(&l, 1).await;
    in_arms_in(&l, 2).await;
    in_arms_in(&l, 3).await;
    out(l)
}

#[hicam::migratable]
async fn in_an_else_in(l: &Log, c: Option<u32>) -> Noted {
    let q = mk(9, l);
    let Some(n) = c else {
        waits(40, l).await;
        return mk(3, l);
    };
    say(l, n);
    q
}

#[hicam::migratable]
async fn all_in_an_else() -> Vec<u32> {
    let l = log();
    in_an_else_in(&l, None).await;
    in_an_else_in(&l, Some(2)).await;
    out(l)
}

#[hicam::migratable]
async fn moved_in_turn_in(l: &Log, c: u32) -> Noted {
    let q = mk(9, l);
    let p = mk(8, l);
    if c == 1 {
        drop(p);
        waits(40, l).await;
        return q;
    }
    if c == 2 {
        drop(q);
        waits(40, l).await;
        return p;
    }
    drop(p);
    q
}

#[hicam::migratable]
async fn all_moved_in_turn() -> Vec<u32> {
    let l = log();
    for c in 1..4 {
        moved_in_turn_in(&l, c).await;
    }
    out(l)
}

#[hicam::migratable]
async fn a_parameter(q: Noted, l: &Log, c: u32) -> Noted {
    if c == 1 {
        waits(40, l).await;
        return mk(3, l);
    }
    q
}

#[hicam::migratable]
impl Noted {
    async fn or_another(self, l: &Log, c: u32) -> Noted {
        if c == 1 {
            waits(40, l).await;
            return mk(3, l);
        }
        self
    }
}

#[hicam::migratable]
async fn all_parameters_left() -> Vec<u32> {
    let l = log();
    for c in 1..3 {
        a_parameter(mk(9, &l), &l, c).await;
        mk(8, &l).or_another(&l, c).await;
    }
    out(l)
}

#[hicam::migratable]
async fn bound_in(l: &Log, c: Option<Noted>) -> Noted {
    let (q, p) = (mk(9, l), mk(8, l));
    match c {
        Some(r) => {
            if r.id() == 1 {
                waits(40, l).await;
                return q;
            }
            r
        }
        None => p,
    }
}

#[hicam::migratable]
async fn all_bound() -> Vec<u32> {
    let l = log();
    bound_in(&l, None).await;
    bound_in(&l, Some(mk(1, &l))).await;
    bound_in(&l, Some(mk(2, &l))).await;
    out(l)
}

#[hicam::migratable]
async fn set_again_in(l: &Log, c: u32) -> Noted {
    let mut q = mk(9, l);
    if c == 1 {
        waits(40, l).await;
        return mk(3, l);
    }
    drop(q);
    q = mk(7, l);
    if c == 2 {
        waits(40, l).await;
        return mk(3, l);
    }
    q
}

#[hicam::migratable]
async fn all_set_again() -> Vec<u32> {
    let l = log();
    for c in 1..4 {
        set_again_in(&l, c).await;
    }
    out(l)
}

#[hicam::migratable]
async fn set_in_operands_in(mut p: Noted, mut q: Noted, l: &Log) {
    let v = mk(47, l);
    waits(
        {
            p = mk(58, l);
            10
        },
        l,
    )
    .await;
    waits(
        {
            q = mk(59, l);
            drop(q);
            12
        },
        l,
    )
    .await;
    hicam::point().await;
}

#[hicam::migratable]
async fn all_set_in_operands() -> Vec<u32> {
    let l = log();
    set_in_operands_in(mk(68, &l), mk(69, &l), &l).await;
    out(l)
}

#[hicam::migratable]
async fn set_in_statements_in(mut p: Noted, mut q: Noted, c: u32, l: &Log) {
    let v = mk(47, l);
    waits(1, l).await;
    p = mk(58, l);
    waits(3, l).await;
    let n = {
        p = mk(59, l);
        5
    };
    waits(n, l).await;
    p = mk(60, l);
    drop(p);
    drop(q);
    waits(7, l).await;
    if c == 1 {
        q = mk(61, l);
        drop(q);
    }
    waits(9, l).await;
}

#[hicam::migratable]
async fn all_set_in_statements() -> Vec<u32> {
    let l = log();
    for c in 0..2 {
        set_in_statements_in(mk(68, &l), mk(69, &l), c, &l).await;
    }
    out(l)
}

programs! {
    left_behind;
    by_return: all_by_return();
    where_needed_elsewhere: all_where_needed_elsewhere();
    by_continue: all_by_continue();
    by_break: all_by_break();
    in_arms: all_in_arms();
    in_an_else: all_in_an_else();
    moved_in_turn: all_moved_in_turn();
    parameters_left: all_parameters_left();
    bound: all_bound();
    set_again: all_set_again();
    set_in_operands: all_set_in_operands();
    set_in_statements: all_set_in_statements();
}
