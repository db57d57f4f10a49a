//! Captures that the harness saves, and goes on from as another process would.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::sync::Mutex;

use hicam::testing::{EveryPoint, PointFailure};

static DONE: Mutex<Vec<u32>> = Mutex::new(Vec::new());

fn take() -> Vec<u32> {
    std::mem::take(&mut *DONE.lock().unwrap())
}

#[hicam::migratable]
async fn squares(count: u32) -> Vec<u32> {
    let mut squares = Vec::new();
    let helper = hicam::spawn(does(100));
    for i in 0..count {
        squares.push(i * i);
        does(i).await;
    }
    squares.push(helper.await.unwrap());
    squares
}

#[hicam::migratable]
async fn does(what: u32) -> u32 {
    hicam::point().await;
    DONE.lock().unwrap().push(what);
    what
}

#[hicam::migratable]
async fn other(count: u32) -> u32 {
    hicam::point().await;
    count
}

// One test: they share the log.
#[tokio::test]
async fn what_was_saved_is_finished_or_refused() {
    let program = || EveryPoint::new(|| squares(3)).effects(take);
    let saved = program().save().await.unwrap();
    assert_eq!(saved.value, [0, 1, 4, 100]);
    let mut all = saved.effects.clone();
    all.sort_unstable();
    assert_eq!(all, [0, 1, 2, 100]);
    let run = program().run().await.unwrap();
    assert_eq!(saved.points.len() as u64, run.passed());

    for point in &saved.points {
        let (value, effects) = program().resume(&point.checkpoint).await.unwrap();
        assert_eq!(value, saved.value, "{}", point.at);
        let both = [point.effects.clone(), effects].concat();
        assert_eq!(both, saved.effects, "{}", point.at);
    }
    assert_eq!(
        program().sample(3).save().await.unwrap().points.len(),
        3,
        "the first, the last, and one between"
    );

    let mut damaged = saved.points[4].checkpoint.clone();
    damaged[100] ^= 1;
    let refused = program().resume(&damaged).await.unwrap_err();
    assert!(matches!(refused, PointFailure::Resume { .. }), "{refused}");

    let of_another = EveryPoint::new(|| other(1)).save().await.unwrap();
    let refused = program()
        .resume(&of_another.points[1].checkpoint)
        .await
        .unwrap_err();
    let text = refused.to_string();
    assert!(matches!(refused, PointFailure::Resume { .. }), "{text}");
    assert!(text.contains("saved_points::other"), "{text}");
}
