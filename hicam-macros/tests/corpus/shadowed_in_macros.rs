//! Variables that hide others of the same name, in macros.

use super::drop_order::{log, step};
use super::{hicam, programs};

#[derive(Debug, Clone, Copy)]
pub(crate) struct At {
    x: u32,
    y: u32,
}

macro_rules! when {
    ($cond:expr => $then:expr) => {
        if $cond { Some($then) } else { None }
    };
}

#[hicam::migratable]
async fn shadowed(c: u32) -> Vec<String> {
    let l = log();
    let x = 1;
    let n = step(&l, x).await;
    let x = x + 2;
    let n = n + x;
    step(&l, n).await;
    let at = At { x: 9, y: x };
    let mut found = vec![
        matches!(c, n if x != 1 && n < 7),
        matches!(c, n if (0..x).contains(&n)),
        matches!(Some(at), Some(At { x, .. }) if x > 3),
        matches!(at, At { y, .. } if y == x),
        matches!(n, 4 | 5 if x == 3),
    ];
    found.extend(vec![n != 4; 2]);
    let sums: Vec<u32> = vec![(0..x).sum(); 2];
    let chosen = when!(x != 1 => (x..=n).count());
    let text = stringify!(x + n);
    assert!(x == 3);
    debug_assert!(x == 3, "{x} is {n}");
    hicam::point().await;
    vec![
        format!("{found:?} {sums:?} {chosen:?} {text}"),
        format!("{x}{n:>x$}", x = x as usize),
    ]
}

/// The message names what the source does.
#[hicam::migratable]
async fn failed() -> String {
    let l = log();
    let x = 1;
    step(&l, x).await;
    let x = 2;
    let text = said(|| assert!(x == 1));
    hicam::point().await;
    text + &said(|| debug_assert!(x != 2))
}

fn said(assert: impl Fn() + std::panic::UnwindSafe) -> String {
    std::panic::catch_unwind(assert).map_or_else(text_of, |()| "it held".to_owned())
}

fn text_of(cause: Box<dyn std::any::Any + Send>) -> String {
    match cause.downcast_ref::<String>() {
        Some(text) => text.clone(),
        None => (*cause.downcast_ref::<&str>().unwrap_or(&"")).to_owned(),
    }
}

programs! {
    shadowed_in_macros;
    conditions: shadowed(2);
    failures: failed();
    other_conditions: shadowed(8);
}
