//! Waits: timers with the time that remains, futures that are made again, several calls at the same time.
#![allow(clippy::unwrap_used, reason = "programs as people write them")]

use std::time::Duration;

use hicam::testing::every_point;
use tokio::time::{Instant, sleep, sleep_until, timeout};

#[hicam::migratable]
async fn nap(ms: u64, log: &mut Vec<u64>) -> u64 {
    log.push(ms);
    sleep(Duration::from_millis(ms)).await;
    log.push(ms + 1);
    ms * 2
}

#[hicam::migratable]
async fn naps(n: u64) -> (u64, Vec<u64>, u128) {
    let mut log = Vec::new();
    let mut sum = 0;
    let began = std::time::SystemTime::UNIX_EPOCH;
    for i in 0..n {
        sum += nap(i * 100, &mut log).await;
        tokio::time::sleep_until(Instant::now() + Duration::from_millis(7)).await;
    }
    sleep_until(Instant::now()).await;
    (sum, log, began.elapsed().map_or(0, |_| 0))
}

#[tokio::test(start_paused = true)]
async fn sleeps() {
    let points = every_point(|| naps(3)).await.unwrap();
    // Entry, four times the loop's head, six for each pass, two for the last.
    assert_eq!(points, 1 + 4 + 3 * 6 + 2);
}

#[hicam::migratable]
async fn limited(ms: u64) -> Vec<String> {
    let mut log = Vec::new();
    let mut seen = Vec::new();
    let result = tokio::time::timeout(Duration::from_millis(ms), nap(50, &mut log)).await;
    seen.push(format!("{:?}", result.is_ok()));
    let limit = Duration::from_millis(ms);
    if let Ok(double) = timeout(limit, nap(100, &mut log)).await {
        seen.push(format!("{double}"));
    }
    let inner = timeout(limit, sleep(limit * 2)).await.is_err();
    let foreign = timeout(limit, std::future::pending::<u8>()).await.is_err();
    let at = tokio::time::timeout_at(Instant::now() + limit, nap(ms, &mut log)).await;
    match timeout(Duration::MAX, nested(ms, &mut log)).await {
        Ok(Ok(value)) => seen.push(format!("nested {value}")),
        Ok(Err(elapsed)) => seen.push(format!("{elapsed}")),
        Err(_) => seen.push("never".to_owned()),
    }
    seen.push(format!("{inner} {foreign} {} {log:?}", at.is_ok()));
    seen
}

#[hicam::migratable]
async fn nested(ms: u64, log: &mut Vec<u64>) -> Result<u64, tokio::time::error::Elapsed> {
    let value = timeout(Duration::from_millis(ms + 50), async_nap(ms, log)).await?;
    Ok(value + 1)
}

#[hicam::migratable]
async fn async_nap(ms: u64, log: &mut Vec<u64>) -> u64 {
    nap(ms, log).await + nap(1, log).await
}

#[tokio::test(start_paused = true)]
async fn timeouts() {
    assert_eq!(
        limited(60).await,
        [
            "true",
            "nested 123",
            "true true true [50, 51, 100, 60, 61, 60, 61, 1, 2]"
        ]
    );
    let points = every_point(|| limited(60)).await.unwrap();
    assert!(points > 20, "{points}");
    every_point(|| limited(120)).await.unwrap();
}

#[hicam::migratable]
async fn reissued(n: u64) -> (u64, Vec<u64>) {
    let mut log = Vec::new();
    let notify = std::sync::Arc::new(std::sync::Mutex::new(n));
    let mut sum = 0;
    for i in 0..n {
        let one = hicam::reissue(|| {
            let mut left = notify.lock().unwrap();
            *left += 1;
            std::future::ready(*left + i)
        })
        .await;
        sum += one;
        log.push(sum);
    }
    (sum, log)
}

#[tokio::test]
async fn reissues() {
    let points = every_point(|| reissued(3)).await.unwrap();
    assert_eq!(points, 1 + 4 + 3 * 2);
}

/// A step that is not finished when it is polled for the first time.
#[hicam::migratable]
async fn step(name: u64, times: u64, log: &mut Vec<u64>) -> u64 {
    let mut sum = 0;
    for i in 0..times {
        log.push(name * 10 + i);
        tokio::task::yield_now().await;
        sum += i + name;
    }
    sum
}

