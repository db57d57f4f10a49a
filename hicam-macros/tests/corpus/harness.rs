//! Registers programs, and runs each in its three ways.

use std::fmt::Debug;
use std::future::Future;
use std::time::Duration;

use hicam::testing::every_point;
use hicam::transform::{Call, Migratable};

/// More than any program needs at all of its points, so that one that hangs is a failure.
const LIMIT: Duration = Duration::from_secs(120);

/// In the plain copy of a topic: the calls of its programs, as functions that show what they return.
macro_rules! plain_programs {
    ($($topic:ident)::+; $($name:ident: $call:expr $(=> $value:expr)?;)*) => {
        pub(crate) mod registered {
            use super::*;
            $(
                pub(crate) async fn $name() -> String {
                    format!("{:?}", $call.await)
                }
            )*
        }
    };
}

/// In the transformed copy of a topic: a test for each of its programs.
macro_rules! marked_programs {
    ($($topic:ident)::+; $($name:ident: $call:expr $(=> $value:expr)?;)*) => {
        mod at_every_point {
            use super::*;
            use $crate::plain::$($topic)::+::registered as plain;
            $(
                #[tokio::test]
                async fn $name() {
                    $(assert_eq!($call.await, $value, "as ordinary code");)?
                    $crate::harness::compare(plain::$name(), || $call).await;
                }
            )*
        }
    };
}

/// In a file that is compiled with attributes alone: a test for each program.
macro_rules! programs_without_plain {
    ($($name:ident: $call:expr => $value:expr;)*) => {
        mod at_every_point {
            use super::*;
            $(
                #[tokio::test]
                async fn $name() {
                    let value = async { format!("{:?}", $value) };
                    $crate::harness::compare(value, || $call).await;
                }
            )*
        }
    };
}

/// Runs a program without attributes, with attributes, and at every point.
pub(crate) async fn compare<D, P>(plain: impl Future<Output = String>, program: P)
where
    P: Fn() -> Call<D, D::Args>,
    D: Migratable,
    D::Output: PartialEq + Debug,
{
    let runs = async {
        let plain = plain.await;
        let marked = format!("{:?}", program().await);
        assert_eq!(marked, plain, "with attributes, as ordinary code");
        match every_point(program).await {
            Ok(points) => {
                println!("{points} points");
                assert!(points > 0, "a program passes points");
            }
            Err(error) => panic!("{error}"),
        }
    };
    assert!(
        tokio::time::timeout(LIMIT, runs).await.is_ok(),
        "the program did not end within {LIMIT:?}"
    );
}

pub(crate) use {marked_programs, plain_programs, programs_without_plain};

/// The harness itself: it must not be satisfied by everything.
mod refusals {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::compare;

    #[hicam::migratable]
    async fn add_one(calls: &AtomicU32) -> u32 {
        hicam::point().await;
        calls.fetch_add(1, Ordering::Relaxed)
    }

    #[tokio::test]
    #[should_panic(expected = "with attributes, as ordinary code")]
    async fn another_value_than_without_attributes() {
        static CALLS: AtomicU32 = AtomicU32::new(0);
        compare(async { "7".to_owned() }, || add_one(&CALLS)).await;
    }

    #[tokio::test]
    #[should_panic(expected = "the result is")]
    async fn another_value_at_a_point() {
        static CALLS: AtomicU32 = AtomicU32::new(0);
        compare(async { "0".to_owned() }, || add_one(&CALLS)).await;
    }
}
