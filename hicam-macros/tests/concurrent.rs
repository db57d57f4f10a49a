//! Waits: timers with the time that remains, futures that are made again, several calls at the same time.
#![allow(clippy::unwrap_used, reason = "programs as people write them")]

use std::time::Duration;

use hicam::testing::every_point;
use hicam::transform::{Call, CaptureFlag, Flow, Migratable, SavedFrames, Stack};
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
        let mut rounds = 0;
        let chosen = tokio::select! {
            _ = sleep(Duration::from_millis(2)), if i % 2 == 0 => "slept",
            value = nap(4, &mut log), if { rounds += 1; i > 0 } => if value == 8 { "napped" } else { "?" },
            _ = deep(2), if i > 5 => "deep",
        };
        seen.push(format!("{chosen} {rounds}"));
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

/// In braces and at the end it is the function's value.
#[hicam::migratable]
async fn raced(ms: u64) -> &'static str {
    tokio::select! {
        _ = nap(ms, &mut Vec::new()) => "napped",
        () = sleep(Duration::from_millis(5)) => "slept",
    }
}

#[tokio::test(start_paused = true)]
async fn selects() {
    assert_eq!((raced(3).await, raced(8).await), ("napped", "slept"));
    every_point(|| raced(3)).await.unwrap();
    let points = every_point(|| selected(4)).await.unwrap();
    assert!(points > 50, "{points}");
}

#[hicam::migratable]
async fn take(words: Vec<String>, log: &mut Vec<u64>) -> Result<String, String> {
    log.push(words.len() as u64);
    sleep(Duration::from_millis(5)).await;
    words.last().cloned().ok_or_else(|| "empty".to_owned())
}

#[derive(hicam::State)]
struct Office {
    base: u64,
    log: Vec<u64>,
}

#[hicam::migratable]
impl Office {
    async fn shared(&self, n: u64) -> u64 {
        nap(n, &mut Vec::new()).await + self.base
    }

    async fn own(&mut self, words: &[String]) -> u64 {
        let Office { base, .. } = *self;
        let (a, b) = tokio::join!(self.shared(base), self.shared(words.len() as u64));
        self.log.push(a);
        let (c, d) = tokio::join!(nap(b, &mut self.log), sleep(Duration::from_millis(base)));
        let () = d;
        c
    }
}

/// Arguments of every kind: moved and given back, borrowed, temporary, with points and `?` of their own.
#[hicam::migratable]
async fn arguments(n: u64) -> Result<(Vec<String>, Vec<u64>, u64), String> {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    let mut words = vec!["one".to_owned(), "two".to_owned()];
    let mut office = Office {
        base: n,
        log: Vec::new(),
    };
    let mut found = Vec::new();
    for i in 0..n {
        let (x, y) = tokio::join!(take(words, &mut a), take(vec![format!("w{i}")], &mut b));
        words = vec![x?, y?];
        found.push(words.join("-"));
        if i == 1 {
            let kept;
            (kept, _) = tokio::try_join!(
                take(vec![take(words.clone(), &mut a).await?], &mut b),
                take(
                    Vec::from([words.last().cloned().ok_or("none")?]),
                    &mut Vec::new()
                ),
            )?;
            found.push(kept);
        }
        let waited = tokio::join!(office.own(&words), async move { i }).0;
        b.push(waited);
    }
    let total = tokio::select! {
        biased;
        total = office.own(&found[1..]) => total + office.base,
        failed = take(words, &mut a) => return failed.map(|word| (vec![word], a, 0)),
    };
    a.append(&mut b);
    a.append(&mut office.log);
    Ok((found, a, total))
}

#[tokio::test(start_paused = true)]
async fn arguments_of_concurrent_calls() {
    let points = every_point(|| arguments(2)).await.unwrap();
    assert!(points > 40, "{points}");
}

/// Futures that are not calls: nothing of them is captured, so their results may be anything.
#[hicam::migratable]
async fn foreign(count: &tokio::sync::Mutex<u64>) -> u64 {
    let other = tokio::sync::Mutex::new(5);
    let sum = {
        let (one, two) = tokio::join!(count.lock(), other.lock());
        *one + *two
    };
    let first = tokio::select! {
        guard = other.lock() => *guard,
        () = std::future::pending() => 0,
    };
    nap(1, &mut Vec::new()).await + sum + first
}

#[hicam::migratable]
async fn foreigners() -> u64 {
    let count = tokio::sync::Mutex::new(2);
    foreign(&count).await
}

