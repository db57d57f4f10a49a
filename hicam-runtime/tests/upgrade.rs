//! Calls in progress in an older build's functions go on in those of a newer one, as their mappings say; what a mapping
//! gets wrong is refused with words that say what.
//!
//! Both builds are here: a function of module `before` and the one that has taken its place, which has the older one's path as
//! an alias.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hicam::State;
use hicam::testing::upgraded_at_every_point;
use hicam::upgrade::{self, NewFrame, OldFrame, same_point};
use serde::{Deserialize, Serialize};

/// The functions as they were.
mod before {
    use super::*;

    #[hicam::migratable]
    pub async fn settle(amounts: Vec<u32>, log: &Mutex<Vec<u32>>) -> u32 {
        let mut total = 0;
        for amount in amounts {
            total += apply(amount, log).await;
        }
        total
    }

    #[hicam::migratable]
    pub async fn apply(amount: u32, log: &Mutex<Vec<u32>>) -> u32 {
        tokio::time::sleep(Duration::from_millis(1)).await;
        log.lock().unwrap().push(amount);
        hicam::point().await;
        amount
    }

    #[hicam::migratable]
    pub async fn unchanged(words: Vec<String>) -> usize {
        let mut length = 0;
        for (at, word) in words.iter().enumerate() {
            hicam::point().await;
            length += at * word.len();
        }
        length
    }

    #[hicam::migratable]
    pub async fn shared() -> u64 {
        let counter = Arc::new(Mutex::new(0u64));
        let other = Arc::clone(&counter);
        *counter.lock().unwrap() += 1;
        hicam::point().await;
        *counter.lock().unwrap() += 1;
        let sum = *other.lock().unwrap();
        sum
    }

    #[hicam::migratable]
    pub async fn hidden(start: u64) -> u64 {
        let x = start + 1;
        let x = x * 2;
        hicam::point().await;
        x
    }

    #[hicam::migratable]
    pub async fn work(n: u64) -> u64 {
        let mut done = 0;
        while done < n {
            done += 1;
            hicam::point().await;
        }
        done
    }

    /// As [`work`], for tasks, of which the newer build finds the function by its name alone.
    #[hicam::migratable]
    pub async fn toil(n: u64) -> u64 {
        let mut done = 0;
        while done < n {
            done += 1;
            hicam::point().await;
        }
        done
    }

    #[hicam::migratable]
    pub async fn begin(n: u64) -> u64 {
        let handle = hicam::spawn(toil(n));
        hicam::point().await;
        handle.await.unwrap()
    }

    #[hicam::migratable]
    pub async fn both(n: u64) -> u64 {
        let (a, b) = tokio::join!(work(n), work(n));
        a + b
    }

    #[derive(Serialize, Deserialize)]
    pub(crate) struct Plan {
        pub(crate) steps: Vec<u8>,
    }

    #[hicam::migratable]
    pub(crate) async fn planned(plan: Plan, prices: BTreeMap<String, i16>) -> usize {
        hicam::point().await;
        plan.steps.len() + prices.len()
    }
}

fn alias_of(name: &str) -> String {
    format!("{}::before::{name}", module_path!())
}

/// A wider total, a fee, another name for the loop's variable, a new point, and no sleep in the callee.
mod settled {
    use super::*;

    #[hicam::migratable(upgrade = map_settle, alias = "upgrade::before::settle")]
    pub async fn settle(orders: Vec<u32>, log: &Mutex<Vec<u32>>, fee: u64) -> u64 {
        hicam::point().await;
        let mut sum = 0u64;
        for order in orders {
            sum += apply(order, log).await + fee;
        }
        sum
    }

