//! Drops: early, at the end of a scope, on some paths only, and of values that are never mentioned again.

use super::moves::take_len;
use std::sync::Arc;

use super::{hicam, programs};

#[hicam::migratable]
async fn dropped_early(n: usize) -> (usize, Vec<u8>) {
    let big = vec![7_u8; n];
    let length = big.len();
    drop(big);
    hicam::point().await;
    let kept = vec![1_u8; 2];
    let unused = vec![2_u8; 2];
    hicam::point().await;
    let _ = unused;
    let _also_unused = String::from("x");
    hicam::point().await;
    (length, kept)
}

#[hicam::migratable]
async fn dropped_in_blocks(n: u32) -> Vec<u32> {
    let mut log = Vec::new();
    for i in 0..n {
        let sum = {
            let list: Vec<u32> = (0..i).collect();
            hicam::point().await;
            let total = list.iter().sum::<u32>();
            let _text = total.to_string();
            hicam::point().await;
            total
        };
        {
            let _scoped = vec![sum];
            hicam::point().await;
        }
        log.push(sum);
    }
    log
}

#[hicam::migratable]
async fn dropped_on_some_paths(inputs: Vec<u32>) -> (u32, Vec<Vec<u32>>) {
    let mut total = 0;
    let mut kept = Vec::new();
    for input in inputs {
        let list: Vec<u32> = (0..input).collect();
        if input % 3 == 0 {
            drop(list);
            hicam::point().await;
            continue;
        }
        if input % 3 == 1 {
            total += take_len(list).await;
        } else {
            hicam::point().await;
            kept.push(list);
        }
        hicam::point().await;
    }
    (total, kept)
}

#[hicam::migratable]
async fn overwritten(n: u32) -> Vec<String> {
    let mut log = Vec::new();
    let mut current = String::new();
    for i in 0..n {
        current = format!("{}{i}", current.len());
        hicam::point().await;
        if i % 2 == 0 {
            log.push(current);
            current = String::from("--");
        }
        hicam::point().await;
    }
    log
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) enum Held {
    Nothing,
    Text(String),
    List(Vec<Held>),
}

#[hicam::migratable]
async fn replaced(depth: u32) -> (Held, u32) {
    let mut held = Held::Nothing;
    let mut replaced = 0;
    for level in 0..depth {
        let old = std::mem::replace(&mut held, Held::Text(level.to_string()));
        hicam::point().await;
        held = match old {
            Held::Nothing => Held::List(vec![]),
            Held::Text(text) => {
                hicam::point().await;
                Held::List(vec![Held::Text(text)])
            }
            Held::List(mut list) => {
                list.push(held);
                hicam::point().await;
                replaced += list.len() as u32;
                Held::List(list)
            }
        };
    }
    (held, replaced)
}

type Holder = Arc<u32>;

fn counted(holder: Holder) -> usize {
    Arc::strong_count(&holder)
}

fn held(shared: &Holder) -> (Holder, Holder) {
    (Arc::clone(shared), Arc::clone(shared))
}

fn count(holder: &Holder) -> usize {
    Arc::strong_count(holder)
}

/// A holder that is moved on one path, and lasts on the other though nothing mentions it there any more.
#[hicam::migratable]
async fn moved_on_one_path(n: u32) -> Vec<usize> {
    let shared = Arc::new(n);
    let (first, second) = held(&shared);
    hicam::point().await;
    let mut counts = vec![count(&first)];
    if n > 3 {
        hicam::point().await;
        counts.push(counted(first));
        drop(second);
    } else if n > 2 {
        hicam::point().await;
        counts.push(count(&second));
        hicam::point().await;
        counts.push(count(&shared));
    } else {
        counts.push(count(&first));
        for _ in 0..2 {
            counts.push(count(&shared));
        }
    }
    hicam::point().await;
    counts.push(count(&shared));
    counts
}

#[hicam::migratable]
async fn length(text: String) -> usize {
    text.len()
}

/// A holder that is borrowed for the last time by what a call is made of, or by a loop.
#[hicam::migratable]
async fn borrowed_last(n: usize) -> Vec<usize> {
    let shared = Arc::new(n);
    let mut counts = Vec::new();
    {
        let list = vec![Arc::clone(&shared); n];
        let other = Some(Arc::clone(&shared));
        hicam::point().await;
        if n > 3 {
            drop(other);
            drop(list);
        } else {
            counts.push(length(format!("{other:?}")).await);
            hicam::point().await;
            for held in &list {
                counts.push(Arc::strong_count(held));
            }
            counts.push(Arc::strong_count(&shared));
        }
        hicam::point().await;
        counts.push(Arc::strong_count(&shared));
    }
    hicam::point().await;
    counts.push(Arc::strong_count(&shared));
    counts
}

