//! What the pattern of a loop does not take of an item lives until the end of the pass.

#![allow(unused, reason = "values that are only dropped are the topic")]

use super::drop_order::{Log, Noted, log, look, mk, out, say, step};
use super::{hicam, programs};

fn several(log: &Log) -> Vec<Noted> {
    vec![mk(1, log), mk(2, log)]
}

fn pairs(log: &Log) -> Vec<(u32, Noted)> {
    vec![(1, mk(1, log)), (2, mk(2, log))]
}

#[hicam::migratable]
async fn ignored() -> Vec<u32> {
    let log = log();
    for _ in several(&log) {
        let inner = mk(50, &log);
        step(&log, 10).await;
    }
    for _ in several(&log) {
        say(&log, 20);
    }
    for _ in several(&log).into_iter().rev().enumerate() {
        let inner = mk(60, &log);
        say(&log, 30);
    }
    for _ in 0..2 {
        step(&log, 40).await;
    }
    out(log)
}

#[hicam::migratable]
async fn in_part() -> Vec<u32> {
    let log = log();
    for (n, _) in pairs(&log) {
        let inner = mk(50 + n, &log);
        say(&log, 20);
    }
    for (_, noted) in pairs(&log) {
        let inner = mk(50, &log);
        look(&noted, &log).await;
    }
    for (_, _) in pairs(&log) {
        say(&log, 30);
        if log.lock().unwrap().len() % 2 == 0 {
            continue;
        }
        say(&log, 31);
    }
    out(log)
}

#[hicam::migratable]
async fn given_up() -> Vec<u32> {
    let log = log();
    let kept = several(&log);
    for _ in kept {
        step(&log, 10).await;
        break;
    }
    let found = loop {
        for (n, _) in pairs(&log) {
            if n == 2 {
                say(&log, 70);
                break;
            }
        }
        break step(&log, 80).await;
    };
    say(&log, found);
    out(log)
}

programs! {
    items_left;
    items_ignored: ignored();
    items_taken_in_part: in_part();
    items_given_up: given_up();
}
