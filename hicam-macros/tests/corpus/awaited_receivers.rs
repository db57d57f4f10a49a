//! What was awaited, and is borrowed by a method that is awaited in its turn, ends with its statement.

use super::drop_order::{Log, log, made, mk, out, step};
use super::{hicam, programs};

#[hicam::migratable]
async fn receivers(l: &Log) -> u32 {
    made(1, l).await.see(l).await;
    step(l, 20).await;
    let n = made(2, l).await.see(l).await + made(3, l).await.into_it(l).await;
    step(l, 30).await;
    mk(4, l).see(l).await;
    step(l, 40).await;
    mk(5, l).into_it(l).await;
    step(l, 50).await;
    n + made(6, l).await.see(l).await + mk(7, l).see(l).await
}
#[hicam::migratable]
async fn of_receivers() -> Vec<u32> {
    let l = log();
    receivers(&l).await;
    out(l)
}

programs! {
    awaited_receivers;
    ends_of_awaited_receivers: of_receivers();
}
