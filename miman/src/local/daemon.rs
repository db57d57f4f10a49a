//! One daemon of the local cluster, as a process.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::Stdio,
    time::Duration,
};

use serde::Deserialize;
use tokio::process::{Child, Command};

use super::{LocalOptions, create_dir};
use crate::{
    error::{MimanError, Result},
    process::ProcessId,
};

/// Which name service a daemon uses.
pub(super) enum NameServiceOf {
    /// It hosts the embedded one.
    Own,
    /// These endpoints.
    Etcd(String),
}

/// What a daemon writes into `remex.json` in its directory once it serves.
#[derive(Debug, Deserialize)]
pub(super) struct Ready {
    /// `http://ip:port` of the daemon.
    pub(super) address: String,
    /// Endpoints of the name service that it uses.
    pub(super) etcd: String,
    pid: u32,
}

#[derive(Debug)]
pub(super) struct Daemon {
    pub(super) host: String,
    pub(super) directory: PathBuf,
    pub(super) log: PathBuf,
    pub(super) process: ProcessId,
    /// It has ended, or is no longer ours.
    pub(super) ended: bool,
    exit: String,
    child: Child,
}

impl Daemon {
    pub(super) fn spawn(options: &LocalOptions, host: &str, names: &NameServiceOf) -> Result<Self> {
        let directory = options.dir.join(host);
        create_dir(&directory)?;
        let log = directory.join("remex.log");
        let file = |action| {
            let path = log.clone();
            move |cause| MimanError::File {
                action,
                path,
                cause,
            }
        };
        let output = File::create(&log).map_err(file("create"))?;
        let errors = output.try_clone().map_err(file("write"))?;

        let mut command = Command::new(&options.remex);
        command.arg("--host").arg(host).arg("--dir").arg(&directory);
        command.args(["--listen", "127.0.0.1:0"]);
        match names {
            NameServiceOf::Own => command.args(["--name-service", "127.0.0.1:0"]),
            NameServiceOf::Etcd(endpoints) => command.args(["--etcd", endpoints]),
        };
        // The name service of the daemon is the one just said, whatever this process's environment says.
        command.env_remove("HICAM_ETCD");
        if let Some(capacity) = options.capacity {
            command.arg("--capacity").arg(capacity.to_string());
        }
        command.stdin(Stdio::null()).stdout(output).stderr(errors);
        // A group of its own: Ctrl-C reaches this process alone, which then ends the daemons in order.
        #[cfg(unix)]
        command.process_group(0);
        let child = command.spawn().map_err(|cause| MimanError::HostFailed {
            host: host.to_owned(),
            cause: format!("cannot execute {}: {cause}", options.remex.display()),
            log: log.clone(),
        })?;
        Ok(Self {
            host: host.to_owned(),
            directory,
            log,
            process: ProcessId::of(child.id().unwrap_or(0)),
            ended: false,
            exit: String::new(),
            child,
        })
    }

    /// Waits until it says where it listens.
    pub(super) async fn ready(&mut self, limit: Duration) -> Result<Ready> {
        let path = self.directory.join("remex.json");
        let pid = self.process.pid;
        // The file appears by a rename; there is no portable event for that without another dependency.
        let written = async {
            loop {
                if let Ok(text) = fs::read(&path)
                    && let Ok(ready) = serde_json::from_slice::<Ready>(&text)
                    && ready.pid == pid
                {
                    return ready;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let cause = tokio::select! {
            ready = tokio::time::timeout(limit, written) => match ready {
                Ok(ready) => return Ok(ready),
                Err(_) => format!("it was not ready within {} s: {}", limit.as_secs(), self.last_line()),
            },
            exit = self.child.wait() => {
                let exit = self.note_exit(exit);
                format!("it ended with {exit}: {}", self.last_line())
            }
        };
        Err(MimanError::HostFailed {
            host: self.host.clone(),
            cause,
            log: self.log.clone(),
        })
    }

    /// Waits until it has ended; returns its exit status.
    pub(super) async fn wait(&mut self) -> String {
        if self.ended {
            return self.exit.clone();
        }
        let exit = self.child.wait().await;
        self.note_exit(exit)
    }

    /// The line of its log that says most: what it ended with, else the last one.
    pub(super) fn last_line(&self) -> String {
        let text = fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let mut lines = text
            .lines()
            .map(str::trim)
            .rev()
            .filter(|line| !line.is_empty());
        let last = lines.clone().next().unwrap_or("it has said nothing");
        lines
            .find_map(|line| line.strip_prefix("Error: "))
            .unwrap_or(last)
            .to_owned()
    }

    fn note_exit(&mut self, exit: std::io::Result<std::process::ExitStatus>) -> String {
        self.ended = true;
        self.exit = match exit {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        };
        self.exit.clone()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if !self.ended {
            self.process.terminate();
        }
    }
}
