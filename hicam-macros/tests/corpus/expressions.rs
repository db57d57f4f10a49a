//! Points inside of expressions, shadowing, blocks with values.

use super::{hicam, programs};

#[hicam::migratable]
pub(super) async fn add(a: u32, b: u32) -> u32 {
    hicam::point().await;
    a + b
}

#[hicam::migratable]
pub(super) async fn fallible(n: u32) -> Result<u32, std::num::ParseIntError> {
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

#[hicam::migratable]
pub(super) async fn noted(value: u32, log: &mut Vec<u32>) -> u32 {
    log.push(value);
    hicam::point().await;
    log.push(value + 100);
    value
}

pub(super) fn note(value: u32, log: &mut Vec<u32>) -> u32 {
    log.push(value);
    value
}

/// Each operand writes a log, so that the order of evaluation is part of the result.
#[hicam::migratable]
async fn order_of_operands(n: u32) -> (Vec<u32>, Vec<u32>) {
    let mut log = Vec::new();
    let mut out = vec![0; 4];
    out[note(0, &mut log) as usize] =
        note(1, &mut log) + noted(2, &mut log).await * note(3, &mut log);
    out[1] += noted(n, &mut log).await;
    let at = note(2, &mut log) as usize;
    out[at] = [
        note(5, &mut log),
        noted(6, &mut log).await,
        note(7, &mut log),
    ][noted(1, &mut log).await as usize];
    let (a, b) = (note(8, &mut log), noted(9, &mut log).await);
    out[3] = a * 10 + b;
    let range = noted(10, &mut log).await..noted(12, &mut log).await;
    out.extend(range);
    (out, log)
}

#[hicam::migratable]
async fn short_circuits(n: u32) -> (Vec<bool>, Vec<u32>) {
    let mut log = Vec::new();
    let mut out = Vec::new();
    out.push(n > 1 && noted(1, &mut log).await == 1 && noted(2, &mut log).await == 3);
    out.push(n > 100 && noted(3, &mut log).await == 3);
    out.push(n > 1 || noted(4, &mut log).await == 4);
    out.push(noted(5, &mut log).await == 4 || n > 100 || noted(6, &mut log).await == 6);
    out.push(!(noted(7, &mut log).await == 7 && note(8, &mut log) == 8));
    let both = noted(9, &mut log).await > 3 && {
        log.push(0);
        noted(1, &mut log).await == 1
    };
    out.push(both);
    (out, log)
}

#[derive(Debug, Clone, PartialEq, Default, hicam::State)]
pub(crate) struct Settings {
    name: String,
    width: u32,
    height: u32,
    tags: Vec<String>,
}

#[hicam::migratable]
async fn defaults(width: u32) -> Settings {
    hicam::point().await;
    Settings {
        width,
        tags: vec!["default".into()],
        ..Settings::default()
    }
}

#[hicam::migratable]
async fn literals(x: u32) -> (Settings, Settings, [u32; 3]) {
    let base = Settings {
        height: add(x, 1).await,
        name: format!("{x}"),
        width: add(x, 2).await,
        tags: Vec::new(),
    };
    let updated = Settings {
        name: "updated".to_owned(),
        height: add(base.height, 1).await,
        ..defaults(base.width).await
    };
    let array = [add(x, 1).await; 3];
    (
        Settings {
            name: base.name.repeat(2),
            ..base
        },
        updated,
        array,
    )
}

#[hicam::migratable]
async fn chains(text: String) -> (usize, String, i64, bool) {
    let length = shadowing(text.clone()).await.len();
    let upper = shadowing(text).await.trim().to_uppercase();
    let cast = add(1, 2).await as i64 - i64::from(add(7, 3).await);
    let negative = -(add(4, 4).await as i64) + cast;
    let values = [cast, negative];
    (length, upper, negative, !mostly(&values).await)
}

#[hicam::migratable]
pub(super) async fn mostly(values: &[i64]) -> bool {
    let mut negative = 0;
    for value in values {
        if *value < 0 {
            negative += 1;
        }
    }
    negative * 2 > values.len()
}

#[hicam::migratable]
async fn assignments(n: u32) -> (u32, u32, Vec<u32>, [u32; 2]) {
    let mut a = n;
    let mut b = 1;
    let mut list = vec![0; 3];
    let mut array = [0; 2];
    (a, b) = (add(a, b).await, a);
    a += add(b, a).await;
    b *= add(b, 1).await + a;
    list[add(0, 1).await as usize] = add(5, 5).await;
    list[2] += add(3, 3).await;
    [array[1], array[0]] = [add(1, 1).await, b];
    a <<= 1;
    let c;
    (c, _) = (add(a, 0).await, add(0, 0).await);
    (a + c, b, list, array)
}

#[hicam::migratable]
async fn arguments_of_arguments(n: u32) -> u32 {
    add(
        add(add(n, 1).await, n.pow(2)).await,
        match add(n, n).await {
            0 => 1,
            twice if twice > 6 => add(twice, 1).await,
            twice => {
                let half = twice / 2;
                hicam::point().await;
                half
            }
        },
    )
    .await
}

#[hicam::migratable]
async fn jumps_as_operands(list: Vec<u32>) -> u32 {
    let mut sum = 0;
    for n in list {
        sum += match n {
            0 => continue,
            100 => break,
            200 => return add(sum, 1000).await,
            n => add(n, 1).await,
        };
    }
    if sum <= 10 {
        return add(sum, 500).await;
    }
    sum * 2
}

#[hicam::migratable]
async fn numbers_of_all_widths() -> String {
    let small = (i8::MIN, u8::MAX, i16::MIN, u16::MAX);
    let wide = (i64::MIN, u64::MAX, u128::MAX, isize::MIN, usize::MAX);
    let (half, tiny) = (0.5_f32, f64::MIN_POSITIVE / 2.0);
    let text = ("", 'é', "naïve\0", [true, false]);
    let unit = ();
    hicam::point().await;
    format!("{small:?} {wide:?} {half} {tiny:e} {text:?} {unit:?}")
}

programs! {
    expressions;
    expressions: expression_positions(3);
    shadowed: shadowing("a".into()) => "a123 4".to_owned();
    blocks: values_of_blocks(3) => "<3>6 4 12 5".to_owned();
    loops_as_operands: loops_in_expressions(4);
    bits_are_kept: floats_and_signs() => (0x7ff8_0000_0000_1234, 1 << 63, i128::MIN, 'ß');
    operands_in_order: order_of_operands(4);
    short_circuit: short_circuits(3);
    struct_literals: literals(4);
    chains_of_methods: chains("ab".into());
    assignments_of_all_kinds: assignments(3);
    arguments_in_arguments: arguments_of_arguments(4);
    jumps_in_operands: jumps_as_operands(vec![1, 0, 2, 100, 3]) => 505;
    jumps_in_operands_returned: jumps_as_operands(vec![1, 200]) => 1002;
    jumps_in_operands_passed: jumps_as_operands(vec![9, 9]) => 40;
    all_widths: numbers_of_all_widths();
}
