//! Points in the guards of `match` arms.

use super::expressions::add;
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
}
