//! Points in the guards of `match` arms.

use super::expressions::{add, noted};
use super::{hicam, programs};

#[hicam::migratable]
async fn allowed(name: &str, log: &mut Vec<String>) -> bool {
    log.push(name.to_owned());
    hicam::point().await;
    name.len() > 2
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) enum Request {
    Read(String),
    Write { name: String, value: u32 },
    Stop,
}

#[hicam::migratable]
async fn serve(requests: Vec<Request>) -> (Vec<String>, Vec<String>) {
    let mut log = Vec::new();
    let mut out = Vec::new();
    for request in requests {
        match request {
            Request::Read(name) if allowed(&name, &mut log).await => {
                hicam::point().await;
                out.push(name);
            }
            Request::Write { name, value } if value > 3 && allowed(&name, &mut log).await => {
                out.push(format!("{name}={value}"));
            }
            Request::Write {
                ref name,
                mut value,
            } if add(value, 1).await == 2 => {
                value += 10;
                out.push(format!("{name}:{value}"));
            }
            Request::Stop => break,
            other => out.push(format!("{other:?}")),
        }
    }
    (out, log)
}

#[hicam::migratable]
async fn numbers(n: u32) -> u32 {
    match n {
        0 => 0,
        n if add(n, 1).await == 2 => 10,
        3 | 4 if add(n, n).await == 8 => add(n, 20).await,
        _ if n > 100 => 1,
        _ => 2,
    }
}

#[hicam::migratable]
async fn all_numbers() -> Vec<u32> {
    let mut all = Vec::new();
    for n in 0..6 {
        all.push(numbers(n).await);
    }
    all
}

/// The guard runs for each alternative that matches.
#[hicam::migratable]
async fn alternatives(a: Option<u32>, b: Option<u32>) -> (u32, Vec<u32>) {
    let mut log = Vec::new();
    let found = match (a, b) {
        (Some(x), _) | (_, Some(x)) if noted(x, &mut log).await > 2 => {
            hicam::point().await;
            x
        }
        (None, _) | (_, None)
            if {
                log.push(5);
                add(1, 1).await == 3
            } =>
        {
            8
        }
        _ => 9,
    };
    (found, log)
}

#[hicam::migratable]
async fn all_alternatives() -> Vec<(u32, Vec<u32>)> {
    let some = [None, Some(1), Some(4)];
    let mut all = Vec::new();
    for a in some {
        for b in some {
            all.push(alternatives(a, b).await);
        }
    }
    all
}

#[hicam::migratable]
async fn more_than(n: u32, least: u32) -> Result<bool, String> {
    hicam::point().await;
    if n == 9 {
        return Err(format!("{n} is nothing"));
    }
    Ok(n > least)
}

/// Guards that are left.
#[hicam::migratable]
async fn left(n: u32) -> Result<Vec<u32>, String> {
    let mut out = Vec::new();
    'all: for i in 0..n {
        match i {
            k if more_than(k, 7).await? => out.push(k),
            k if {
                if add(k, 1).await == 3 {
                    continue 'all;
                }
                let mut sum = 0;
                for j in 0..k {
                    sum = add(sum, j).await;
                }
                sum == 3
            } =>
            {
                out.push(100 + k)
            }
            6 if n == 7 && {
                hicam::point().await;
                break 'all;
            } => {}
            0 if {
                if n == 2 {
                    return Ok(vec![42, add(n, 1).await]);
                }
                false
            } => {}
            k => {
                hicam::point().await;
                out.push(k + 1000);
            }
        }
    }
    out.push(0);
    Ok(out)
}

#[hicam::migratable]
async fn all_left() -> Vec<Result<Vec<u32>, String>> {
    let mut all = Vec::new();
    for n in [2, 4, 7, 9, 10] {
        all.push(left(n).await);
    }
    all
}

