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
mod fixture;
mod render;
mod textindex;