    fn map_settle(old: &OldFrame<'_>) -> upgrade::Result {
        assert_eq!(old.function(), alias_of("settle"));
        assert_eq!(old.waits(), old.point() == "in apply");
        let new = match old.point() {
            "entry" => NewFrame::at("before point").local_from("orders", "amounts"),
            "for amount" => in_loop("for order", old)?,
            "before apply" => in_loop("before apply", old)?.local_from("order", "amount"),
            "in apply" => in_loop("in apply", old)?,
            other => return Err(format!("there was no point `{other}`").into()),
        };
        Ok(new.local("fee", 1u64))
    }

    fn in_loop(point: &str, old: &OldFrame<'_>) -> Result<NewFrame, upgrade::LocalError> {
        // Read by the mapping: an older type is converted.
        let sum: u64 = old.local("total")?;
        Ok(NewFrame::at(point)
            .local("sum", sum)
            .local_from("for order: iterator", "for amount: iterator"))
    }

    #[hicam::migratable(upgrade = map_apply, alias = "upgrade::before::apply")]
    pub async fn apply(amount: u32, log: &Mutex<Vec<u32>>) -> u64 {
        log.lock().unwrap().push(amount);
        hicam::point().await;
        u64::from(amount)
    }

    fn map_apply(old: &OldFrame<'_>) -> upgrade::Result {
        Ok(match old.point() {
            // Nothing has been done yet; the rest of the sleep is not slept.
            "entry" | "before sleep" | "in sleep" => NewFrame::at("entry").without_callees(),
            point => NewFrame::at(point),
        })
    }
}

#[tokio::test]
async fn callers_and_callees_go_on_from_every_point() {
    let (old_log, log) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let amounts = vec![5, 6, 7];
    let old = || {
        old_log.lock().unwrap().clear();
        before::settle(amounts.clone(), &old_log)
    };
    let new = || {
        // What the old function had done is done.
        log.lock().unwrap().clone_from(&*old_log.lock().unwrap());
        settled::settle(Vec::new(), &log, 0)
    };
    let points = upgraded_at_every_point(old, new).await.unwrap();
    // Entry; four times the head of the loop; for each amount before the call, entry, before, in (the sleep's own) and
    // after the sleep.
    assert!(points.len() >= 17, "{}", points.len());
    // The fee is on what the new function does.
    let values: Vec<u64> = points.iter().map(|point| point.value).collect();
    assert!(values.is_sorted_by(|a, b| a >= b), "{values:?}");
    let fees = |value: u64| values.iter().filter(|found| **found == 18 + value).count();
    assert_eq!(values.len(), fees(0) + fees(1) + fees(2) + fees(3));
    assert!(
        fees(0) == 1 && fees(1) == fees(2) && fees(2) > 4,
        "{values:?}"
    );
    assert_eq!(*log.lock().unwrap(), amounts);
}

/// As it was, behind other lines: no mapping is needed.
mod moved {
    #[hicam::migratable(alias = "upgrade::before::unchanged")]
    pub async fn renamed(words: Vec<String>) -> usize {
        let mut length = 0;
        for (at, word) in words.iter().enumerate() {
            hicam::point().await;
            length += at * word.len();
        }
        length
    }
}

#[tokio::test]
async fn a_function_that_has_only_moved_needs_no_mapping() {
    let words = || vec!["a".to_owned(), "bc".to_owned(), "def".to_owned()];
    let old = || before::unchanged(words());
    let points = upgraded_at_every_point(old, || moved::renamed(Vec::new()))
        .await
        .unwrap();
    assert!(points.iter().all(|point| point.value == 8));
    assert_eq!(points.len(), 8);
}

mod same {
    #[hicam::migratable(
        upgrade = hicam::upgrade::same_point,
        alias = "upgrade::before::unchanged",
    )]
    pub async fn unchanged(words: Vec<String>) -> usize {
        let mut length = 0usize;
        for (at, word) in words.iter().enumerate() {
            hicam::point().await;
            length = length.saturating_add(at * word.len());
        }
        length
    }
}

