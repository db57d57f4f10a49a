//! The examples as a user runs them: real daemons, real server processes, `miman` for control. The programs are those
//! beside this test; `cargo build --workspace --bins` puts them there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

mod bad_input;
mod bank;
#[path = "../../../remex/tests/name_service_suite/etcd_process.rs"]
#[allow(dead_code, reason = "the suite it belongs to uses all of it")]
mod etcd_process;
mod fixture;
mod full_host;
mod full_store;
mod load;
mod other_builds;
mod real_etcd;
mod render;
mod silent_host;
mod tasks;
mod textindex;
mod upgrade;