#[hicam::migratable]
async fn fails(at: u64, pause: u64, log: &mut Vec<u64>) -> Result<u64, String> {
    let mut i = 0;
    loop {
        log.push(i);
        if i == at {
            return if at.is_multiple_of(2) {
                Ok(at)
            } else {
                Err(format!("at {at}"))
            };
        }
        nap(pause, log).await;
        i += 1;
    }
}

#[hicam::migratable]
async fn joined(n: u64) -> (u64, String, u64, Vec<u64>, Vec<u64>, u64) {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    let text = "x".repeat(n as usize);
    let (x, y) = tokio::join!(step(1, n, &mut a), step(2, n + 1, &mut b));
    let (twice, length, ()) = tokio::join!(
        biased;
        nap(x + y, &mut a),
        async { text.len() as u64 },
        sleep(Duration::from_millis(20)),
    );
    let mut total = twice + length;
    for i in 0..2 {
        let (p, q) = tokio::join!(deep(i + n), timeout(Duration::from_millis(15), deep(i)));
        total += p + q.unwrap_or(1000);
        b.push(total);
    }
    let sum = tokio::join!(deep(1)).0 + tokio::join!(deep(2), deep(3)).1;
    tokio::join!(step(8, 1, &mut a), step(9, 1, &mut b));
    (total, text, sum, a, b, twice)
}

#[hicam::migratable]
async fn deep(depth: u64) -> u64 {
    if depth == 0 {
        sleep(Duration::from_millis(10)).await;
        return 1;
    }
    let (left, right) = tokio::join!(Box::pin(deep(depth - 1)), Box::pin(deep(depth / 2)));
    left + right
}

#[tokio::test(start_paused = true)]
async fn joins() {
    let points = every_point(|| joined(2)).await.unwrap();
    assert!(points > 50, "{points}");
}

#[hicam::migratable]
async fn tried(n: u64) -> (Vec<Result<(u64, u64), String>>, Vec<u64>) {
    let mut results = Vec::new();
    let mut logs = Vec::new();
    for at in 0..n {
        let (mut a, mut b) = (Vec::new(), Vec::new());
        let result = tokio::try_join!(biased; fails(at, 10, &mut a), fails(2, 17, &mut b));
        results.push(result);
        logs.append(&mut a);
        logs.append(&mut b);
    }
    results.push(both(&mut logs).await);
    (results, logs)
}

#[hicam::migratable]
async fn both(log: &mut Vec<u64>) -> Result<(u64, u64), String> {
    let mut other = Vec::new();
    let (a, b) = tokio::try_join!(biased; fails(0, 10, log), fails(5, 17, &mut other))?;
    Ok((a, b))
}

#[tokio::test(start_paused = true)]
async fn try_joins() {
    let (results, _) = tried(4).await;
    assert_eq!(
        results,
        [
            Ok((0, 2)),
            Err("at 1".to_owned()),
            Ok((2, 2)),
            Err("at 3".to_owned()),
            Err("at 5".to_owned())
        ]
    );
    every_point(|| tried(4)).await.unwrap();
}

#[hicam::migratable]
async fn selected(n: u64) -> (Vec<String>, Vec<u64>) {
    let mut log = Vec::new();
    let mut seen = Vec::new();
    for i in 0..n {
        let text = tokio::select! {
            value = nap(30 * i, &mut log) => {
                hicam::point().await;
                format!("nap {value}")
            }
            () = sleep(Duration::from_millis(45)) => "slept".to_owned(),
        };
        seen.push(text);
        tokio::select! {
            biased;
            _ = sleep(Duration::from_millis(10 * i)) => seen.push(format!("first {i}")),
            (value, _) = pair(15, &mut log) => seen.push(format!("second {value} {}", nap(1, &mut Vec::new()).await)),
            never = hicam::reissue(|| std::future::pending::<u64>()) => {
                seen.push(format!("{never}"));
                break;
            }
        }
        if tokio::select! { limited = timeout(Duration::from_millis(5), nap(i, &mut log)) => limited.is_err() }
        {
            continue;
        }
        seen.push("in time".to_owned());
    }
    (seen, log)
}

#[hicam::migratable]
async fn pair(ms: u64, log: &mut Vec<u64>) -> (u64, u64) {
    (nap(ms, log).await, ms)
}

#[tokio::test(start_paused = true)]
async fn selects() {
    let points = every_point(|| selected(4)).await.unwrap();
    assert!(points > 50, "{points}");
}