#[tokio::test]
async fn the_same_points_and_variables_need_nothing_said() {
    let words = || vec!["a".to_owned(), "bc".to_owned(), "def".to_owned()];
    let old = || before::unchanged(words());
    // The loop's place is taken again from the variable, its count from the frame.
    let points = upgraded_at_every_point(old, || same::unchanged(Vec::new()))
        .await
        .unwrap();
    assert!(points.iter().all(|point| point.value == 8));
}

mod sharing {
    use super::*;

    #[hicam::migratable(upgrade = map_shared, alias = "upgrade::before::shared")]
    pub async fn shared() -> u64 {
        let first = Arc::new(Mutex::new(0u64));
        let other = Arc::clone(&first);
        let third = Arc::clone(&first);
        *first.lock().unwrap() += 1;
        hicam::point().await;
        *first.lock().unwrap() += 10;
        *third.lock().unwrap() += 100;
        let sum = *other.lock().unwrap();
        sum
    }

    fn map_shared(old: &OldFrame<'_>) -> upgrade::Result {
        if old.point() == "entry" {
            return Ok(NewFrame::at("entry"));
        }
        let counter: Arc<Mutex<u64>> = old.local("counter")?;
        Ok(NewFrame::at("before point")
            .local("third", counter)
            .local_from("first", "counter"))
    }
}

#[tokio::test]
async fn what_is_shared_stays_shared() {
    let points = upgraded_at_every_point(before::shared, sharing::shared)
        .await
        .unwrap();
    assert!(points.iter().all(|point| point.value == 111), "{points:?}");
    assert_eq!(points.len(), 2);
}

mod in_tasks {
    use super::*;

    #[hicam::migratable(upgrade = map_toil, alias = "upgrade::before::toil")]
    pub async fn labour(n: u64) -> u64 {
        let (mut done, mut rested) = (0u64, 0u64);
        while done < n {
            done += 1;
            hicam::point().await;
            rested += 1;
        }
        done + rested
    }

    fn map_toil(old: &OldFrame<'_>) -> upgrade::Result {
        let new = NewFrame::at(old.point());
        if old.point() == "entry" {
            return Ok(new);
        }
        let done: u64 = old.local("done")?;
        let rested = done - u64::from(old.point() == "before point");
        Ok(new.local("rested", rested))
    }

    #[hicam::migratable(upgrade = same_point, alias = "upgrade::before::begin")]
    pub async fn begin(n: u64) -> u64 {
        let handle = hicam::spawn(labour(n));
        hicam::point().await;
        handle.await.unwrap()
    }
}

#[tokio::test]
async fn a_task_goes_on_in_the_function_that_has_taken_its_place() {
    let old = || before::begin(3);
    let points = upgraded_at_every_point(old, || in_tasks::begin(0))
        .await
        .unwrap();
    assert!(points.iter().all(|point| point.value == 6), "{points:?}");
    assert!(points.len() > 4);
}

mod begun_again {
    use super::*;

    #[hicam::migratable(upgrade = map_both, alias = "upgrade::before::both")]
    pub async fn both(n: u64) -> u64 {
        let (a, b) = tokio::join!(before::work(n), before::work(n + 1));
        a * b
    }

    fn map_both(old: &OldFrame<'_>) -> upgrade::Result {
        Ok(match old.point() {
            "in join!" => NewFrame::at("before join!").without_callees(),
            point => NewFrame::at(point),
        })
    }
}

#[tokio::test]
async fn calls_that_went_on_at_the_same_time_can_be_begun_again() {
    let points = upgraded_at_every_point(|| before::both(2), || begun_again::both(0))
        .await
        .unwrap();
    assert!(points.iter().all(|point| point.value == 6), "{points:?}");
    assert!(points.len() > 6);
}

#[derive(State)]
struct Priced {
    steps: usize,
    prices: BTreeMap<String, i64>,
}

mod replanned {
    use super::*;

    #[hicam::migratable(upgrade = map_planned, alias = "upgrade::before::planned")]
    pub async fn planned(priced: Priced) -> usize {
        hicam::point().await;
        priced.steps + priced.prices.len()
    }

