//! Futures of other crates and of functions without attributes: they run to their end before a capture.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};

use tokio::sync::{Mutex, Semaphore, mpsc, oneshot};

use super::expressions::add;
use super::{hicam, programs};

/// Ready at the third poll.
struct Third(u32);

impl Future for Third {
    type Output = &'static str;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<&'static str> {
        self.0 += 1;
        if self.0 == 3 {
            return Poll::Ready("third");
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

async fn ordinary(text: &str, out: &mut Vec<String>) -> usize {
    tokio::task::yield_now().await;
    out.push(text.to_owned());
    tokio::task::yield_now().await;
    out.len()
}

#[hicam::migratable]
async fn unannotated(words: Vec<String>) -> (usize, Vec<String>) {
    let mut out = Vec::new();
    let mut total = 0;
    for word in words {
        total += ordinary(&word, &mut out).await;
        total += Third(0).await.len();
    }
    total += std::future::ready(100).await;
    let last = String::from("last");
    let boxed: usize = Box::pin(ordinary(&last, &mut out)).await;
    (total + boxed, out)
}

async fn doubled(i: u32) -> Result<u32, oneshot::error::RecvError> {
    let (sender, receiver) = oneshot::channel();
    tokio::spawn(async move { sender.send(i * 2) });
    receiver.await
}

#[hicam::migratable]
async fn channels(n: u32) -> Vec<u32> {
    let mut received = Vec::new();
    for i in 0..n {
        received.push(doubled(i).await.unwrap_or(0));
        let sum = tokio::spawn(async move { (0..i).sum::<u32>() }).await;
        received.push(sum.unwrap_or(99));
    }
    received
}

async fn gather(n: u32) -> Vec<u32> {
    let (sender, mut receiver) = mpsc::channel(2);
    tokio::spawn(async move {
        for i in 0..n {
            if sender.send(i).await.is_err() {
                break;
            }
        }
    });
    let mut all = Vec::new();
    while let Some(i) = receiver.recv().await {
        all.push(i);
    }
    all
}

#[hicam::migratable]
async fn gathered(n: u32) -> u32 {
    let mut sum = 0;
    for i in gather(n).await {
        sum += add(i, 1).await;
    }
    sum
}

#[hicam::migratable]
async fn locks(count: &Mutex<Vec<u32>>, permits: &Semaphore) -> Result<usize, String> {
    for i in 0..3 {
        let mut guard = count.lock().await;
        guard.push(i);
        drop(guard);
        hicam::point().await;
        {
            let _permit = permits.acquire().await.map_err(|error| error.to_string())?;
        }
        count.lock().await.push(10);
    }
    let length = count.lock().await.len();
    hicam::point().await;
    Ok(length + permits.available_permits())
}

#[hicam::migratable]
async fn locked() -> (Result<usize, String>, Vec<u32>) {
    let count = Mutex::new(vec![]);
    let length = locks(&count, &PERMITS).await;
    (length, count.into_inner())
}

static PERMITS: Semaphore = Semaphore::const_new(2);

async fn flaky(attempts: &AtomicU32) -> Result<u32, &'static str> {
    tokio::task::yield_now().await;
    match attempts.fetch_add(1, Ordering::Relaxed) {
        0 => Err("refused"),
        1 => Err("reset"),
        n => Ok(n),
    }
}

#[hicam::migratable]
async fn retried() -> (Option<u32>, Vec<String>) {
    let attempts = AtomicU32::new(0);
    let mut log = Vec::new();
    let value = loop {
        match flaky(&attempts).await {
            Ok(value) => break Some(value),
            Err("closed") => break None,
            Err(reason) => {
                log.push(reason.to_owned());
                tokio::time::sleep(std::time::Duration::from_micros(10)).await;
            }
        }
    };
    (value, log)
}

programs! {
    foreign;
    calls_without_attributes: unannotated(vec!["a".into(), "b".into()]) => (116, vec!["a".to_owned(), "b".into(), "last".into()]);
    channels_inside: channels(4) => vec![0, 0, 2, 0, 4, 1, 6, 3];
    what_a_task_sent: gathered(4) => 10;
    locks_released: locked() => (Ok(8), vec![0, 10, 1, 10, 2, 10]);
    calls_tried_again: retried() => (Some(2), vec!["refused".to_owned(), "reset".into()]);
}
