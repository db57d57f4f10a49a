//! What a branch holds that has lost is dropped when the `select!` is decided, each call's before its caller's, the last made
//! first; also where the branch was restored and never polled again.

#![allow(unused, reason = "values that are only dropped are the topic")]

use std::time::Duration;

use super::drop_order::{Log, Noted, eat, log, mk, out, say, step};
use super::{hicam, programs};

#[hicam::migratable]
async fn chosen(log: &Log) -> u32 {
    let chosen = tokio::select! {
        biased;
        first = eat(mk(1, log), log) => first,
        second = eat(mk(2, log), log) => second,
    };
    step(log, 20).await + chosen
}

#[hicam::migratable]
async fn lost() -> Vec<u32> {
    let log = log();
    chosen(&log).await;
    out(log)
}

/// Holds several, in its own frame and in that of its callee.
#[hicam::migratable]
async fn holds(n: u32, log: &Log) -> u32 {
    let first = mk(n, log);
    let second = mk(n + 1, log);
    let rounds = deeper(n + 2, log).await;
    say(log, first.id() + second.id());
    rounds
}

#[hicam::migratable]
async fn deeper(n: u32, log: &Log) -> u32 {
    let third = mk(n, log);
    let mut fourth = mk(n + 1, log);
    for round in 0..40 {
        tokio::task::yield_now().await;
        fourth.set(n + 1);
    }
    third.id() + fourth.id()
}

/// Some of what it holds is moved on a later path, so that it rests elsewhere than what is not.
#[hicam::migratable]
async fn mixed(n: u32, log: &Log) -> u32 {
    let first = mk(n, log);
    let mut second = mk(n + 1, log);
    let third = mk(n + 2, log);
    let mut fourth = mk(n + 3, log);
    for round in 0..40u32 {
        tokio::task::yield_now().await;
        if round == 20 {
            eat(fourth, log).await;
            fourth = mk(n + 10, log);
        }
        if round == 21 {
            eat(second, log).await;
            second = mk(n + 20, log);
        }
    }
    first.id() + third.id()
}

#[hicam::migratable]
async fn short(log: &Log) -> u32 {
    let mine = mk(7, log);
    for _ in 0..4 {
        tokio::task::yield_now().await;
    }
    mine.id()
}

#[hicam::migratable]
async fn several() -> Vec<u32> {
    let log = log();
    let chosen = tokio::select! {
        biased;
        first = holds(100, &log) => first,
        second = short(&log) => second,
        third = holds(200, &log) => third,
        fourth = mixed(300, &log) => fourth,
    };
    step(&log, chosen).await;
    out(log)
}

#[hicam::migratable]
async fn last_wins() -> Vec<u32> {
    let log = log();
    let chosen = tokio::select! {
        biased;
        first = holds(100, &log) => first,
        third = mixed(200, &log) => third,
        second = short(&log) => { say(&log, 5); second }
    };
    step(&log, chosen).await;
    out(log)
}

#[hicam::migratable]
async fn wrong(log: &Log) -> Result<u32, u32> {
    let mine = mk(7, log);
    for _ in 0..4 {
        tokio::task::yield_now().await;
    }
    Err(mine.id())
}

#[hicam::migratable]
async fn right(n: u32, log: &Log) -> Result<u32, u32> {
    let mine = mk(n, log);
    Ok(holds(n + 1, log).await)
}

#[hicam::migratable]
async fn tried() -> Vec<u32> {
    let log = log();
    let all = tokio::try_join!(right(100, &log), wrong(&log), right(200, &log));
    say(&log, all.unwrap_err());
    out(log)
}

#[hicam::migratable]
async fn long(n: u32, log: &Log) -> u32 {
    let first = mk(n, log);
    let second = mk(n + 1, log);
    for _ in 0..1000 {
        tokio::time::sleep(Duration::from_secs(3600)).await;
    }
    first.id() + second.id()
}

#[hicam::migratable]
async fn elapsed() -> Vec<u32> {
    let log = log();
    let ended = tokio::time::timeout(Duration::from_millis(1), long(1, &log)).await;
    say(&log, u32::from(ended.is_err()));
    step(&log, 20).await;
    out(log)
}

/// The same, which comes to its end.
#[hicam::migratable]
async fn ends() -> Vec<u32> {
    let log = log();
    mixed(1, &log).await;
    out(log)
}

/// What a disabled branch was given is dropped when the `select!` is decided, in its turn.
#[hicam::migratable]
async fn disabled(enabled: bool) -> (Vec<u32>, usize) {
    let log = log();
    let mut task = hicam::spawn(asleep());
    let first = mk(1, &log);
    let chosen = tokio::select! {
        biased;
        count = looked(&first, &log, vec![1, 2]), if enabled => count,
        count = texts(vec!["a".to_owned(), "b".to_owned()]), if !enabled => count,
        _ = tokio::time::sleep(Duration::from_secs(60)), if enabled => 0,
        done = hicam::reissue(|| &mut task), if enabled => done.unwrap(),
        else => 7,
    };
    step(&log, 30).await;
    task.abort();
    (out(log), chosen)
}

#[hicam::migratable]
async fn asleep() -> usize {
    tokio::time::sleep(Duration::from_secs(60)).await;
    1
}

#[hicam::migratable]
async fn looked(noted: &Noted, log: &Log, all: Vec<u32>) -> usize {
    for one in &all {
        tokio::task::yield_now().await;
        say(log, *one + noted.id());
    }
    all.len()
}

#[hicam::migratable]
async fn texts(all: Vec<String>) -> usize {
    hicam::point().await;
    all.iter().map(String::len).sum()
}

#[hicam::migratable]
async fn given(first: Noted, second: Noted, log: &Log) -> u32 {
    for _ in 0..9 {
        tokio::task::yield_now().await;
    }
    id(&first) + id(&second)
}

fn id(noted: &Noted) -> u32 {
    noted.id()
}

/// The second call is not begun when the first one ends: what it was given is dropped in its order.
#[hicam::migratable]
async fn not_begun() -> Vec<u32> {
    let log = log();
    let chosen = tokio::select! {
        biased;
        first = step(&log, 10) => first,
        second = given(mk(1, &log), mk(2, &log), &log) => second,
    };
    say(&log, chosen);
    out(log)
}

programs! {
    lost_branches;
    a_branch_that_has_lost: lost();
    several_branches_that_have_lost: several();
    the_last_branch_wins: last_wins();
    branches_beside_an_error: tried();
    a_call_that_took_too_long: elapsed();
    what_rests_in_several_ways: ends();
    a_branch_that_has_not_begun: not_begun();
    a_branch_that_is_on: disabled(true);
    a_branch_that_is_off: disabled(false);
}
