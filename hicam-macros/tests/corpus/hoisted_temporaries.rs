//! Temporaries that a call borrows, with points before, in and after them.

use super::drop_order::{Log, Noted, log, mk, out, say, step};
use super::expressions::add;
use super::{hicam, programs};

#[hicam::migratable]
async fn sum(a: &u32, b: u32, c: &u32) -> u32 {
    hicam::point().await;
    *a * 100 + b * 10 + *c
}

#[hicam::migratable]
async fn with_points_in_them(n: u32) -> u32 {
    let one = sum(&(add(n, 1).await + 1), 2, &n).await;
    let two = sum(&n, add(n, 1).await, &(add(n, 2).await).wrapping_add(1)).await;
    one + two
}

#[hicam::migratable]
async fn with_points_after_them(n: u32) -> Vec<u32> {
    let list = vec![1, 2, 3];
    vec![
        sum(&2, add(n, 1).await, &n).await,
        sum(&(list.iter().sum::<u32>()), add(n, 1).await, &3).await,
        sum(&n, sum(&1, n, &(n + 1)).await, &list[n as usize]).await,
    ]
}

/// Elements that are chosen by what a call gives, before another call.
#[hicam::migratable]
async fn elements_chosen_by_calls(list: Vec<u32>) -> u32 {
    let one = sum(
        &list[add(0, 1).await as usize],
        add(list[add(0, 2).await as usize], 1).await,
        &list[add(1, 1).await as usize],
    )
    .await;
    let two = sum(
        &(if one % 2 == 0 { add(one, 1).await } else { 3 }),
        async { one }.await,
        &one,
    )
    .await;
    one + two
}

#[hicam::migratable]
async fn given(value: &Option<u32>, more: &mut u32) -> u32 {
    hicam::point().await;
    *more += 1;
    value.unwrap_or(*more)
}

/// What is taken from an `Option` looks like an iterator's adaptor.
#[hicam::migratable]
async fn taken_from_an_option(n: u32) -> (u32, Option<u32>) {
    let mut some = Some(n);
    let mut more = n * 2;
    let first = given(&(some.take()), &mut more).await;
    let second = given(&some.take(), &mut more).await;
    (first * 100 + second, some)
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
struct Counter {
    count: u32,
}

#[hicam::migratable]
impl Counter {
    async fn advance(&mut self, by: &[u32], then: &Option<u32>) -> u32 {
        for n in by {
            self.count += n;
        }
        if then.is_some() && self.count < 10 {
            return Box::pin(bump(self, &vec![1, 2], &then.map(|_| 1))).await;
        }
        self.count
    }

    async fn twice(&mut self) -> u32 {
        let first = bump(self, &(vec![1, 2]), &None).await;
        first + bump(self, &[3], &Some(self.count)).await
    }
}

#[hicam::migratable]
async fn bump(counter: &mut Counter, by: &[u32], then: &Option<u32>) -> u32 {
    counter.advance(by, then).await
}

#[hicam::migratable]
async fn counted() -> u32 {
    let mut counter = Counter { count: 1 };
    counter.twice().await + counter.count
}

fn pair(log: &Log) -> (u32, Noted) {
    (1, mk(2, log))
}

#[hicam::migratable]
async fn looked_at(noted: &Noted, n: u32) -> u32 {
    hicam::point().await;
    noted.id() + n
}

fn seen(noted: &Noted, n: u32) -> u32 {
    noted.id() + n
}

#[hicam::migratable]
async fn parts_of_temporaries() -> Vec<u32> {
    let log = log();
    let sum = looked_at(&pair(&log).1, step(&log, 20).await).await;
    say(&log, sum);
    let sum = seen(&pair(&log).1, step(&log, 30).await) + 1;
    say(&log, sum);
    out(log)
}

programs! {
    hoisted_temporaries;
    temporaries_with_points_in_them: with_points_in_them(1) => 321 + 124;
    temporaries_with_points_after_them: with_points_after_them(1);
    elements_that_calls_choose: elements_chosen_by_calls(vec![4, 5, 6]);
    temporaries_taken_from_an_option: taken_from_an_option(3) => (308, None);
    temporaries_lent_in_part: parts_of_temporaries();
    temporaries_beside_self: counted();
}
