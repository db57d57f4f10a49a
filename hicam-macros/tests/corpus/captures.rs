//! Variables that are only mentioned in format strings, closures and macros are alive all the same.

use super::expressions::add;
use super::{hicam, programs};

macro_rules! square {
    ($n:expr) => {
        $n * $n
    };
}

macro_rules! longest {
    ($first:expr $(, $rest:expr)*) => {{
        let mut longest = $first.len();
        $(longest = longest.max($rest.len());)*
        longest
    }};
}

#[hicam::migratable]
async fn in_format_strings(n: u32) -> Vec<String> {
    let name = format!("n{n}");
    let width = n as usize + 4;
    let float = f64::from(n) / 3.0;
    let fill = vec![n];
    hicam::point().await;
    let mut out = vec![format!("{name:>width$}|{float:.2}|{fill:?}|{{name}}")];
    let text = "x";
    hicam::point().await;
    out.push(format!("{0}{0:<1$}{named}", text, width, named = n));
    let unused = "no {name} here";
    hicam::point().await;
    out.push(unused.to_owned());
    println!("{name}");
    out
}

#[hicam::migratable]
async fn in_closures(limit: u32) -> (Vec<u32>, usize, Option<u32>) {
    let step = 3;
    let words = vec!["a".to_owned(), "bcd".to_owned()];
    let mut calls = 0;
    hicam::point().await;
    let list: Vec<u32> = (0..limit).filter(|i| i % step == 0).collect();
    hicam::point().await;
    let mut count = |by: usize| {
        calls += by;
        calls
    };
    count(1);
    count(words.len());
    hicam::point().await;
    let found = list
        .iter()
        .copied()
        .find(|&i| words.iter().any(|word| word.len() as u32 == i));
    hicam::point().await;
    (list, calls, found)
}

#[hicam::migratable]
async fn in_macros(n: u32) -> (u32, usize, bool) {
    let base = add(n, 1).await;
    let (a, b) = (String::from("ab"), vec![1, 2, 3]);
    hicam::point().await;
    let squared = square!(base + 1);
    hicam::point().await;
    let longest = longest!(a, b, "x");
    let small = matches!(squared, low if low < base);
    assert!(squared > n, "{squared} is more than {n}");
    hicam::point().await;
    (squared, longest, small)
}

#[hicam::migratable]
async fn with_items(n: u32) -> (u32, String) {
    const FACTOR: u32 = 3;
    static GREETING: &str = "hi";
    use std::fmt::Write as _;

    #[derive(Debug, PartialEq)]
    struct Shown(u32);

    fn twice(n: u32) -> u32 {
        n * 2
    }

    let n = add(twice(n), FACTOR).await;
    let mut text = String::from(GREETING);
    hicam::point().await;
    let shown = Shown(n);
    let _ = write!(text, " {shown:?}");
    assert_eq!(shown.0, n);
    #[allow(unused_variables, reason = "an attribute on a statement")]
    let unused = 4;
    let n: u32 = {
        const MORE: u32 = FACTOR + 1;
        hicam::point().await;
        n + MORE
    };
    (n, text)
}

programs! {
    captures;
    captured_by_format_strings: in_format_strings(2);
    captured_by_closures: in_closures(8) => (vec![0, 3, 6], 3, Some(3));
    captured_by_macros: in_macros(2) => (16, 3, false);
    items_in_bodies: with_items(4) => (15, "hi Shown(11)".to_owned());
}
