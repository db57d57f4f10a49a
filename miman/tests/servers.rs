//! Servers of a real class from deployment to their end: the `bank` of the examples, with real daemons.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test's failure is a panic"
)]

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use hicam_protocol::remex::{ListServersRequest, ServerProcess, remex_client::RemexClient};
use serde_json::Value;
use support::{Home, built};

fn bank() -> String {
    built("bank", "examples")
}

/// A cluster of two hosts with the server bank/main on host1 and its checkpoints in `store` under the home.
fn deployed(up: &[&str]) -> (Home, Value) {
    let home = Home::up(up);
    let store = store(&home);
    let deployment = home
        .run(&[
            "deploy",
            &bank(),
            "--host",
            "host1",
            "--interval",
            "off",
            "--store",
            store.to_str().unwrap(),
            "--checkpoint-host",
            "host2",
            "--json",
        ])
        .json();
    (home, deployment)
}

fn store(home: &Home) -> PathBuf {
    home.path().join("store")
}

fn server(home: &Home, name: &str) -> Value {
    let servers = home.run(&["servers", "--json"]).json();
    let mut found = servers.as_array().unwrap().iter();
    found
        .find(|server| server["server"] == name)
        .unwrap_or_else(|| panic!("no {name}: {servers}"))
        .clone()
}

#[tokio::main(flavor = "current_thread")]
async fn processes(home: &Home) -> Vec<ServerProcess> {
    let mut all = Vec::new();
    for host in home.cluster().hosts {
        let mut remex = RemexClient::connect(host.address).await.unwrap();
        let list = remex.list_servers(ListServersRequest {}).await.unwrap();
        all.extend(list.into_inner().servers);
    }
    all
}

