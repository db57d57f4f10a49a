//! Branches: `if`, `if let`, `match` with guards and bindings, `let … else`, late initialisation.

use super::expressions::add;
use super::{hicam, programs};

#[derive(Debug, Clone, PartialEq, hicam::State)]
enum Shape {
    Dot,
    Line(u32),
    Box { w: u32, h: u32 },
}

#[hicam::migratable]
async fn patterns(shapes: Vec<Shape>) -> u32 {
    let mut area = 0;
    for shape in shapes {
        let part = match shape {
            Shape::Dot => 1,
            Shape::Line(n) if n > 3 => {
                hicam::point().await;
                n * 2
            }
            Shape::Line(n) => n,
            Shape::Box { w, mut h } => {
                let mut sum = 0;
                while h > 0 {
                    sum += w;
                    h -= 1;
                }
                sum
            }
        };
        if let Some(half) = part.checked_div(2) {
            hicam::point().await;
            area += half;
        } else {
            area += 1000;
        }
        area += part;
    }
    area
}

#[hicam::migratable]
async fn late(flag: bool) -> String {
    let text;
    if flag {
        hicam::point().await;
        text = String::from("yes");
    } else {
        text = add(1, 2).await.to_string();
    }
    hicam::point().await;
    let n: u32;
    n = text.len() as u32;
    hicam::point().await;
    format!("{text}{n}")
}

#[hicam::migratable]
async fn ladder(n: u32) -> &'static str {
    if add(n, 1).await == 1 {
        "zero"
    } else if add(n, 1).await < 4 {
        hicam::point().await;
        "few"
    } else if n.is_multiple_of(2) {
        "even"
    } else {
        hicam::point().await;
        "odd"
    }
}

#[hicam::migratable]
async fn all_rungs() -> Vec<&'static str> {
    let mut all = Vec::new();
    for n in 0..6 {
        all.push(ladder(n).await);
    }
    all
}

#[hicam::migratable]
async fn slice_patterns(values: Vec<u32>) -> String {
    match values.as_slice() {
        [] => "none".to_owned(),
        [one] => format!("one {one}"),
        [first, .., last] if first == last => format!("the same {first}"),
        [first, rest @ ..] => format!("{first} and {}", rest.len()),
    }
}

#[hicam::migratable]
async fn slices_of_patterns() -> Vec<String> {
    let mut all = Vec::new();
    let mut values = vec![];
    for i in vec![2, 1, 2, 7] {
        all.push(slice_patterns(values.clone()).await);
        values.push(i);
    }
    all.push(slice_patterns(values).await);
    all
}

#[hicam::migratable]
async fn ranges_and_bindings(codes: Vec<u16>) -> Vec<String> {
    let mut out = Vec::new();
    for code in codes {
        let text = match code {
            0 => continue,
            ok @ 200..=299 => {
                hicam::point().await;
                format!("ok {ok}")
            }
            301 | 302 | 307 => String::from("moved"),
            client @ 400..500 if client != 404 => {
                let shown = add(u32::from(client), 0).await;
                format!("client {shown}")
            }
            404 => {
                hicam::point().await;
                "missing".into()
            }
            u16::MAX => break,
            other => format!("{other}?"),
        };
        out.push(text);
    }
    out
}

#[hicam::migratable]
async fn options_of_tuples(input: Vec<(Option<u32>, Result<u32, String>)>) -> Vec<u32> {
    let mut out = vec![];
    for pair in input {
        let value = match pair {
            (Some(a), Ok(b)) => add(a, b).await,
            (None, Ok(n)) | (Some(n), Err(_)) => {
                hicam::point().await;
                n
            }
            (None, Err(text)) => {
                hicam::point().await;
                text.len() as u32
            }
        };
        out.push(value);
    }
    out
}

#[hicam::migratable]
async fn if_let_ladder(input: Option<Result<u32, String>>) -> String {
    if let Some(Ok(n)) = input {
        hicam::point().await;
        n.to_string()
    } else if let Some(Err(text)) = input {
        hicam::point().await;
        text
    } else {
        "nothing".into()
    }
}

#[hicam::migratable]
async fn matched_in_place(mut queue: Vec<Option<String>>) -> (Vec<Option<String>>, usize) {
    let mut total = 0;
    for slot in 0..queue.len() {
        let length = match &mut queue[slot] {
            Some(text) => {
                text.push('!');
                text.len()
            }
            empty => {
                *empty = Some("new".into());
                0
            }
        };
        total += add(length as u32, 0).await as usize;
    }
    (queue, total)
}

#[hicam::migratable]
async fn set_in_some_arms(n: u32) -> (String, Vec<u32>) {
    let name;
    let mut list;
    match n {
        0 => {
            name = "zero".to_owned();
            list = vec![];
        }
        1 => {
            list = Vec::from([add(n, n).await]);
            name = "one".to_owned();
        }
        _ => {
            hicam::point().await;
            (name, list) = (format!("{n}"), vec![n; 2]);
        }
    }
    hicam::point().await;
    list.push(7);
    (name, list)
}

#[hicam::migratable]
async fn all_arms() -> Vec<(String, Vec<u32>)> {
    let mut all = vec![];
    for n in 0..3 {
        all.push(set_in_some_arms(n).await);
    }
    all
}

programs! {
    branches;
    match_arms: patterns(vec![Shape::Dot, Shape::Line(5), Shape::Line(2), Shape::Box { w: 3, h: 4 }]) => 37;
    late_initialised: late(true) => "yes3".to_owned();
    late_initialised_by_call: late(false) => "31".to_owned();
    rungs_of_a_ladder: all_rungs() => vec!["zero", "few", "few", "odd", "even", "odd"];
    patterns_of_slices: slices_of_patterns();
    patterns_with_ranges: ranges_and_bindings(vec![200, 0, 302, 404, 418, 500, u16::MAX, 1]);
    patterns_of_tuples: options_of_tuples(vec![(Some(1), Ok(2)), (None, Ok(4)), (Some(5), Err(String::new())), (None, Err("abc".into()))]) => vec![3, 4, 5, 3];
    if_let_first: if_let_ladder(Some(Ok(4))) => "4".to_owned();
    if_let_second: if_let_ladder(Some(Err("bad".into()))) => "bad".to_owned();
    if_let_else: if_let_ladder(None) => "nothing".to_owned();
    a_match_on_a_place: matched_in_place(vec![Some("a".into()), None]);
    variables_set_in_arms: all_arms();
}