/// A `match` in a guard, and in an arm.
#[hicam::migratable]
async fn nested(n: u32) -> Vec<u32> {
    let mut out = Vec::new();
    for i in 0..n {
        let x = match i % 3 {
            a if match add(a, i).await {
                b if add(b, 0).await > 4 => true,
                2 => true,
                _ => false,
            } =>
            {
                match add(a, 5).await {
                    c if add(c, 1).await == 6 => c,
                    c => c + 50,
                }
            }
            _ => {
                hicam::point().await;
                7
            }
        };
        out.push(x);
    }
    out
}

#[hicam::migratable]
async fn counted(list: Vec<u32>) -> usize {
    hicam::point().await;
    list.len()
}

/// What guards and arms move and set.
#[hicam::migratable]
async fn moved(n: u32) -> (u32, Vec<u32>) {
    let (first, second) = (vec![1, 2, n], vec![7]);
    let late;
    let list = match n {
        0 if counted(second).await == 2 => {
            late = 1;
            first
        }
        1 if {
            hicam::point().await;
            true
        } =>
        {
            late = 2;
            vec![add(n, 3).await]
        }
        k if add(k, 0).await > 2 => {
            late = 3;
            vec![counted(first).await as u32]
        }
        _ => {
            late = 4;
            first
        }
    };
    hicam::point().await;
    (late, list)
}

#[hicam::migratable]
async fn all_moved() -> Vec<(u32, Vec<u32>)> {
    let mut all = Vec::new();
    for n in 0..4 {
        all.push(moved(n).await);
    }
    all
}

/// Values that are matched, and are there in the last arm still.
#[hicam::migratable]
async fn words(words: Vec<Option<String>>) -> (Vec<String>, Vec<String>) {
    let (mut out, mut log) = (Vec::new(), Vec::new());
    for word in words {
        let found = match word {
            Some(name) if allowed(&name, &mut log).await => {
                hicam::point().await;
                name
            }
            Some(ref name) if name.is_empty() => {
                hicam::point().await;
                format!("empty{name}")
            }
            None if add(1, 2).await == 3 => "none".to_owned(),
            _ => {
                let n = add(1, 1).await;
                let rest = word;
                hicam::point().await;
                format!("{rest:?}{n}")
            }
        };
        hicam::point().await;
        out.push(found);
    }
    (out, log)
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) struct Gate {
    least: u32,
    opened: Vec<u32>,
    state: State,
}

#[derive(Debug, Clone, PartialEq, hicam::State)]
pub(crate) enum State {
    Open { since: u32, by: String },
    Shut(Option<String>),
}

#[hicam::migratable]
impl Gate {
    async fn lets(&self, n: u32) -> bool {
        hicam::point().await;
        n >= self.least
    }

    async fn note(&mut self, n: u32) -> bool {
        self.opened.push(n);
        hicam::point().await;
        self.opened.len() > 3
    }

    async fn step(&mut self, n: u32) -> u32 {
        match self.state {
            State::Open { since, ref by } if add(since, by.len() as u32).await > n => {
                hicam::point().await;
                by.len() as u32
            }
            State::Open { ref mut since, .. } => {
                *since += 1;
                hicam::point().await;
                *since += 10;
                *since
            }
            State::Shut(Some(ref mut why)) if why.len() as u32 == add(n, 0).await => {
                why.push('!');
                hicam::point().await;
                why.push('?');
                0
            }
            State::Shut(_) if n > 5 && self.lets(n).await => {
                self.state = State::Open {
                    since: n,
                    by: "gate".to_owned(),
                };
                add(n, 1).await
            }
            State::Shut(_) => 1,
        }
    }

    async fn passed(&mut self, all: &[u32]) -> Vec<u32> {
        let mut out = Vec::new();
        for &n in all {
            match n {
                n if self.note(n).await => out.push(1000 + n),
                n if self.lets(n).await => {
                    self.opened.push(0);
                    out.push(self.step(n).await);
                }
                _ => out.push(self.step(n).await),
            }
        }
        out
    }
}

#[hicam::migratable]
async fn gates() -> (Vec<u32>, Gate) {
    let mut gate = Gate {
        least: 7,
        opened: Vec::new(),
        state: State::Shut(Some("abc".to_owned())),
    };
    let mut out = gate.passed(&[3, 5]).await;
    gate.opened.clear();
    out.extend(gate.passed(&[6]).await);
    for n in [9, 2, 30, 12] {
        gate.opened.clear();
        out.extend(gate.passed(&[n]).await);
        out.push(gate.step(n + 10).await);
    }
    (out, gate)
}

