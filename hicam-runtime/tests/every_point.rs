//! The harness for users' own tests: its options, its report, and that it finds what is wrong.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::sync::Mutex;

use hicam::testing::{EveryPoint, PointFailure, every_point};
use hicam::transform::PointKind;
use serde::{Deserialize, Serialize};

#[hicam::migratable]
async fn total(rows: Vec<Vec<u64>>) -> u64 {
    let mut total = 0;
    for row in &rows {
        total += sum(row).await;
    }
    total
}

#[hicam::migratable]
async fn sum(row: &[u64]) -> u64 {
    let mut sum = 0;
    for value in row {
        sum += value;
    }
    if sum > 1000 {
        hicam::point().await;
    }
    sum
}

fn rows() -> Vec<Vec<u64>> {
    vec![vec![1, 2], vec![], vec![3]]
}

#[tokio::test]
async fn the_report_has_every_point_of_the_source() {
    let report = EveryPoint::new(|| total(rows())).run().await.unwrap();
    let passed = every_point(|| total(rows())).await.unwrap();
    assert_eq!(report.passed(), passed);
    assert_eq!(report.runs(), passed);
    assert_eq!(report.captures(), passed);
    let shown: Vec<String> = report
        .points()
        .iter()
        .map(|point| {
            let name = point.function.rsplit("::").next().unwrap();
            format!(
                "{name} {:?} {} {}",
                point.kind, point.passed, point.captured
            )
        })
        .collect();
    // Three rows of 2, 0 and 1 values: in `sum` there are 3 entries and 3 + 1 + 2 heads of its loop.
    let expected = [
        "total Entry 1 1",
        "total Loop 4 4",
        "total BeforeAwait 3 3",
        "total InCall 0 9",
        "sum Entry 3 3",
        "sum Loop 6 6",
        "sum BeforeAwait 0 0",
        "sum InCall 0 0",
    ];
    assert_eq!(shown, expected);
    let unreached: Vec<_> = report.unreached().map(|point| point.kind).collect();
    assert_eq!(unreached, [PointKind::BeforeAwait]);
    let text = report.to_string();
    assert!(text.contains("every_point::sum ("), "{text}");
    assert!(text.contains("tests/every_point.rs:"), "{text}");
}

#[tokio::test]
async fn samples_have_the_first_point_and_the_last() {
    let all = EveryPoint::new(|| total(rows())).run().await.unwrap();
    let some = EveryPoint::new(|| total(rows()))
        .sample(2)
        .run()
        .await
        .unwrap();
    assert_eq!((some.passed(), some.runs()), (all.passed(), 2));
    let captured: Vec<_> = some
        .points()
        .iter()
        .filter(|point| point.captured > 0)
        .map(|point| point.kind)
        .collect();
    assert_eq!(captured, [PointKind::Entry, PointKind::Loop]);
}

#[tokio::test]
async fn one_run_can_be_captured_at_each_of_its_points() {
    let report = EveryPoint::new(|| total(rows()))
        .captures(u64::MAX)
        .run()
        .await
        .unwrap();
    let passed = report.passed();
    assert_eq!(report.captures(), passed * (passed + 1) / 2);
    for point in report.points() {
        assert!(point.captured >= point.passed, "{point}");
    }
    let three = EveryPoint::new(|| total(rows()))
        .sample(2)
        .captures(3)
        .run()
        .await
        .unwrap();
    // Three in the run that begins at the first point; one in that which begins at the last.
    assert_eq!(three.captures(), 4);
}

/// Forgets a part of itself when it is captured.
#[derive(Serialize, Deserialize)]
struct Forgetful {
    kept: u32,
    #[serde(skip)]
    lost: u32,
}

#[hicam::migratable]
async fn forgets(value: Forgetful) -> u32 {
    hicam::point().await;
    value.kept + value.lost
}

#[tokio::test]
async fn a_result_that_differs_is_found() {
    let failure = every_point(|| forgets(Forgetful { kept: 1, lost: 2 }))
        .await
        .unwrap_err();
    let text = failure.to_string();
    let PointFailure::Differs {
        captured,
        expected,
        found,
    } = failure
    else {
        unreachable!("{text}");
    };
    assert_eq!(
        (captured.points, expected.as_str(), found.as_str()),
        (vec![0], "3", "1")
    );
    assert!(
        text.starts_with("captured after 0 points in every_point::forgets ("),
        "{text}"
    );
}

