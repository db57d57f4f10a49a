//! Executes binaries, asks each what class it is, and says what one that cannot run was built for.

use std::{
    io,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::Arc,
    time::Duration,
};

use hicam_protocol::executable::{Executable, HEADER_BYTES};
use serde::Deserialize;
use tokio::{io::AsyncReadExt as _, process::Command};

use crate::error::{RemexError, Result};

/// A schema is text about a program's types; what is longer is not one.
const SCHEMA_LIMIT: u64 = 16 << 20;

/// What `BIN schema` says, as far as the daemon needs it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Identity {
    pub(crate) class: String,
    pub(crate) fingerprint: String,
}

/// How this daemon executes binaries: by themselves, or under a program that executes them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Launcher(Arc<[String]>);

impl Launcher {
    /// The program with its arguments that is followed by each binary and its arguments; none if empty.
    pub(crate) fn new(words: &[String]) -> Self {
        Self(words.into())
    }

    /// A command that is not part of the daemon's process group, and is killed if the daemon forgets it.
    ///
    /// It inherits the environment, with what it says of quiescing, leases and logs, but not the daemon's own settings.
    pub(crate) fn command(&self, binary: &Path) -> Command {
        let mut command = match &*self.0 {
            [] => Command::new(binary),
            [program, arguments @ ..] => {
                let mut command = Command::new(program);
                command.args(arguments).arg(binary);
                command
            }
        };
        for key in NOT_INHERITED {
            command.env_remove(key);
        }
        command.kill_on_drop(true).process_group(0);
        command
    }

    /// What could not be executed when a command for this binary could not.
    pub(crate) fn program(&self, binary: &Path) -> PathBuf {
        self.0
            .first()
            .map_or_else(|| binary.to_owned(), PathBuf::from)
    }
}

/// Refuses a binary for another processor, of which these are the first [`HEADER_BYTES`], sent as `class` to `host`.
///
/// That is not left to the system: one that emulates other processors would run it, slowly and without a word.
pub(crate) fn check_processor(head: &[u8], class: &str, host: &str) -> Result<()> {
    let executable = Executable::of(head);
    if executable.runs_on(std::env::consts::ARCH) {
        return Ok(());
    }
    Err(RemexError::CannotRun {
        class: class.to_owned(),
        host: host.to_owned(),
        arch: std::env::consts::ARCH,
        os: std::env::consts::OS,
        format: executable.to_string(),
        source: io::Error::new(io::ErrorKind::Unsupported, "it is for another processor"),
    })
}

/// Asks the binary at `path`, sent as `class` to `host`, for its schema.
pub(crate) async fn identify(
    launcher: &Launcher,
    path: &Path,
    class: &str,
    host: &str,
    limit: Duration,
) -> Result<Identity> {
    let executable = header(path).await.map_err(RemexError::io("read", path))?;
    let not_a_class = |detail: String| RemexError::NotAClass {
        class: class.to_owned(),
        detail,
    };
    let mut command = launcher.command(path);
    command
        .arg("schema")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = match spawn(&mut command).await {
        Ok(child) => child,
        Err(source) if launcher.0.is_empty() && cannot_run(&source) => {
            return Err(RemexError::CannotRun {
                class: class.to_owned(),
                host: host.to_owned(),
                arch: std::env::consts::ARCH,
                os: std::env::consts::OS,
                format: executable.to_string(),
                source,
            });
        }
        Err(source) => {
            return Err(RemexError::Spawn {
                program: launcher.program(path),
                source,
            });
        }
    };
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let output = async {
        let (stdout, stderr) = tokio::join!(read(stdout), read(stderr));
        let status = child.wait().await?;
        Ok::<_, io::Error>((status, stdout?, stderr?))
    };
    let outcome = tokio::time::timeout(limit, output).await;
    let (status, stdout, stderr) = match outcome {
        Ok(Ok(done)) => done,
        Ok(Err(source)) => {
            return Err(RemexError::Spawn {
                program: launcher.program(path),
                source,
            });
        }
        Err(_) => {
            return Err(not_a_class(format!(
                "it did not answer `schema` within {limit:?}"
            )));
        }
    };
    if !status.success() {
        let words = String::from_utf8_lossy(&stderr);
        let last = words.trim().lines().last().unwrap_or_default();
        return Err(not_a_class(format!(
            "`schema` ended with {}: {last:?}",
            describe_exit(status)
        )));
    }
    let identity: Identity = serde_json::from_slice(&stdout)
        .map_err(|error| not_a_class(format!("what `schema` prints is not a schema: {error}")))?;
    if identity.class != class {
        return Err(RemexError::WrongClass {
            expected: class.to_owned(),
            found: identity.class,
        });
    }
    Ok(identity)
}

/// The settings that are the daemon's own, or that it says to each process anew.
const NOT_INHERITED: [&str; 11] = [
    "HICAM_CAPACITY",
    "HICAM_CHECKPOINT_SERVER",
    "HICAM_DIR",
    "HICAM_ETCD",
    "HICAM_HOST",
    "HICAM_INSECURE_LISTEN",
    "HICAM_LAUNCHER",
    "HICAM_LISTEN",
    "HICAM_NAME_SERVICE",
    "HICAM_PROCESS",
    "HICAM_REPORT_TO",
];

/// Starts a command, in spite of the short time in which a freshly written binary counts as being written.
///
/// Between `fork` and `exec` any other child of this process holds our open files, also a binary that is being
/// installed; executing it at that moment fails with "text file busy".
pub(crate) async fn spawn(command: &mut Command) -> io::Result<tokio::process::Child> {
    const PATIENCE: u32 = 50;
    let mut attempt = 0;
    loop {
        match command.spawn() {
            Err(error)
                if error.kind() == io::ErrorKind::ExecutableFileBusy && attempt < PATIENCE =>
            {
                attempt += 1;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            other => return other,
        }
    }
}

/// An exit status in words: "exit status 1", "signal 9".
pub(crate) fn describe_exit(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => status.to_string(),
    }
}

async fn read(pipe: Option<impl tokio::io::AsyncRead + Unpin>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        pipe.take(SCHEMA_LIMIT).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

async fn header(path: &Path) -> io::Result<Executable> {
    let file = tokio::fs::File::open(path).await?;
    let mut header = Vec::new();
    file.take(HEADER_BYTES as u64)
        .read_to_end(&mut header)
        .await?;
    Ok(Executable::of(&header))
}

/// Whether starting failed because of what the file is: a foreign or no executable format, a missing loader.
fn cannot_run(error: &io::Error) -> bool {
    const ENOEXEC: i32 = 8;
    // The file is there, it has just been written: what is not found is the interpreter that it names.
    error.raw_os_error() == Some(ENOEXEC)
        || matches!(
            error.kind(),
            io::ErrorKind::NotFound | io::ErrorKind::InvalidInput
        )
}