/// A loop that borrows it is left by a jump, and nothing mentions it then.
#[hicam::migratable]
async fn left_by_a_jump(n: u32) -> Vec<usize> {
    let shared = Arc::new(n);
    let list = vec![Arc::clone(&shared), Arc::clone(&shared)];
    let mut counts = Vec::new();
    hicam::point().await;
    if n > 3 {
        drop(list);
    } else {
        'outer: for round in 0..3 {
            for held in &list {
                counts.push(count(&shared));
                hicam::point().await;
                if round == n {
                    break 'outer;
                }
                counts.push(Arc::strong_count(held) + 10);
            }
        }
        hicam::point().await;
        counts.push(count(&shared) + 20);
    }
    hicam::point().await;
    counts.push(count(&shared) + 30);
    counts
}

#[derive(Debug, Default, hicam::State)]
pub(crate) struct Tally {
    total: u32,
}

#[hicam::migratable]
impl Tally {
    async fn add(&mut self, n: u32) -> u32 {
        self.total += n;
        hicam::point().await;
        self.total
    }
}

fn total(tally: &Tally) -> u32 {
    tally.total
}

/// On one path it is only borrowed and lasts; on the other a call needs it that nothing follows.
#[hicam::migratable]
async fn called_last(n: u32) -> (u32, u32) {
    let mut tally = Tally::default();
    hicam::point().await;
    if n > 2 {
        let sum = tally.add(n).await + tally.add(1).await;
        tally = Tally::default();
        hicam::point().await;
        return (sum, tally.add(2).await);
    }
    let sum = total(&tally);
    hicam::point().await;
    (sum, n)
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) enum Task {
    One(Arc<u32>),
    Both { first: Arc<u32>, second: Arc<u32> },
    Nothing,
}

/// What each arm takes wholly leaves nothing behind.
#[hicam::migratable]
async fn taken_apart(tasks: Vec<Task>, shared: Arc<u32>) -> Vec<usize> {
    let mut counts = Vec::new();
    for task in tasks {
        let rest = Some(Arc::clone(&shared));
        hicam::point().await;
        let sum = match task {
            Task::One(one) if *one > 5 => {
                hicam::point().await;
                count(&one)
            }
            Task::One(one) => count(&one) + 10,
            Task::Both { first, second } => {
                drop(first);
                hicam::point().await;
                count(&second)
            }
            Task::Nothing => {
                hicam::point().await;
                0
            }
        };
        hicam::point().await;
        counts.push(sum);
        if let Some(rest) = rest {
            hicam::point().await;
            counts.push(count(&rest));
        }
        hicam::point().await;
    }
    counts
}

#[hicam::migratable]
async fn tasks_taken_apart(n: u32) -> Vec<usize> {
    let shared = Arc::new(n);
    let tasks = vec![
        Task::One(Arc::clone(&shared)),
        Task::Nothing,
        Task::Both {
            first: Arc::clone(&shared),
            second: Arc::clone(&shared),
        },
    ];
    taken_apart(tasks, Arc::clone(&shared)).await
}

programs! {
    drops;
    drops_before_points: dropped_early(3) => (3, vec![1, 1]);
    drops_of_blocks: dropped_in_blocks(4) => vec![0, 0, 1, 3];
    drops_on_some_paths: dropped_on_some_paths(vec![3, 4, 5, 7, 2]);
    drops_by_assignment: overwritten(4) => vec!["00".to_owned(), "22".into()];
    values_replaced: replaced(5);
    a_holder_moved: moved_on_one_path(4) => vec![3, 3, 1];
    a_holder_that_lasts: moved_on_one_path(3) => vec![3, 3, 3, 3];
    a_holder_in_a_loop: moved_on_one_path(2) => vec![3, 3, 3, 3, 3];
    holders_dropped: borrowed_last(4) => vec![1, 1];
    holders_borrowed_last: borrowed_last(2);
    large_tasks: tasks_taken_apart(6) => vec![6, 5, 0, 5, 4, 3];
    small_tasks: tasks_taken_apart(2);
    a_call_that_is_last: called_last(3) => (7, 2);
    a_borrow_that_is_last: called_last(1) => (0, 1);
    a_loop_left: left_by_a_jump(1) => vec![3, 13, 3, 13, 3, 23, 33];
    no_loop_to_leave: left_by_a_jump(4) => vec![31];
}
