//! A real etcd, in a process of its own, with its own data directory and ports.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

const ATTEMPTS: u32 = 5;
const STARTUP: Duration = Duration::from_secs(20);

pub(crate) struct EtcdProcess {
    child: Child,
    url: String,
    _data: TempDir,
}

impl EtcdProcess {
    pub(crate) async fn start() -> Self {
        let binary = find();
        let mut failures = Vec::new();
        for _ in 0..ATTEMPTS {
            match Self::try_start(&binary).await {
                Ok(process) => return process,
                // Another process may have taken a port meanwhile.
                Err(log) => failures.push(log),
            }
        }
        panic!(
            "{} did not start:\n{}",
            binary.display(),
            failures.join("\n--- again:\n")
        );
    }

    async fn try_start(binary: &Path) -> Result<Self, String> {
        let data = tempfile::tempdir().unwrap();
        let (client, peer) = free_ports();
        let client = format!("http://127.0.0.1:{client}");
        let peer = format!("http://127.0.0.1:{peer}");
        let mut child = Command::new(binary)
            .arg("--data-dir")
            .arg(data.path())
            .args(["--name", "suite", "--listen-client-urls", &client])
            .args(["--advertise-client-urls", &client])
            .args(["--listen-peer-urls", &peer])
            .args(["--initial-advertise-peer-urls", &peer])
            .args(["--initial-cluster", &format!("suite={peer}")])
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("cannot run {}: {error}", binary.display()))?;
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut log = String::new();
        let ready = tokio::time::timeout(STARTUP, async {
            while let Ok(Some(line)) = lines.next_line().await {
                log.push_str(&line);
                log.push('\n');
                if line.contains("ready to serve client requests") {
                    return true;
                }
            }
            false
        })
        .await;
        if ready != Ok(true) {
            return Err(log);
        }
        // It must not block on a full pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self {
            child,
            url: client,
            _data: data,
        })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Kills the process and waits until it is gone.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }
}

/// Two ports that the system says are free.
fn free_ports() -> (u16, u16) {
    let listeners = [(); 2].map(|()| std::net::TcpListener::bind("127.0.0.1:0").unwrap());
    let [a, b] = listeners.map(|listener| listener.local_addr().unwrap().port());
    (a, b)
}

fn find() -> PathBuf {
    if let Some(binary) = std::env::var_os("HICAM_TEST_ETCD_BIN") {
        return binary.into();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let installed = std::env::split_paths(&path).map(|directory| directory.join("etcd"));
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let tools = ["target/tools/etcd/usr/bin/etcd", "target/tools/etcd/etcd"]
        .map(|binary| workspace.join(binary));
    installed
        .chain(tools)
        .find(|binary| binary.is_file() && binary.file_name() == Some(OsStr::new("etcd")))
        .unwrap_or_else(|| {
            panic!(
                "these tests need a real etcd: run `cargo xtask test`, which gets one, or set \
                 HICAM_TEST_ETCD_BIN to an etcd binary, or on Debian unpack one with `apt-get \
                 download etcd-server && dpkg -x etcd-server*.deb target/tools/etcd`"
            )
        })
}
