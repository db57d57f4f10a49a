//! Each bad input gives one clear error, with what to do and a status that is not zero.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test's failure is a panic"
)]

mod support;

use std::fs;

use support::Home;

#[test]
fn no_cluster() {
    let home = Home::new();
    for line in [
        &["hosts"][..],
        &["servers"],
        &["deploy", "bank"],
        &["migrate", "bank", "host2"],
    ] {
        let error = home.run(line).error(1);
        assert!(
            error.contains("no cluster is known here") && error.contains("`miman up`"),
            "{error}"
        );
    }
    let error = home.run(&["down"]).error(1);
    assert!(error.contains("no cluster is up here"), "{error}");
}

#[test]
fn name_service_down() {
    let home = Home::new();
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let etcd = format!("http://{port}");
    for line in [&["hosts"][..], &["servers"], &["up", "--hosts", "1"]] {
        let error = home.run(&[line, &["--etcd", &etcd]].concat()).error(75);
        assert_eq!(
            error,
            format!("no name service at {etcd}; is `miman up` running?")
        );
    }
    let error = home.run(&["hosts", "--etcd", "::nowhere::"]).error(1);
    assert!(error.contains("nowhere"), "{error}");
}

#[test]
fn damaged_cluster_file() {
    let home = Home::new();
    fs::write(home.path().join("cluster.json"), "{").unwrap();
    let error = home.run(&["hosts"]).error(1);
    assert!(
        error.contains("cluster.json is not a cluster file") && error.contains("delete it"),
        "{error}"
    );
    fs::remove_file(home.path().join("cluster.json")).unwrap();
}

#[test]
fn daemon_that_cannot_be_started() {
    let home = Home::new();
    let error = home.run(&["up", "--remex", "/nowhere/remex"]).error(1);
    assert!(
        error.contains("no `remex` at /nowhere/remex") && error.contains("cargo build -p remex"),
        "{error}"
    );
    let broken = home.script("broken", "#!/bin/sh\necho 'out of luck' >&2\nexit 3\n");
    let error = home
        .run(&["up", "--remex", broken.to_str().unwrap()])
        .error(1);
    assert!(
        error.contains("host `host1` did not come up")
            && error.contains("exit status: 3")
            && error.contains("out of luck")
            && error.contains("remex.log"),
        "{error}"
    );
    let file = home.path().join("file");
    fs::write(&file, "").unwrap();
    let error = home.run(&["up", "--dir", file.to_str().unwrap()]).error(1);
    assert!(error.starts_with("cannot create"), "{error}");
    let error = home.run(&["up", "--hosts", "a/b"]).error(1);
    assert!(error.contains("`a/b` cannot be a host's name"), "{error}");
}

#[test]
fn unknown_servers_hosts_and_classes() {
    let home = Home::up(&["--hosts", "1"]);
    let uuid = "00000000-0000-4000-8000-000000000000";
    for server in ["bank", "bank/main", uuid, "b nk/x", "../x"] {
        for line in [
            &["threads", server][..],
            &["checkpoint", server],
            &["checkpoints", server],
            &["show", server],
            &["interval", server, "1s"],
            &["migrate", server, "host1"],
            &["restore", server],
            &["stop", server],
            &["stop", server, "--forget", "--yes"],
        ] {
            let error = home.run(line).error(1);
            assert_eq!(
                error,
                format!("no server `{server}`; `miman servers` lists them")
            );
        }
    }
    let error = home.run(&["start", "bank"]).error(1);
    assert!(
        error.contains("class `bank` is not installed on any host")
            && error.contains("`miman deploy BINARY`"),
        "{error}"
    );
    let error = home.run(&["start", "bank", "--host", "host1"]).error(1);
    assert!(error.contains("not installed on host `host1`"), "{error}");
    let error = home.run(&["start", "bank", "--host", "mars"]).error(1);
    assert_eq!(
        error,
        "no host `mars`; there are host1 (`miman hosts` shows them)"
    );
    let error = home.run(&["checkpoint-server", "bank"]).error(1);
    assert!(error.contains("is not installed on any host"), "{error}");
}