/// Places that an index chose, and borrows of them.
#[hicam::migratable]
async fn places(words: Vec<&'static str>) -> Vec<String> {
    let mut out = Vec::new();
    let mut log = Vec::new();
    let mut i = 0;
    let mut table: Vec<(String, u32)> = Vec::new();
    for word in words {
        table.push((word.to_owned(), word.len() as u32));
    }
    while i < table.len() {
        match &table[i] {
            (name, n) if add(*n, 1).await == 4 && name.len() == 3 => {
                hicam::point().await;
                out.push(name.clone());
            }
            (_, n) if noted(*n, &mut log).await > 3 => {
                out.push(format!("{n}"));
                hicam::point().await;
                out.push(format!("{n}!"));
            }
            _ if {
                i += 1;
                add(1, 1).await == 2
            } =>
            {
                out.push(format!("at {i}"));
                continue;
            }
            _ => {}
        }
        match table[i].1 {
            n if add(n, 1).await == 4 => out.push("four".to_owned()),
            n => {
                hicam::point().await;
                out.push(n.to_string());
            }
        }
        match table[i].0.as_str() {
            "abc" if add(1, 1).await == 2 => out.push("abc!".to_owned()),
            text if {
                let count = text.chars().count() as u32;
                add(count, 0).await == 5
            } =>
            {
                hicam::point().await;
                out.push(text.to_uppercase());
            }
            _ => {}
        }
        match &mut table[i] {
            (name, n) if noted(*n, &mut log).await == 3 => {
                name.push('+');
                hicam::point().await;
                *n += 1;
            }
            (name, _) => name.clear(),
        }
        i += 1;
    }
    out.push(format!("{table:?}{log:?}"));
    out
}

#[hicam::migratable]
async fn made(n: u32) -> Option<String> {
    hicam::point().await;
    (n > 0).then(|| "x".repeat(n as usize))
}

/// Values that are made where they are matched.
#[hicam::migratable]
async fn values(n: u32) -> Vec<String> {
    let mut out = Vec::new();
    for i in 0..n {
        let text = match made(i).await {
            Some(text) if add(text.len() as u32, 1).await == 2 => text,
            Some(ref text) if text.len() == 2 => format!("two {text}"),
            Some(mut text) => {
                text.push('.');
                hicam::point().await;
                text
            }
            None if add(i, i).await == 0 => "none".to_owned(),
            None => unreachable!(),
        };
        out.push(text);
        match (i, made(i).await, i * 2) {
            (a, Some(text), b) if add(a, b).await == text.len() as u32 * 3 && b == 4 => {
                hicam::point().await;
                out.push(text + "#");
            }
            (_, None, b) if add(b, 1).await == 1 => out.push(format!("{b}")),
            (a, ..) => out.push(format!("({a}")),
        }
        out.push(match add(i, 1).await {
            n @ 1..=2 if add(n, 0).await == 2 => format!("n is {n}"),
            n => format!("n {n}"),
        });
    }
    out
}

programs! {
    guards;
    requests_guarded: serve(vec![
        Request::Read("abc".into()),
        Request::Read("d".into()),
        Request::Write { name: "key".into(), value: 4 },
        Request::Write { name: "k".into(), value: 4 },
        Request::Write { name: "x".into(), value: 1 },
        Request::Stop,
        Request::Read("never".into()),
    ]);
    numbers_guarded: all_numbers() => vec![0, 10, 2, 2, 24, 2];
    guards_of_alternatives: all_alternatives();
    guards_that_are_left: all_left();
    guards_in_guards: nested(8);
    guards_that_move: all_moved();
    words_guarded: words(vec![Some("abc".into()), None, Some("".into()), Some("d".into())]);
    gates_guarded: gates();
    places_guarded: places(vec!["abc", "x", "house", "four", "abc"]);
    values_guarded: values(5);
}
