//! `miman up`, `down`, `hosts` and `install` with real daemons.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test's failure is a panic"
)]

mod support;

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::Stdio,
    time::{Duration, Instant},
};

use miman::ClusterFile;
use support::Home;

/// A program that answers `schema` as a class does; that is all that installing needs.
fn class(name: &str) -> String {
    format!("#!/bin/sh\necho '{{\"class\":\"{name}\",\"fingerprint\":\"00\"}}'\n")
}

#[test]
fn detached_cluster_is_found_and_ended() {
    let home = Home::up(&["--hosts", "alpha,beta", "--capacity", "3"]);
    let hosts = home.run(&["hosts", "--json"]).json();
    let names: Vec<_> = hosts
        .as_array()
        .unwrap()
        .iter()
        .map(|host| {
            assert_eq!(host["state"], "up");
            assert_eq!(host["capacity"], 3);
            assert_eq!(host["servers"], 0);
            host["host"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(names, ["alpha", "beta"]);

    let table = home.run(&["hosts"]).ok();
    assert!(table.starts_with("HOST   STATE  ARCH"), "{table}");
    assert_eq!(table.lines().count(), 3, "{table}");
    assert_eq!(
        home.run(&["servers", "--json"]).json(),
        serde_json::json!([])
    );
    assert_eq!(
        home.run(&["checkpoints", "--json"]).json(),
        serde_json::json!([])
    );

    let again = home.run(&["up"]).error(1);
    assert!(
        again.contains("is up already") && again.contains("`miman down`"),
        "{again}"
    );

    let cluster = home.cluster();
    let down = home.run(&["down", "--json"]).json();
    assert_eq!(
        down,
        serde_json::json!([{"host": "alpha", "outcome": "stopped"}, {"host": "beta", "outcome": "stopped"}])
    );
    assert!(!cluster.is_alive());
    assert!(!ClusterFile::path(home.path()).exists());
}

#[test]
fn foreground_cluster_says_when_a_host_dies_and_ends_on_a_signal() {
    let home = Home::new();
    let mut up = home
        .command(&["up", "--hosts", "3", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(up.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let printed: ClusterFile = serde_json::from_str(&line).unwrap();
    assert_eq!(printed, home.cluster());

    let mut stderr = BufReader::new(up.stderr.take().unwrap());
    let mut hint = String::new();
    stderr.read_line(&mut hint).unwrap();
    assert!(hint.contains(&printed.etcd), "{hint}");

    assert!(printed.hosts[2].process.kill());
    let mut death = String::new();
    stderr.read_line(&mut death).unwrap();
    assert!(
        death.contains("host `host3` has ended") && death.contains("signal: 9"),
        "{death}"
    );

    let miman = miman::ProcessId::of(up.id());
    assert!(miman.terminate());
    assert!(up.wait().unwrap().success());
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
    assert!(!printed.is_alive());
    assert!(!ClusterFile::path(home.path()).exists());
}

#[test]
fn foreground_cluster_ends_when_the_name_service_dies() {
    let home = Home::new();
    let mut up = home
        .command(&["up", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(up.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let printed: ClusterFile = serde_json::from_str(&line).unwrap();
    assert!(printed.hosts[0].process.kill());
    let output = up.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("error: host `host1` has ended"), "{stderr}");
    assert!(!printed.is_alive());
}

#[test]
fn down_ends_a_foreground_cluster_too() {
    let home = Home::new();
    let mut up = home
        .command(&["up", "--hosts", "1", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(up.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert_eq!(
        home.run(&["down", "--json"]).json(),
        serde_json::json!([{"host": "host1", "outcome": "stopped"}])
    );
    assert!(up.wait().unwrap().success());
}

#[test]
fn cluster_joins_a_name_service_that_runs() {
    let first = Home::up(&["--hosts", "one"]);
    let etcd = first.cluster().etcd;
    let second = Home::up(&["--hosts", "two", "--etcd", &etcd]);
    assert_eq!(second.cluster().etcd, etcd);
    let hosts = first.run(&["hosts", "--json"]).json();
    assert_eq!(hosts.as_array().unwrap().len(), 2);

    // A name that is taken is refused, and what had been started ends.
    let third = Home::new();
    let error = third
        .run(&["up", "--hosts", "two", "--etcd", &etcd])
        .error(1);
    assert!(
        error.contains("host `two` did not come up")
            && error.contains("remex of host two is running"),
        "{error}"
    );
    assert!(!ClusterFile::path(third.path()).exists());

    // A daemon that dies without a word stays advertised until its lease runs out, and is called silent.
    assert!(second.cluster().hosts[0].process.kill());
    let two = first.run(&["hosts", "--json"]).json()[1].clone();
    assert_eq!(
        (two["host"].as_str(), two["state"].as_str()),
        (Some("two"), Some("silent"))
    );
}

#[test]
fn stale_cluster_file_is_replaced() {
    let home = Home::up(&["--hosts", "1"]);
    let cluster = home.cluster();
    assert!(cluster.hosts[0].process.kill());
    let deadline = Instant::now() + Duration::from_secs(5);
    while cluster.is_alive() {
        assert!(Instant::now() < deadline);
        std::thread::yield_now();
    }
    let error = home.run(&["hosts"]).error(75);
    assert!(
        error.contains("no name service at http://127.0.0.1:"),
        "{error}"
    );
    home.run(&["up", "--detach", "--hosts", "1"]).ok();
    assert_ne!(home.cluster(), cluster);
}

#[test]
fn binaries_are_installed_once() {
    let home = Home::up(&[]);
    let bank = home.script("bank", &class("bank"));
    let bank = bank.to_str().unwrap();
    let outcomes = |json: serde_json::Value| -> Vec<String> {
        assert_eq!(json["class"], "bank");
        json["hosts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|host| host["outcome"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = home.run(&["install", bank, "--json"]).json();
    assert_eq!(outcomes(first), ["uploaded", "uploaded"]);
    let second = home.run(&["install", bank, "--json"]).json();
    assert_eq!(outcomes(second), ["already there", "already there"]);

    let table = home.run(&["hosts"]).ok();
    assert!(
        table.lines().skip(1).all(|line| line.contains(" bank ")),
        "{table}"
    );

    let wrong = home.run(&["install", bank, "--class", "render"]).error(1);
    assert!(
        wrong.contains("is a binary of class `bank`, not of class `render`"),
        "{wrong}"
    );
}