/// Ends the process of a server at once, as a crash would.
fn kill(home: &Home, uuid: &Value) {
    let process = processes(home)
        .into_iter()
        .find(|process| uuid == &process.uuid && process.state == "serving")
        .unwrap();
    assert!(miman::ProcessId::of(process.pid).kill());
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn server_lives_migrates_and_stops() {
    let (home, deployment) = deployed(&[]);
    assert_eq!(deployment["server"], "bank/main");
    assert_eq!(deployment["host"], "host1");
    assert_eq!(deployment["epoch"], 1);
    assert_eq!(deployment["durability"], "replies");
    assert_eq!(deployment["interval_ms"], 0);
    assert_eq!(deployment["checkpoint_server"]["host"], "host2");
    assert_eq!(deployment["checkpoint_server"]["already_running"], false);
    let uuid = deployment["uuid"].as_str().unwrap();

    let running = server(&home, "bank/main");
    assert_eq!(running["phase"], "serving");
    assert_eq!(running["address"], deployment["address"]);
    assert_eq!(running["threads"], 0);
    assert_eq!(
        home.run(&["threads", "bank", "--json"]).json(),
        serde_json::json!([])
    );

    // The same server by class, by name and by UUID.
    let mut last = 0;
    for name in ["bank", "bank/main", uuid] {
        let taken = home.run(&["checkpoint", name, "--json"]).json();
        let sequence = taken["sequence"].as_u64().unwrap();
        assert!(sequence > last, "{taken}");
        last = sequence;
    }
    let checkpoints = home.run(&["checkpoints", "bank", "--json"]).json();
    let newest = checkpoints.as_array().unwrap().last().unwrap().clone();
    assert_eq!(newest["sequence"], last);
    assert_eq!(newest["server"], "bank/main");
    assert_eq!(newest["host"], "host1");
    assert_eq!(home.run(&["checkpoints", "--json"]).json(), checkpoints);
    let shown = home.run(&["show", "bank"]).json();
    assert_eq!(shown["uuid"], uuid);
    assert_eq!(shown["class"], "bank");
    assert_eq!(home.run(&["show", "bank", &last.to_string()]).json(), shown);
    assert_eq!(
        home.run(&["show", "bank", "4711"]).error(1),
        "server `bank/main` has no checkpoint 4711; `miman checkpoints bank/main` lists what there is"
    );

    let interval = home.run(&["interval", "bank", "250ms", "--json"]).json();
    assert_eq!(interval["interval_ms"], 250);
    assert_eq!(server(&home, "bank/main")["interval_ms"], 250);

    let moved = home.run(&["migrate", "bank", "host2", "--json"]).json();
    assert_eq!(
        (&moved["from"], &moved["to"]),
        (&"host1".into(), &"host2".into())
    );
    assert_eq!(moved["epoch"], 2);
    let running = server(&home, "bank/main");
    assert_eq!(running["host"], "host2");
    assert_eq!(running["phase"], "serving");
    assert_eq!(running["address"], moved["address"]);
    assert_eq!(running["uuid"], uuid);
    assert_eq!(running["interval_ms"], 250);
    let table = home.run(&["migrate", "bank", "host1"]).ok();
    assert!(
        table.starts_with("SERVER     FROM   TO     EPOCH"),
        "{table}"
    );

    let stopped = home.run(&["stop", "bank", "--json"]).json();
    assert_eq!(stopped["forgotten"], false);
    let down = server(&home, "bank/main");
    assert_eq!(
        (&down["phase"], &down["address"]),
        (&"down".into(), &Value::Null)
    );
    for line in [
        &["threads", "bank"][..],
        &["checkpoint", "bank"],
        &["interval", "bank", "1s"],
        &["migrate", "bank", "host2"],
        &["stop", "bank"],
    ] {
        let error = home.run(line).error(1);
        assert!(
            error.starts_with("server `bank/main` is down")
                && error.contains("`miman restore bank/main`"),
            "{error}"
        );
    }
    let restored = home
        .run(&["restore", "bank", "--host", "host2", "--json"])
        .json();
    assert_eq!(restored["uuid"], uuid);
    assert_eq!(restored["host"], "host2");
    assert!(restored["epoch"].as_u64() > Some(3), "{restored}");
    assert_eq!(server(&home, "bank/main")["phase"], "serving");

    let refused = home.run(&["stop", "bank", "--forget"]).error(2);
    assert!(refused.contains("add --yes"), "{refused}");
    let forgotten = home
        .run(&["stop", "bank", "--forget", "--yes", "--json"])
        .json();
    assert_eq!(forgotten["forgotten"], true);
    assert_eq!(
        home.run(&["servers", "--json"]).json(),
        serde_json::json!([])
    );
}

#[test]
fn killed_server_is_restored_from_its_last_checkpoint() {
    let (home, deployment) = deployed(&[]);
    let uuid = &deployment["uuid"];
    home.run(&["checkpoint", "bank"]).ok();
    let alive = home.run(&["restore", "bank"]).error(1);
    assert!(
        alive.starts_with("server `bank/main` is alive on host `host1`"),
        "{alive}"
    );

    kill(&home, uuid);
    let restored = home
        .run(&["restore", "bank", "--host", "host2", "--json"])
        .json();
    assert_eq!(&restored["uuid"], uuid);
    assert_eq!(restored["host"], "host2");
    assert_eq!(restored["epoch"], 2);
    assert_eq!(server(&home, "bank/main")["phase"], "serving");
}

#[test]
fn names_and_places_are_limited() {
    let (home, deployment) = deployed(&["--capacity", "1"]);
    let taken = home.run(&["deploy", &bank()]).error(1);
    assert!(
        taken.starts_with("a server `bank/main` exists already")
            && taken.contains(deployment["uuid"].as_str().unwrap()),
        "{taken}"
    );
    let taken = home.run(&["start", "bank/main"]).error(1);
    assert!(
        taken.starts_with("a server `bank/main` exists already"),
        "{taken}"
    );

    let full = home
        .run(&["start", "bank/second", "--host", "host1"])
        .error(75);
    assert!(
        full.starts_with("host `host1` is full: it runs 1 of at most 1 servers"),
        "{full}"
    );
    // Of itself it finds the host that has room.
    let second = home.run(&["start", "bank/second", "--json"]).json();
    assert_eq!(second["host"], "host2");
    let full = home.run(&["start", "bank/third"]).error(75);
    assert!(full.starts_with("every host is full"), "{full}");
    let full = home.run(&["migrate", "bank/main", "host2"]).error(75);
    assert!(full.starts_with("host `host2` is full"), "{full}");

    let several = home.run(&["checkpoint", "bank"]).error(1);
    assert_eq!(
        several,
        "class `bank` has several servers (bank/main, bank/second); name one of them"
    );
    let there = home.run(&["migrate", "bank/main", "host1"]).error(1);
    assert!(
        there.starts_with("server `bank/main` runs on host `host1` already"),
        "{there}"
    );
    let unknown = home.run(&["migrate", "bank/main", "mars"]).error(1);
    assert_eq!(
        unknown,
        "no host `mars`; there are host1, host2 (`miman hosts` shows them)"
    );
    for name in ["bank/main", "bank/second"] {
        assert_eq!(server(&home, name)["phase"], "serving");
    }
}

#[test]
fn binary_of_another_class_is_refused() {
    let home = Home::up(&["--hosts", "1"]);
    let error = home.run(&["deploy", &bank(), "--class", "render"]).error(1);
    assert!(
        error.contains("is a binary of class `bank`, not of class `render`"),
        "{error}"
    );
    let hosts = home.run(&["hosts", "--json"]).json();
    assert_eq!(hosts[0]["classes"], serde_json::json!([]));
}

#[test]
fn corrupted_checkpoint_is_refused() {
    let (home, deployment) = deployed(&[]);
    home.run(&["checkpoint", "bank"]).ok();
    home.run(&["stop", "bank"]).ok();
    for file in files(&store(&home)) {
        let mut content = fs::read(&file).unwrap();
        for byte in content.iter_mut().rev().take(16) {
            *byte ^= 0x55;
        }
        fs::write(&file, content).unwrap();
    }
    let error = home.run(&["show", "bank"]);
    assert_eq!(error.status, 1, "{error:?}");
    let error = error.error(1);
    assert!(
        error.contains("corrupt") || error.contains("damaged"),
        "{error}"
    );
    let error = home.run(&["restore", "bank"]).error(1);
    assert!(
        error.contains("corrupt") || error.contains("damaged"),
        "{error}"
    );
    assert_eq!(server(&home, "bank/main")["uuid"], deployment["uuid"]);
}

#[test]
fn store_that_cannot_be_written() {
    let home = Home::up(&[]);
    let file = home.path().join("file");
    fs::write(&file, "").unwrap();
    let below_a_file = file.join("store");
    let error = home
        .run(&["deploy", &bank(), "--store", below_a_file.to_str().unwrap()])
        .error(1);
    assert!(
        error.starts_with("starting the checkpoint server of class `bank`")
            && error.contains("store"),
        "{error}"
    );
    assert_eq!(
        home.run(&["servers", "--json"]).json(),
        serde_json::json!([])
    );

    // With another store it works, and the name had not been lost.
    home.run(&["deploy", &bank(), "--store", "memory:"]).ok();
    let other = home
        .run(&["checkpoint-server", "bank", "--store", "/elsewhere"])
        .error(1);
    assert!(
        other.contains("has a checkpoint server on host") && other.contains("memory:"),
        "{other}"
    );
    home.run(&["checkpoint", "bank"]).ok();

    // The store that breaks under a running server stops its checkpoints, not the server.
    home.run(&["stop", "bank", "--forget", "--yes"]).ok();
}

#[test]
fn server_outlives_a_store_that_breaks() {
    let (home, _) = deployed(&[]);
    home.run(&["checkpoint", "bank"]).ok();
    // A file where the directory was: nothing can be written there, whoever tries.
    let store = store(&home);
    fs::rename(&store, store.with_extension("away")).unwrap();
    fs::write(&store, "").unwrap();
    let error = home.run(&["checkpoint", "bank"]);
    assert!(error.status == 1 || error.status == 75, "{error:?}");
    let status = error.status;
    let error = error.error(status);
    assert!(
        error.starts_with("taking a checkpoint of `bank/main`: "),
        "{error}"
    );
    assert_eq!(server(&home, "bank/main")["phase"], "serving");

    fs::remove_file(&store).unwrap();
    fs::rename(store.with_extension("away"), &store).unwrap();
    home.run(&["checkpoint", "bank"]).ok();
}

#[test]
fn checkpoint_server_that_is_gone() {
    let (home, _) = deployed(&[]);
    home.run(&["checkpoint", "bank"]).ok();
    home.run(&["stop", "bank"]).ok();
    // Its host ends in order, so its advert goes at once.
    let host = home.cluster().hosts[1].clone();
    assert!(host.process.terminate());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    assert!(runtime.block_on(host.process.wait(Duration::from_secs(10))));

    for line in [
        &["restore", "bank"][..],
        &["checkpoints", "bank"],
        &["show", "bank"],
    ] {
        let error = home.run(line).error(1);
        assert!(
            error.starts_with("no checkpoint server runs for class `bank`")
                && error.contains("`miman checkpoint-server bank`"),
            "{error}"
        );
    }
    home.run(&[
        "checkpoint-server",
        "bank",
        "--store",
        store(&home).to_str().unwrap(),
    ])
    .ok();
    home.run(&["restore", "bank"]).ok();
    assert_eq!(server(&home, "bank/main")["phase"], "serving");
}
