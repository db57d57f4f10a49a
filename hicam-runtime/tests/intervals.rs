//! Intervals: they tick as tokio's do, and keep what remains until their next tick.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::future::poll_fn;
use std::time::Duration;

use hicam::time::{Instant, Interval, MissedTickBehavior, interval, interval_at};
use hicam_state::{DecodeErrorKind, TypeTable, Value, json};

const HOUR: Duration = Duration::from_secs(3600);

fn travelled(interval: &Interval) -> Interval {
    let mut types = TypeTable::new();
    let value = Value::of(interval, &mut types).unwrap();
    value.get(&types).unwrap()
}

/// When the next tick is due, from now; negative if it is overdue.
async fn due(interval: &mut Interval) -> f64 {
    let now = Instant::now();
    // A second tick that is not due leaves the interval as it is.
    let mut probe = travelled(interval);
    let ready = poll_fn(|cx| std::task::Poll::Ready(probe.poll_tick(cx))).await;
    match ready {
        std::task::Poll::Ready(at) => -now.saturating_duration_since(at).as_secs_f64(),
        std::task::Poll::Pending => {
            let mut types = TypeTable::new();
            let value = Value::of(&probe, &mut types).unwrap();
            let shown = json::value(&types, &value).unwrap();
            shown["remaining"]["secs"].as_f64().unwrap()
        }
    }
}

#[tokio::test]
async fn what_remains_is_kept() {
    let mut later = interval_at(Instant::now() + HOUR, Duration::from_secs(7));
    later.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut restored = travelled(&later);
    assert_eq!(restored.period(), Duration::from_secs(7));
    assert_eq!(restored.missed_tick_behavior(), MissedTickBehavior::Delay);
    let remaining = due(&mut restored).await;
    assert!((3590.0..=3600.0).contains(&remaining), "{remaining}");

    // Ticks that nobody has waited for yet are still due.
    let mut burst = interval(Duration::from_millis(20));
    burst.tick().await;
    std::thread::sleep(Duration::from_millis(70));
    let mut restored = travelled(&burst);
    let overdue = due(&mut restored).await;
    assert!((-20.0..=-0.04).contains(&overdue), "{overdue}");
    let began = Instant::now();
    for _ in 0..3 {
        restored.tick().await;
    }
    assert!(began.elapsed() < Duration::from_millis(15), "three are due");
}

#[tokio::test]
async fn damaged_intervals_are_refused() {
    let mut types = TypeTable::new();
    let value = Value::of(&interval(HOUR), &mut types).unwrap();
    for at in [24..36, value.bytes.len() - 4..value.bytes.len()] {
        let mut damaged = value.clone();
        let byte = if at.start == 24 { 0 } else { 0xff };
        damaged.bytes[at].fill(byte);
        let error = damaged.get::<Interval>(&types).unwrap_err();
        assert!(
            matches!(error.kind(), DecodeErrorKind::Invalid { .. }),
            "{error}"
        );
    }
}

/// The distances between ticks, in periods, where the second one is late.
macro_rules! distances {
    ($timer:expr, $period:expr) => {{
        let mut timer = $timer;
        let mut dues = vec![timer.tick().await];
        std::thread::sleep($period * 7 / 2);
        for _ in 0..3 {
            dues.push(timer.tick().await);
        }
        let periods = |pair: &[Instant]| {
            let distance = pair[1] - pair[0];
            distance.as_secs_f64() / $period.as_secs_f64()
        };
        dues.windows(2).map(periods).collect::<Vec<_>>()
    }};
}

#[tokio::test]
async fn missed_ticks_are_as_those_of_tokio() {
    let period = Duration::from_millis(100);
    for missed in [
        MissedTickBehavior::Burst,
        MissedTickBehavior::Delay,
        MissedTickBehavior::Skip,
    ] {
        let mut ours = interval(period);
        ours.set_missed_tick_behavior(missed);
        let ours = distances!(ours, period);
        let mut theirs = tokio::time::interval(period);
        theirs.set_missed_tick_behavior(missed);
        let theirs = distances!(theirs, period);
        // A busy machine wakes either late. How the behaviors differ is half a period at least.
        let same = ours.iter().zip(&theirs).all(|(a, b)| (a - b).abs() < 0.4);
        assert!(same, "{missed:?}: {ours:?} instead of {theirs:?}");
    }
}

#[tokio::test]
async fn an_interval_can_be_reset() {
    let mut timer = interval_at(Instant::now() + HOUR, HOUR);
    timer.reset_immediately();
    let began = Instant::now();
    timer.tick().await;
    timer.reset_after(Duration::from_millis(5));
    timer.tick().await;
    timer.reset_at(Instant::now() + Duration::from_millis(5));
    timer.tick().await;
    assert!(began.elapsed() >= Duration::from_millis(10));
    timer.reset();
    let remaining = due(&mut timer).await;
    assert!((3590.0..=3600.0).contains(&remaining), "{remaining}");
}
