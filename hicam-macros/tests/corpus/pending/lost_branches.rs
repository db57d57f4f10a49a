//! What a branch of `select!` that has lost holds is dropped then, also where the call was restored and the branch was not
//! polled since: its frames are not decoded, so the drop does not run.

use super::drop_order::{Log, eat, log, mk, out, step};
use super::{hicam, programs};

#[hicam::migratable]
async fn chosen(log: &Log) -> u32 {
    let chosen = tokio::select! {
        biased;
        first = eat(mk(1, log), log) => first,
        second = eat(mk(2, log), log) => second,
    };
    step(log, 20).await + chosen
}

#[hicam::migratable]
async fn lost() -> Vec<u32> {
    let log = log();
    chosen(&log).await;
    out(log)
}

programs! {
    lost_branches;
    a_branch_that_has_lost: lost();
}
