//! Variables whose types only the call tells that they are passed to.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{hicam, programs};

#[hicam::migratable]
async fn put(k: u64) -> u64 {
    hicam::point().await;
    k
}

#[hicam::migratable]
async fn put_two(k: u64, more: Vec<u64>) -> u64 {
    hicam::point().await;
    k + more.iter().sum::<u64>()
}

async fn foreign(k: u64) -> u64 {
    k + 1
}

#[hicam::migratable]
async fn total(all: Vec<u64>) -> u64 {
    let mut total = 0;
    for one in all {
        total += one;
    }
    total
}

#[hicam::migratable]
async fn length(text: String) -> usize {
    hicam::point().await;
    text.len()
}

#[hicam::migratable]
async fn width(text: &str) -> usize {
    hicam::point().await;
    text.len()
}

#[hicam::migratable]
async fn owned(name: &'static str) -> usize {
    hicam::point().await;
    name.len()
}

#[hicam::migratable]
async fn with_one_more(mut map: BTreeMap<u64, String>) -> BTreeMap<u64, String> {
    hicam::point().await;
    map.insert(map.len() as u64, "more".to_owned());
    map
}

#[hicam::migratable]
async fn of_any<T: std::fmt::Debug + Send + hicam::State>(what: T) -> String {
    hicam::point().await;
    format!("{what:?}")
}

#[derive(Debug, Default, PartialEq, hicam::State)]
pub(crate) struct Ledger {
    sum: u64,
}

#[hicam::migratable]
impl Ledger {
    async fn add(&mut self, n: u64) -> &mut Self {
        hicam::point().await;
        self.sum += n;
        self
    }

    async fn of(n: u64) -> Self {
        hicam::point().await;
        Ledger { sum: n }
    }

    async fn closed(self, by: u64) -> u64 {
        hicam::point().await;
        self.sum * by
    }
}

#[hicam::migratable]
async fn parsed(text: &str) -> Result<u64, String> {
    let w = "12".parse().unwrap();
    let first = put(w).await;
    let x = text.parse().map_err(|_| "no number")?;
    hicam::point().await;
    let second = foreign(x).await;
    let three = ["3", "4"].iter().map(|one| one.parse().unwrap()).collect();
    let third = put_two(text.parse().unwrap(), three).await;
    let (a, b) = (text.parse().unwrap(), text.bytes().map(u64::from).collect());
    hicam::point().await;
    let fourth = put_two(a, b).await;
    Ok(first + second * third + fourth)
}

#[hicam::migratable]
async fn converted() -> (u64, usize, usize, BTreeMap<u64, String>, String) {
    let all = (1..4).map(|n| n * 2).collect();
    let sum = total(all).await;
    let text = "some text".into();
    hicam::point().await;
    let length = length(text).await;
    let same = ["a", "b"].concat().into();
    let other = super::inferred::length(same).await;
    let empty = Default::default();
    hicam::point().await;
    let mut map = with_one_more(empty).await;
    let added = [1, 2, 3].iter().sum();
    map = with_one_more(map).await;
    let added = put(added).await;
    let mut folded = Default::default();
    for _ in 0..3 {
        folded = with_one_more(folded).await;
    }
    map.extend(folded.into_iter().map(|(key, text)| (key + 10, text)));
    let shown = "a,b".split(',').map(str::to_owned).collect();
    let shown: Vec<String> = shown;
    (sum + added, length, other, map, of_any(shown).await)
}

#[hicam::migratable]
async fn methods() -> (u64, Ledger) {
    let start = "3".parse().unwrap();
    let mut ledger = Ledger::of(start).await;
    let more = "4".parse().unwrap();
    hicam::point().await;
    ledger.add(more).await;
    let most = [1u32, 2].iter().max().copied().unwrap_or_default().into();
    ledger.add(most).await;
    let other = Ledger { sum: 2 };
    let by = "5".parse().unwrap();
    hicam::point().await;
    (other.closed(by).await, ledger)
}

#[hicam::migratable]
async fn late(first: bool) -> (u64, Result<u64, String>) {
    let n;
    if first {
        n = "1".parse().unwrap();
    } else {
        n = "2".parse().unwrap();
    }
    hicam::point().await;
    let n = put(n).await;
    let limited = "6".parse().unwrap();
    hicam::point().await;
    let limited = tokio::time::timeout(Duration::from_secs(60), put(limited)).await;
    (n, limited.map_err(|error| error.to_string()))
}

#[hicam::migratable]
async fn together() -> (u64, u64) {
    let (a, b) = ("7".parse().unwrap(), "8".parse().unwrap());
    hicam::point().await;
    tokio::join!(put(a), foreign(b))
}

/// References to something static are lent, or given.
#[hicam::migratable]
async fn names(many: bool) -> (usize, usize, usize, u64) {
    let name = if many { "many" } else { "one" };
    hicam::point().await;
    let lent = width(name).await;
    let other = ["x", "yz"].into_iter().max().unwrap_or_default();
    hicam::point().await;
    let given = owned(other).await;
    let third = "three";
    let number = "3".parse().unwrap();
    hicam::point().await;
    let (third, number) = (width(third).await, put(number).await);
    (lent, given, third, number)
}

#[hicam::migratable(points = "loops")]
async fn at_loops_alone() -> u64 {
    let sum = [3, 4].iter().sum();
    let mut again = 0;
    for _ in 0..2 {
        again += 1;
    }
    foreign(sum).await + again
}

programs! {
    inferred;
    parsed_for_a_call: parsed("5") => Ok(12 + 6 * 12 + 58);
    converted_for_a_call: converted();
    inferred_by_a_method: methods() => (10, Ledger { sum: 9 });
    inferred_late: late(true) => (1, Ok(6));
    inferred_together: together() => (7, 9);
    static_names_beside: names(true) => (4, 2, 5, 3);
    inferred_by_a_foreign_call: at_loops_alone() => 10;
}
