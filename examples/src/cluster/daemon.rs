//! A daemon beside those that `miman up` starts: of another build, and perhaps executed by an emulator.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::str::FromStr;

use anyhow::{Context as _, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::{COME_UP, GO_DOWN, Host};

/// A machine whose programs are not those of the cluster's other hosts: `NAME=DIRECTORY` or `NAME=DIRECTORY=COMMAND`.
///
/// ```
/// use examples::cluster::Machine;
/// let machine: Machine = "s390x=target/s390x=qemu-s390x-static -L /usr/s390x-linux-gnu".parse().unwrap();
/// assert_eq!(machine.name, "s390x");
/// assert_eq!(machine.under.len(), 3);
/// assert!("s390x".parse::<Machine>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// The name of the host.
    pub name: String,
    /// The directory of its `remex` and its classes' programs.
    pub programs: PathBuf,
    /// The emulator that executes them, with its arguments; none if empty.
    pub under: Vec<String>,
}

impl FromStr for Machine {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, rest) = text
            .split_once('=')
            .with_context(|| format!("`{text}` is not NAME=DIRECTORY or NAME=DIRECTORY=COMMAND"))?;
        let (programs, under) = rest.split_once('=').unwrap_or((rest, ""));
        ensure!(!name.is_empty(), "`{text}` has no name before its first =");
        Ok(Self {
            name: name.to_owned(),
            programs: programs.into(),
            under: under.split_whitespace().map(str::to_owned).collect(),
        })
    }
}

/// A daemon that runs; killed when this is dropped.
#[derive(Debug)]
pub(super) struct Daemon {
    child: Child,
    name: String,
}

impl Daemon {
    /// Starts it in a directory of its own below `home`, and waits until it is advertised.
    pub(super) async fn start(
        machine: &Machine,
        home: &Path,
        etcd: &str,
    ) -> anyhow::Result<(Self, Host)> {
        let remex = machine.programs.join("remex");
        let directory = home.join("hosts").join(&machine.name);
        std::fs::create_dir_all(&directory)
            .with_context(|| format!("cannot create `{}`", directory.display()))?;
        let log_path = directory.join("remex.log");
        let log = File::create(&log_path)
            .with_context(|| format!("cannot create `{}`", log_path.display()))?;
        let mut command = match machine.under.split_first() {
            None => Command::new(&remex),
            Some((emulator, arguments)) => {
                let mut command = Command::new(emulator);
                command.args(arguments).arg(&remex);
                command
            }
        };
        command
            .args(["--host", &machine.name, "--etcd", etcd])
            .args(["--launcher", &machine.under.join(" ")])
            .arg("--dir")
            .arg(&directory)
            .env_remove("HICAM_NAME_SERVICE")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .process_group(0)
            .kill_on_drop(true);
        let mut child = command
            .spawn()
            .with_context(|| format!("cannot execute `{}`", remex.display()))?;
        let Some(stdout) = child.stdout.take() else {
            bail!("the daemon of {} has no output", machine.name);
        };
        let pid = child.id().unwrap_or_default();
        let daemon = Self {
            child,
            name: machine.name.clone(),
        };
        let mut lines = BufReader::new(stdout).lines();
        let line = tokio::time::timeout(COME_UP, lines.next_line())
            .await
            .with_context(|| format!("the daemon of {} is not ready in time", daemon.name))??;
        let address = line
            .as_deref()
            .and_then(|line| line.rsplit_once(" listens at "));
        let (_, address) = address.with_context(|| {
            format!(
                "the daemon of {} did not come up; its log is {}",
                daemon.name,
                log_path.display()
            )
        })?;
        let host = Host {
            host: machine.name.clone(),
            address: address.to_owned(),
            pid,
        };
        Ok((daemon, host))
    }

    /// Ends it in order: its servers make their final checkpoints.
    pub(super) async fn stop(mut self) -> anyhow::Result<()> {
        let pid = self.child.id().and_then(|pid| i32::try_from(pid).ok());
        if let Some(pid) = pid.and_then(Pid::from_raw) {
            // It may end by itself in between: then there is nothing to do.
            _ = kill_process(pid, Signal::TERM);
        }
        let status = tokio::time::timeout(GO_DOWN, self.child.wait()).await;
        let status = status
            .with_context(|| format!("the daemon of {} does not end in time", self.name))??;
        ensure!(
            status.success(),
            "the daemon of {} ended with {status}",
            self.name
        );
        Ok(())
    }
}