    fn map_planned(old: &OldFrame<'_>) -> upgrade::Result {
        let plan: before::Plan = old.serde_local("plan")?;
        let priced = Priced {
            steps: plan.steps.len(),
            prices: old.local("prices")?,
        };
        let new = NewFrame::at(old.point());
        Ok(match old.point() {
            "entry" => new.local("priced", priced),
            // Its parts are named one by one, so they are variables of their own from the beginning of the body.
            _ => new
                .local("priced.steps", priced.steps)
                .local("priced.prices", priced.prices),
        })
    }
}

#[tokio::test]
async fn variables_may_become_others() {
    let prices = || BTreeMap::from([("tea".to_owned(), 3)]);
    let old = || {
        let plan = before::Plan { steps: vec![1, 2] };
        before::planned(plan, prices())
    };
    let new = || {
        replanned::planned(Priced {
            steps: 0,
            prices: BTreeMap::new(),
        })
    };
    let points = upgraded_at_every_point(old, new).await.unwrap();
    assert!(points.iter().all(|point| point.value == 3));
    assert_eq!(points.len(), 2);
}

/// What is said of frames of `before::hidden` and `before::work` that cannot go on.
mod refused {
    use super::*;

    /// A function whose mapping is wrong, and the words that it is refused with.
    macro_rules! refused {
        ($($name:ident: $old:ident, $mapping:expr, [$($says:expr),*];)*) => {$(
            #[tokio::test]
            async fn $name() {
                #[hicam::migratable(upgrade = map, alias = concat!("upgrade::before::", stringify!($old)))]
                async fn changed(n: u64) -> u64 {
                    let x = n;
                    let x = x + 1;
                    let mut done = 0u64;
                    while done < n {
                        done += 1;
                        hicam::point().await;
                        inner().await;
                    }
                    let x = x + done;
                    x
                }
                fn map(old: &OldFrame<'_>) -> upgrade::Result {
                    let mapping: upgrade::Mapping = $mapping;
                    mapping(old)
                }
                let old = || before::$old(3);
                let error = upgraded_at_every_point(old, || changed(3)).await.unwrap_err();
                let error = error.to_string();
                for says in [$($says),*] {
                    assert!(error.contains(says), "no {says:?} in: {error}");
                }
            }
        )*};
    }

    #[hicam::migratable]
    async fn inner() {}

    refused! {
        a_point_that_is_not_there: work,
            |_| Ok(NewFrame::at("before pint")),
            ["upgrade::before::work", "`entry` (", "`before pint`, which is no point", "`while`", "`in inner`"];
        a_variable_that_is_not_there: work,
            |old| Ok(NewFrame::at(old.point()).local("m", 3u64)),
            ["it gives `m`, which is no variable", "`n`"];
        a_variable_that_is_not_alive: work,
            |old| Ok(NewFrame::at(old.point()).local("done", 3u64)),
            ["it gives `done`, which is not alive at `entry`: `n` are"];
        a_value_of_another_type: work,
            |old| Ok(NewFrame::at(old.point()).local("n", 3)),
            ["it gives `n` a value of type `i32`, which is a `u64`"];
        a_value_twice: work,
            |old| Ok(NewFrame::at(old.point()).local("n", 3u64).local_from("n", "n")),
            ["it gives `n` twice"];
        a_forgotten_value: work,
            |_| Ok(NewFrame::at("while").local("n", 3u64)),
            ["at `while` the function needs `x@2`, `done`, for which the mapping gives nothing", "but `n`"];
        an_old_variable_that_is_not_there: work,
            |old| Ok(NewFrame::at(old.point()).local_from("n", "m")),
            ["it takes `n` from `m`, but the captured frame has only `n`"];
        one_of_several_of_a_name: hidden,
            |old| Ok(match old.point() {
                "entry" => NewFrame::at("entry").local_from("n", "start"),
                _ => NewFrame::at("while").local("n", 1u64).local("done", 1u64).local_from("y", "x"),
            }),
            ["`before point` (", "it gives `y`, which is no variable"];
        a_call_without_its_callee: work,
            |_| Ok(NewFrame::at("in inner").local("n", 3u64).local("done", 0u64).local("x", 0u64)),
            ["no callee's frame to go on with"];
        a_reason_of_its_own: work,
            |old| Err(format!("no build since {} can do that", old.fingerprint()).into()),
            ["before::work", "no build since", "can do that"];
        a_variable_that_it_reads_in_vain: work,
            |old| Ok(NewFrame::at(old.point()).local("n", old.local::<u64>("m")?)),
            ["the captured frame has no `m`, only `n`"];
        a_value_that_it_reads_as_something_else: work,
            |old| Ok(NewFrame::at(old.point()).local("n", old.local::<String>("n")?.len())),
            ["`n` of the captured frame cannot be read", "`u64`"];
    }

