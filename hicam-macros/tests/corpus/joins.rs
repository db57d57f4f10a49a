//! `tokio::join!`, `try_join!` and `select!` of annotated calls.

use std::sync::Mutex;
use std::time::Duration;

use super::expressions::{add, fallible};
use super::{hicam, programs};

#[hicam::migratable]
async fn countdown(n: u32) -> Vec<u32> {
    let mut seen = Vec::new();
    for i in (0..n).map(|i| n - i).collect::<Vec<_>>() {
        seen.push(i);
        tokio::task::yield_now().await;
    }
    seen
}

#[hicam::migratable]
async fn joined(n: u32) -> (Vec<u32>, Vec<u32>, u32) {
    let mut total = 0;
    for i in 1..n {
        let (a, b) = tokio::join!(countdown(i), add(i, 1));
        total += b + a.len() as u32;
    }
    let (a, b, c) = tokio::join!(countdown(2), countdown(3), async { total * 2 });
    (a, b, c)
}

#[hicam::migratable]
async fn checked(n: u32) -> Result<u32, String> {
    hicam::point().await;
    if n > 5 {
        return Err(format!("{n} is too much"));
    }
    fallible(n).await.map_err(|error| error.to_string())
}

#[hicam::migratable]
async fn try_joined(a: u32, b: u32) -> Result<u32, String> {
    let (a, b) = tokio::try_join!(checked(a), checked(b))?;
    hicam::point().await;
    Ok(a * 10 + b)
}

#[hicam::migratable]
async fn bump(total: &Mutex<u32>, by: u32) -> u32 {
    for _ in 0..by {
        *total.lock().unwrap() += 1;
        hicam::point().await;
    }
    by
}

#[hicam::migratable]
async fn joined_over_shared_data() -> (u32, (u32, u32)) {
    let total = Mutex::new(0);
    let pair = tokio::join!(bump(&total, 2), bump(&total, 3));
    (total.into_inner().unwrap(), pair)
}

#[hicam::migratable]
async fn selected(n: u32) -> Vec<String> {
    let mut log = Vec::new();
    for i in 0..n {
        let text = tokio::select! {
            biased;
            list = countdown(i), if i % 2 == 0 => format!("list {}", list.len()),
            sum = add(i, 1) => {
                hicam::point().await;
                format!("sum {sum}")
            }
        };
        log.push(text);
    }
    let slow = tokio::select! {
        _ = tokio::time::sleep(Duration::from_secs(3600)) => "slept",
        n = add(1, 1), if n > 0 => if n == 2 { "added" } else { "odd" },
    };
    log.push(slow.to_owned());
    log
}

/// What a block borrows that is no call, may be moved after it.
#[hicam::migratable]
async fn joined_with_blocks(n: u32) -> (u32, usize) {
    let total = Mutex::new(vec![n]);
    let list = vec![n];
    let (a, b, _) = tokio::join!(
        async {
            total.lock().unwrap().push(5);
            add(n, list[0]).await
        },
        add(n, 5),
        async { total.lock().unwrap().push(6) }
    );
    let total = total.into_inner().unwrap();
    hicam::point().await;
    drop(list);
    hicam::point().await;
    (a + b, total.len())
}

programs! {
    joins;
    blocks_joined: joined_with_blocks(3) => (6 + 8, 3);
    calls_joined: joined(4);
    calls_tried_and_joined: try_joined(3, 4) => Ok(34);
    calls_tried_and_failed: try_joined(3, 9) => Err("9 is too much".to_owned());
    calls_joined_over_shared_data: joined_over_shared_data() => (5, (2, 3));
    calls_selected: selected(3);
}
