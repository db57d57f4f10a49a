//! The binary `remex`: its command line, its signals, its exit status.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::{process::Stdio, time::Duration};

use remex::Whereabouts;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::Command,
    time::timeout,
};

const LIMIT: Duration = Duration::from_secs(20);

fn remex(dir: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_remex"));
    for (key, _) in std::env::vars_os() {
        if key.to_string_lossy().starts_with("HICAM_") {
            command.env_remove(key);
        }
    }
    command
        .args(["--host", "alpha", "--dir"])
        .arg(dir.path())
        .kill_on_drop(true)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[tokio::test]
async fn it_says_where_it_is_and_ends_on_sigterm() {
    let dir = TempDir::new().unwrap();
    let mut daemon = remex(&dir)
        .env("HICAM_NAME_SERVICE", "127.0.0.1:0")
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(daemon.stdout.take().unwrap()).lines();
    let line = timeout(LIMIT, lines.next_line())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    let whereabouts = Whereabouts::read(dir.path()).unwrap().unwrap();
    assert_eq!(
        line,
        format!("host alpha listens at {}", whereabouts.address)
    );
    let line = lines.next_line().await.unwrap().unwrap();
    assert_eq!(
        line,
        format!("the name service listens at {}", whereabouts.etcd)
    );
    assert_eq!(Some(whereabouts.pid), daemon.id());

    let pid = Pid::from_raw(i32::try_from(whereabouts.pid).unwrap()).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
    let status = timeout(LIMIT, daemon.wait()).await.unwrap().unwrap();
    assert!(status.success(), "{status}");
    assert_eq!(Whereabouts::read(dir.path()).unwrap(), None);
}

#[tokio::test]
async fn bad_settings_end_it_with_what_to_do() {
    let dir = TempDir::new().unwrap();
    let cases: [(&[&str], &str); 4] = [
        (&[], "--name-service 127.0.0.1:0"),
        (
            &[
                "--etcd",
                "http://127.0.0.1:1",
                "--name-service",
                "127.0.0.1:0",
            ],
            "exclude one another",
        ),
        (&["--name-service", "0.0.0.0:0"], "--insecure-listen"),
        (&["--etcd", "http://127.0.0.1:1"], "name service"),
    ];
    for (arguments, words) in cases {
        let output = remex(&dir).args(arguments).output();
        let output = timeout(LIMIT, output).await.unwrap().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(errors.contains(words), "{arguments:?}: {errors}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}