    #[tokio::test]
    async fn a_mapping_that_panics() {
        #[hicam::migratable(upgrade = map, alias = "upgrade::before::work")]
        async fn changed(n: u64) -> u64 {
            n
        }
        #[allow(clippy::panic, reason = "that is what is tested")]
        fn map(_: &OldFrame<'_>) -> upgrade::Result {
            panic!("on purpose")
        }
        let old = || before::work(1);
        let error = upgraded_at_every_point(old, || changed(1))
            .await
            .unwrap_err();
        assert!(error.to_string().contains("it panicked"), "{error}");
    }

    #[tokio::test]
    async fn no_mapping() {
        #[hicam::migratable(alias = "upgrade::before::work")]
        async fn changed(n: u64) -> u64 {
            n
        }
        let old = || before::work(1);
        let error = upgraded_at_every_point(old, || changed(1))
            .await
            .unwrap_err();
        let error = error.to_string();
        assert!(
            error.contains("`upgrade::before::work` has changed"),
            "{error}"
        );
        assert!(
            error.contains("`entry`") && error.contains("`upgrade = …`"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn another_function() {
        #[hicam::migratable(upgrade = same_point)]
        async fn changed(n: u64) -> u64 {
            n
        }
        let old = || before::work(1);
        let error = upgraded_at_every_point(old, || changed(1))
            .await
            .unwrap_err();
        let error = error.to_string();
        assert!(
            error.contains("a frame of `upgrade::before::work`"),
            "{error}"
        );
        assert!(error.contains("changed"), "{error}");
    }

    #[tokio::test]
    async fn calls_that_go_on_at_the_same_time() {
        #[hicam::migratable(upgrade = same_point, alias = "upgrade::before::both")]
        async fn changed(n: u64) -> u64 {
            let (a, b) = tokio::join!(before::work(n), before::work(n));
            a * b
        }
        let old = || before::both(1);
        let error = upgraded_at_every_point(old, || changed(1))
            .await
            .unwrap_err();
        assert!(error.to_string().contains("at the same time"), "{error}");
    }

    /// A caller that goes on elsewhere while its callee is still there.
    #[tokio::test]
    async fn a_callee_that_nobody_waits_for() {
        #[hicam::migratable(upgrade = map, alias = "upgrade::before::apply")]
        async fn changed(amount: u32, log: &Mutex<Vec<u32>>) -> u32 {
            hicam::point().await;
            log.lock().unwrap().push(amount);
            amount
        }
        fn map(old: &OldFrame<'_>) -> upgrade::Result {
            Ok(NewFrame::at(if old.point() == "entry" {
                "entry"
            } else {
                "before point"
            }))
        }
        let log = Mutex::new(Vec::new());
        let old = || before::apply(1, &log);
        let error = upgraded_at_every_point(old, || changed(1, &log))
            .await
            .unwrap_err();
        assert!(error.to_string().contains("`in sleep` ("), "{error}");
        assert!(error.to_string().contains("waited for a callee"), "{error}");
    }
}
