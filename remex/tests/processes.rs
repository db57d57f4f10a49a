//! Server processes: how they are stopped, and that a daemon finds those of one that was killed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::{
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use common::{
    class_process::{self, class},
    describe, host_with, install, says,
};
use hicam_protocol::{
    remex::{
        ListServersRequest, MigrateServerRequest, ServerProcess, StartCheckpointServerRequest,
        StartServerRequest, StopServerRequest, remex_client::RemexClient,
    },
    transport,
};
use remex::{Whereabouts, name_service};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    time::timeout,
};
use tonic::{Code, Status, transport::Channel};

const LIMIT: Duration = Duration::from_secs(20);

/// Not a test: the program of the processes that the tests here start.
#[tokio::test]
#[ignore = "the other tests here run it, as a process of its own, with --ignored --exact"]
async fn as_class_process() {
    class_process::run().await;
}

async fn start(client: &mut RemexClient<Channel>, name: &str) -> ServerProcess {
    let request = StartServerRequest {
        class: "bank".into(),
        name: name.into(),
        ..Default::default()
    };
    client.start_server(request).await.unwrap().into_inner()
}

async fn stop(client: &mut RemexClient<Channel>, server: &str) -> Result<String, Status> {
    let request = StopServerRequest {
        uuid: server.into(),
        ..Default::default()
    };
    Ok(client.stop_server(request).await?.into_inner().exit)
}

async fn servers(client: &mut RemexClient<Channel>) -> Vec<ServerProcess> {
    let list = client.list_servers(ListServersRequest {}).await.unwrap();
    list.into_inner().servers
}

#[tokio::test]
async fn a_server_that_refuses_to_stop_is_said_at_once_and_goes_on() {
    let mut alpha = host_with("alpha", None, |options| options.timing.question = LIMIT).await;
    install(&mut alpha.client, "bank", &class("bank", "STOP=refuse"))
        .await
        .unwrap();
    let process = start(&mut alpha.client, "main").await;

    let begun = Instant::now();
    let refused = stop(&mut alpha.client, "bank/main").await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable);
    says(&refused, &["bank/main", "the vault is locked"]);
    assert!(begun.elapsed() < LIMIT / 4, "{:?}", begun.elapsed());
    assert_eq!(servers(&mut alpha.client).await, [process]);
    alpha.daemon.shutdown().await;
}

#[tokio::test]
async fn a_server_that_ends_before_its_answer_has_left_has_stopped() {
    let mut alpha = host_with("alpha", None, |_| ()).await;
    install(&mut alpha.client, "bank", &class("bank", "STOP=lose"))
        .await
        .unwrap();
    start(&mut alpha.client, "main").await;
    let exit = stop(&mut alpha.client, "bank/main").await.unwrap();
    assert_eq!(exit, "exit status 0");
    alpha.daemon.shutdown().await;
}

/// The binary `remex`, which unlike a daemon within the test can be killed.
async fn daemon(dir: &TempDir, etcd: &str) -> (Child, RemexClient<Channel>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_remex"));
    for (key, _) in std::env::vars_os() {
        if key.to_string_lossy().starts_with("HICAM_") {
            command.env_remove(key);
        }
    }
    let mut child = command
        .args(["--host", "alpha", "--etcd", etcd, "--dir"])
        .arg(dir.path())
        .kill_on_drop(true)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    timeout(LIMIT, lines.next_line())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    let whereabouts = Whereabouts::read(dir.path()).unwrap().unwrap();
    let client = RemexClient::connect(whereabouts.address).await.unwrap();
    (child, client)
}

fn pid(number: u32) -> Pid {
    Pid::from_raw(i32::try_from(number).unwrap()).unwrap()
}

/// Whether a process is there and not only waiting to be forgotten by its parent.
fn is_alive(number: u32) -> bool {
    test_kill_process(pid(number)).is_ok()
        && std::fs::read_to_string(format!("/proc/{number}/stat"))
            .is_ok_and(|stat| !stat.contains(") Z "))
}

fn records(dir: &Path) -> usize {
    std::fs::read_dir(dir.join("processes")).unwrap().count()
}

#[tokio::test]
async fn a_daemon_finds_the_processes_of_one_that_was_killed() {
    let bound = transport::bind("127.0.0.1:0", false).await.unwrap();
    let names = name_service::start(bound).await;
    let dir = TempDir::new().unwrap();

    let (mut first, mut client) = daemon(&dir, &names.url()).await;
    install(&mut client, "bank", &class("bank", ""))
        .await
        .unwrap();
    let main = start(&mut client, "main").await;
    let other = start(&mut client, "other").await;
    let dead = start(&mut client, "dead").await;
    let checkpoints = StartCheckpointServerRequest {
        class: "bank".into(),
        ..Default::default()
    };
    let store = client
        .start_checkpoint_server(checkpoints.clone())
        .await
        .unwrap()
        .into_inner();
    assert!(!store.already_running);
    first.kill().await.unwrap();
    assert_eq!(records(dir.path()), 4);
    // A process that ends while nobody watches; and a record whose process number is another's by now.
    kill_process(pid(dead.pid), Signal::KILL).unwrap();
    let ended = async {
        while is_alive(dead.pid) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(LIMIT, ended).await.unwrap();
    let record = dir.path().join(format!("processes/{}.json", main.process));
    let stale = std::fs::read_to_string(&record)
        .unwrap()
        .replace(&main.process, "bank-stale");
    std::fs::write(dir.path().join("processes/bank-stale.json"), stale).unwrap();

    let (mut second, mut client) = daemon(&dir, &names.url()).await;
    assert_eq!(
        servers(&mut client).await,
        [main.clone(), other.clone()],
        "the same processes, serving"
    );
    assert_eq!(describe(&mut client).await.servers, 2);
    let found = client
        .start_checkpoint_server(checkpoints)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (found.address, found.already_running),
        (store.address, true)
    );
    assert_eq!(records(dir.path()), 3);

    // It is known as a server of this host, so only the destination is wrong.
    let migrate = MigrateServerRequest {
        uuid: "bank/main".into(),
        destination: "nowhere".into(),
        ..Default::default()
    };
    let error = client.migrate_server(migrate).await.unwrap_err();
    says(&error, &["unknown host nowhere"]);

    assert_eq!(
        stop(&mut client, "bank/main").await.unwrap(),
        "exit status unknown"
    );
    assert!(!is_alive(main.pid));
    assert!(is_alive(other.pid));
    let states: Vec<_> = servers(&mut client)
        .await
        .into_iter()
        .map(|server| (server.name, server.state))
        .collect();
    assert_eq!(
        states,
        [
            ("main".into(), "exited".into()),
            ("other".to_owned(), "serving".to_owned())
        ]
    );
    assert_eq!(describe(&mut client).await.servers, 1);

    // It ends what it has found as it ends what it has started.
    kill_process(pid(second.id().unwrap()), Signal::TERM).unwrap();
    let status = timeout(LIMIT, second.wait()).await.unwrap().unwrap();
    assert!(status.success(), "{status}");
    assert!(!is_alive(other.pid));
    assert_eq!(records(dir.path()), 0);
    names.stop().await;
}
