//! Types in types: enums, generics, boxes, arrays, and types that only serde knows.

use std::borrow::Cow;
use std::cell::RefCell;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::effects::note;

#[derive(Clone, Debug, PartialEq, hicam::State)]
pub(crate) enum Expression {
    Number(f64),
    Not(Box<Expression>),
    Sum(Vec<Expression>),
    Pair {
        left: Box<Expression>,
        right: Box<Expression>,
        times: u8,
    },
}

pub(crate) fn tree() -> Expression {
    use Expression::{Not, Number, Pair, Sum};
    let pair = |left, right| Pair {
        left: Box::new(left),
        right: Box::new(right),
        times: 2,
    };
    Sum(vec![
        Number(1.5),
        Not(Box::new(Number(-0.0))),
        pair(Number(0.1), Sum(vec![Number(0.2), Number(0.7)])),
        Sum(vec![]),
    ])
}

#[hicam::migratable]
pub(crate) async fn expression(tree: Expression) -> (u64, Vec<String>) {
    let mut trace = Vec::new();
    let value = evaluate(tree, &mut trace).await;
    (value.to_bits(), trace)
}

#[hicam::migratable]
async fn evaluate(tree: Expression, trace: &mut Vec<String>) -> f64 {
    let value = match tree {
        Expression::Number(value) => value,
        Expression::Not(inner) => -Box::pin(evaluate(*inner, trace)).await,
        Expression::Sum(parts) => {
            let mut sum = 0.0;
            for part in parts {
                sum += Box::pin(evaluate(part, trace)).await;
            }
            sum
        }
        Expression::Pair { left, right, times } => {
            let left = Box::pin(evaluate(*left, trace)).await;
            let right = Box::pin(evaluate(*right, trace)).await;
            left * right * f64::from(times)
        }
    };
    trace.push(format!("{value:?}"));
    note(value.to_bits());
    value
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sample {
    at: Duration,
    value: f32,
    weight: u128,
    mark: char,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Kind {
    Plain,
    Named(String),
    Limits {
        low: Option<i16>,
        high: (u8, [i32; 3]),
    },
}

pub(crate) fn samples() -> Vec<Sample> {
    let kinds = [
        Kind::Plain,
        Kind::Named("naïve".to_owned()),
        Kind::Limits {
            low: Some(i16::MIN),
            high: (255, [i32::MIN, -1, i32::MAX]),
        },
    ];
    let numbered = (1_u32..).zip(kinds);
    numbered
        .map(|(n, kind)| Sample {
            at: Duration::new(u64::from(n) << 33, n),
            value: 1.0 / n as f32,
            weight: u128::MAX / u128::from(n),
            mark: char::from_u32(0x1_f600 + n).unwrap_or('?'),
            kind,
        })
        .collect()
}

#[derive(Debug, hicam::State)]
struct Seen<T, const N: usize> {
    latest: [Option<T>; N],
    names: RefCell<Vec<Cow<'static, str>>>,
}

type Records = (Vec<String>, Vec<Result<u128, String>>, Duration);

#[hicam::migratable]
pub(crate) async fn records(samples: Vec<Sample>) -> Records {
    let mut seen: Seen<(char, u128), 2> = Seen {
        latest: [None, None],
        names: RefCell::default(),
    };
    let mut results = Vec::new();
    let mut time = Duration::ZERO;
    for (n, sample) in samples.into_iter().enumerate() {
        time += sample.at;
        let result = weigh(&sample).await;
        seen.names.borrow_mut().push(match &result {
            Ok(weight) => Cow::Owned(weight.to_string()),
            Err(_) => Cow::Borrowed("none"),
        });
        results.push(result);
        hicam::point().await;
        seen.latest[n % 2] = Some((sample.mark, sample.weight));
    }
    let latest = seen.latest.iter().map(|sample| format!("{sample:?}"));
    let names = seen
        .names
        .borrow()
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>();
    (latest.chain(names).collect(), results, time)
}

#[hicam::migratable]
async fn weigh(sample: &Sample) -> Result<u128, String> {
    hicam::point().await;
    note(sample.mark);
    match &sample.kind {
        Kind::Plain => Ok(sample.weight),
        Kind::Named(name) => Err(name.clone()),
        Kind::Limits { low, high } => {
            let low = low.map_or(0, i32::from);
            hicam::point().await;
            let least = high.1.iter().copied().min().unwrap_or(low);
            u128::try_from(least).map_err(|error| error.to_string())
        }
    }
}
