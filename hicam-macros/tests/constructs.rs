//! Points in places where a naive cut would miss them: macros, chains, labelled blocks, `let … else`, `async` blocks.
#![allow(
    clippy::unwrap_used,
    clippy::never_loop,
    reason = "programs as people write them"
)]

use hicam::testing::every_point;

#[hicam::migratable]
async fn half(n: u64, log: &mut Vec<u64>) -> Option<u64> {
    log.push(n);
    hicam::point().await;
    n.is_multiple_of(2).then_some(n / 2)
}

#[hicam::migratable]
async fn macros(n: u64, log: &mut Vec<u64>) -> String {
    let v = vec![half(n, log).await, None, half(n + 1, log).await];
    let w = vec![half(4, log).await; 2];
    assert_eq!(half(6, log).await, Some(3), "of {n}");
    assert!(half(6, log).await.is_some());
    let mut text = format!("{:?} {v:?} {} {last:?}", w, n, last = half(8, log).await);
    use std::fmt::Write as _;
    write!(text, "{:?}", half(9, log).await).unwrap();
    if matches!(half(10, log).await, Some(5)) {
        text.push('!');
    }
    let picked = vec![
        if n == 3 {
            1
        } else {
            half(2, log).await.unwrap_or(0)
        },
        7,
    ];
    for i in 0..4u64 {
        let v = vec![if i == 2 { continue } else { i }];
        hicam::point().await;
        log.push(v[0]);
    }
    format!("{text}{picked:?}")
}

#[hicam::migratable]
async fn chains(n: u64, log: &mut Vec<u64>) -> u64 {
    let mut sum = 0;
    if let Some(a) = half(n, log).await
        && a > 1
        && let Some(mut b) = half(a, log).await
    {
        b += 1;
        hicam::point().await;
        sum += a + b;
    } else {
        hicam::point().await;
        sum += 100;
    }
    let mut m = n;
    while let Some(next) = half(m, log).await
        && next > 0
    {
        m = next;
        sum += next;
    }
    let found = 'search: {
        for i in 0..n {
            if half(i, log).await == Some(1) {
                break 'search Some(i);
            }
            if i == 50 {
                break;
            }
        }
        None
    };
    let Some(mut found) = found else {
        half(0, log).await;
        return sum;
    };
    found += 1;
    hicam::point().await;
    let Some((a, mut b)) = half(found * 2, log).await.map(|x| (x, x)) else {
        let extra = half(8, log).await.unwrap_or(0);
        return sum + extra;
    };
    b += a;
    hicam::point().await;
    sum + found + b
}

#[hicam::migratable]
async fn inner(n: u64) -> Result<u64, String> {
    hicam::point().await;
    if n > 5 { Err(format!("{n}")) } else { Ok(n) }
}

#[hicam::migratable]
async fn asyncs(n: u64, log: &mut Vec<u64>) -> u64 {
    let text = String::from("abc");
    let mut count = 0u64;
    let tried = async {
        let a = inner(n).await?;
        count += 1;
        if a == 2 {
            return Ok(0);
        }
        let b = inner(n + 3).await?;
        Ok::<u64, String>(a + b)
    }
    .await;
    log.push(count);
    let len = async move {
        count += 10;
        hicam::point().await;
        text.len() as u64 + count
    }
    .await;
    log.push(count);
    match tried {
        Ok(n) => n + len,
        Err(text) => text.len() as u64 * 1000 + len,
    }
}

#[hicam::migratable]
async fn failing(n: u64) -> anyhow::Result<u64> {
    let a = inner(n).await.map_err(anyhow::Error::msg)?;
    anyhow::ensure!(a != 1, "one {a}");
    anyhow::ensure!(a != 2);
    if a == 3 {
        anyhow::bail!("three is {}", a);
    }
    hicam::point().await;
    Ok(a)
}

#[hicam::migratable]
async fn failures(n: u64) -> String {
    // An error that cannot be captured is dealt with before the next point.
    match failing(n).await {
        Ok(n) => n.to_string(),
        Err(error) => error.to_string(),
    }
}

macro_rules! logged {
    ($($name:ident = $function:ident;)*) => {$(
        #[hicam::migratable]
        async fn $name(n: u64) -> (String, Vec<u64>) {
            let mut log = Vec::new();
            let value = $function(n, &mut log).await;
            (format!("{value:?}"), log)
        }
    )*};
}
logged! { run_macros = macros; run_chains = chains; run_asyncs = asyncs; }

#[tokio::test]
async fn constructs_at_every_point() {
    for n in 0..12 {
        assert!(every_point(|| run_macros(n)).await.unwrap() > 10);
        assert!(every_point(|| run_chains(n)).await.unwrap() > 3);
        assert!(every_point(|| run_asyncs(n)).await.unwrap() > 3);
        assert!(every_point(|| failures(n)).await.unwrap() > 2);
    }
    assert_eq!(failures(1).await, "one 1");
    assert_eq!(failures(2).await, "Condition failed: `a != 2`");
    assert_eq!(failures(3).await, "three is 3");
    assert_eq!(run_asyncs(1).await, ("19".to_owned(), vec![1, 1]));
}