static DROPPED: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// Writes its drop into a log, so that a capture, which drops it and makes it again, shows there.
#[derive(Serialize, Deserialize)]
struct Logged(u32);

impl Drop for Logged {
    fn drop(&mut self) {
        DROPPED.lock().unwrap().push(self.0);
    }
}

#[hicam::migratable]
async fn drops(n: u32) -> u32 {
    let logged = Logged(n);
    hicam::point().await;
    logged.0
}

#[tokio::test]
async fn effects_that_differ_are_found() {
    let failure = EveryPoint::new(|| drops(7))
        .effects(|| std::mem::take(&mut *DROPPED.lock().unwrap()))
        .run()
        .await
        .unwrap_err();
    let PointFailure::EffectsDiffer {
        captured,
        expected,
        found,
    } = failure
    else {
        unreachable!("{failure}");
    };
    // At entry there is none yet.
    assert_eq!(
        (captured.points, expected.as_str(), found.as_str()),
        (vec![1], "[7]", "[7, 7]")
    );
}

/// Refuses to be decoded.
#[derive(Serialize)]
struct OneWay(u32);

impl<'de> Deserialize<'de> for OneWay {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(serde::de::Error::custom("there is no way back"))
    }
}

#[hicam::migratable]
async fn one_way(value: OneWay) -> u32 {
    hicam::point().await;
    value.0
}

#[tokio::test]
async fn what_cannot_be_restored_is_found() {
    let failure = every_point(|| one_way(OneWay(1))).await.unwrap_err();
    let text = failure.to_string();
    assert!(matches!(failure, PointFailure::Restore { .. }), "{text}");
    assert!(
        text.contains("local `value`") && text.contains("there is no way back"),
        "{text}"
    );
}

static DONE: Mutex<Vec<u32>> = Mutex::new(Vec::new());

#[hicam::migratable]
async fn does(from: u32, count: u32) -> u32 {
    for i in 0..count {
        DONE.lock().unwrap().push(from + i);
        hicam::point().await;
    }
    count
}

#[hicam::migratable]
async fn begins(count: u32) -> u32 {
    let first = hicam::spawn(does(0, count));
    drop(hicam::spawn(does(100, count)));
    hicam::point().await;
    first.await.unwrap()
}

#[tokio::test]
async fn tasks_are_captured_and_do_what_they_do_once() {
    let report = EveryPoint::new(|| begins(3))
        .effects(|| {
            let mut done = std::mem::take(&mut *DONE.lock().unwrap());
            done.sort_unstable();
            done
        })
        .captures(3)
        .run()
        .await
        .unwrap();
    assert!(report.unreached().next().is_none(), "{report}");
    // The task without a handle is still under way when the program has ended, or the other way round: each is captured
    // at each of its points.
    for point in report.points() {
        assert!(point.captured >= point.passed, "{report}");
    }
}

/// Does something that a restored copy does again.
struct Again(u32);

impl hicam::State for Again {
    fn describe(types: &mut hicam_state::TypeTable) -> hicam_state::TypeId {
        u32::describe(types)
    }
    fn encode(&self, out: &mut hicam_state::Encoder) -> Result<(), hicam_state::EncodeError> {
        self.0.encode(out)
    }
    fn decode(input: &mut hicam_state::Decoder<'_>) -> Result<Self, hicam_state::DecodeError> {
        AGAIN.lock().unwrap().push(0);
        u32::decode(input).map(Again)
    }
}

static AGAIN: Mutex<Vec<u32>> = Mutex::new(Vec::new());

#[hicam::migratable]
async fn does_again(again: Again) {
    hicam::point().await;
    AGAIN.lock().unwrap().push(again.0);
}

#[hicam::migratable]
async fn begins_again() {
    drop(hicam::spawn(does_again(Again(7))));
}

#[tokio::test]
async fn effects_of_tasks_that_differ_are_found() {
    let failure = EveryPoint::new(begins_again)
        .effects(|| std::mem::take(&mut *AGAIN.lock().unwrap()))
        .run()
        .await
        .unwrap_err();
    let PointFailure::EffectsDiffer {
        captured, found, ..
    } = failure
    else {
        unreachable!("{failure}");
    };
    assert_eq!(found, "[0, 7]");
    assert!(
        captured.frames[0].starts_with("every_point::does_again"),
        "{captured}"
    );
}
