//! `for` loops with closures in their heads.

use std::collections::BTreeMap;

use super::expressions::add;
use super::{hicam, programs};

#[hicam::migratable]
async fn mapped(words: &[&'static str]) -> Vec<u32> {
    let mut out = Vec::new();
    for n in vec![3, 4].into_iter().map(|x| x * x).filter(|x| x % 2 == 0) {
        out.push(add(n, 1).await);
    }
    for length in words.iter().map(|word| word.len()) {
        out.push(length as u32);
    }
    for (i, word) in words.iter().filter(|word| word.len() > 1).enumerate() {
        hicam::point().await;
        out.push((i * word.len()) as u32);
    }
    out
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) struct User {
    name: String,
    age: Option<u32>,
}

fn users() -> Vec<User> {
    let user = |(name, age): &(&str, u32)| User {
        name: (*name).to_owned(),
        age: (*age > 0).then_some(*age),
    };
    [("ann", 30), ("bob", 0), ("cid", 17), ("dan", 41)]
        .iter()
        .map(user)
        .collect()
}

/// What is borrowed of an item is alive across a point.
#[hicam::migratable]
async fn borrowed(users: Vec<User>) -> (Vec<String>, u32) {
    let mut names = Vec::new();
    for name in users.iter().map(|user| &user.name) {
        hicam::point().await;
        names.push(format!("{name}!"));
    }
    for name in users.iter().rev().map(|user| user.name.as_str()) {
        let length = add(name.len() as u32, 0).await;
        names.push(format!("{name} {length}"));
    }
    let mut sum = 0;
    for age in users.iter().filter_map(|user| user.age).map(u64::from) {
        sum += add(age as u32, 1).await;
    }
    for User { name, .. } in users.iter().filter(|user| user.age.is_none()) {
        hicam::point().await;
        names.push(name.clone());
    }
    (names, sum)
}

/// A closure's own state is this function's.
#[hicam::migratable]
async fn counting(limit: u32) -> (Vec<u32>, u32, Vec<u32>) {
    let mut out = Vec::new();
    let mut seen = 0;
    let mut log = Vec::new();
    for x in (0..limit)
        .inspect(|x| log.push(*x))
        .map(|x| {
            seen += x;
            seen
        })
        .take_while(|sum| *sum < 12)
        .filter(|sum| sum % 2 == 0)
    {
        out.push(add(x, 100).await);
    }
    (out, seen, log)
}

#[hicam::migratable]
async fn scaled(factor: u32) -> Vec<u32> {
    let mut out = Vec::new();
    for n in (0..3).map(move |n| n * factor) {
        out.push(add(n, 1).await);
    }
    out
}

#[hicam::migratable]
async fn from_both_ends(list: Vec<i64>) -> Vec<(usize, i64)> {
    let mut out = Vec::new();
    for (i, n) in list
        .iter()
        .map(|n| n * 10)
        .filter(|n| *n != 20)
        .rev()
        .enumerate()
    {
        if n < 0 {
            continue;
        }
        hicam::point().await;
        out.push((i, n));
    }
    for n in list.iter().copied().map_while(|n| (n != 3).then(|| n + 1)) {
        out.push((0, n));
    }
    'outer: for row in [vec![1], vec![2, 9], vec![3]]
        .into_iter()
        .map(|row| row.len())
    {
        for column in (0..row).map(|column| column + row) {
            if column == 3 {
                continue 'outer;
            }
            hicam::point().await;
            out.push((row, column as i64));
        }
    }
    out
}

/// Mutably borrowed items, and keys of a map.
#[hicam::migratable]
async fn changed(mut users: Vec<User>) -> (Vec<User>, BTreeMap<String, u32>) {
    for age in users.iter_mut().filter_map(|user| user.age.as_mut()) {
        *age += 1;
    }
    for user in users.iter_mut().filter(|user| user.age.is_some()) {
        user.name.push('?');
        hicam::point().await;
        user.name.push('!');
    }
    let mut map = BTreeMap::new();
    for (name, age) in users
        .iter()
        .map(|user| (user.name.clone(), user.age.unwrap_or(1)))
    {
        hicam::point().await;
        map.insert(name, age);
    }
    for text in map.keys().map(|key| key.to_uppercase()).collect::<Vec<_>>() {
        users.push(User {
            name: text,
            age: None,
        });
    }
    (users, map)
}

/// An array's own `map` has called the closure for all before the first pass.
#[hicam::migratable]
async fn eager() -> Vec<u32> {
    let mut log = Vec::new();
    for n in [1, 2, 3].map(|n| {
        log.push(n);
        n * 10
    }) {
        if n == 20 {
            break;
        }
        log.push(add(n, 0).await);
    }
    log
}

/// A range's closures, from its end; an option's own method, which is no adaptor.
#[hicam::migratable]
async fn of_ranges(mut last: Option<u32>) -> Vec<u32> {
    let mut out = Vec::new();
    for x in (0..3).map(|k| k * 2).rev() {
        out.push(add(x, 1).await);
    }
    for (i, x) in (0..=4).filter(|k| k % 2 == 0).rev().enumerate() {
        out.push(add(x, i as u32).await);
    }
    #[allow(for_loops_over_fallibles, reason = "as people write it")]
    for x in last.take().map(|x| x + 1) {
        out.push(add(x, 10).await);
    }
    out
}

programs! {
    closures_in_heads;
    loops_over_what_is_mapped: mapped(&["a", "bc", "def"]);
    items_borrowed_in_heads: borrowed(users());
    an_array_mapped: eager() => vec![1, 2, 3, 10];
    heads_that_count: counting(9);
    a_copy_taken_along: scaled(5) => vec![1, 6, 11];
    heads_from_both_ends: from_both_ends(vec![1, 2, -1, 4, 3, 5]);
    ranges_with_closures_from_their_ends: of_ranges(Some(7));
    items_changed_in_heads: changed(users());
}
