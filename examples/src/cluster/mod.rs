//! A cluster of real processes on this machine, driven through the `miman` program as a user would.

mod daemon;
mod output;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use hicam_protocol::remex::{ListServersRequest, ServerProcess, remex_client::RemexClient};
pub use rustix::process::Signal;
use rustix::process::{Pid, kill_process};
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};

use daemon::Daemon;
pub use daemon::Machine;
pub use output::{Checkpoint, Deployment, Host, Migration, Server, Started};
use output::{Installed, Up};

/// For the daemons to come up.
const COME_UP: Duration = Duration::from_secs(40);
/// For one command of `miman`.
const COMMAND: Duration = Duration::from_secs(60);
/// For everything to end in order.
const GO_DOWN: Duration = Duration::from_secs(60);

/// The directory that holds this program and, after a build of the workspace, `miman`, `remex` and the examples.
///
/// # Errors
/// If this program's own file cannot be found.
pub fn programs() -> anyhow::Result<PathBuf> {
    let me = std::env::current_exe().context("cannot find this program's own file")?;
    let directory = me.parent().context("this program is in no directory")?;
    // Cargo puts tests and benchmarks one directory further down.
    Ok(match directory.file_name() {
        Some(name) if name == "deps" => directory.parent().unwrap_or(directory).to_owned(),
        _ => directory.to_owned(),
    })
}

/// How a cluster is started.
#[derive(Clone, Debug)]
pub struct Launch<'a> {
    /// The number of daemons, or their names separated by commas.
    pub hosts: &'a str,
    /// Further arguments of `miman up`. With `--etcd` no daemon has the embedded name service.
    pub arguments: &'a [&'a str],
    /// A program with arguments that is to execute what follows it, such as `env`; none if empty.
    pub under: &'a [&'a str],
}

/// A running cluster: its name service, its daemons and their servers. [`Cluster::down`] ends it in order; when it is
/// dropped instead, `miman` is asked to end it.
#[derive(Debug)]
pub struct Cluster {
    miman: PathBuf,
    home: PathBuf,
    up: Child,
    etcd: String,
    hosts: Vec<Host>,
    names: Vec<String>,
    /// Those that `miman up` knows nothing of.
    others: Vec<Daemon>,
}

impl Cluster {
    /// Starts these daemons, as many or of these names, the first with the embedded name service. Everything they write is below `home`;
    /// `programs` is the directory of `miman` and `remex`.
    ///
    /// # Errors
    /// If a program is not there or the cluster does not come up.
    pub async fn up(programs: &Path, home: &Path, hosts: &str) -> anyhow::Result<Self> {
        let launch = Launch {
            hosts,
            arguments: &[],
            under: &[],
        };
        Self::launch(programs, home, &launch).await
    }