#[test]
fn files_that_are_no_class() {
    let home = Home::up(&["--hosts", "1"]);
    let error = home.run(&["deploy", "/nowhere/bank"]).error(1);
    assert!(
        error.starts_with("/nowhere/bank is not an executable file: there is no such file"),
        "{error}"
    );
    let plain = home.path().join("plain");
    fs::write(&plain, "text").unwrap();
    let error = home.run(&["deploy", plain.to_str().unwrap()]).error(1);
    assert!(error.contains("permissions"), "{error}");
    let error = home
        .run(&["deploy", home.path().to_str().unwrap()])
        .error(1);
    assert!(error.contains("it is not a file"), "{error}");

    for (content, expected) in [
        ("#!/bin/sh\necho hello\n", "printed no schema"),
        ("#!/bin/sh\necho '{}'\n", "printed a schema without a class"),
        (
            "#!/bin/sh\necho 'no such command' >&2\nexit 2\n",
            "said \"no such command\"",
        ),
        ("#!/nowhere/sh\n", "is not an executable file"),
    ] {
        let file = home.script("other", content);
        let error = home.run(&["deploy", file.to_str().unwrap()]).error(1);
        assert!(error.contains(expected), "{error}");
    }
    // Nothing has been installed, and the cluster goes on.
    let hosts = home.run(&["hosts", "--json"]).json();
    assert_eq!(hosts[0]["classes"], serde_json::json!([]));
}

#[test]
fn binaries_for_other_processors() {
    let home = Home::up(&["--hosts", "1"]);
    let foreign = match std::env::consts::ARCH {
        "s390x" => (183_u16, "aarch64"),
        _ => (22, "s390x"),
    };
    let mut header = b"\x7fELF\x02\x02\x01".to_vec();
    header.resize(18, 0);
    header.extend(foreign.0.to_be_bytes());
    header.resize(128, 0);
    let bank = home.script("bank", "");
    fs::write(&bank, header).unwrap();
    let bank = bank.to_str().unwrap();
    let is = format!("an ELF executable for {}", foreign.1);

    let error = home.run(&["install", bank]).error(1);
    assert!(
        error.contains(&is) && error.contains(std::env::consts::ARCH) && error.contains("--class"),
        "{error}"
    );
    for line in [
        &["install", bank, "--class", "bank"][..],
        &["deploy", bank, "--class", "bank"],
        &["deploy", bank, "--class", "bank", "--host", "host1"],
    ] {
        let error = home.run(line).error(1);
        assert!(
            error.contains(&is)
                && error.contains(&format!("host1 ({})", std::env::consts::ARCH))
                && error.contains("give the binary that is built for that processor"),
            "{error}"
        );
    }
    let hosts = home.run(&["hosts", "--json"]).json();
    assert_eq!(hosts[0]["classes"], serde_json::json!([]));
}

#[test]
fn class_whose_server_does_not_start() {
    let home = Home::up(&["--hosts", "1"]);
    let script = "#!/bin/sh\n\
        case $1 in schema) echo '{\"class\":\"bank\",\"fingerprint\":\"00\"}' ;; *) echo 'no luck' >&2; exit 4 ;; esac\n";
    let bank = home.script("bank", script);
    home.run(&["install", bank.to_str().unwrap()]).ok();
    let error = home.run(&["start", "bank"]).error(1);
    assert!(
        error.contains("starting `bank/main` on host `host1`")
            && error.contains("ended (exit status 4)")
            && error.ends_with(".log is: no luck"),
        "{error}"
    );
    // The name is free again.
    assert_eq!(
        home.run(&["servers", "--json"]).json(),
        serde_json::json!([])
    );
}