#[tokio::test(start_paused = true)]
async fn futures_that_are_not_calls() {
    assert_eq!(foreigners().await, 2 + 7 + 5);
    every_point(foreigners).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn without_attributes() {
    let mut log = Vec::new();
    let (a, b) = tokio::join!(nap(2, &mut log), deep(1));
    assert_eq!((a, b), (4, 2));
    let tried = tokio::try_join!(fails(0, 1, &mut log), async { Ok(3) });
    assert_eq!(tried, Ok((0, 3)));
    let value = tokio::select! {
        value = nap(10, &mut log) => value,
        () = sleep(Duration::from_secs(1)) => 0,
        value = std::future::IntoFuture::into_future(hicam::reissue(std::future::pending)) => value,
    };
    assert_eq!(value, 20);
    assert!(
        timeout(Duration::from_millis(1), nap(5, &mut log))
            .await
            .is_err()
    );
}

async fn run<D: Migratable>(call: Call<D, D::Args>, stack: &mut Stack) -> Flow<D::Output> {
    D::run(call.into_args(), stack).await
}

/// The frames in portable form and back.
fn moved(stack: &mut Stack) -> SavedFrames {
    let saved = stack.take_saved().unwrap();
    let mut capture = hicam::__private::state::Capture::new();
    let frames = saved.encode(&mut capture).unwrap();
    let (types, objects) = capture.finish().unwrap();
    let restore = hicam::__private::state::Restore::new(std::sync::Arc::new(types), objects);
    SavedFrames::from_encoded(frames, restore)
}

#[hicam::migratable]
async fn long(seconds: u64) -> u64 {
    let limit = Duration::from_secs(seconds);
    let (_, in_time) = tokio::join!(sleep(limit), timeout(limit / 2, sleep(limit)));
    u64::from(in_time.is_ok())
}

/// A capture in the middle of a wait stops it at once; what remains of it is waited for after the restore.
#[tokio::test(start_paused = true)]
async fn the_remaining_time_is_kept() {
    let flag = CaptureFlag::leaked();
    let began = Instant::now();
    let mut stack = Stack::new(flag);
    let capture = async {
        sleep(Duration::from_secs(4)).await;
        flag.set();
    };
    let (flow, ()) = tokio::join!(run(long(10), &mut stack), capture);
    assert_eq!(flow, Flow::Suspended);
    assert_eq!(began.elapsed(), Duration::from_secs(4));
    let frames = moved(&mut stack);
    sleep(Duration::from_secs(100)).await;

    // Verified, without waiting and without running what follows.
    let began = Instant::now();
    let mut stack = Stack::resume(flag, frames);
    assert_eq!(run(long(10), &mut stack).await, Flow::Suspended);
    let frames = stack.take_saved().unwrap();
    assert_eq!(
        frames.describe()[1..],
        [
            "tokio::time::sleep",
            "tokio::time::timeout",
            "tokio::time::sleep"
        ]
    );
    assert_eq!(began.elapsed(), Duration::ZERO);

    flag.clear();
    let mut stack = Stack::resume(flag, frames);
    assert_eq!(run(long(10), &mut stack).await, Flow::Done(0));
    assert_eq!(began.elapsed(), Duration::from_secs(6));
}

#[hicam::migratable]
async fn give(sender: &tokio::sync::watch::Sender<u64>, gate: &tokio::sync::Notify) {
    hicam::reissue(|| gate.notified()).await;
    sender.send_replace(7);
}

#[hicam::migratable]
async fn exchange(
    sender: &tokio::sync::watch::Sender<u64>,
    receiver: &mut tokio::sync::watch::Receiver<u64>,
    gate: &tokio::sync::Notify,
) -> u64 {
    let (found, ()) = tokio::join!(
        async { receiver.changed().await.is_ok() },
        give(sender, gate)
    );
    u64::from(found) + 1
}

/// One branch waits for another that rests for a capture: it goes on when the capture is given up.
#[tokio::test(start_paused = true)]
async fn a_capture_that_is_given_up() {
    let flag = CaptureFlag::leaked();
    let (sender, mut receiver) = tokio::sync::watch::channel(0);
    let gate = tokio::sync::Notify::new();
    let mut stack = Stack::new(flag);
    let attempt = async {
        for _ in 0..2 {
            sleep(Duration::from_secs(1)).await;
            flag.set();
            sleep(Duration::from_secs(1)).await;
            flag.clear();
        }
        gate.notify_one();
    };
    let (flow, ()) = tokio::join!(
        run(exchange(&sender, &mut receiver, &gate), &mut stack),
        attempt
    );
    assert_eq!(flow, Flow::Done(2));
}
