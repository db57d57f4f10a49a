//! Points inside of expressions, shadowing, blocks with values.

use super::{hicam, programs};

#[hicam::migratable]
pub(super) async fn add(a: u32, b: u32) -> u32 {
    hicam::point().await;
    a + b
}

#[hicam::migratable]
async fn fallible(n: u32) -> Result<u32, std::num::ParseIntError> {
    let text = format!("{n}");
    hicam::point().await;
    text.parse()
}

#[derive(Debug, PartialEq)]
struct Wrapped(String);
impl From<std::num::ParseIntError> for Wrapped {
    fn from(error: std::num::ParseIntError) -> Self {
        Wrapped(error.to_string())
    }
}

#[hicam::migratable]
async fn expression_positions(x: u32) -> Result<u32, Wrapped> {
    let mut seen = Vec::from([add(x, 1).await, add(x + 1, add(x, x).await).await]);
    seen.push(x + add(1, 2).await * add(3, 4).await);
    let pair = (fallible(x).await?, seen.len(), fallible(7).await? + 1);
    let ok = x > 1 && add(x, 1).await > 2 || fallible(0).await? == 0;
    if add(x, x).await > 4 && ok {
        seen.push(pair.0);
    }
    while add(seen.len() as u32, 0).await < 9 {
        seen.push(fallible(pair.2).await?);
    }
    Ok(match add(x, 10).await {
        10 => 0,
        n => n + seen.iter().sum::<u32>(),
    })
}

#[hicam::migratable]
async fn shadowing(x: String) -> String {
    let x = format!("{x}1");
    hicam::point().await;
    let x = format!("{x}2");
    let y = {
        let x = x.len();
        hicam::point().await;
        x + 1
    };
    hicam::point().await;
    let x = format!("{x}3 {y}");
    hicam::point().await;
    x
}

#[hicam::migratable]
async fn values_of_blocks(n: u32) -> String {
    let text = {
        let prefix = format!("<{n}>");
        let body = if n > 2 {
            let inner = add(n, n).await;
            format!("{inner}")
        } else {
            String::from("small")
        };
        prefix + &body
    };
    let numbers = [add(1, n).await, 7, add(n, 2).await];
    let (first, rest) = (numbers[0], &numbers[1..]);
    let sum: u32 = rest.iter().sum();
    let shown = format!("{text} {first} {sum}");
    hicam::point().await;
    let Some(last) = numbers.last().copied() else {
        return shown;
    };
    hicam::point().await;
    format!("{shown} {last}")
}

#[hicam::migratable]
async fn loops_in_expressions(n: u32) -> (u32, Vec<u32>) {
    let mut log = vec![];
    let total = add(
        {
            let mut sum = 0;
            for i in 0..n {
                sum += i;
            }
            log.push(sum);
            sum
        },
        if n > 2 {
            add(n, 1).await
        } else {
            log.len() as u32
        },
    )
    .await;
    let mut tries = 0;
    let last = 'search: loop {
        for i in 0.. {
            tries += 1;
            if add(i, tries).await > 9 {
                break 'search i;
            }
            if i == 3 {
                continue 'search;
            }
        }
    };
    log.push(tries);
    (total + last, log)
}

#[hicam::migratable]
async fn floats_and_signs() -> (u64, u64, i128, char) {
    let nan = f64::from_bits(0x7ff8_0000_0000_1234);
    let zero = -0.0_f64;
    let big = i128::MIN;
    let letter = 'ß';
    hicam::point().await;
    (nan.to_bits(), zero.to_bits(), big, letter)
}

programs! {
    expressions;
    expressions: expression_positions(3);
    shadowed: shadowing("a".into()) => "a123 4".to_owned();
    blocks: values_of_blocks(3) => "<3>6 4 12 5".to_owned();
    loops_as_operands: loops_in_expressions(4);
    bits_are_kept: floats_and_signs() => (0x7ff8_0000_0000_1234, 1 << 63, i128::MIN, 'ß');
}
