//! `select!` with patterns that may not match, and with `else`.

use std::collections::VecDeque;

use super::expressions::{add, fallible, noted};
use super::{hicam, programs};

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) enum Event {
    Key { code: u32, shift: bool },
    Text(String),
    Closed,
}

#[hicam::migratable]
async fn next(events: &mut VecDeque<Event>) -> Option<Event> {
    hicam::point().await;
    events.pop_front()
}

#[hicam::migratable]
async fn slowly(n: u32) -> u32 {
    for _ in 0..n {
        tokio::task::yield_now().await;
    }
    n
}

#[hicam::migratable]
async fn served(mut keys: VecDeque<Event>, mut texts: VecDeque<Event>) -> (Vec<String>, u32) {
    let mut log = Vec::new();
    let mut closed = 0;
    loop {
        tokio::select! {
            biased;
            Some(Event::Key { code, shift: true | false }) = next(&mut keys) => {
                hicam::point().await;
                log.push(format!("key {}", add(code, 1).await));
            }
            Some(Event::Text(mut text)) = next(&mut texts), if closed < 9 => {
                text.push('.');
                hicam::point().await;
                log.push(text);
            }
            else => {
                closed += slowly(2).await;
                if closed > 4 {
                    break;
                }
            }
        }
        hicam::point().await;
    }
    (log, closed)
}

#[hicam::migratable]
async fn first_that_is_right(n: u32) -> Vec<String> {
    let mut all = Vec::new();
    for i in 0..n {
        let text = tokio::select! {
            Ok(right) = fallible(i) => format!("right {right}"),
            n @ 7.. = slowly(3 + i) => format!("slow {n}"),
            else => "none".to_owned(),
        };
        hicam::point().await;
        all.push(text);
    }
    all
}

/// Preconditions are evaluated first, all of them.
#[hicam::migratable]
async fn with_preconditions(n: u32) -> (Vec<u32>, Vec<u32>) {
    let (mut all, mut log) = (Vec::new(), Vec::new());
    for i in 0..n {
        let value = tokio::select! {
            biased;
            sum = noted(i, &mut log), if slowly(i).await % 2 == 0 => sum,
            sum = add(i, 1), if i > 1 && add(i, 1).await < 5 => sum,
            else => 99,
        };
        all.push(value);
    }
    (all, log)
}

fn keys() -> VecDeque<Event> {
    let key = |code| Event::Key {
        code,
        shift: code == 2,
    };
    VecDeque::from([key(1), key(2), Event::Closed, key(3)])
}

fn texts() -> VecDeque<Event> {
    let text = |text: &str| Event::Text(text.to_owned());
    VecDeque::from([text("a"), Event::Closed, text("b")])
}

programs! {
    selects;
    events_selected: served(keys(), texts());
    preconditions_with_points: with_preconditions(7);
    the_first_that_is_right: first_that_is_right(9);
}
