//! Tasks started with `hicam::spawn`, whose handles are awaited later.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::expressions::add;
use super::{hicam, programs};

#[hicam::migratable]
async fn work(n: u32) -> u32 {
    let mut sum = 0;
    for i in 0..n {
        sum += add(i, 1).await;
    }
    sum
}

#[hicam::migratable]
async fn in_the_background(n: u32) -> Vec<u32> {
    let first = hicam::spawn(work(n));
    let own = work(2).await;
    let mut handles = Vec::new();
    for i in 0..n {
        handles.push(hicam::spawn(work(i)));
    }
    let mut out = vec![own];
    for handle in handles {
        out.push(handle.await.unwrap());
        hicam::point().await;
    }
    out.push(first.await.unwrap());
    out
}

type Log = Arc<Mutex<Vec<u32>>>;

/// Pushes its own numbers, whoever else holds the log.
#[hicam::migratable]
async fn note(log: Log, from: u32, count: u32) {
    for i in 0..count {
        log.lock().unwrap().push(from + i);
        hicam::point().await;
    }
}

#[hicam::migratable]
async fn one_log() -> Vec<u32> {
    let log = Log::default();
    let first = hicam::spawn(note(log.clone(), 10, 3));
    let second = hicam::spawn(note(log.clone(), 20, 2));
    second.await.unwrap();
    log.lock().unwrap().push(1);
    hicam::point().await;
    first.await.unwrap();
    let mut seen = log.lock().unwrap().clone();
    seen.sort();
    seen
}

/// Nobody waits for the tasks but through what they do.
#[hicam::migratable]
async fn detached(n: u32) -> usize {
    let log = Log::default();
    for i in 0..n {
        drop(hicam::spawn(note(log.clone(), i, 2)));
    }
    loop {
        let seen = log.lock().unwrap().len();
        if seen == 2 * n as usize {
            return seen;
        }
        tokio::time::sleep(Duration::from_micros(100)).await;
    }
}

#[derive(hicam::State)]
struct Job {
    name: String,
    handle: Option<hicam::JoinHandle<u32>>,
}

#[hicam::migratable]
async fn in_fields(names: Vec<String>) -> Vec<(String, u32)> {
    let mut jobs = Vec::new();
    for name in names {
        let handle = Some(hicam::spawn(work(name.len() as u32)));
        jobs.push(Job { name, handle });
    }
    let mut done = Vec::new();
    while let Some(mut job) = jobs.pop() {
        hicam::point().await;
        if let Some(handle) = job.handle.take() {
            let sum = handle.await.unwrap();
            done.push((job.name, sum));
        }
    }
    done
}

#[hicam::migratable]
async fn middle(n: u32) -> Vec<u32> {
    let handles: Vec<_> = (0..n).map(|i| hicam::spawn(work(i))).collect();
    let mut sums = Vec::new();
    for handle in handles {
        sums.push(handle.await.unwrap());
    }
    sums
}

#[hicam::migratable]
async fn outer(n: u32) -> Vec<u32> {
    let middle = hicam::spawn(middle(n));
    hicam::point().await;
    middle.await.unwrap()
}

#[hicam::migratable]
async fn name(kind: &'static str) -> &'static str {
    hicam::point().await;
    kind
}

#[hicam::migratable]
async fn named() -> &'static str {
    let handle = hicam::spawn(name("name"));
    hicam::point().await;
    hicam::point().await;
    handle.await.unwrap()
}

#[hicam::migratable]
async fn fails(n: u32) -> u32 {
    hicam::point().await;
    assert!(n == 0, "it is {n}");
    n
}

#[hicam::migratable]
async fn one_fails() -> (u32, String, bool) {
    let good = hicam::spawn(fails(0));
    let bad = hicam::spawn(fails(3));
    let error = bad.await.unwrap_err();
    hicam::point().await;
    let panicked = error.is_panic();
    let value = good.await.unwrap();
    hicam::point().await;
    let payload = error.try_into_panic().unwrap();
    let text = payload.downcast_ref::<String>().unwrap().clone();
    (value, text, panicked)
}

#[hicam::migratable]
async fn sleeps_long() -> u32 {
    tokio::time::sleep(Duration::from_secs(3600)).await;
    1
}

#[hicam::migratable]
async fn aborted() -> (bool, bool) {
    let long = hicam::spawn(sleeps_long());
    hicam::point().await;
    let before = long.is_finished();
    long.abort();
    hicam::point().await;
    let error = long.await.unwrap_err();
    (before, error.is_cancelled())
}

/// The first that ends; the other goes on.
#[hicam::migratable]
async fn races() -> (u32, bool) {
    let slow = hicam::spawn(sleeps_long());
    let quick = hicam::spawn(work(3));
    let first = tokio::select! {
        value = quick => value.unwrap(),
        () = tokio::time::sleep(Duration::from_secs(60)) => 0,
    };
    let over = slow.is_finished();
    slow.abort();
    (first, over)
}

/// Waits for a task by reference, for a while at a time.
#[hicam::migratable]
async fn by_and_by() -> (u32, bool) {
    let mut task = hicam::spawn(work(4));
    let mut looked = 0;
    let value = loop {
        tokio::select! {
            value = hicam::reissue(|| &mut task) => break value.unwrap(),
            () = tokio::time::sleep(Duration::from_millis(1)) => looked += 1,
        }
    };
    (value, looked < 1000)
}

#[hicam::migratable]
async fn joined() -> (u32, u32) {
    let one = hicam::spawn(work(1));
    let two = hicam::spawn(work(2));
    let (one, two) = tokio::join!(one, two);
    (one.unwrap(), two.unwrap())
}

struct Worker {
    factor: u32,
}

#[hicam::migratable]
impl Worker {
    async fn times(factor: u32, n: u32) -> u32 {
        factor * work(n).await
    }
}

#[hicam::migratable]
async fn of_a_type() -> u32 {
    let worker = Worker { factor: 3 };
    let handle = hicam::spawn(Worker::times(worker.factor, 2));
    hicam::point().await;
    handle.await.unwrap()
}

programs! {
    spawned;
    tasks_spawned: in_the_background(4) => vec![3, 0, 1, 3, 6, 10];
    tasks_that_share: one_log() => vec![1, 10, 11, 12, 20, 21];
    tasks_without_handles: detached(3) => 6;
    handles_in_fields: in_fields(vec!["a".to_owned(), "abc".to_owned()])
        => vec![("abc".to_owned(), 6), ("a".to_owned(), 1)];
    tasks_of_tasks: outer(3) => vec![0, 1, 3];
    a_static_value: named() => "name";
    a_task_that_panics: one_fails() => (0, "it is 3".to_owned(), true);
    a_task_that_is_aborted: aborted() => (false, true);
    a_task_and_a_timer: races() => (6, false);
    a_task_by_reference: by_and_by() => (10, true);
    handles_joined: joined() => (1, 3);
    a_method: of_a_type() => 9;
}
