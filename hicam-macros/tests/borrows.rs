//! Borrows that are alive across points: taken again on resume.
#![allow(
    clippy::unwrap_used,
    clippy::useless_vec,
    reason = "programs as people write them"
)]

use std::collections::BTreeMap;

use hicam::testing::every_point;

#[hicam::migratable]
async fn add(to: &mut u64, n: u64) {
    hicam::point().await;
    *to += n;
}

#[hicam::migratable]
async fn length(text: &str) -> u64 {
    hicam::point().await;
    text.len() as u64
}

#[hicam::migratable]
async fn total(values: &[u64]) -> u64 {
    let mut total = 0;
    for value in values {
        add(&mut total, *value).await;
    }
    total
}

/// The borrowed element stays the same though the index changes; after its last use the vector is emptied.
#[hicam::migratable]
async fn elements(n: u64) -> u64 {
    let mut table: Vec<u64> = (0..n).collect();
    let mut i = 2;
    let entry = &mut table[i];
    i += 1;
    add(entry, 5).await;
    *entry += 1;
    hicam::point().await;
    *entry *= 2;
    let sum = total(&table).await;
    table.clear();
    hicam::point().await;
    sum + table.len() as u64 + i as u64
}

struct State {
    names: Vec<String>,
    best: Option<u64>,
    pair: (u64, u64),
}

#[hicam::migratable]
async fn matched(state: &mut State) -> u64 {
    let mut sum = 0;
    if let Some(best) = &mut state.best {
        add(best, 1).await;
        *best += 2;
        hicam::point().await;
        sum += *best;
    }
    let State {
        names,
        pair: (a, b),
        ..
    } = state;
    for name in names.iter() {
        sum += length(name).await;
        add(a, sum).await;
    }
    let first = names[0].as_str();
    hicam::point().await;
    sum += first.len() as u64 + *a + *b;
    let Some(best) = &state.best else {
        return 0;
    };
    hicam::point().await;
    sum + best
}

#[hicam::migratable]
async fn run_matched(n: u64) -> u64 {
    let mut state = State2::new(n).await;
    matched(&mut state.0).await + state.0.pair.0
}

struct State2(State);
impl hicam::State for State2 {
    fn describe(types: &mut hicam::__private::state::TypeTable) -> hicam::__private::state::TypeId {
        <(Vec<String>, Option<u64>, (u64, u64)) as hicam::State>::describe(types)
    }
    fn encode(
        &self,
        out: &mut hicam::__private::state::Encoder,
    ) -> Result<(), hicam::__private::state::EncodeError> {
        (self.0.names.clone(), self.0.best, self.0.pair).encode(out)
    }
    fn decode(
        input: &mut hicam::__private::state::Decoder<'_>,
    ) -> Result<Self, hicam::__private::state::DecodeError> {
        let (names, best, pair) = hicam::State::decode(input)?;
        Ok(State2(State { names, best, pair }))
    }
}
impl State2 {
    async fn new(n: u64) -> Self {
        State2(State {
            names: vec!["a".into(), "bcd".into()],
            best: Some(n),
            pair: (n, 3),
        })
    }
}

/// Temporaries and projections as arguments.
#[hicam::migratable]
async fn arguments(n: u64) -> u64 {
    let text = String::from("  some text ");
    let mut values = vec![1, 2, 3, n];
    let mut i = 1;
    let mut sum = length(text.trim()).await + length(text.as_str()).await;
    sum += length(&format!("{n}{text}")).await;
    sum += total(&[1, 2, 3]).await + total(&vec![n, n]).await;
    sum += total(&values[i + 1..]).await;
    add(&mut values[(i + 2) % 4], 10).await;
    i += 1;
    add(&mut Vec::from([n])[0], i as u64).await;
    let map = BTreeMap::from([(String::from("k"), vec![4, 5])]);
    let key = String::from("k");
    for value in &map[&key] {
        sum += length("literal").await * value;
    }
    for row in [[1, 2], [3, 4]].iter() {
        for cell in row {
            add(&mut sum, *cell).await;
        }
    }
    let name = "static";
    sum += length(name).await;
    sum + values.iter().sum::<u64>()
}

#[hicam::migratable]
async fn decode(text: String) -> Result<u64, std::num::ParseIntError> {
    hicam::point().await;
    text.parse()
}

/// What remains of an inner call (`?`) is done before the next point, so its error need not be captured.
#[hicam::migratable]
async fn chained(n: u64) -> Result<u64, std::num::ParseIntError> {
    let boxed = Box::new(n.to_string());
    let mut total = decode(decode(n.to_string()).await?.to_string()).await?;
    total += decode(*boxed).await?;
    hicam::point().await;
    Ok(total)
}

#[tokio::test]
async fn borrows_at_every_point() {
    assert!(every_point(|| elements(6)).await.unwrap() > 10);
    assert!(every_point(|| run_matched(6)).await.unwrap() > 10);
    assert!(every_point(|| arguments(6)).await.unwrap() > 30);
    assert!(every_point(|| chained(6)).await.unwrap() > 5);
}
