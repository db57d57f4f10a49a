//! The examples as plain tonic services: what they compute, without HiCaM taking part.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

mod bank;
mod render;
mod serve;
mod textindex;