    /// As [`Cluster::up`], with more to say.
    ///
    /// # Errors
    /// As [`Cluster::up`].
    pub async fn launch(programs: &Path, home: &Path, launch: &Launch<'_>) -> anyhow::Result<Self> {
        let miman = programs.join(format!("miman{}", std::env::consts::EXE_SUFFIX));
        if !miman.is_file() {
            bail!(
                "`{}` is not there: build the workspace first (cargo build --workspace --bins)",
                miman.display()
            );
        }
        let mut words = launch
            .under
            .iter()
            .map(OsStr::new)
            .chain([miman.as_os_str()]);
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).args(["--json", "up", "--hosts"]);
        command.arg(launch.hosts).args(launch.arguments);
        command.env("HICAM_HOME", home).env_remove("HICAM_ETCD");
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command.stderr(Stdio::piped());
        // Ctrl-C reaches us alone; we end the cluster in order.
        command.process_group(0);
        let mut child = command
            .spawn()
            .with_context(|| format!("cannot execute `{}`", miman.display()))?;
        let pipes = (child.stdout.take(), child.stderr.take());
        // From here on whatever goes wrong ends what has been started.
        let mut cluster = Cluster {
            miman,
            home: home.to_owned(),
            up: child,
            etcd: String::new(),
            hosts: Vec::new(),
            names: Vec::new(),
            others: Vec::new(),
        };
        let (Some(stdout), Some(mut stderr)) = pipes else {
            bail!("`miman up` has no output");
        };
        let mut lines = BufReader::new(stdout).lines();
        let line = tokio::time::timeout(COME_UP, lines.next_line());
        let line = line.await.context("`miman up` is not ready in time")??;
        let Some(line) = line else {
            let mut said = String::new();
            stderr.read_to_string(&mut said).await?;
            bail!("`miman up` failed: {}", said.trim());
        };
        let up: Up = serde_json::from_str(&line)
            .with_context(|| format!("`miman up` printed something else: {line}"))?;
        // Both pipes must stay open and be read, or `miman` could not write to them.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        tokio::spawn(async move { tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await });
        cluster.etcd = up.etcd;
        cluster.names = up.hosts.iter().map(|host| host.host.clone()).collect();
        cluster.hosts = up.hosts;
        Ok(cluster)
    }

    /// Adds the daemon of another machine, as far as a cluster on one machine has any: its programs are another build.
    ///
    /// # Errors
    /// If its daemon does not come up; what it says is in its log then.
    pub async fn add(&mut self, machine: &Machine) -> anyhow::Result<()> {
        let (daemon, host) = Daemon::start(machine, &self.home, &self.etcd).await?;
        self.others.push(daemon);
        self.names.push(host.host.clone());
        self.hosts.push(host);
        Ok(())
    }

    /// Endpoints of the name service.
    pub fn etcd(&self) -> &str {
        &self.etcd
    }

    /// Names of the hosts.
    pub fn hosts(&self) -> &[String] {
        &self.names
    }

    /// The number of the process of `miman up`; `None` once it has ended.
    pub fn pid(&self) -> Option<u32> {
        self.up.id()
    }

    /// A daemon: its address and process.
    ///
    /// # Errors
    /// If there is no such host.
    pub fn host(&self, name: &str) -> anyhow::Result<&Host> {
        let host = self.hosts.iter().find(|host| host.host == name);
        host.with_context(|| format!("there is no host {name}"))
    }

    /// The server processes that a daemon knows of.
    ///
    /// # Errors
    /// If there is no such host, or it does not answer.
    pub async fn processes(&self, host: &str) -> anyhow::Result<Vec<ServerProcess>> {
        let address = self.host(host)?.address.clone();
        let mut remex = RemexClient::connect(address).await?;
        let reply = remex.list_servers(ListServersRequest {}).await?;
        Ok(reply.into_inner().servers)
    }

    /// The other host of a cluster of two.
    ///
    /// # Errors
    /// If there is no other.
    pub fn other_than(&self, host: &str) -> anyhow::Result<&str> {
        let other = self.names.iter().find(|other| *other != host);
        other.map(String::as_str).context("there is no other host")
    }

    /// The host that comes after this one, and the first after the last: in a cluster of two, the other.
    ///
    /// # Errors
    /// If there is no other.
    pub fn next_after(&self, host: &str) -> anyhow::Result<&str> {
        let mut round = self.names.iter().cycle().take(2 * self.names.len());
        round.find(|name| *name == host);
        let next = round.next().filter(|next| *next != host);
        next.map(String::as_str).context("there is no other host")
    }

    /// Runs one command of `miman` and reads what it prints.
    ///
    /// # Errors
    /// If the command fails, with what it said, or prints something unexpected.
    pub async fn miman<T: DeserializeOwned>(&self, arguments: &[&str]) -> anyhow::Result<T> {
        let printed = self.run_miman(arguments).await?;
        serde_json::from_slice(&printed).with_context(|| {
            let printed = String::from_utf8_lossy(&printed);
            let what = arguments.join(" ");
            format!("`miman {what}` printed something unexpected: {printed}")
        })
    }

    /// Runs one command of `miman` that prints nothing.
    ///
    /// # Errors
    /// If the command fails, with what it said, or prints something.
    pub async fn miman_quietly(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let printed = self.run_miman(arguments).await?;
        if !printed.is_empty() {
            let printed = String::from_utf8_lossy(&printed);
            bail!("`miman {}` printed: {printed}", arguments.join(" "));
        }
        Ok(())
    }

    async fn run_miman(&self, arguments: &[&str]) -> anyhow::Result<Vec<u8>> {
        let what = format!("miman {}", arguments.join(" "));
        let output = Command::new(&self.miman)
            .arg("--json")
            .args(arguments)
            .env("HICAM_HOME", &self.home)
            .env("HICAM_ETCD", &self.etcd)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = tokio::time::timeout(COMMAND, output)
            .await
            .with_context(|| format!("`{what}` takes more than {} s", COMMAND.as_secs()))?
            .with_context(|| format!("cannot execute `{what}`"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("`{what}` failed ({}): {}", output.status, said.trim());
        }
        Ok(output.stdout)
    }

    /// Installs the program of a class on every host and starts the server `class/main` of it on one.
    ///
    /// # Errors
    /// As [`Cluster::miman`].
    pub async fn deploy(
        &self,
        program: &Path,
        host: &str,
        interval: &str,
    ) -> anyhow::Result<Deployment> {
        let program = program.to_string_lossy();
        let arguments = ["deploy", &program, "--host", host, "--interval", interval];
        self.miman(&arguments).await
    }

    /// Installs a build of a class on the hosts whose processor it is for. Returns their names.
    ///
    /// # Errors
    /// As [`Cluster::miman`].
    pub async fn install(&self, program: &Path, class: &str) -> anyhow::Result<Vec<String>> {
        let program = program.to_string_lossy();
        let installed: Installed = self.miman(&["install", &program, "--class", class]).await?;
        let hosts = installed.hosts.into_iter();
        let sent = hosts.filter(|host| host.outcome != "other processor");
        Ok(sent.map(|host| host.host).collect())
    }

    /// Every server.
    ///
    /// # Errors
    /// As [`Cluster::miman`].
    pub async fn servers(&self) -> anyhow::Result<Vec<Server>> {
        self.miman(&["servers"]).await
    }

    /// One server.
    ///
    /// # Errors
    /// As [`Cluster::miman`], and if there is no such server.
    pub async fn server(&self, name: &str) -> anyhow::Result<Server> {
        let servers = self.servers().await?;
        let server = servers.into_iter().find(|server| server.server == name);
        server.with_context(|| format!("`miman servers` does not show {name}"))
    }

    /// Moves a server.
    ///
    /// # Errors
    /// As [`Cluster::miman`].
    pub async fn migrate(&self, server: &str, host: &str) -> anyhow::Result<Migration> {
        self.miman(&["migrate", server, host]).await
    }

    /// Starts a server again from its last stable checkpoint.
    ///
    /// # Errors
    /// As [`Cluster::miman`].
    pub async fn restore(&self, server: &str, host: &str) -> anyhow::Result<Started> {
        self.miman(&["restore", server, "--host", host]).await
    }

    /// The stored checkpoints of a server.
    ///
    /// # Errors
    /// As [`Cluster::miman`].
    pub async fn checkpoints(&self, server: &str) -> anyhow::Result<Vec<Checkpoint>> {
        self.miman(&["checkpoints", server]).await
    }

    /// Ends a server's process with SIGKILL. Returns the process's number.
    ///
    /// # Errors
    /// If the daemon of its host does not show the process.
    pub async fn kill(&self, server: &Server) -> anyhow::Result<u32> {
        let mut processes = self.processes(&server.host).await?.into_iter();
        let process = processes
            .find(|process| process.uuid == server.uuid && process.state == "serving")
            .with_context(|| format!("{} runs no process of {}", server.host, server.server))?;
        signal(process.pid, Signal::KILL)?;
        Ok(process.pid)
    }

    /// Ends the servers and daemons in order.
    ///
    /// # Errors
    /// If they do not end in time, or not well.
    pub async fn down(mut self) -> anyhow::Result<()> {
        // First, since the name service is that of `miman up`.
        for daemon in std::mem::take(&mut self.others) {
            daemon.stop().await?;
        }
        self.terminate();
        let status = tokio::time::timeout(GO_DOWN, self.up.wait()).await;
        let status = status.context("the cluster does not end in time")??;
        if !status.success() {
            bail!("`miman up` ended with {status}");
        }
        Ok(())
    }

    fn terminate(&self) {
        // None once it has ended.
        let pid = self.up.id().and_then(|pid| i32::try_from(pid).ok());
        if let Some(pid) = pid.and_then(Pid::from_raw) {
            // It may end by itself between the two lines above: then there is nothing to do.
            _ = kill_process(pid, Signal::TERM);
        }
    }
}

/// Sends a signal to a process.
///
/// # Errors
/// If it has ended, or may not be signalled.
pub fn signal(pid: u32, signal: Signal) -> anyhow::Result<()> {
    let raw = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let raw = raw.with_context(|| format!("{pid} is no process number"))?;
    kill_process(raw, signal).with_context(|| format!("cannot signal process {pid}"))
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.terminate();
    }
}
