//! Guards over what is matched by mutable reference or by `ref`; arms that leave; what is matched without a name.

use super::expressions::add;
use super::{hicam, programs};

const LIMIT: u32 = 4;

#[derive(Clone, Debug, PartialEq, hicam::State)]
pub(crate) struct Counter {
    n: u32,
}

#[hicam::migratable]
impl Counter {
    async fn exceeds(&self, least: u32) -> bool {
        hicam::point().await;
        self.n > least
    }

    async fn bump(&mut self) -> u32 {
        hicam::point().await;
        self.n += 1;
        self.n
    }

    async fn settle(&mut self, n: u32) -> u32 {
        match self {
            Counter { n: own } if add(*own, n).await > 9 => {
                *own = 0;
                hicam::point().await;
                *own += 1;
                *own
            }
            Counter { n: 5 } if n == 1 && self.exceeds(4).await => 55,
            whole => {
                hicam::point().await;
                whole.n += n;
                whole.bump().await
            }
        }
    }
}

#[hicam::migratable]
async fn through(mut own: Option<Counter>, given: &mut Option<Counter>) -> Vec<u32> {
    let mut out = Vec::new();
    for i in 0..3 {
        match own.as_mut() {
            Some(counter) if counter.exceeds(i + 1).await => {
                out.push(counter.bump().await);
                counter.n += 10;
                hicam::point().await;
                counter.n += 1;
            }
            Some(counter) => {
                counter.n += 2;
                hicam::point().await;
                counter.n += 1;
            }
            None => out.push(0),
        }
        match &mut *given {
            Some(counter) if counter.exceeds(i).await && add(counter.n, 1).await > 2 => {
                out.push(counter.bump().await);
                *given = None;
            }
            Some(counter) => counter.n += 1,
            slot => {
                hicam::point().await;
                *slot = Some(Counter { n: i });
            }
        }
        match &mut own {
            Some(Counter { n }) if add(*n, i).await % 2 == 0 => {
                *n += 1;
                hicam::point().await;
                *n += 1;
            }
            _ => {}
        }
    }
    match given {
        Some(counter) if counter.exceeds(100).await => out.clear(),
        slot => {
            hicam::point().await;
            *slot = None;
        }
    }
    out.push(own.map_or(0, |counter| counter.n));
    out
}

#[hicam::migratable]
async fn leaving(word: Option<String>) -> Result<u32, String> {
    let found = match word {
        Some(ref word) if word.len() == 7 => return Err(format!("{word}{}", add(1, 2).await)),
        Some(ref word) if add(word.len() as u32, 1).await == 4 => {
            hicam::point().await;
            return Ok(word.len() as u32);
        }
        Some(ref other) => {
            hicam::point().await;
            if other == "never" {
                panic!("{other}");
            }
            return Err(other.clone());
        }
        None => 5,
    };
    Ok(found + 1)
}

#[hicam::migratable]
async fn nameless(n: u32) -> u32 {
    let unit = match () {
        () if add(n, 1).await == 3 => 1,
        () => 2,
    };
    let limit = match LIMIT {
        limit if add(limit, n).await == 6 => 1,
        _ => 2,
    };
    let compared = match n > 1 {
        true if add(n, 1).await == 3 => 1,
        true => 2,
        false
            if {
                hicam::point().await;
                n == 0
            } =>
        {
            3
        }
        false => 4,
    };
    while match n {
        n if add(n, 0).await == 77 => true,
        _ => false,
    } {}
    let length = match leaving(Some("abc".to_owned()))
        .await
        .map_err(|error| error.len())
    {
        Ok(length) if add(length, length).await == 6 => length,
        Ok(_) | Err(_) => 0,
    };
    match n {
        0 if add(1, 1).await == 2 => return 9,
        _ if {
            hicam::point().await;
            false
        } =>
        {
            return 8;
        }
        _ => return unit * 1000 + limit * 100 + compared * 10 + length,
    }
}

#[hicam::migratable]
async fn all_through() -> (Vec<u32>, Vec<u32>, Option<Counter>) {
    let mut given = Some(Counter { n: 3 });
    let first = through(Some(Counter { n: 1 }), &mut given).await;
    let second = through(None, &mut given).await;
    (first, second, given)
}

#[hicam::migratable]
async fn all_settled() -> (Vec<u32>, Counter) {
    let mut counter = Counter { n: 1 };
    let mut out = Vec::new();
    for n in [3, 1, 2, 2, 7, 4] {
        out.push(counter.settle(n).await);
    }
    (out, counter)
}

#[hicam::migratable]
async fn all_leaving() -> Vec<Result<u32, String>> {
    let mut all = Vec::new();
    for word in [None, Some("abc"), Some("abcdefg"), Some("x")] {
        all.push(leaving(word.map(str::to_owned)).await);
    }
    all
}

#[hicam::migratable]
async fn all_nameless() -> Vec<u32> {
    let mut all = Vec::new();
    for n in 0..4 {
        all.push(nameless(n).await);
    }
    all
}

programs! {
    guards_of_references;
    guards_through_references: all_through();
    guards_of_self: all_settled();
    guarded_arms_that_leave: all_leaving();
    guards_without_names: all_nameless();
}
