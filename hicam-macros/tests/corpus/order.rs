//! Where a naive version goes wrong without an error: references taken again from what has changed since, operands
//! evaluated later than the source does.

use std::collections::{BTreeMap, HashMap};

use super::expressions::noted;
use super::{hicam, programs};

#[hicam::migratable]
async fn bump(i: &mut usize) -> u32 {
    *i += 1;
    hicam::point().await;
    *i as u32 * 10
}

#[hicam::migratable]
async fn pattern_no_longer_matches(mut pair: (u32, u32)) -> ((u32, u32), u32) {
    let mut seen = 0;
    match &mut pair {
        (n @ 0..=3, m) => {
            *n += 10;
            *m += 1;
            hicam::point().await;
            *n += 1;
            seen = *m;
        }
        (n, _) => {
            hicam::point().await;
            *n += 1000;
        }
    }
    (pair, seen)
}

#[hicam::migratable]
async fn place_before_its_argument() -> (Vec<Vec<u32>>, Vec<u32>, usize) {
    let mut lists = vec![vec![], vec![], vec![], vec![], vec![]];
    let mut i = 0;
    lists[i].push(bump(&mut i).await);
    lists[i].insert(0, bump(&mut i).await);
    let mut numbers = vec![0; 6];
    numbers[i] = bump(&mut i).await;
    (lists, numbers, i)
}

#[hicam::migratable]
async fn operands_before_a_call(mut i: usize) -> Vec<(usize, u32, usize)> {
    let mut out = Vec::new();
    out.push((i, bump(&mut i).await, i));
    out.push((i + 1, i as u32 + bump(&mut i).await, {
        i += 1;
        i
    }));
    let list = [5, 6, 7, 8, 9, 10, 11];
    let sum = list[i] + bump(&mut i).await + list[i];
    out.push((i, sum, list.len()));
    #[allow(non_snake_case, reason = "a name like a constant's")]
    let mut N = 1;
    let both = N + bump(&mut N).await as usize;
    out.push((both, 0, N));
    out
}

#[hicam::migratable]
async fn key_of_a_borrow_changes() -> Vec<u32> {
    let map = BTreeMap::from([("a", vec![1, 2]), ("b", vec![3, 4])]);
    let hash = HashMap::from([(1, 10), (2, 20)]);
    let mut out = Vec::new();
    let mut key = "a";
    let list = &map[key];
    key = "b";
    hicam::point().await;
    out.push(list[0]);
    for value in &map[key] {
        key = "a";
        hicam::point().await;
        out.push(*value);
    }
    let mut number = 1;
    let found = &hash[&number];
    number += 1;
    hicam::point().await;
    out.push(*found + number + key.len() as u32);
    out
}

async fn ready(n: u32) -> u32 {
    n
}

#[hicam::migratable]
async fn set(place: &mut u32, value: u32) -> u32 {
    *place = value;
    hicam::point().await;
    1
}

/// A number's method has its value as it is before the arguments are evaluated.
#[hicam::migratable]
async fn receivers_that_change(n: u32) -> (u32, u32, Option<u32>, u32, (u32, String)) {
    let mut a = n;
    let mut pair = (n, String::from("a"));
    let one = a.wrapping_add(set(&mut a, 10).await);
    let two = pair.0.max({
        pair.0 = ready(7).await;
        2
    });
    let three = pair.0.checked_sub({
        pair = (set(&mut pair.0, 4).await, String::from("b"));
        3
    });
    let four = a.rotate_left(set(&mut a, 1).await);
    (one, two, three, four, pair)
}

#[hicam::migratable]
async fn receivers_that_are_gone(n: u32) -> u32 {
    let pair = (n, String::from("abc"));
    pair.0.wrapping_add({
        let length = pair.1.len() as u32;
        drop(pair);
        ready(length).await
    })
}

/// What an argument assigns is not there before.
#[allow(unused_assignments)]
#[hicam::migratable]
async fn assigned_by_an_argument(mut list: Vec<u32>, log: &mut Vec<u32>) -> Vec<u32> {
    let length = noted(
        {
            list = vec![2, 3];
            list.len() as u32
        },
        log,
    )
    .await;
    if log.len() > 7 {
        Vec::new()
    } else {
        list.push(length);
        list
    }
}

#[hicam::migratable]
async fn assigned_by_arguments() -> (Vec<u32>, Vec<u32>) {
    let mut log = Vec::new();
    let list = assigned_by_an_argument(vec![1], &mut log).await;
    let text;
    let sum = noted(
        {
            text = String::from("abc");
            5
        },
        &mut log,
    )
    .await;
    if sum == 5 {
        log.push(text.len() as u32);
        drop(text);
        hicam::point().await;
    }
    let mut four = 4;
    let words;
    let (sum, _) = tokio::join!(
        noted(
            {
                words = vec![String::from("d")];
                6
            },
            &mut log
        ),
        bump(&mut four),
    );
    if sum == 6 {
        log.push(words.len() as u32);
        drop(words);
        hicam::point().await;
    }
    (list, log)
}

programs! {
    order;
    assignments_in_arguments: assigned_by_arguments();
    the_pattern_no_longer_matches: pattern_no_longer_matches((1,2));
    the_place_before_its_argument: place_before_its_argument();
    the_operands_before_a_call: operands_before_a_call(0);
    the_key_of_a_borrow_changes: key_of_a_borrow_changes();
    receivers_changed_by_arguments: receivers_that_change(5);
    receivers_moved_by_arguments: receivers_that_are_gone(5) => 8;
}
